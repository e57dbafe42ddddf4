"""The dispatch programme on a public scenario: theta of pystorms, two basins whose outlet should stay under 0.5 m³/s.

The same programme as for a sewer network, with theta described as a tree of two stores; a plan every quarter of an hour
over 24 h. Each simulation runs in a process of its own (bench/theta_simulation.py). Inflow ahead is either known (as an
uncontrolled run had it) or not: then the last one measured is taken to go on. Equal filling runs beside it as
its authors wrote it (Troutman et al. 2020, doi 10.1029/2019WR026527; tutorial of pystorms), and scores better here than
they published, so the highest flow is compared, too.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.claim import Claim
from brain.dispatch.solve import solve
from brain.dispatch.tree import Floats, Situation, Tree
from brain.public_scores import keep

GOAL = "theta below the published 1125.82 of equal filling (uncontrolled 1630.34), whether the rain is known or not"
PUBLISHED = {"published_uncontrolled": 1630.34, "published_equal_filling": 1125.82}
STEP_S, STEPS = 900, 96
AREA_M2, DEPTH_M, OUTLET_M3S = 1000.0, 2.0, 0.5
FREEBOARD_M = 0.05
FLOODING = 1000.0
"""How a m³ of flooding weighs: a step of it costs 10⁶ in the scenario, a step above 0.5 m³/s a few points."""
THETA = Tree(
    stores=("P1", "P2"),
    works=("outlet",),
    to=np.array([-1, -1]),
    least=np.zeros(2),
    comfort=np.zeros(2),
    alarm=np.full(2, AREA_M2 * (DEPTH_M - FREEBOARD_M)),
    most=np.full(2, AREA_M2 * (DEPTH_M - FREEBOARD_M)),
    travel_h=np.zeros(2),
    kwh_per_m3=np.zeros(2),
    pump_m3h=np.full(2, np.nan),
    active_m3=np.full(2, AREA_M2 * DEPTH_M),
    harm=FLOODING,
)
State = dict[str, list[float]]
Control = Callable[[float, State], list[float] | None]


def play(openings: Control) -> tuple[float, float, list[tuple[float, State]]]:
    """One simulation under a control: its score, the outlet's highest flow (m³/s) and the states it went through."""
    command = [sys.executable, "-m", "bench.theta_simulation"]
    past: list[tuple[float, State]] = []
    root = Path(__file__).parent.parent
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as simulation:
        assert simulation.stdin and simulation.stdout
        for line in simulation.stdout:
            if not line.startswith("{"):
                continue
            told = json.loads(line)
            if "score" in told:
                return told["score"], told["highest_m3s"], past
            past.append((told.pop("at"), told))
            simulation.stdin.write(json.dumps(openings(*past[-1])) + "\n")
            simulation.stdin.flush()
    raise RuntimeError("the simulation ended without a score")


def valve(wanted_m3s: float, depth_m: float) -> float:
    """The opening at which an orifice of 1 m² passes so much: Torricelli, Q = opening × √(2 g h)."""
    return min(1.0, wanted_m3s / (2 * 9.81 * depth_m) ** 0.5) if depth_m > 0 else 0.0


class Planned:
    """Follows the programme: a plan each quarter of an hour, valves trimmed by the flow that they gave before."""

    def __init__(self, known: list[tuple[float, State]] | None) -> None:
        self.known, self.next, self.wanted, self.trim = known, -np.inf, np.zeros(2), np.ones(2)

    def __call__(self, at: float, state: State) -> list[float]:
        """The valves' openings at a moment, s, and state."""
        if at >= self.next:
            self.wanted, self.next = self._plan(at, state), at + STEP_S
        flow = np.array(state["outflow_m3s"])
        off = np.divide(self.wanted, flow, out=np.ones(2), where=(flow > 0.01) & (self.wanted > 0.01))
        self.trim = np.clip(self.trim * np.clip(off, 0.95, 1.05), 0.7, 1.5)
        pairs = zip(self.wanted * self.trim, state["depth_m"], strict=True)
        return [valve(float(wanted), depth) for wanted, depth in pairs]

    def _plan(self, at: float, state: State) -> Floats:
        volume = AREA_M2 * np.array(state["depth_m"])
        everywhere = np.ones((2, STEPS))
        now = Situation(
            STEP_S / 3600,
            volume,
            3600 * self._ahead(at, state),
            np.zeros((1, STEPS)),
            np.zeros((2, 0)),
            3600 * everywhere,
            np.full((1, STEPS), 3600 * OUTLET_M3S),
            np.zeros(STEPS),
        )
        return solve(THETA, now).flow[:, 0] / 3600

    def _ahead(self, at: float, state: State) -> Floats:
        """Inflow of the steps ahead, m³/s, (2, steps)."""
        if self.known is None:
            return np.repeat(np.array(state["inflow_m3s"])[:, None], STEPS, axis=1)
        times = np.array([when for when, _ in self.known])
        flows = np.array([one["inflow_m3s"] for _, one in self.known]).T
        middles = at + STEP_S * (np.arange(STEPS) + 0.5)
        return np.array([np.interp(middles, times, flow, right=0.0) for flow in flows])


def equal_filling(at: float, state: State) -> list[float]:
    """The rule of the pystorms tutorial, with its own parameters (tolerance 0.5, 0.5 m³/s to share)."""
    filled = np.array(state["depth_m"]) / DEPTH_M
    above = filled - filled.mean()
    share = np.where(above < -0.5, 0.0, np.where(above <= 0.5, filled.mean(), above))
    total = share.sum()
    pairs = zip(share, state["depth_m"], strict=True)
    return [valve(OUTLET_M3S * float(part) / total, depth) if total > 0 else 0.0 for part, depth in pairs]


def public_rows(measured: dict[str, float]) -> list[dict[str, Any]]:
    """What `brain score` shows of it: score and highest flow beside those of equal filling in the same run."""
    return [
        {
            "question": "sewage_dispatch",
            "model": f"advised, rain {known}",
            "baseline": "equal_filling",
            "metric": metric,
            "value": round(measured[f"plan_rain_{known}{suffix}"], 4),
            "baseline_value": round(measured[f"equal_filling{suffix}"], 4),
            "window": "pystorms theta",
            "n": 1,
        }
        for known in ("known", "unknown")
        for metric, suffix in (("theta", ""), ("highest_m3s", "_highest_m3s"))
    ]


def main() -> Claim:
    """All four controls in turn."""
    score, highest, past = play(lambda at, state: None)
    measured = {"uncontrolled": score, "uncontrolled_highest_m3s": highest}
    controls: dict[str, Control] = {
        "equal_filling": equal_filling,
        "plan_rain_known": Planned(past),
        "plan_rain_unknown": Planned(None),
    }
    for name, control in controls.items():
        measured[name], measured[f"{name}_highest_m3s"], _ = play(control)
    worst = max(measured["plan_rain_known"], measured["plan_rain_unknown"])
    met = worst < PUBLISHED["published_equal_filling"]
    keep("sewage_dispatch", public_rows(measured))
    return Claim("brain_dispatch", GOAL, PUBLISHED | measured, met, {"steps": STEPS})


if __name__ == "__main__":
    print(main().line())
