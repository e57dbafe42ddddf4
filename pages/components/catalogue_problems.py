"""What is wrong with files of the catalogue, with file and line."""

from collections.abc import Iterable
from html import escape

from data_sources.problems import Problem
from pages.components.problem_words import problem_message

MOST = 40


def problem_list(problems: Iterable[Problem], lang: str) -> str:
    """The problems as a list in a language, at most 40 of them."""
    lines = "".join(
        f'<li data-problem="{escape(one.file)}:{one.line}"><code>{escape(one.file)}{f":{one.line}" if one.line else ""}'
        f"</code> {escape(f'{one.column}: ' if one.column else '')}{escape(problem_message(one.message, lang))}</li>"
        for one in list(problems)[:MOST]
    )
    return f'<ul class="problems">{lines}</ul>'
