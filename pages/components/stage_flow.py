"""A flow of stages, left to right (top to bottom where it is narrow): how many stand in each, how many passed on."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pages.components.numbers import number


@dataclass(frozen=True)
class Part:
    """What a stage is made of: its name, how many, the address of their list, whether it is the one listed."""

    name: str
    count: int
    link: str
    chosen: bool = False
    state: str = "normal"


@dataclass(frozen=True)
class Stage:
    """A stage with its parts, and in lines of words what passed on from it to the next one."""

    name: str
    count: int
    parts: Sequence[Part]
    passed: Sequence[str] = ()


def stage_flow(stages: Sequence[Stage], label: str) -> str:
    """The flow's HTML; `label` says in words what it is. Each count is a link to the list behind it."""
    drawn = "".join(_stage(stage) for stage in stages)
    return f'<ol class="stages" aria-label="{escape(label)}">{drawn}</ol>'


def _stage(stage: Stage) -> str:
    parts = "".join(_part(part) for part in stage.parts)
    lines = "".join(f"<span>{escape(line)}</span>" for line in stage.passed)
    passed = f'<p class="passed">{lines}</p>' if stage.passed else ""
    return (
        f'<li><div class="stage"><h3>{escape(stage.name)}</h3><p class="value">{number(stage.count)}</p>{parts}</div>'
        f"{passed}</li>"
    )


def _part(part: Part) -> str:
    current = " aria-current=true" if part.chosen else ""
    return (
        f'<a href="{part.link}" target="_self" class="{part.state}"{current}><span>{escape(part.name)}</span>'
        f"<b>{number(part.count)}</b></a>"
    )
