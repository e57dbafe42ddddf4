"""What must hold between the rows of a utility's files: closed lists, references, trees, units."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from data_sources import vocabulary as words
from data_sources.folder_files import LINE
from data_sources.problems import Problem
from data_sources.units import compatible, is_unit

Row = dict[str, Any]
LON, LAT = (-180.0, 180.0), (-90.0, 90.0)


@dataclass(frozen=True)
class Folder:
    """A folder's files as read: rows of every CSV with their lines, and how each file is called in messages."""

    tables: Mapping[str, pl.DataFrame]
    sources: Mapping[str, Any]
    shown: Callable[[str], str]
    ids: dict[str, dict[str, Row]] = field(default_factory=dict)

    def rows(self, name: str) -> list[Row]:
        """The rows of a file."""
        return self.tables[name].to_dicts()

    def by_id(self, name: str) -> dict[str, Row]:
        """The rows of a file by its first column."""
        if name not in self.ids:
            key = self.tables[name].columns[0]
            self.ids[name] = {row[key]: row for row in self.rows(name)}
        return self.ids[name]

    def problem(self, name: str, row: Row, column: str, message: str) -> Problem:
        """A mistake in a cell."""
        return Problem(self.shown(name), row[LINE], column, message)


def folder_problems(folder: Folder) -> list[Problem]:
    """Everything wrong between the rows of sites, groups, points, machines and sources."""
    checks = (_ids, _sites, _trees, _groups, _points, _tags, _machines)
    return [problem for check in checks for problem in check(folder)]


def _one_of(folder: Folder, name: str, row: Row, column: str, allowed: Collection[str]) -> Iterator[Problem]:
    if row[column] is not None and row[column] not in allowed:
        yield folder.problem(name, row, column, f"{row[column]!r}, expected one of {', '.join(allowed)}")


def _exists(folder: Folder, name: str, row: Row, column: str, other: str) -> Iterator[Problem]:
    if row[column] is not None and row[column] not in folder.by_id(other):
        yield folder.problem(name, row, column, f"{row[column]!r} is not in {other}")


def _ids(folder: Folder) -> Iterator[Problem]:
    for name in ("sites.csv", "groups.csv", "points.csv", "machines.csv"):
        seen: dict[str, int] = {}
        for row in folder.rows(name):
            key = folder.tables[name].columns[0]
            if row[key] in seen:
                yield folder.problem(name, row, key, f"{row[key]!r} stands on line {seen[row[key]]} already")
            seen.setdefault(row[key], row[LINE])


def _sites(folder: Folder) -> Iterator[Problem]:
    rows = folder.rows("sites.csv")
    networks = [row for row in rows if row["kind"] == "network"]
    if len(networks) != 1:
        at = networks[1] if networks else {LINE: 0}
        yield folder.problem("sites.csv", at, "kind", f"{len(networks)} sites of kind network, expected exactly one")
    for row in rows:
        yield from _one_of(folder, "sites.csv", row, "kind", words.SITE_KINDS)
        yield from _one_of(folder, "sites.csv", row, "module", words.MODULES)
        yield from _place(folder, "sites.csv", row)
        yield from _not_negative(folder, "sites.csv", row, ("capacity_m3d", "connections", "users"))
        parents = () if row["kind"] == "network" else words.PARENT_KINDS.get(row["kind"], ("network",))
        yield from _link(folder, row, "parent_id", parents)
        yield from _link(folder, row, "drains_to", words.DRAINS_TO_KINDS.get(row["kind"], ()))


def _place(folder: Folder, name: str, row: Row) -> Iterator[Problem]:
    for column, (least, most) in (("lon", LON), ("lat", LAT)):
        if row[column] is not None and not least <= row[column] <= most:
            yield folder.problem(name, row, column, f"{row[column]:g}, expected degrees from {least:g} to {most:g}")


def _not_negative(folder: Folder, name: str, row: Row, columns: Iterable[str]) -> Iterator[Problem]:
    for column in columns:
        if row[column] is not None and row[column] < 0:
            yield folder.problem(name, row, column, f"{row[column]:g}, expected 0 or more")


def _link(folder: Folder, row: Row, column: str, kinds: tuple[str, ...]) -> Iterator[Problem]:
    """`parent_id` or `drains_to` names a site, of a kind that makes sense."""
    if row[column] is None:
        return
    other = folder.by_id("sites.csv").get(row[column])
    if other is None:
        yield folder.problem("sites.csv", row, column, f"{row[column]!r} is not in sites.csv")
    elif other["kind"] not in kinds:
        expected = f"expected a {' or '.join(kinds)}" if kinds else "expected none"
        yield folder.problem(
            "sites.csv", row, column, f"{row[column]} is a {other['kind']}, {expected} for a {row['kind']}"
        )


