"""The catalogue while its files change: new ones come, broken ones keep their last good version, removed ones go."""

import os

import pytest

from metrics.catalogue import SHIPPED
from metrics.live_catalogue import LiveCatalogue

FILE = SHIPPED / "distribution" / "pressure_compliance.sql"
SHIPPED_ONE = FILE.read_text(encoding="utf-8").replace("tile: 8\n", "")
"""Its later examples count on thresholds, which an indicator of another id does not have."""
GOOD = SHIPPED_ONE.partition("# normal: 24")[0] + "---*/" + SHIPPED_ONE.partition("---*/")[2]
BROKEN = GOOD.replace("hourly.mean >= point_limit.min", "hourly.mean > point_limit.min")


@pytest.fixture
def own(tiny_utility):
    """The place of an indicator of the utility's own."""
    path = tiny_utility.folder / "catalog" / "distribution" / "mine.sql"
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def live(tiny_utility, tmp_path):
    """A function: another process's look at the same utility and lake."""
    (tmp_path / "lake").mkdir()
    return lambda: LiveCatalogue(tiny_utility, tmp_path / "lake" / "catalogue")


def write(path, text):
    """A change that no clock is too coarse for."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before + 10**9, before + 10**9))


def test_it_is_the_same_one_until_a_file_changes(live, own):
    catalogue = live()
    first = catalogue.now()
    assert first.problems == []
    assert "mine" not in first.indicators
    assert catalogue.now() is first
    write(own, GOOD)
    assert "mine" in catalogue.now().indicators
    assert catalogue.now() is not first


def test_a_file_that_fails_keeps_its_last_good_version_and_says_where(live, own):
    catalogue = live()
    write(own, GOOD)
    good = catalogue.now().indicators["mine"]
    write(own, BROKEN)
    kept = catalogue.now()
    assert kept.indicators["mine"].sql == good.sql
    assert {problem.column for problem in kept.problems} == {"example"}
    assert all(problem.file == str(own) and problem.line > 1 for problem in kept.problems)
    write(own, "SELECT 1")  # not even a header
    again = catalogue.now()
    assert again.indicators["mine"].sql == good.sql
    assert [problem.line for problem in again.problems] == [1]
    write(own, GOOD.replace("压力合格率", "压力达标率"))
    assert catalogue.now().problems == []
    assert catalogue.now().indicators["mine"].name.zh == "压力达标率"


def test_a_new_start_finds_the_good_version(live, own):
    first = live()
    write(own, GOOD)
    first.now()
    write(own, BROKEN)
    after = live().now()
    assert after.indicators["mine"].sql == first.now().indicators["mine"].sql
    assert after.indicators["mine"].file == str(own)
    assert after.problems


def test_a_new_file_that_fails_is_not_shown(live, own):
    catalogue = live()
    write(own, BROKEN)
    assert "mine" not in catalogue.now().indicators
    assert catalogue.now().problems


def test_a_removed_file_goes_and_does_not_come_back(live, own):
    catalogue = live()
    write(own, GOOD)
    catalogue.now()
    own.unlink()
    assert "mine" not in catalogue.now().indicators
    write(own, BROKEN)
    assert "mine" not in catalogue.now().indicators


def test_without_a_lake_nothing_is_written(tiny_utility, tmp_path, own):
    catalogue = LiveCatalogue(tiny_utility, tmp_path / "none" / "catalogue")
    write(own, GOOD)
    good = catalogue.now().indicators["mine"]
    write(own, BROKEN)
    assert catalogue.now().indicators["mine"].sql == good.sql
    assert not (tmp_path / "none").exists()
