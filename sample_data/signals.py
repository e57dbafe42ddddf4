"""The true value of every point at every moment, by point id, as the physics has it."""

import numpy as np

from sample_data import supply, treatment
from sample_data.demand import inflow_m3h, large_user_m3h, works_output_m3h
from sample_data.energy import SEWAGE_EFFICIENCY, pump_kw
from sample_data.events import events
from sample_data.noise import Floats, drifting, keys
from sample_data.sensors import apply_drift, failing_share, stuck_at
from sample_data.sewage import Sewers, pumps_running, simulate, starts_per_hour
from sample_data.times import HOUR_S, Moments
from sample_data.weather import gauge_mmh, ground_water, water_c
from sample_data.world import World

Values = dict[str, Floats]
INLET_SHARES = (0.6, 0.4)
"""How a zone's inflow is shared by its two inlets."""
AMPERE_PER_KW = 1.9


def signals(world: World, at: Moments, step_s: int) -> Values:
    """Point id → values (moments,) of all points but totalisers, canonical units; rainfall in mm of the step."""
    sewers = simulate(world, at, step_s)
    output = works_output_m3h(world, at)
    values = _sources(world, at, output) | _works(world, at, output) | _zones(world, at) | _secondary(world, at)
    values |= _stations(world, at, sewers) | _hubs(world, at) | _sewers(world, at, sewers)
    values |= _sewage_works(world, at, sewers) | _weather(world, at, step_s)
    values |= _meters(world, at, output, sewers)
    apply_drift(values, at)
    return values


def _sources(world: World, at: Moments, output: Floats) -> Values:
    values: Values = {}
    quality = supply.raw_quality(world, at) | {"temperature": np.tile(water_c(at), (len(world.sources), 1))}
    flow = supply.source_flow_m3h(world, output)
    for place, source in enumerate(world.sources):
        for quantity, rows in quality.items():
            values |= {f"{source}.I{intake}.{quantity}": rows[place] for intake in (1, 2)}
        running = supply.raw_pumps_running(world, place, flow[place])
        each = flow[place] / np.maximum(running.sum(axis=0), 1)
        for pump, runs in zip(world.pumps_of(source), running, strict=True):
            group = f"{source}.P{str(pump['machine_id'])[-1]}"
            head = float(str(pump["rated_head_m"]))
            values[f"{group}.flow"] = each * runs
            values[f"{group}.running"] = runs
            values[f"{group}.available"] = np.ones_like(runs)
            values[f"{group}.pressure"] = np.where(runs > 0, head * 0.00981, 0.15)
            values[f"{group}.power"] = pump_kw(each * runs, head, 0.78)
    return values


def _works(world: World, at: Moments, output: Floats) -> Values:
    values: Values = {}
    quality = supply.finished_quality(world, at)
    well = 3.2 - 0.5 * np.sin(2 * np.pi * (at.hour - 3) / 24)
    for place, works in enumerate(world.works):
        values |= {f"{works}.OUT.{quantity}": rows[place] for quantity, rows in quality.items()}
        values[f"{works}.OUT.flow"] = output[place]
        values[f"{works}.OUT.pressure"] = np.full(len(at.seconds), 0.42)
        values[f"{works}.RAW.flow"] = output[place] * (1 + supply.OWN_USE_SHARE)
        values[f"{works}.RAW.turbidity"] = 32 + 4 * drifting(keys([works], "raw"), at.seconds, 6 * HOUR_S)[0]
        values[f"{works}.RAW.ph"] = np.full(len(at.seconds), 7.5)
        values[f"{works}.CLA.turbidity"] = quality["turbidity"][place] * 9
        values[f"{works}.CLA.dose"] = 16 + 0.12 * values[f"{works}.RAW.turbidity"]
        values[f"{works}.FIL.turbidity"] = quality["turbidity"][place] * 1.2
        values[f"{works}.CLR.level"] = well
        values[f"{works}.CLR.free_chlorine"] = quality["free_chlorine"][place] * 1.05
        values[f"{works}.CLR.ph"] = quality["ph"][place]
    return values