def _trees(folder: Folder) -> Iterator[Problem]:
    """Nothing belongs or drains to itself, however far around."""
    sites = folder.by_id("sites.csv")
    for column in ("parent_id", "drains_to"):
        for start, row in sites.items():
            trail, here = [start], row[column]
            while here in sites and here not in trail:
                trail.append(here)
                here = sites[here][column]
            if here == start:
                yield folder.problem("sites.csv", row, column, f"leads around: {' → '.join([*trail, start])}")


def _groups(folder: Folder) -> Iterator[Problem]:
    with_points = {row["group_id"] for row in folder.rows("points.csv")}
    for row in folder.rows("groups.csv"):
        yield from _exists(folder, "groups.csv", row, "site_id", "sites.csv")
        yield from _one_of(folder, "groups.csv", row, "kind", words.GROUP_KINDS)
        yield from _place(folder, "groups.csv", row)
        yield from _source(folder, "groups.csv", row)
        bare = row["kind"] in words.GROUP_KINDS_WITHOUT_POINTS
        if bare and row["source"] is None:
            yield folder.problem("groups.csv", row, "source", f"empty, a {row['kind']} counts by its source's batches")
        if not bare and row["source"] is not None:
            yield folder.problem("groups.csv", row, "source", f"a {row['kind']} has points, they name the source")
        if bare == (row["group_id"] in with_points):
            message = f"a {row['kind']} has no points" if bare else "no point in points.csv belongs to it"
            yield folder.problem("groups.csv", row, "group_id", message)


def _source(folder: Folder, name: str, row: Row) -> Iterator[Problem]:
    if row["source"] is not None and row["source"] not in folder.sources:
        yield folder.problem(name, row, "source", f"{row['source']!r} is not in sources.toml")


def _points(folder: Folder) -> Iterator[Problem]:
    machines = folder.by_id("machines.csv")
    groups = folder.by_id("groups.csv")
    for row in folder.rows("points.csv"):
        yield from _exists(folder, "points.csv", row, "group_id", "groups.csv")
        yield from _one_of(folder, "points.csv", row, "quantity", words.QUANTITIES)
        yield from _one_of(folder, "points.csv", row, "role", words.ROLES)
        yield from _one_of(folder, "points.csv", row, "medium", words.MEDIA)
        yield from _one_of(folder, "points.csv", row, "mode", words.POINT_MODES)
        yield from _exists(folder, "points.csv", row, "machine_id", "machines.csv")
        yield from _exists(folder, "points.csv", row, "to_site_id", "sites.csv")
        yield from _source(folder, "points.csv", row)
        yield from _unit(folder, row)
        yield from _rhythm(folder, row)
        if row["quantity"] in words.ROLE_NEEDED and row["role"] is None:
            yield folder.problem("points.csv", row, "role", f"empty, a {row['quantity']} needs one")
        if row["low"] is not None and row["high"] is not None and row["low"] >= row["high"]:
            yield folder.problem("points.csv", row, "low", f"{row['low']:g} is not below high, {row['high']:g}")
        machine, group = machines.get(row["machine_id"]), groups.get(row["group_id"])
        if machine and group and machine["site_id"] != group["site_id"]:
            message = f"{row['machine_id']} stands at {machine['site_id']}, the point at {group['site_id']}"
            yield folder.problem("points.csv", row, "machine_id", message)


def _unit(folder: Folder, row: Row) -> Iterator[Problem]:
    canonical = words.QUANTITIES.get(row["quantity"])
    if row["unit"] is None or canonical is None:
        return
    if not is_unit(row["unit"]):
        yield folder.problem("points.csv", row, "unit", f"{row['unit']!r} is not a unit, expected one like {canonical}")
    elif not compatible(row["unit"], canonical):
        yield folder.problem("points.csv", row, "unit", f"{row['unit']} can't be turned into {canonical}")


def _rhythm(folder: Folder, row: Row) -> Iterator[Problem]:
    column = {"sampled": "interval_s", "on_change": "hold_s"}.get(row["mode"])
    if column and (row[column] is None or row[column] <= 0):
        yield folder.problem("points.csv", row, column, f"a {row['mode']} point needs seconds above 0")


def _tags(folder: Folder) -> Iterator[Problem]:
    seen: dict[tuple[str, str], int] = {}
    for row in folder.rows("points.csv"):
        key = (row["source"], row["tag"])
        if key in seen:
            yield folder.problem("points.csv", row, "tag", f"{key[1]!r} of {key[0]} stands on line {seen[key]} already")
        seen.setdefault(key, row[LINE])


def _machines(folder: Folder) -> Iterator[Problem]:
    for row in folder.rows("machines.csv"):
        yield from _exists(folder, "machines.csv", row, "site_id", "sites.csv")
        yield from _one_of(folder, "machines.csv", row, "kind", words.MACHINE_KINDS)
        yield from _not_negative(folder, "machines.csv", row, ("rated_flow_m3h", "rated_head_m", "rated_kw"))
