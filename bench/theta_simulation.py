"""Plays scenario theta of pystorms, one simulation a process: lines of JSON in and out, no code of the product in it.

pystorms is under the GPL-3 and a development requirement only; the product neither imports nor ships it. Each line
out tells the state before a step, each line in the two valves' openings (null: leave them); the last one the score.
"""

import json
import sys

import pystorms
import pystorms.scenarios

STORES, LINKS = ("P1", "P2"), ("1", "2")


def play() -> None:
    """Step through the scenario, asking for the openings before each step."""
    scenario = pystorms.scenarios.theta()
    measured, done = scenario.env.methods, False
    while not done:
        state = {
            "at": measured["simulation_time"]().timestamp(),
            "depth_m": [measured["depthN"](one) for one in STORES],
            "inflow_m3s": [measured["inflow"](one) for one in STORES],
            "outflow_m3s": [measured["flow"](one) for one in LINKS],
        }
        print(json.dumps(state), flush=True)
        done = scenario.step(json.loads(sys.stdin.readline()))
    highest = max(scenario.data_log["flow"]["8"])
    print(json.dumps({"score": scenario.performance("cumulative"), "highest_m3s": highest}), flush=True)


if __name__ == "__main__":
    play()
