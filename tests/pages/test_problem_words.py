"""What is wrong with a whole file in the reader's language: every message that the source can write has its words."""

import ast
import inspect
import re
from datetime import date, datetime
from itertools import product
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import ValidationError

from data_sources import (
    correction,
    drop_folder,
    files,
    import_map,
    import_readings,
    import_rows,
    importer,
    map_checks,
    tabular,
    write,
)
from data_sources.correction import import_correction
from data_sources.import_map import ColumnMap, ImportMap
from data_sources.problems import BadInput, Problem
from data_sources.supervise import how_ended
from metrics import catalogue, check, example_rows, examples, result, sql_rules
from metrics.queries import catalogue as drafts
from pages.components.problem_words import failure, problem_line, problem_message

IMPORT = (correction, importer, tabular, import_map, map_checks, import_rows, import_readings, write)
SOURCES = (drop_folder, files)
CATALOGUE = (catalogue, check, example_rows, examples, result, sql_rules, drafts)
PASSED_ON = {
    ("data_sources.correction", "message"),
    ("data_sources.import_map", "message"),
    ("data_sources.import_map", "detail['msg'].removeprefix('Value error, ')"),
    ("metrics.catalogue", "error['msg'].removeprefix('Value error, ')"),
    ("metrics.check", "message"),
    ("metrics.check", "message.splitlines()[0]"),
    ("metrics.example_rows", "cell"),
    ("metrics.examples", "message"),
    ("metrics.queries.catalogue", "one.message"),
    ("metrics.queries.catalogue", "str(error).splitlines()[0]"),
}
"""What isn't written where it is said: what others wrote, and a library's words, some of which tests below provoke."""
MAKERS = {"Problem": 3, "problem": 1, "ValueError": 0, "BadExample": 0}
"""What makes a problem, and which of its arguments is the message; a model's ValueError becomes one."""


