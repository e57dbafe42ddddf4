"""Units, by pint: what a source reports in becomes the canonical unit of its quantity, once, at the edge."""

from functools import lru_cache
from typing import TypeVar

import pint
import polars as pl

_REGISTRY: pint.UnitRegistry = pint.UnitRegistry(cache_folder=None)
_REGISTRY.define("NTU = [turbidity] = FNU = FTU")
_REGISTRY.define("mWC = meter_H2O")
_REGISTRY.define("CNY = [currency]")

Column = TypeVar("Column", pl.Series, pl.Expr)


def is_unit(unit: str) -> bool:
    """Whether this is a unit anybody knows: L/s, m³/h, bar, °C."""
    return _unit(unit) is not None


def compatible(unit: str, canonical: str) -> bool:
    """Whether values in `unit` can be turned into `canonical`."""
    one, other = _unit(unit), _unit(canonical)
    return one is not None and other is not None and one.dimensionality == other.dimensionality


@lru_cache(maxsize=256)
def conversion(from_unit: str, to_unit: str) -> tuple[float, float]:
    """(factor, offset) so that to = factor × from + offset. Raises ValueError where there is no such pair.

    Every conversion between units of one dimension that water is measured in is a straight line (°F → °C included),
    so two values tell it; found once, then applied to whole columns.
    """
    if not compatible(from_unit, to_unit):
        raise ValueError(f"{from_unit} can't be turned into {to_unit}")
    quantity = _REGISTRY.Quantity
    offset = float(quantity(0.0, _unit(from_unit)).to(_unit(to_unit)).magnitude)
    return float(quantity(1.0, _unit(from_unit)).to(_unit(to_unit)).magnitude) - offset, offset


def convert(column: Column, from_unit: str, to_unit: str) -> Column:
    """A column of values in `from_unit` as one in `to_unit`. Raises ValueError where that can't be."""
    factor, offset = conversion(from_unit, to_unit)
    return column if (factor, offset) == (1.0, 0.0) else column * factor + offset


@lru_cache(maxsize=256)
def _unit(unit: str) -> pint.Unit | None:
    try:
        return _REGISTRY.Unit(unit)
    except Exception:  # what pint makes of nonsense is any error, a failed assertion included
        return None
