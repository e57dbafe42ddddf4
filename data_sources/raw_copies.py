"""Raw copies: spool segments that are safe in the lake, compressed, `<lake>/raw/<source>/<first number>.spool.zst`."""

import os
from itertools import pairwise
from pathlib import Path

import pyarrow as pa

from data_sources.spool import Damage, Record, records_in, safe_folder, segment_path, segments_of, sync_folder


def raw_folder(lake_root: Path, name: str) -> Path:
    """Where a source's raw copies lie."""
    return lake_root / "raw" / name


def trim(spool: Path, upto: int, raw: Path) -> None:
    """Make raw copies of the closed segments whose batches all have numbers up to `upto`."""
    segments = segments_of(spool)
    for segment, following in pairwise(segments):
        if following > upto + 1:
            break
        _keep(segment_path(spool, segment), raw)


def batches_of(segment: int, spool: Path, raw: Path) -> list[Record | Damage]:
    """The batches of a segment, wherever it is by now. Raises FileNotFoundError where its raw copy is gone, too."""
    copy = _copy(raw, segment_path(spool, segment))
    if copy.exists():
        with pa.input_stream(str(copy), compression="zstd") as stream:
            return records_in(stream.read(), segment)
    return records_in(segment_path(spool, segment).read_bytes(), segment)


def _keep(segment: Path, raw: Path) -> None:
    """Compress a segment into its raw copy; the segment goes when that is safe."""
    safe_folder(raw)
    copy = _copy(raw, segment)
    fresh = copy.with_suffix(".new")
    with pa.output_stream(str(fresh), compression="zstd") as stream:
        stream.write(segment.read_bytes())
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.rename(copy)
    sync_folder(raw)
    segment.unlink()


def _copy(raw: Path, segment: Path) -> Path:
    return raw / f"{segment.name}.zst"