def written(module: ModuleType) -> set[str]:
    """Every message that a module's source gives to a problem, `<1>`, `<2>` … where something is filled in."""
    tree = ast.parse(inspect.getsource(module))
    texts = set()
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.FunctionDef):
            continue
        named = {
            target.id: node.value
            for node in ast.walk(scope)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in (node for node in ast.walk(scope) if isinstance(node, ast.Call)):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name in MAKERS and len(call.args) > MAKERS[name]:
                texts |= in_words(call.args[MAKERS[name]], named)
        for told in ast.walk(scope) if module in CATALOGUE else ():
            if isinstance(told, ast.Yield | ast.ListComp):  # messages first, then a problem of each
                message = told.value if isinstance(told, ast.Yield) else told.elt
                texts |= {text for text in in_words(message, named) if not text.startswith("`")}
    return texts


def in_words(message: ast.expr, named: dict[str, ast.expr]) -> set[str]:
    """The texts that an expression may have; its source in backquotes where it is no literal."""
    match message:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.JoinedStr(values=parts):
            filled = (
                part.value if isinstance(part, ast.Constant)
                else f" (<{at}>)" if "_instead(" in ast.unparse(part)
                else f"<{at}>"
                for at, part in enumerate(parts)
            )  # fmt: skip
            return {"".join(map(str, filled))}
        case ast.Name(id=name) if name in named:
            return in_words(named[name], named)
        case ast.Dict(values=values):
            return {text for value in values for text in in_words(value, named)}
        case ast.Call(func=ast.Attribute(value=words, attr="get"), args=[_, other]):
            return in_words(words, named) | in_words(other, named)
        case _:
            return {f"`{ast.unparse(message)}`"}


FOUND = {(module.__name__, text) for module in (*IMPORT, *SOURCES, *CATALOGUE) for text in written(module)}
MESSAGES = sorted({text for _, text in FOUND if not text.startswith("`")})


def test_the_walk_finds_what_is_written():
    assert {
        "no such file",
        "<0> is missing; <2> needs it",
        "is not <1>: byte <3> can't be read; name its encoding in the map (gbk, …)",
        "its folder must be one of <1>",
        "exactly one SELECT is wanted, this is <1>",
        "no column <1>",
        "<0>: <2> is <4>, expected <6>",
    } <= set(MESSAGES)
    assert {(name, text.strip("`")) for name, text in FOUND if text.startswith("`")} == PASSED_ON


@pytest.mark.parametrize("message", MESSAGES)
def test_what_is_written_is_said_in_chinese(message):
    said = problem_message(message, "zh")
    assert said != message
    assert re.search(r"[一-鿿]", said)
    assert sorted(re.findall(r"<\d+>", said)) == sorted(re.findall(r"<\d+>", message)), "something filled in is lost"
    assert problem_message(message, "en") == message


WRONG = [1, 1.5, True, "", "long", [], [1], {}, {"a": 1}, {"a": {"column": 1}}, date(2026, 1, 1), datetime(2026, 1, 1)]
"""Values of every type that TOML has."""
GOOD = {"source": "scada", "columns": {"ts": "t"}, "path": Path("map.toml")}
KEYS = [{name: value} for name, value in product(ImportMap.model_fields, WRONG) if name not in ("path", "section")]
CELLS = [{"columns": {"ts": {name: value}}} for name, value in product(ColumnMap.model_fields, WRONG)]


def test_whatever_a_map_has_of_a_wrong_type_is_said_in_chinese():
    said = set()
    for wrong in (*KEYS, *CELLS):
        try:
            ImportMap.model_validate({**GOOD, **wrong})
        except ValidationError as error:
            said |= {one["msg"].removeprefix("Value error, ") for one in error.errors()}
    assert len(said) > 10
    assert {one for one in said if problem_message(one, "zh") == one} == set()
    assert problem_message("Input should be 'wide' or 'long'", "zh") == "应为 'wide' 或 'long'"


@pytest.mark.parametrize(
    ("content", "table", "how", "said"),
    [
        (b"a,b\n1,2\n", "act", None, "act：这张表不收文件；收文件的有：reading, "),
        (b"", "reading", None, "x.csv:1：是空的；应有表头和数据行"),
        (b"point_id,ts\nW1.flow,2026-09-15T06:20Z\n", "reading", None,
         "x.csv:1：reading 缺少 quality, span_s, value；请把列名改成"),
        (b"a,a\n1,2\n", "reading", None, "x.csv:1：a：有两列叫这个名称"),
        (b"a,b\n1,2,3\n", "reading", None, "x.csv:2：有 3 格，表头只有 2 格"),
        (b"\xff\xfe\x00", "reading", None, "x.csv：不是 utf-8：第 1 个字节读不出；请在映射中写明编码（gbk 等）"),
        (b"a\n1\n", "reading", b"source = ", "map.toml：不是 TOML："),
        (b"a\n1\n", "reading", b'source = "x"\nshape = "tall"\n', "map.toml：columns：缺这一项；含义见 docs/import.md"),
        (b"a\n1\n", "reading", 'source = "x"\ndelimiter = "，"\ncolumns.ts = "a"\n'.encode(),
         "map.toml:2：delimiter：'，' 不能作分隔符；应为一个 ASCII 字符，如 , 或 ;"),
        (b"Zeit,W1\n1,2\n", "reading", b'source = "scada"\nshape = "wide"\n[columns]\nts = "time"\n',
         "map.toml:4：columns.ts：x.csv 没有“time”一列，有的是 Zeit, W1"),
    ],
)  # fmt: skip
def test_a_refused_file_is_told_with_its_place(tiny_lake, content, table, how, said):
    with pytest.raises(BadInput) as bad:
        import_correction(tiny_lake, "x.csv", content, table, "scada", how)
    assert problem_line(bad.value.problems[0], "zh").startswith(said)
    assert problem_line(bad.value.problems[0], "en") == str(bad.value.problems[0])


def test_a_drivers_own_words_stay():
    assert problem_line(Problem("x.csv", 3, "b", "segfault in libodd"), "zh") == "x.csv:3：b：segfault in libodd"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("2026-03-01 headline: value is empty, expected 3", "2026-03-01 总值：value 是空，应为 3"),
        ("2026-03-01 Z1: state is normal, expected alarm", "2026-03-01 Z1：state 是 normal，应为 alarm"),
        ("column valid is VARCHAR, expected number", "列 valid 是 VARCHAR，应为数字"),
        ("UNNEST is not allowed (a table function, read the views)", "不能用 UNNEST（这是表函数，请读视图）"),
        ("WHEN is not allowed", "不能用 WHEN"),
        ("md5(): not a function that DuckDB and Spark share with one meaning",
         "md5()：DuckDB 与 Spark 没有含义相同的这个函数"),
        ("the header is not YAML: expected key: value lines", "文件头不是 YAML：应为“键: 值”的行"),
        ("Binder Error: no such thing", "Binder Error: no such thing"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_indicators_file_is_said(message, said):
    assert problem_message(message, "zh") == said


def test_whatever_a_header_has_of_a_wrong_type_is_said_in_chinese():
    (indicator,) = (one for one in catalogue.load_catalogue().indicators.values() if one.id == "pressure_compliance")
    good = indicator.model_dump(by_alias=True, exclude_none=True)
    said = set()
    for name, value in product(good, [*WRONG, None, 99, [{}], {"zh": 1}]):
        try:
            catalogue.Indicator.model_validate({**good, name: value, "odd": 1})
        except ValidationError as error:
            said |= {one["msg"].removeprefix("Value error, ") for one in error.errors()}
    assert len(said) > 10
    assert {one for one in said if not re.search(r"[一-鿿]", problem_message(one, "zh"))} == set()


def test_what_to_write_instead_is_said_in_chinese():
    told = {problem_message(f"X is not allowed ({one})", "zh") for one in sql_rules._INSTEAD.values()}
    assert all(re.fullmatch(r"不能用 X（.*[一-鿿].*）", one) for one in told), told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (how_ended(-9), "它的进程异常结束：SIGKILL"),
        (how_ended(2), "它的进程异常结束：exit code 2"),
        (how_ended(-14), "没有按时回答"),
        ("/srv/drop: no such folder; is the share mounted?", "/srv/drop：没有这个文件夹；共享挂载了吗？"),
        ("environment: T: is not set; sources.toml asks for it", "environment：T：没有设置；sources.toml 要用它"),
        ("f.csv: f.csv:3: has 4 cells, the header has 3", "f.csv：f.csv:3：有 4 格，表头只有 3 格"),
        ("can't take in: OSError: No space left", "不能入库：OSError: No space left"),
        ("can't be read: TypeError: odd", "读不出：TypeError: odd"),
        ("OperationalError: connection to server failed", "OperationalError: connection to server failed"),
    ],
)
def test_what_a_source_fails_with_is_said(text, said):
    assert failure(text, "zh") == said
    assert failure(text, "en") == text
