"""Frozen boards for the tests of the screen: ordinary, with alarms, knowing nothing, with hostile names."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from metrics.board_model import Board
from metrics.catalogue import load_catalogue

AS_OF = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
HOSTILE = '<script>alert("x")</script>'


def board(**changes: Any) -> dict[str, Any]:
    """An ordinary board, every tile normal, as the JSON that the renderer gets; `changes` replace its fields."""
    whole = {
        "utility": "tiny",
        "name_zh": "小镇水务",
        "name_en": "Tiny Water",
        "timezone": "Asia/Shanghai",
        "sample": False,
        "clock": "wall",
        "refresh_seconds": 5.0,
        "as_of": AS_OF,
        "made_at": AS_OF,
        "groups": {"expected": 385, "reporting": 381, "late": 3, "faulty": 1},
        "today": {
            "supplied_m3": 121_947.2,
            "treated_m3": 87_270.7,
            "rain_mm": 4.25,
            "supplied_expected_m3": None,
            "treated_expected_m3": None,
        },
        "indicators": [tile(one.id) for one in load_catalogue().tiles],
        "sites": [site("Z1", "一区", "Zone 1"), site("P1", "一号泵站", "Station 1")],
        "sewage": {"issued_at": None, "rain": [], "inflow": [], "stations": [], "plan": []},
        "exceptions": [],
        "advice": [],
    }
    return Board.model_validate(whole | changes).model_dump(mode="json")


def tile(id_: str, **changes: Any) -> dict[str, Any]:
    """One normal tile of the catalogue."""
    one = load_catalogue().indicators[id_]
    short = one.short or one.name
    first = date(2026, 8, 16)
    return {
        "id": id_,
        "tile": one.tile,
        "module": one.module,
        "name_zh": one.name.zh,
        "name_en": one.name.en,
        "short_zh": short.zh,
        "short_en": short.en,
        "owner": one.owner,
        "unit": one.unit,
        "direction": one.direction,
        "shows": one.shows,
        "period": date(2026, 9, 15),
        "value": 99.5,
        "target": 98.0,
        "warning": 98.0,
        "alarm": 95.0,
        **dict.fromkeys(("warning_low", "warning_high", "alarm_low", "alarm_high")),
        "gap": 1.5,
        "state": "normal",
        "reason": None,
        "partial": False,
        "validity": 1.0,
        "beside": None,
        "beside_zh": one.beside.zh if one.beside else None,
        "beside_en": one.beside.en if one.beside else None,
        "beside_unit": one.beside.unit if one.beside else None,
        "data_time": AS_OF - timedelta(minutes=5),
        "compare": {"previous": 99.0, "last_year": None},
        "trend": [
            {"period": first + timedelta(days=n), "value": 99.0 + 0.1 * (n % 7), "state": "normal"} for n in range(30)
        ],
        "band": (98.9, 99.6),
        "sites": [],
    } | changes


def site(site_id: str, name_zh: str, name_en: str, **changes: Any) -> dict[str, Any]:
    """One normal site."""
    place = {"site_id": site_id, "kind": "zone", "name_zh": name_zh, "name_en": name_en, "lon": 121.0, "lat": 30.7}
    return {**place, "state": "normal", "reason": None, **changes}


def exception(**changes: Any) -> dict[str, Any]:
    """A pressure alarm in a zone."""
    since = AS_OF - timedelta(minutes=35)
    return {
        "id": f"point_limit/Z1/{since:%Y-%m-%dT%H:%M:%SZ}",
        "subject": "Z1",
        "site_id": "Z1",
        "state": "alarm",
        "since": since,
        "code": "point_limit",
        "args": {"point_id": "Z1.p", "quantity": "pressure", "value": 0.101, "low": 0.14, "high": None},
        "count": 2,
        "owner": "管网部",
        "distance": 0.2786,
        "acknowledged": False,
    } | changes


def alarming() -> dict[str, Any]:
    """Two tiles past their thresholds, one of them from partial data, and seven exceptions."""
    tiles = [tile(one.id) for one in load_catalogue().tiles]
    tiles[7] |= {"value": 96.4, "gap": -1.6, "state": "alarm"}
    tiles[14] |= {"value": 89.97, "target": 90.0, "warning": 90.0, "state": "warning", "partial": True}
    return board(
        indicators=tiles,
        exceptions=[
            exception(),
            exception(
                id="indicator_state/pressure_compliance/2026-09-15T00:00:00Z",
                subject="pressure_compliance",
                site_id=None,
                code="indicator_state",
                args={"value": 96.4, "unit": "%", "gap": -1.6, "reason": None},
                count=1,
                distance=1.6,
                acknowledged=True,
            ),
            exception(id="few", subject="P1", site_id="P1", state="unknown", code="few_data", args={"validity": 0.55}),
            exception(id="silent", subject="scada", site_id=None, state="unknown", code="source_silent", args={}),
            *(exception(id=f"more{n}", subject=f"more{n}", state="warning", code="early_warning") for n in range(3)),
        ],
    )


def sewage() -> dict[str, Any]:
    """A day of rain and inflow behind, rain ahead, two wells: one above its alarm level, one that is silent."""
    hours = [AS_OF.replace(minute=0) + timedelta(hours=n) for n in range(-23, 24)]
    return {
        "issued_at": AS_OF - timedelta(hours=2),
        "rain": [
            {"valid_at": at, "mm": 1.5 if n % 3 else 0.0, "kind": "observed" if at <= AS_OF else "forecast"}
            for n, at in enumerate(hours)
        ],
        "inflow": [
            {"site_id": "W1", "valid_at": at, "observed": 2000.0 + 10 * n, "p10": None, "p50": None, "p90": None}
            | {"capacity_m3h": 2200.0}
            for n, at in enumerate(hours[:24])
        ],
        "stations": [
            {"site_id": "P1", "level_m": 4.5, "alarm_level": 4.2, "probability": None},
            {"site_id": "P2", "level_m": None, "alarm_level": 4.2, "probability": None},
        ],
        "plan": [],
    }


def storm() -> dict[str, Any]:
    """Wells over their alarm level, on the map and in the sewage panel."""
    sites = [
        site("P1", "一号泵站", "Station 1", kind="sewage_station", state="alarm", reason="point_limit"),
        site("P2", "二号泵站", "Station 2", lon=121.1, state="unknown", reason="source_silent"),
        site("W1", "城区污水厂", "City works", lat=30.8, state="warning", reason="indicator_warning"),
        site("Z1", "一区", "Zone 1", lon=121.2),
        site("X", "无坐标", "Nowhere", lon=None, lat=None, state="alarm", reason="point_limit"),
    ]
    return board(
        sites=sites, sewage=sewage(), exceptions=[exception(subject="P1", site_id="P1"), exception(subject="X")]
    )


def knowing_nothing() -> dict[str, Any]:
    """Every tile unknown for want of a source."""
    nothing: dict[str, Any] = {
        "value": None,
        "gap": None,
        "state": "unknown",
        "reason": "no_source",
        "validity": 0.0,
        "trend": [],
    }
    empty = {"band": None, "data_time": None, "compare": {"previous": None, "last_year": None}, "period": None}
    tiles = [tile(one.id, **nothing, **empty) for one in load_catalogue().tiles]
    today = dict.fromkeys(("supplied_m3", "treated_m3", "rain_mm", "supplied_expected_m3", "treated_expected_m3"), None)
    return board(indicators=tiles, today=today, groups={"expected": 12, "reporting": 0, "late": 12, "faulty": 0})


def hostile() -> dict[str, Any]:
    """Names, units, owners and subjects that try to be HTML."""
    tiles = [tile(one.id) for one in load_catalogue().tiles]
    for name in ("short_zh", "short_en", "unit", "owner"):
        tiles[0][name] = HOSTILE
    return board(
        name_zh=HOSTILE,
        name_en=HOSTILE,
        indicators=tiles,
        sites=[site("Z1", HOSTILE, HOSTILE)],
        exceptions=[exception(owner=HOSTILE, subject=HOSTILE), exception(code="source_silent", subject=HOSTILE)],
    )