def _zones(world: World, at: Moments) -> Values:
    values: Values = {}
    points = set(world.utility.points["point_id"])
    inflow, pressure = inflow_m3h(world, at), supply.zone_pressure_mpa(world, at)
    chlorine = supply.zone_chlorine_mgl(world, at)
    for place, zone in enumerate(world.zones):
        for number, share in enumerate(INLET_SHARES, 1):
            values[f"{zone}.D{number}.flow"] = inflow[place] * share
            values[f"{zone}.D{number}.pressure"] = pressure[place] + 0.015
            values[f"{zone}.M{number}.pressure"] = pressure[place] - 0.005 * (number - 1)
            values[f"{zone}.Q{number}.free_chlorine"] = chlorine[place]
            values[f"{zone}.Q{number}.turbidity"] = 0.2 + 0.03 * drifting(keys([zone], "ntu"), at.seconds)[0]
            values[f"{zone}.Q{number}.ph"] = 7.3 + 0.04 * drifting(keys([zone], "ph"), at.seconds, 2 * HOUR_S)[0]
    for stuck in events("stuck_sensor"):
        if stuck.point_id in values:
            place = world.zones.index(stuck.site_id)
            held = supply.zone_chlorine_mgl(world, stuck_at(stuck, at))[place]
            values[stuck.point_id] = np.where(stuck.active(at) > 0, held, values[stuck.point_id])
    users = large_user_m3h(world, at)
    values |= {f"{user}.M.flow": users[place] for place, user in enumerate(world.large_users)}
    return {name: rows for name, rows in values.items() if name in points}


def _secondary(world: World, at: Moments) -> Values:
    values: Values = {}
    inflow = inflow_m3h(world, at)
    steady = np.ones(len(at.seconds))
    for place, booster in enumerate(world.ids("booster")):
        flow, power = supply.boosted(world, place, inflow)
        pumps = world.pumps_of(booster)
        needed = np.ceil(np.round(flow / float(str(pumps[0]["rated_flow_m3h"])), 3))
        values |= {f"{booster}.S.suction": 0.22 * steady, f"{booster}.S.discharge": 0.42 * steady}
        values |= {f"{booster}.S.flow": flow, f"{booster}.S.power": power}
        for number, pump in enumerate(pumps):
            letter = str(pump["machine_id"])[-1]
            values[f"{booster}.S.{letter}.running"] = (needed > number).astype(np.float64)
            values[f"{booster}.S.{letter}.available"] = steady
    for place, room in enumerate(world.ids("pump_room")):
        values |= {f"{room}.S.level": 1.8 + 0.4 * np.sin(2 * np.pi * (at.hour - 4 - place % 3) / 24)}
        values |= {f"{room}.S.in": 0.24 * steady, f"{room}.S.out": 0.45 * steady}
        values |= {f"{room}.S.door": 0 * steady, f"{room}.S.power_supply": steady}
    return values


def _stations(world: World, at: Moments, sewers: Sewers) -> Values:
    values: Values = {}
    running, starts = pumps_running(world, sewers.pumped), starts_per_hour(world, sewers.inflow)
    gas = 2.5 + 0.6 * drifting(keys(world.stations, "h2s"), at.seconds, 3 * HOUR_S)
    failing = {event.point_id: failing_share(event, at) * event.detail["share"] for event in events("failing_pump")}
    broken = {event.point_id: failing_share(event, at) > 0.8 for event in events("failing_pump")}
    for place, station in enumerate(world.stations):
        pumps = world.pumps_of(station)
        head = float(str(pumps[0]["rated_head_m"]))
        power = pump_kw(sewers.pumped[place], head, SEWAGE_EFFICIENCY)
        each = power / np.maximum(running[place], 1)
        values |= {f"{station}.S.level": sewers.level[place], f"{station}.S.flow": sewers.pumped[place]}
        values |= {f"{station}.S.starts_per_hour": starts[place], f"{station}.S.h2s": gas[place]}
        values[f"{station}.S.power"] = power + 1
        for number, pump in enumerate(pumps):
            point = f"{station}.S.{str(pump['machine_id'])[-1]}"
            runs = (running[place] > number).astype(np.float64)
            worse = failing.get(f"{point}.current", 0.0)
            values[f"{point}.running"] = runs
            values[f"{point}.current"] = runs * each * AMPERE_PER_KW * (1 + worse)
            values[f"{point}.available"] = np.where(broken.get(f"{point}.current", False), 0.0, 1.0) + 0 * runs
    return values


