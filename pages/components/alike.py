"""Names that several bear, told apart by what they name."""

from collections import Counter
from collections.abc import Sequence


def told_apart(names: Sequence[str], ids: Sequence[str]) -> list[str]:
    """The names; those that stand more than once with the id of what each names."""
    many = Counter(names)
    return [f"{name} · {id_}" if many[name] > 1 else name for name, id_ in zip(names, ids, strict=True)]
