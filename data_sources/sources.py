"""The sources of a utility as its sources.toml has them: settings and maps of each, checked by its connector."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from data_sources import vocabulary as words
from data_sources.connector import HERE, Connector, Source, TableMap, connector, kinds
from data_sources.contracts import TABLES
from data_sources.import_map import line_of, validated
from data_sources.map_checks import checked_map, read_map
from data_sources.problems import BadInput, Problem, shown_path
from data_sources.utility import Utility

FILE = "sources.toml"
DOCS = "docs/connectors"
READY_MADE = HERE / "maps"
"""Maps that ship with the product, for systems that many utilities have."""


def sources_of(utility: Utility, name: str) -> list[Source]:
    """The source `name`, once for each table it fills; [] where its rows come by import or are made up.

    Raises BadInput with every mistake in its settings.
    """
    return read_source(utility.folder, name, utility.sources[name], utility.timezone)


def read_source(folder: Path, name: str, given: Mapping[str, Any], timezone: str) -> list[Source]:
    """As `sources_of`, from what stands in the folder's sources.toml."""
    if given["kind"] not in kinds():
        return []
    module, path = connector(given["kind"]), folder / FILE
    own = {key: value for key, value in given.items() if key != "map"}
    settings = validated(module.Settings, own, path, name, f"{DOCS}/{given['kind']}.md")
    if module.COLUMNS:
        if "map" in given:
            raise BadInput([_problem(path, f"{name}.map", f"a source of kind {given['kind']} needs none")])
        table = str(module.TABLE)
        how = checked_map(TableMap, {"source": name, "table": table, "columns": module.COLUMNS}, path, name, table)
        return [Source(name, table, settings, how, timezone)]
    maps = _maps(module, folder, name, given.get("map"))
    return [Source(name, one.table, settings, one, one.timezone or timezone) for one in maps]


def source_problems(folder: Path, sources: Mapping[str, Any], timezone: str) -> list[Problem]:
    """Every mistake in a folder's sources.toml."""
    problems: list[Problem] = []
    for name, given in sources.items():
        kind = given.get("kind") if isinstance(given, dict) else None
        known = (*words.SOURCE_KINDS, *kinds())
        if kind not in known:
            message = f"{kind!r}, expected one of {', '.join(known)}"
            problems.append(_problem(folder / FILE, f"{name}.kind", message))
            continue
        try:
            read_source(folder, name, given, timezone)
        except BadInput as bad:
            problems += bad.problems
    return problems


def _maps(module: Connector, folder: Path, name: str, given: Any) -> list[TableMap]:
    """The maps of a source: written out, or named as files of the utility's folder or of those that ship."""
    path, section = folder / FILE, f"{name}.map"
    found = []
    for one in given if isinstance(given, list) else [given]:
        if isinstance(one, str):
            found.append(_map(module, name, read_map(_map_file(folder, name, one)), _map_file(folder, name, one), ""))
        elif isinstance(one, dict):
            found.append(_map(module, name, one, path, section))
        else:
            raise BadInput([_problem(path, section, "missing; expected a map, or the name of one")])
    tables = [one.table for one in found]
    if twice := sorted({table for table in tables if tables.count(table) > 1}):
        raise BadInput([_problem(path, section, f"{twice[0]} is filled by two maps; make it two sources")])
    return found


def _map(module: Connector, name: str, content: Mapping[str, Any], path: Path, section: str) -> TableMap:
    table = content.get("table", module.TABLE)
    known = [one for one in TABLES if one != "quarantine"]
    if table not in known:
        raise BadInput(
            [_problem(path, f"{section}.table".lstrip("."), f"{table!r}, expected one of {', '.join(known)}")]
        )
    return checked_map(module.Map, {**content, "source": name, "table": table}, path, section, str(table))


def _map_file(folder: Path, name: str, word: str) -> Path:
    if Path(word).name != word:
        raise BadInput([_problem(folder / FILE, f"{name}.map", f"{word!r}, expected the name of a map without a path")])
    own, shipped = folder / "maps" / f"{word}.toml", READY_MADE / f"{word}.toml"
    if not own.exists() and not shipped.exists():
        known = ", ".join(sorted(path.stem for path in READY_MADE.glob("*.toml"))) or "none"
        raise BadInput(
            [_problem(folder / FILE, f"{name}.map", f"{word!r} is no map in maps/; those that ship: {known}")]
        )
    return own if own.exists() else shipped


def _problem(path: Path, key: str, message: str) -> Problem:
    return Problem(shown_path(path), line_of(path, key), key, message)
