"""The words of one page: its figures, columns, headings and gaps, each named by its word in words_<page>.toml.

What a figure or heading means is the word `<name>_means`, how to fill a gap `<name>_how`.
"""

from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from pages.components.blocks import Figure, show_heading, show_missing
from pages.components.page import Page
from pages.components.table import Column


@dataclass(frozen=True)
class Section:
    """Words of section `name`, as `page` shows them."""

    page: Page
    name: str

    def word(self, name: str, **blanks: object) -> str:
        """One word."""
        return self.page.say(self.name, name, **blanks)

    def figure(self, name: str, value: float | None, unit: str = "", **more: Any) -> Figure:
        """A figure with what it means."""
        return Figure(self.word(name), value, unit, means=self.word(f"{name}_means"), **more)

    def column(self, name: str, label: str | None = None, unit: str = "", **more: Any) -> Column:
        """A column headed by the word `label`, else by its own name."""
        return Column(name, self.word(label or name), unit, **more)

    def moment(self, name: str) -> Column:
        """A column of instants, without their year."""
        return self.column(
            name, draw=lambda row: "–" if row[name] is None else self.page.time(row[name], "%m-%d %H:%M")
        )

    def heading(self, name: str, **blanks: object) -> None:
        """Draw the heading of a part, with what it means."""
        show_heading(self.page, self.word(name, **blanks), self.word(f"{name}_means"))

    def missing(self, name: str) -> None:
        """Say what is missing in a part, and how to supply it."""
        show_missing(self.page, self.word(name), self.word(f"{name}_how"))

    def line(self, name: str, **blanks: object) -> None:
        """Draw one small line of text."""
        st.html(f'<p class="rest">{escape(self.word(name, **blanks))}</p>')
