"""The closed lists every utility's files speak in: modules, kinds, quantities with their units, roles, media."""

MODULES = ("raw_water", "production", "distribution", "sewage", "treatment", "customer", "assets")
"""5 along the water's way, 2 across it, in the board's order."""

SITE_KINDS = (
    "network", "source", "works", "booster", "zone", "pump_room", "large_user", "sewage_station", "sewer", "wwtp",
    "rain", "river", "channel", "store",
)  # fmt: skip

GROUP_KINDS = (
    "intake", "raw_pump", "works_stage", "booster", "network_quality", "pressure_point", "dma_inlet", "pump_room",
    "large_user", "sewage_station", "sewer_point", "wwtp_stage", "rain_gauge", "river_level", "energy_meter",
    "customer_channel", "asset_group",
)  # fmt: skip
"""The seventeen kinds of monitoring group."""

GROUP_KINDS_WITHOUT_POINTS = ("customer_channel", "asset_group")
"""They count by their source's last batch, and so name a source in groups.csv."""

PARENT_KINDS = {
    "zone": ("works",), "large_user": ("zone",), "booster": ("works",), "works": ("source",), "network": (),
}  # fmt: skip
"""What a site of a kind may belong to or feed on; every kind not named: the network."""

DRAINS_TO_KINDS = {"zone": ("sewage_station", "wwtp"), "sewage_station": ("sewage_station", "wwtp")}
"""Where the sewage of a kind of site may end; kinds not named drain nowhere."""

QUANTITIES = {
    "flow": "m^3/h", "volume": "m^3", "level": "m", "pressure": "MPa", "rainfall": "mm", "temperature": "degC",
    "turbidity": "NTU", "ph": "1", "free_chlorine": "mg/L", "dissolved_oxygen": "mg/L", "codmn": "mg/L",
    "cod": "mg/L", "bod5": "mg/L", "ammonia_nitrogen": "mg/L", "total_nitrogen": "mg/L", "total_phosphorus": "mg/L",
    "suspended_solids": "mg/L", "mlss": "mg/L", "orp": "mV", "conductivity": "µS/cm", "h2s": "ppm",
    "velocity": "m/s", "power": "kW", "energy": "kWh", "current": "A", "running": "1", "available": "1",
    "starts_per_hour": "1/h", "valve_opening": "%", "dose": "mg/L", "door": "1", "power_supply": "1",
}  # fmt: skip
"""Each quantity's one canonical unit, as pint reads it."""

TOTALISERS = ("energy", "volume")
"""Quantities whose readings only ever count up; a difference belongs to the span between two readings."""

ROLES = (
    "raw", "process", "finished", "influent", "effluent", "inlet", "outlet", "suction", "discharge", "tank", "well",
    "network", "energy", "state",
)  # fmt: skip

MEDIA = ("raw_water", "finished_water", "network_water", "sewage", "influent", "effluent")
"""Which limits judge a point."""

POINT_MODES = ("sampled", "on_change")
MACHINE_KINDS = ("pump", "blower", "mixer", "dosing")
INDICATOR_LIMIT_KINDS = ("target", "warning", "alarm", "warning_ratio", "alarm_ratio")
QUANTITY_LIMIT_KINDS = ("min", "max", "warning_min", "warning_max", "warning_share")
PARAMETERS = {
    "own_use": "1", "return_factor": "1", "risk_warning": "1", "risk_alarm": "1", "legitimate_night_use": "L/h",
    "frost_depth": "m", "alarm_level": "m", "overflow_level": "m", "start_level": "m", "stop_level": "m",
    "comfort_level": "m", "min_level": "m", "well_area": "m^2", "main_capacity": "m^3/h", "travel_time": "min",
    "peak_factor": "1",
    "storm_rain": "mm", "storm_gap": "h",
    "overflow_harm": "CNY/m^3", "alarm_harm": "CNY/h", "shortage_harm": "CNY/m^3", "advice_saving": "CNY",
    "idle_stock": "d", "report_cluster": "1", "unusual_calls": "1",
}  # fmt: skip
"""Subjects of limits.csv rows of kind `value`, with their canonical unit."""

QUALITIES = ("good", "suspect", "bad", "manual")
USE_CLASSES = ("household", "commercial", "industrial", "public")
CHANNELS = ("hotline", "hall", "wechat", "app", "self_service", "city_hotline")
CALL_CATEGORIES = (
    "consult", "bill", "leak", "no_water", "low_pressure", "quality", "sewage", "network", "construction", "meter",
    "complaint",
)  # fmt: skip
TICKET_STATES = ("waiting", "served", "missed", "cancelled")
METER_KINDS = ("mechanical", "ultrasonic", "electromagnetic", "smart")
METER_STATES = ("planned", "purchased", "received", "in_verification", "in_use", "expired", "retired")
METER_EVENTS = (
    "planned", "purchased", "received", "sent", "verified", "failed", "installed", "removed", "retired",
)  # fmt: skip
STOCK_CATEGORIES = ("pipe", "fitting", "valve", "meter", "repair", "chemical", "spare")
STOCK_MOVES = ("receipt", "issue", "return", "count")
ACT_VERBS = ("accept", "decline", "done", "verify", "acknowledge", "assign", "comment")
STATES = ("normal", "warning", "alarm", "unknown")

SOURCE_KINDS = ("import", "sample")
"""How a source's rows come in: by `data_sources import`, or made up by the sample data."""

ROLE_NEEDED = ("flow", "volume", "level", "pressure")
"""Quantities that mean different things at different places, so that their points must name a role."""

DAY_KINDS = ("any", "workday", "holiday", "long_holiday")
BINDINGS = ("pumps", "main", "well", "works")
"""What can bind a plan: a station's pumps or its pressure main, a wet well's volume, what a works takes."""
TARIFF_PERIODS = ("sharp", "peak", "flat", "valley", "deep_valley")
