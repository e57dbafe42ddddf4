"""`python -m bench`: run every claim, or those named, and print goal, measured, met or missed."""

import importlib
import json
import pkgutil
import subprocess
import sys

import bench

NOT_CLAIMS = {"__main__", "bwdf", "claim", "dash_page", "datasets", "served", "synthetic", "theta_simulation"}


def claims() -> list[str]:
    """Names of the claims: the files of this folder."""
    return sorted(m.name for m in pkgutil.iter_modules(bench.__path__) if m.name not in NOT_CLAIMS)


def main(names: list[str]) -> int:
    """Run each claim in a process of its own, so that one's memory isn't another's; 1 where one was missed."""
    missed = 0
    for name in names or claims():
        module = importlib.import_module(f"bench.{name}")
        print(f"# {name}: {(module.__doc__ or '').splitlines()[0]}", file=sys.stderr)
        done = subprocess.run([sys.executable, "-m", f"bench.{name}"], capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            missed += 1
            continue
        claim = json.loads(done.stdout.splitlines()[-1])
        print(json.dumps(claim, ensure_ascii=False))
        print(f"  goal {claim['goal']}: {'met' if claim['met'] else 'MISSED'} {claim['measured']}", file=sys.stderr)
        missed += not claim["met"]
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
