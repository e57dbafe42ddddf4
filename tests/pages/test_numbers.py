"""Numbers and times as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.components.numbers import apart, change, local, number, short_time, signed, thousands


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "–"), (0, "0"), (100.0, "100"), (99.5, "99.5"), (278.68, "279"), (0.24537, "0.245"), (2.4695, "2.47"),
        (19_268.6, "19269"), (-0.5, "−0.5"), (1.0, "1"), (0.00004, "0.00004"), (1e-9, "0"),
    ],
)  # fmt: skip
def test_three_significant_digits(value, expected):
    assert number(value) == expected


@pytest.mark.parametrize(
    ("value", "threshold", "expected"),
    [(99.97, 100, "99.97"), (89.97, 90, "89.97"), (100, 100, "100"), (0.29999, 0.3, "0.29999"), (50, None, "50")],
)
def test_more_digits_where_a_threshold_would_read_the_same(value, threshold, expected):
    assert number(value, [threshold]) == expected


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_value_never_reads_like_another_unless_very_close(value, other):
    if abs(value - other) > 2e-6:
        assert number(value, [other]) != number(other, [value])


@pytest.mark.parametrize(
    ("difference", "value", "expected"),
    [(None, 1, "–"), (0.0, 99, "±0"), (1.46, 99.46, "+1.5"), (-0.000066, 2.78, "±0"), (-0.00944, 0.2454, "−0.009")],
)
def test_differences_are_as_fine_as_their_value(difference, value, expected):
    assert signed(difference, value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(9999, "9999"), (19_268.6, "19|269"), (-1_234_567, "−1|234|567"), (190_595, "190|595"), (None, "–"), (0.5, "0.5")],
)
def test_thousands_stand_apart_where_there_are_many(value, expected):
    html = apart(number(value))
    assert html.replace('<span class="k">', "|").replace("</span>", "") == expected


@pytest.mark.parametrize(
    ("value", "other", "expected"),
    [(110, 100, "+10 %"), (1, -2, "+150 %"), (0, 40, "−100 %"), (3, 0, "+3"), (None, 1, "–"), (1, None, "–")],
)
def test_a_change_in_per_cent(value, other, expected):
    assert change(value, other) == expected


def test_times_by_the_utilitys_clock():
    assert local("2026-09-15T16:05:00Z", "Asia/Shanghai") == "09-16 00:05"
    assert short_time("2026-09-15T08:15:00Z", "2026-09-15T08:20:00Z", "Asia/Shanghai") == "16:15"
    assert short_time("2026-09-14T15:59:00Z", "2026-09-15T08:20:00Z", "Asia/Shanghai") == "09-14"


def test_long_numbers_in_a_text_stand_apart_and_names_stay():
    assert thousands("1112 calls, 238650 <b>") == '1112 calls, 238<span class="k">650</span> &lt;b&gt;'
    assert thousands("W20261110-00012, 0.123456") == "W20261110-00012, 0.123456"
