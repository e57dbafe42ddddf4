"""Units: values from tables, and there and back again."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_sources.units import compatible, conversion, convert, is_unit
from data_sources.vocabulary import PARAMETERS, QUANTITIES

PAIRS = [
    ("L/s", "m^3/h"),
    ("degF", "degC"),
    ("bar", "MPa"),
    ("mWC", "MPa"),
    ("µg/L", "mg/L"),
    ("MWh", "kWh"),
    ("cm", "m"),
]


@pytest.mark.parametrize(
    ("value", "from_unit", "to_unit", "expected"),
    [
        (10, "L/s", "m³/h", 36.0),
        (212, "degF", "degC", 100.0),
        (273.15, "K", "degC", 0.0),
        (1, "bar", "MPa", 0.1),
        (10, "mWC", "MPa", 0.0980665),
        (250, "µg/L", "mg/L", 0.25),
        (1.5, "mS/cm", "µS/cm", 1500.0),
        (3, "FNU", "NTU", 3.0),
        (50, "%", "1", 0.5),
    ],
)
def test_values_known_from_tables(value, from_unit, to_unit, expected):
    assert convert(pl.Series([float(value)]), from_unit, to_unit)[0] == pytest.approx(expected, rel=1e-4, abs=1e-9)


@given(st.floats(-1e6, 1e6), st.sampled_from(PAIRS))
def test_there_and_back(value, pair):
    there = convert(pl.Series([value]), *pair)
    assert convert(there, *reversed(pair))[0] == pytest.approx(value, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("unit", [*QUANTITIES.values(), *PARAMETERS.values()])
def test_every_canonical_unit_is_one(unit):
    assert is_unit(unit)
    assert conversion(unit, unit) == (1.0, 0.0)


@pytest.mark.parametrize("unit", ["widget", "", "L/s or so", "__import__('os')"])
def test_what_is_no_unit(unit):
    assert not is_unit(unit) or unit == ""
    assert not compatible(unit, "m^3/h")


def test_another_dimension_is_refused():
    with pytest.raises(ValueError, match="can't be turned into"):
        convert(pl.Series([1.0]), "kW", "m^3/h")


def test_nothing_stays_nothing():
    assert convert(pl.Series([None, 1.0]), "L/s", "m^3/h").to_list() == [None, pytest.approx(3.6)]
