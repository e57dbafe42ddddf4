"""Backups of a lake and its utility: a folder each, made while everything runs, sharing unchanged files.

`<to>/<moment>/` holds `lake/`, `utility/` and `manifest.json` with size and SHA-256 of every file. Nothing waits for a
backup but commits, and these only while what came since its beginning is copied. The order makes it whole: first the
spools, then the tables; so a batch that left its spool meanwhile is in a table, and one in both counts once.
"""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from deltalake import DeltaTable

from data_sources.command_line import Tick
from data_sources.contracts import TABLES
from data_sources.lake import Lake
from data_sources.locks import only_holder
from data_sources.problems import BadInput, Problem
from data_sources.spool import sync_folder

MANIFEST = "manifest.json"
LAKE, UTILITY = "lake", "utility"
MADE_AGAIN = {"marts", "pending", "commit.lock", "worker.lock", "worker.pulse", "worker.died", "board.json"}
"""What a lake's folder holds beside: it follows from the rest, or belongs to a running process."""
NEVER_CHANGED = (".parquet", ".zst")
"""Files of tables and raw copies are written once, under a name of their own."""


@dataclass
class Manifest:
    """What a backup holds: of each file, by its path in the backup, size and SHA-256."""

    utility: str
    made_at: str
    versions: dict[str, int] = field(default_factory=dict)
    files: dict[str, tuple[int, str]] = field(default_factory=dict)


def read_manifest(backup: Path) -> Manifest:
    """The manifest of a backup. Raises BadInput where there is none, or it is none."""
    path = backup / MANIFEST
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        facts["files"] = {name: (int(size), str(digest)) for name, (size, digest) in facts["files"].items()}
        return Manifest(**facts)
    except FileNotFoundError:
        raise BadInput([Problem(str(path), 0, "", "no backup: the manifest is missing")]) from None
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput([Problem(str(path), 0, "", f"no manifest of a backup: {error}")]) from error


def backups_in(folder: Path) -> list[Path]:
    """The finished backups of a folder, oldest first."""
    return sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))


def back_up(lake: Lake, to: Path, tick: Tick) -> Path:
    """Make a backup below `to`, and return its folder. Raises LockHeld where another one is being made there.

    An unfinished one is called `<moment>.partial`, and goes when the next begins.
    """
    with only_holder(to / "lock"):
        for unfinished in to.glob("*.partial"):
            shutil.rmtree(unfinished)
        now, earlier = datetime.now(UTC), backups_in(to)
        copier = _Copier(to / f"{now:%Y%m%dT%H%M%S}Z.partial", earlier[-1] if earlier else None)
        copier.manifest.utility, copier.manifest.made_at = lake.utility.id, now.isoformat(timespec="seconds")
        copier.folder.mkdir()
        _copy_all(lake, copier, tick)
        return copier.finish()


def _copy_all(lake: Lake, copier: "_Copier", tick: Tick) -> None:
    copier.tree(lake.utility.folder, UTILITY)
    for name in ("spool", "raw"):
        if (lake.root / name).exists():
            copier.tree(lake.root / name, f"{LAKE}/{name}")
    tables = [name for name in TABLES if (lake.root / name / "_delta_log").exists()]
    for done, name in enumerate(tables):
        _files(copier, lake.root / name)
        tick(done + 1, len(tables) + 1)
    with lake.commit_lock():
        for name in tables:
            copier.manifest.versions[name] = _files(copier, lake.root / name)
            copier.tree(lake.root / name / "_delta_log", f"{LAKE}/{name}/_delta_log")
        for path in _beside(lake.root):
            copier.file(path, f"{LAKE}/{path.name}") if path.is_file() else copier.tree(path, f"{LAKE}/{path.name}")
    tick(len(tables) + 1, len(tables) + 1)


def restore(backup: Path, lake: Path, utility: Path) -> list[str]:
    """Lay a backup down as a lake, and as the utility's folder where that isn't there; returns what was written.

    Raises BadInput, before anything has its name, where the lake has content, a file is missing, or other than it was.
    """
    if lake.exists() and any(lake.iterdir()):
        raise BadInput([Problem(str(lake), 0, "", "has content; restore into a folder that is empty or not there")])
    manifest, written = read_manifest(backup), []
    targets = {LAKE: lake} if utility.exists() else {LAKE: lake, UTILITY: utility}
    for part, target in targets.items():
        fresh = target.with_name(f"{target.name}.partial")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        try:
            _lay_down(backup, part, manifest, fresh)
        except BaseException:
            shutil.rmtree(fresh)
            raise
        os.sync()
        if target.exists():
            target.rmdir()
        fresh.rename(target)
        sync_folder(target.parent)
        written.append(str(target))
    return written


def _lay_down(backup: Path, part: str, manifest: Manifest, fresh: Path) -> None:
    for name, (_, digest) in manifest.files.items():
        if not name.startswith(f"{part}/"):
            continue
        copy = fresh / name.removeprefix(f"{part}/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        if not (backup / name).exists():
            raise BadInput([Problem(str(backup / name), 0, "", "is missing")])
        if _copied(backup / name, copy) != digest:
            raise BadInput([Problem(str(backup / name), 0, "", "isn't what it was when the backup was made")])


class _Copier:
    """Copies into one backup; what the one before has unchanged is a link to it."""

    def __init__(self, folder: Path, before: Path | None) -> None:
        self.folder, self._before = folder, before
        self.manifest = Manifest("", "")
        self._known = read_manifest(before).files if before else {}

    def tree(self, folder: Path, name: str) -> None:
        """A folder with all its files; what goes away meanwhile was not needed any more."""
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix not in (".new", ".partial"):
                try:
                    self.file(path, f"{name}/{path.relative_to(folder).as_posix()}")
                except FileNotFoundError:
                    continue

    def file(self, path: Path, name: str) -> None:
        """One file, unless it is there already."""
        written_once = path.suffix in NEVER_CHANGED and "_delta_log" not in path.parts
        if written_once and name in self.manifest.files:
            return
        copy = self.folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        known = self._known.get(name)
        if written_once and self._before and known and known[0] == path.stat().st_size:
            os.link(self._before / name, copy)
            self.manifest.files[name] = known
            return
        digest = _copied(path, copy)
        self.manifest.files[name] = (copy.stat().st_size, digest)

    def finish(self) -> Path:
        """Make it safe, and give it its name."""
        (self.folder / MANIFEST).write_text(json.dumps(asdict(self.manifest), ensure_ascii=False), encoding="utf-8")
        os.sync()
        finished = self.folder.with_suffix("")
        self.folder.rename(finished)
        sync_folder(finished.parent)
        return finished


def _files(copier: _Copier, table: Path) -> int:
    """The files of the table's current version; returns that version."""
    delta = DeltaTable(table)
    for name in delta.get_add_actions(flatten=True).column("path").to_pylist():
        copier.file(table / name, f"{LAKE}/{table.name}/{name}")
    return delta.version()


def _beside(root: Path) -> Iterator[Path]:
    """What lies in a lake beside tables, spools and raw copies."""
    for path in sorted(root.iterdir()):
        if path.name not in {*TABLES, *MADE_AGAIN, "spool", "raw"} and path.suffix not in (".new", ".partial"):
            yield path


def _copied(path: Path, copy: Path) -> str:
    """Copy a file; its SHA-256, of what was written."""
    digest = sha256()
    with path.open("rb") as source, copy.open("wb") as target:
        while block := source.read(1 << 20):
            digest.update(block)
            target.write(block)
    return digest.hexdigest()
