"""The early end of a page that has said all it can: what stands stays, and the page counts as drawn."""

from typing import NoReturn


class PageEnds(Exception):
    """Nothing more is drawn on this page."""


def end_page() -> NoReturn:
    """Draw nothing more; unlike st.stop, whoever ran the page goes on. Raises PageEnds, which `guarded` takes."""
    raise PageEnds
