"""The board as one immutable object; `model_dump(mode="json")` is the JSON of `python -m metrics board`."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

State = Literal["normal", "warning", "alarm", "unknown"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Groups(_Frozen):
    """Monitoring groups: how many there are, and how many of them report, are late, are faulty."""

    expected: int
    reporting: int
    late: int
    faulty: int


class Today(_Frozen):
    """The business day so far; what was expected of it is None until there is a forecast."""

    supplied_m3: float | None
    treated_m3: float | None
    rain_mm: float | None
    supplied_expected_m3: float | None
    treated_expected_m3: float | None


class Compare(_Frozen):
    """The value of the period before, and of the same one a year before."""

    previous: float | None
    last_year: float | None


class TrendPoint(_Frozen):
    """One closed period."""

    period: date
    value: float | None
    state: State


class SiteValue(_Frozen):
    """What an indicator says of one site."""

    site_id: str
    value: float | None
    state: State


class BoardIndicator(_Frozen):
    """One tile. Thresholds, target, gap and beside are in `unit` and `beside_unit`; validity is 0–1."""

    id: str
    tile: int
    module: str
    name_zh: str
    name_en: str
    short_zh: str
    short_en: str
    owner: str
    unit: str
    direction: str
    shows: str
    period: date | None
    value: float | None
    target: float | None
    warning: float | None
    alarm: float | None
    warning_low: float | None
    warning_high: float | None
    alarm_low: float | None
    alarm_high: float | None
    gap: float | None
    state: State
    reason: str | None
    partial: bool
    validity: float
    beside: float | None
    beside_zh: str | None
    beside_en: str | None
    beside_unit: str | None
    data_time: datetime | None
    compare: Compare
    trend: tuple[TrendPoint, ...]
    band: tuple[float, float] | None
    sites: tuple[SiteValue, ...]


class BoardSite(_Frozen):
    """A site on the map: the worst that an indicator or a breach says of it."""

    site_id: str
    kind: str
    name_zh: str
    name_en: str
    lon: float | None
    lat: float | None
    state: State
    reason: str | None


class Rain(_Frozen):
    """Rain of one hour, mean of the gauges, mm."""

    valid_at: datetime
    mm: float
    kind: Literal["observed", "forecast"]


class Inflow(_Frozen):
    """A works' inflow in one hour, m³/h; the quantiles are None until there is a forecast."""

    site_id: str
    valid_at: datetime
    observed: float | None
    p10: float | None
    p50: float | None
    p90: float | None
    capacity_m3h: float | None


class Station(_Frozen):
    """A wet well now: level and alarm level in m, probability that it reaches that within a day."""

    site_id: str
    level_m: float | None
    alarm_level: float | None
    probability: float | None


class PlannedFlow(_Frozen):
    """What a station should pump, m³/h."""

    site_id: str
    valid_at: datetime
    flow_m3h: float


class Sewage(_Frozen):
    """The sewage panel; `issued_at` is when the forecasts in it were issued."""

    issued_at: datetime | None
    rain: tuple[Rain, ...]
    inflow: tuple[Inflow, ...]
    stations: tuple[Station, ...]
    plan: tuple[PlannedFlow, ...]


class BoardException(_Frozen):
    """One cause that somebody should look at. `code` and `args` become words on the screen.

    `distance` is how far past the limit: 0 at the warning, 1 at the alarm, None where that has no meaning.
    """

    id: str
    subject: str
    site_id: str | None
    state: State
    since: datetime
    code: Literal["indicator_state", "point_limit", "early_warning", "few_data", "source_silent"]
    args: dict[str, Any]
    count: int
    owner: str
    distance: float | None
    acknowledged: bool


class BoardAdvice(_Frozen):
    """What somebody should do, and whether it was accepted."""

    advice_id: str
    kind: str
    site_id: str
    made_at: datetime
    act_by: datetime | None
    expires_at: datetime
    action_zh: str
    action_en: str
    gain: float | None
    gain_unit: str | None
    harm_cny: float | None
    confidence: float
    inputs_age_s: float
    evidence: str
    status: str


class Board(_Frozen):
    """Everything the screen shows, as at `as_of`."""

    utility: str
    name_zh: str
    name_en: str
    timezone: str
    sample: bool
    clock: str
    refresh_seconds: float
    as_of: datetime
    made_at: datetime
    groups: Groups
    today: Today
    indicators: tuple[BoardIndicator, ...]
    sites: tuple[BoardSite, ...]
    sewage: Sewage
    exceptions: tuple[BoardException, ...]
    advice: tuple[BoardAdvice, ...]
