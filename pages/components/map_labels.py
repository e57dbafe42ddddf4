"""Which abnormal sites are named on a map, on which side of their mark: no name covers another one or a mark."""

from collections.abc import Sequence

from pages.components.geography import Plane, Position

LABEL = 20.0
"""Height of a name in px; a Chinese character is as wide."""
MARK = 9.0
"""Half the size of a mark."""
BESIDE = 12.0
"""From the middle of a mark to its name."""
NAMED = 8
"""Sites named at most; the list beside the map goes on."""

_Box = tuple[float, float, float, float]


def sides(names: Sequence[str], places: Sequence[Position], plane: Plane) -> list[str | None]:
    """For each mark, the most important first: left, right, or None where its name has no room on `plane`."""
    taken: list[_Box] = [(x - MARK, y - MARK, x + MARK, y + MARK) for x, y in places]
    found = []
    for name, (x, y) in zip(names[:NAMED], places, strict=False):
        side = _free_side(x, y, _width(name), plane.width, taken)
        found.append(side)
    return [*found, *[None] * (len(names) - len(found))]


def _free_side(x: float, y: float, width: float, frame: float, taken: list[_Box]) -> str | None:
    """Right or left, whichever is free and inside the frame; the place is then taken."""
    for side, left in (("right", x + BESIDE), ("left", x - BESIDE - width)):
        box = (left, y - LABEL / 2, left + width, y + LABEL / 2)
        if left >= 0 and box[2] <= frame and not any(_overlap(box, other) for other in taken):
            taken.append(box)
            return side
    return None


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _width(name: str) -> float:
    """About how wide a name is: Chinese characters are as wide as high, others half."""
    return sum(LABEL if ord(letter) > 0x2E7F else LABEL * 0.55 for letter in name)
