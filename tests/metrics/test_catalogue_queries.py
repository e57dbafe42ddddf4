"""The questions of the catalogue page: what each indicator stands on, whether its examples pass, a draft tried out."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from metrics.build import build_marts
from metrics.catalogue import SHIPPED
from metrics.engine import Engine
from metrics.live_catalogue import LiveCatalogue
from metrics.queries import catalogue

AS_OF = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
FILE = SHIPPED / "distribution" / "pressure_compliance.sql"
TEXT = FILE.read_text(encoding="utf-8")


@pytest.fixture
def engine(tiny_lake):
    """Two days of good pressure."""
    times = [AS_OF - timedelta(minutes=5 * n) for n in range(1, 500)]
    rows = pl.DataFrame({"point_id": "N.pressure", "ts": times, "span_s": 0, "value": 0.3, "quality": "good"})
    tiny_lake.write("reading", rows, source="scada")
    build_marts(tiny_lake, tiny_lake.utility, AS_OF)
    return Engine(tiny_lake.utility, tiny_lake, LiveCatalogue(tiny_lake.utility, tiny_lake.root / "catalogue").now())


def test_what_each_indicator_stands_on(engine):
    listed = catalogue.listing(engine, AS_OF)
    assert listed["tile"].to_list() == list(range(1, 19))
    pressure = listed.filter(id="pressure_compliance").row(0, named=True)
    assert (pressure["module"], pressure["points"], pressure["tables"]) == ("distribution", 1, ["reading"])
    assert pressure["examples"] == TEXT.count("\n- points")
    assert pressure["shipped"]


def test_what_indicators_say_at_a_moment(engine):
    said = catalogue.verdicts(engine, AS_OF, ("pressure_compliance", "influent_bod"))
    pressure, nothing = (said.filter(id=id_).row(0, named=True) for id_ in ("pressure_compliance", "influent_bod"))
    assert (pressure["state"], pressure["value"]) == ("normal", 100)
    assert pressure["newest"] == AS_OF - timedelta(minutes=5)
    assert (nothing["state"], nothing["reason"], nothing["value"]) == ("unknown", "no_source", None)


def test_examples_are_run(engine):
    assert catalogue.examples_of(engine.catalogue.indicators["pressure_compliance"], engine.utility) == ()


def test_a_failing_example_is_told_with_its_line(engine):
    own = engine.utility.folder / "catalog" / "distribution" / "pressure_compliance.sql"
    own.parent.mkdir(parents=True)
    own.write_text(TEXT.replace("hourly.mean >= point_limit.min", "hourly.mean > point_limit.min"), encoding="utf-8")
    live = LiveCatalogue(engine.utility, engine.lake.root / "catalogue").now()
    (first, *_) = catalogue.problems_of(Engine(engine.utility, engine.lake, live), AS_OF)
    assert first.file == str(own)
    assert "- points" in TEXT.splitlines()[first.line - 1]
    # the shipped one goes on meanwhile
    assert live.indicators["pressure_compliance"].sql in TEXT


def test_a_draft_says_what_it_would_show(engine):
    draft = catalogue.try_draft(engine, AS_OF, "distribution", "pressure_compliance", TEXT)
    assert draft.problems == ()
    assert draft.judged.value == 100
    # of the 24 clock hours up to now the running one is not covered enough to count
    assert draft.rows["denominator"].to_list() == [23]


def test_a_draft_whose_example_fails_still_says_it(engine):
    text = TEXT.replace("hourly.mean >= point_limit.min", "hourly.mean > point_limit.min")
    draft = catalogue.try_draft(engine, AS_OF, "distribution", "mine", text)
    assert {one.column for one in draft.problems} == {"example"}
    assert {one.file for one in draft.problems} == {"distribution/mine.sql"}
    assert draft.judged.value == 100


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("SELECT 1", 1, "header"),
        (TEXT.replace("direction: up", "direction: sideways"), None, "up"),
        (TEXT.replace("FROM span", "FROM read_csv('/etc/passwd') AS span"), None, "READ_CSV"),
        (TEXT.replace("FROM span", "FROM span; DROP TABLE points; SELECT 1 FROM span"), None, ""),
        (TEXT.replace("points.role = 'network'\nJOIN", "points.rolle = 'network'\nJOIN"), None, "rolle"),
    ],
)
def test_a_draft_that_does_not_run_says_where(engine, text, line, word):
    draft = catalogue.try_draft(engine, AS_OF, "distribution", "mine", text)
    assert draft.judged is None
    assert draft.problems
    assert word in "".join(one.message for one in draft.problems)
    assert line is None or draft.problems[0].line == line
    assert not (engine.utility.folder / "catalog").exists()


@pytest.mark.parametrize(
    ("module", "id_"), [("..", "mine"), ("distribution", "../../x"), ("distribution", "A"), ("", "")]
)
def test_a_draft_has_a_place_inside(engine, module, id_):
    assert catalogue.try_draft(engine, AS_OF, module, id_, TEXT).problems[0].message.startswith("expected")
