"""The board that belongs to a page's moment: what the states of sites and indicators on the page are."""

from typing import Any

from pages.components.frozen import frozen_board
from pages.components.page import Page
from pages.components.snapshot import newest_board


def board_of(page: Page) -> dict[str, Any] | None:
    """The newest snapshot, or the one of the frozen moment; None where there is none. Not to be changed."""
    return newest_board() if page.view.at is None else frozen_board(page.view)[0]


def site_states(board: dict[str, Any] | None) -> dict[str, tuple[str, str | None]]:
    """Site → (state, reason) as the board shows them."""
    return {} if board is None else {one["site_id"]: (one["state"], one["reason"]) for one in board["sites"]}
