"""The demo, cold: a whole process from records to site; goal 5 s and 500 MB on two cores.

The same work is timed as a ratio to a fixed job (sorting ten million numbers) on the same machine, so that
runs on different machines can be compared. Then the processor time of how sure the scores are, 1,000 draws of
chance and 1,000 re-runs, the best of several; goal 0.5 s.

Run: python benchmarks/demo.py
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 5
SURE = """
import sys
from pathlib import Path
from time import process_time
from commonweal.insight.uncertainty.sure import how_sure
from commonweal.pipeline.folder import make

edition, taken = make(Path(sys.argv[1])).edition, []
for _ in range(7):
    start = process_time()
    how_sure(edition)
    taken.append(process_time() - start)
print(min(taken))
"""
YARDSTICK = "import numpy as np; np.sort(np.random.default_rng(1).random(10_000_000))"


def measure(arguments: list[str]) -> tuple[float, float]:
    """Wall seconds and peak megabytes of one process."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{arguments} failed with {process.returncode}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def sure(project: Path) -> float:
    """Processor seconds of how sure the demo's scores are."""
    one = os.environ | {"OPENBLAS_NUM_THREADS": "1"}  # as the command line has it
    out = subprocess.run(
        [sys.executable, "-c", SURE, str(project)], env=one, check=True, capture_output=True, text=True
    )
    return float(out.stdout)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "marlbridge"
        wrote = measure(["-m", "commonweal", "demo", str(project)])
        rounds = [
            (measure(["-m", "commonweal", "build", str(project)]), measure(["-c", YARDSTICK]))
            for _ in range(ROUNDS)
        ]
        processor = sure(project)
    took = statistics.median(build[0] for build, _ in rounds)
    peak = max(build[1] for build, _ in rounds)
    ratio = statistics.median(build[0] / sort[0] for build, sort in rounds)
    print(f"demo written: {wrote[0]:.1f} s, {wrote[1]:.0f} MB")
    print(f"demo built: {took:.1f} s, {peak:.0f} MB; goal 5 s, 500 MB")
    print(f"which is {ratio:.1f} x the yardstick (sorting ten million numbers)")
    print(f"how sure the scores are: {processor:.2f} s of processor time; goal 0.5 s")


if __name__ == "__main__":
    main()
