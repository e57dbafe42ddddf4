"""Addresses carry a view and give it back; what is not understood becomes the default."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.components.links import View, moment_of, view_of

PAST = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
views = st.builds(
    View,
    st.sampled_from(["zh", "en"]),
    st.sampled_from(["dark", "light"]),
    st.none() | st.just(PAST),
    st.sampled_from(["shown", "computed"]),
)


@given(views)
def test_a_link_shows_what_its_sender_saw(view):
    query = dict(parse_qsl(urlsplit(view.address("indicator", id="leakage_rate", site=None)).query))
    assert query.pop("id") == "leakage_rate"
    assert "site" not in query
    back = view_of(query, ("zh", "en"))
    assert (back.lang, back.theme, back.at) == (view.lang, view.theme, view.at)
    assert view.at is None or back.how == view.how


def test_defaults():
    assert view_of({"lang": "<b>", "theme": "x", "at": "yesterday"}, ("en", "zh")) == View("en", "dark")


@pytest.mark.parametrize("text", ["", "2026-09-15", "2026-09-15T08:20:00", "12"])
def test_no_moment_without_its_offset(text):
    assert moment_of(text) is None


def test_moments():
    assert moment_of("2026-09-15T08:20:00Z") == PAST
    assert moment_of("2026-09-15T16:20:00 08:00") == PAST  # a + that an address turned into a space
    assert moment_of((datetime.now(UTC) + timedelta(hours=1)).isoformat()) is None


def test_a_link_is_safe_in_html():
    assert '"' not in View("zh", "dark").link("indicator", id='"><b>')
