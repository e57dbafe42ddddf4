import numpy as np
import pytest

from brain.demand.hours import Hours
from brain.storm.dry_weather import dry_curve, is_dry, share_of_days_at
from brain.storm.fitting import LEADS
from tests.brain.storm.towns import NOW, town


def test_a_day_after_rain_is_not_dry_and_a_wet_record_has_to_do():
    rain = np.zeros(60)
    rain[10] = 2.0
    assert np.flatnonzero(~is_dry(rain)).tolist() == list(range(10, 34))
    assert is_dry(np.full(30, 5.0)).all()


def test_the_dry_curve_is_the_median_of_the_slot_and_its_band_holds_what_it_was_off():
    record = town()
    curve = dry_curve(record, record.own, Hours(NOW, LEADS, "Asia/Shanghai"), (0.1, 0.5, 0.9))
    by_day = [hour for hour in range(LEADS) if 9 <= (hour + 8) % 24 < 22]
    assert curve[1, by_day, 0] == pytest.approx(np.full(len(by_day), 100.0), rel=0.06)
    assert (np.diff(curve, axis=0) >= 0).all()


def test_how_often_a_day_reached_the_alarm():
    # 48 hours, at the alarm in hour 30: of the 25 stretches of 24 hours those that begin in hours 7 … 24 hold it
    highest = np.full((48, 2), 1.0)
    highest[30, 0] = 4.0
    highest[:, 1] = np.nan
    share = share_of_days_at(highest, np.array([4.0, 4.0]))
    assert share[0] == pytest.approx(18 / 25) and np.isnan(share[1])
