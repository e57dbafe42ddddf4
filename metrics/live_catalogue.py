"""The catalogue while its files change: a file that fails its check keeps its last good version, and says why.

Good versions lie in `<lake>/catalogue/`, so a new start, and another process over the same lake, find them too.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from data_sources.problems import Problem, shown_path
from data_sources.utility import Utility
from metrics.catalogue import SHIPPED, Catalogue, Indicator, load_catalogue, read_indicator
from metrics.check import check_indicator

Stamp = tuple[Path, int, int]
Read = tuple[Indicator | None, list[Problem]]


class LiveCatalogue:
    """Looks at the shipped files and the utility's own at each `now()`, and reads again what changed."""

    def __init__(self, utility: Utility, kept: Path) -> None:
        self.utility, self.kept = utility, kept
        self._stamps: frozenset[Stamp] | None = None
        self._judged: dict[Path, tuple[Stamp, Read]] = {}
        self._catalogue = Catalogue({}, [])

    def now(self) -> Catalogue:
        """The catalogue of the moment, the same object until a file changes, comes or goes.

        Its problems name each file that fails; its indicators have that file's last good version, where there is one.
        """
        stamps = frozenset(self._look())
        if stamps != self._stamps:
            self._forget({path for path, *_ in stamps})
            self._catalogue = load_catalogue(self.utility, self._read)
            self._stamps = stamps
        return self._catalogue

    def _look(self) -> Iterator[Stamp]:
        for folder in (SHIPPED, self.utility.folder / "catalog"):
            for path in folder.glob("**/*.sql"):
                try:
                    yield _stamp(path)
                except FileNotFoundError:  # gone between the two looks
                    continue

    def _read(self, path: Path) -> Read:
        """A file's indicator, or its last good version beside what is wrong now; judged again only where it changed."""
        stamp = _stamp(path)
        before = self._judged.get(path)
        if before is None or before[0] != stamp:
            self._judged[path] = before = stamp, self._judge(path, None if before is None else before[1][0])
        return before[1]

    def _judge(self, path: Path, before: Indicator | None) -> Read:
        good = self._good_version(path)
        indicator, problems = read_indicator(path)
        if indicator is not None and not self._is_trusted(path, good):
            problems = check_indicator(indicator, self.utility)
        if indicator is not None and not problems:
            self._keep(path, good)
            return indicator, []
        last = read_indicator(good)[0] if good.exists() else before
        return (None if last is None else last.model_copy(update={"file": shown_path(path)})), problems

    def _is_trusted(self, path: Path, good: Path) -> bool:
        """Whether a file need not be checked: it was before, or it came with the product, whose tests check it."""
        if good.exists():
            return good.read_bytes() == path.read_bytes()
        return path.is_relative_to(SHIPPED) and self._stamps is None

    def _good_version(self, path: Path) -> Path:
        shipped = path.is_relative_to(SHIPPED)
        inside = path.relative_to(SHIPPED if shipped else self.utility.folder / "catalog")
        return self.kept / ("shipped" if shipped else "own") / inside

    def _keep(self, path: Path, good: Path) -> None:
        """Lay a good version down; without a lake, or where it may not be written to, memory alone has it."""
        text = path.read_bytes()
        if not self.kept.parent.exists() or (good.exists() and good.read_bytes() == text):
            return
        with suppress(PermissionError):
            good.parent.mkdir(parents=True, exist_ok=True)
            fresh = good.with_name(f".{good.name}.{os.getpid()}")
            fresh.write_bytes(text)
            fresh.replace(good)

    def _forget(self, there: set[Path]) -> None:
        """Let go of the good versions of files that were removed: what somebody took away must not come back."""
        for path in self._judged.keys() - there:
            del self._judged[path]
            self._good_version(path).unlink(missing_ok=True)


def _stamp(path: Path) -> Stamp:
    stat = path.stat()
    return path, stat.st_mtime_ns, stat.st_size
