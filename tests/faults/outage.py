"""A power cut: what was not made safe by fsync is gone, and so is every name whose folder was not.

In the processes under test, os.fsync and os.fdatasync note what they are asked to make safe. After the kill the lake is
laid down anew from that alone: `strict`, as POSIX allows (a name lives only once its folder was synced), or `hollow`,
as journaling file systems behave (all names live, files that were not synced are empty).
"""

import json
import os
import random
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from data_sources.power import SEEN
from tests.faults.plant import Plant
from tests.faults.table import Row, row


def outage(folder: Path, short: bool) -> Iterator[Row]:
    """Power cuts at random instants under load, each on what the one before left."""
    for mode in ("strict", "hollow"):
        plant, verdicts = Plant(folder / mode), []
        for number in range(3 if short else 40):
            record = Record(plant.folder / f"record-{number}", plant.root)
            record.take_all()
            plant.receiver(record.install)
            plant.worker(record.install)
            plant.pump(random.uniform(0.5, 2.0))
            plant.stop()
            record.lay_down(hollow=mode == "hollow")
            shutil.rmtree(record.folder)
            verdicts.append(plant.check(board=number == 0))
        taken_back = sum(len(one.mended) for one in verdicts)
        named = f"versions and files taken back: {taken_back}"
        yield row(f"power cut ({mode})", verdicts, len(plant.answered), named)


class Record:
    """What of a folder is safe: contents by inode, names by folder."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder, self.root = folder, root
        for name in ("content", "held", "names"):
            (folder / name).mkdir(parents=True)

    def install(self) -> None:
        """Note, in this process, what is made safe from now on."""
        os.fsync = self._noting  # type: ignore[assignment]
        os.fdatasync = self._noting  # type: ignore[assignment]
        os.sync = self.take_all

    def take_all(self) -> None:
        """All that is there now is safe."""
        for path in [self.root.parent, self.root, *self.root.rglob("*")] if self.root.exists() else [self.root.parent]:
            try:
                self._folder(path) if path.is_dir() else self._content(path)
            except FileNotFoundError:
                continue

    def lay_down(self, hollow: bool) -> None:
        """Replace the folder by what is safe of it."""
        fresh = self.root.with_name("survived")
        self._lay(self.root, fresh, hollow)
        shutil.rmtree(self.root, ignore_errors=True)
        fresh.rename(self.root) if fresh.exists() else self.root.mkdir()
        (self.root / SEEN).unlink(missing_ok=True)  # the machine starts anew

    def _lay(self, folder: Path, into: Path, hollow: bool) -> None:
        names = self._names(folder.parent)
        if not hollow and folder.name not in names:
            return
        into.mkdir()
        safe = self._names(folder)
        listed = {path.name: str(path.lstat().st_ino) for path in folder.iterdir()} if hollow else safe
        for name, inode in listed.items():
            if (folder / name).is_dir() or inode == "folder":
                self._lay(folder / name, into / name, hollow)
                continue
            content = self.folder / "content" / inode
            (into / name).write_bytes(content.read_bytes() if content.exists() else b"")

    def _noting(self, descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path != self.root.parent and self.root not in (path, *path.parents):
            return
        self._folder(path) if stat.S_ISDIR(os.fstat(descriptor).st_mode) else self._content(path)

    def _content(self, path: Path) -> None:
        inode = str(path.stat().st_ino)
        held = self.folder / "held" / inode
        if not held.exists():
            os.link(path, held)  # so that no other file gets this inode
        fresh = self.folder / f"{inode}-{os.getpid()}"
        shutil.copyfile(path, fresh)
        fresh.replace(self.folder / "content" / inode)

    def _folder(self, path: Path) -> None:
        names = {one.name: "folder" if one.is_dir() else str(one.lstat().st_ino) for one in path.iterdir()}
        for inode, name in ((inode, name) for name, inode in names.items() if inode != "folder"):
            held = self.folder / "held" / inode
            if not held.exists():
                os.link(path / name, held)
        fresh = self.folder / f"names-{os.getpid()}"
        fresh.write_text(json.dumps(names))
        fresh.replace(self._listing(path))

    def _names(self, path: Path) -> dict[str, str]:
        listing = self._listing(path)
        return json.loads(listing.read_text()) if listing.exists() else {}

    def _listing(self, path: Path) -> Path:
        return self.folder / "names" / "|".join(["lake", *path.relative_to(self.root.parent).parts])
