"""Chance that depends on name and moment alone: the same window comes out the same twice, whatever else is asked."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_HOUR = 3600


def key(*names: object) -> np.uint64:
    """A number for a name."""
    digest = hashlib.blake2b("/".join(map(str, names)).encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def keys(names: Sequence[str], salt: str = "") -> npt.NDArray[np.uint64]:
    """A number for each name."""
    return np.array([key(salt, name) for name in names], dtype=np.uint64)


def uniform(of: npt.NDArray[np.uint64], index: Ints) -> Floats:
    """Numbers in [0, 1), one for each name and index: shape (names, indexes). The mixer is splitmix64."""
    with np.errstate(over="ignore"):
        mixed = of[:, None] + index.astype(np.uint64)[None, :] * np.uint64(0x9E3779B97F4A7C15)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def normal(of: npt.NDArray[np.uint64], index: Ints) -> Floats:
    """About normal with mean 0 and deviation 1 (a sum of four uniform numbers): shape (names, indexes)."""
    total = sum(uniform(of ^ np.uint64(turn), index) for turn in range(1, 5))
    return np.asarray((total - 2.0) * np.sqrt(3.0), dtype=np.float64)


def drifting(of: npt.NDArray[np.uint64], seconds: Ints, every_s: int = _HOUR) -> Floats:
    """Normal numbers at every `every_s` and straight lines between: shape (names, moments)."""
    left = seconds // every_s
    share = (seconds % every_s) / every_s
    steps = np.unique(np.concatenate([left, left + 1]))
    at = normal(of, steps)
    place = np.searchsorted(steps, left)
    return at[:, place] * (1 - share) + at[:, place + 1] * share