def _hubs(world: World, at: Moments) -> Values:
    points = set(world.utility.points["point_id"])
    hubs = [station for station in world.stations if f"{station}.S.cod" in points]
    quality = treatment.hub_quality(world, hubs, at)
    return {f"{hub}.S.{name}": rows[place] for name, rows in quality.items() for place, hub in enumerate(hubs)}


def _sewers(world: World, at: Moments, sewers: Sewers) -> Values:
    values: Values = {}
    usual = float(world.connections.sum()) * 0.0185 * 0.85
    fill = np.clip(sewers.influent.sum(axis=0) / usual, 0, 4)
    for place, sewer in enumerate(world.ids("sewer")):
        values[f"{sewer}.P.level"] = 0.25 + 0.01 * place + 0.28 * fill**0.6
        values[f"{sewer}.P.velocity"] = 0.45 + 0.25 * fill**0.4
    return values


def _sewage_works(world: World, at: Moments, sewers: Sewers) -> Values:
    values: Values = {}
    influent = treatment.influent_quality(world, at, sewers.rain_share)
    effluent = treatment.effluent_quality(world, at) | {
        "temperature": np.tile(water_c(at), (len(world.sewage_works), 1))
    }
    power = treatment.power_kw(sewers.influent, sewers.rain_share)
    calm = drifting(keys(world.sewage_works, "tank"), at.seconds, 2 * HOUR_S)
    for place, works in enumerate(world.sewage_works):
        values |= {f"{works}.INF.{name}": rows[place] for name, rows in influent.items() if name != "bod5"}
        keep = {"cod", "ammonia_nitrogen", "total_nitrogen", "total_phosphorus", "ph", "temperature"}
        values |= {f"{works}.EFF.{name}": rows[place] for name, rows in effluent.items() if name in keep}
        values[f"{works}.INF.flow"] = sewers.influent[place]
        values[f"{works}.EFF.flow"] = sewers.influent[place] * treatment.STAYS
        values[f"{works}.BIO.dissolved_oxygen"] = 2.2 + 0.25 * calm[place]
        values[f"{works}.BIO.mlss"] = 3600 + 120 * calm[place]
        values[f"{works}.BIO.orp"] = 60 + 20 * calm[place]
        values[f"{works}.BLO.power"] = 0.6 * power[place]
        values[f"{works}.CLA.suspended_solids"] = effluent["suspended_solids"][place] * 1.6
    return values


def _weather(world: World, at: Moments, step_s: int) -> Values:
    gauges, rivers = world.ids("rain"), world.ids("river")
    rain = gauge_mmh(at, gauges) * step_s / HOUR_S
    _, slow = ground_water(at)
    tide = 0.15 * np.sin(2 * np.pi * at.seconds / (12.42 * HOUR_S))
    values = {f"{gauge}.R.rainfall": rain[place] for place, gauge in enumerate(gauges)}
    return values | {f"{river}.L.level": 1.1 + 0.05 * n + 0.4 * slow + tide for n, river in enumerate(rivers)}


def _meters(world: World, at: Moments, output: Floats, sewers: Sewers) -> Values:
    """The power that the energy meters show."""
    by_kind = {
        "source": supply.source_power_kw(world, supply.source_flow_m3h(world, output)),
        "works": supply.works_power_kw(output),
        "wwtp": treatment.power_kw(sewers.influent, sewers.rain_share),
        "booster": supply.booster_power_kw(world, inflow_m3h(world, at)),
    }
    return {
        f"{site}.E.power": rows[place] for kind, rows in by_kind.items() for place, site in enumerate(world.ids(kind))
    }
