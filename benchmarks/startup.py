"""How long starting takes, as a ratio to `python -c pass`: goals 3 for the import, 16 for --help.

Run: python benchmarks/startup.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 15
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import commonweal": ["-c", "import commonweal"],
    "commonweal --help": ["-m", "commonweal", "--help"],
}


def seconds(arguments: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    # The commands take turns, so that a busy moment of the machine meets all of them.
    rounds = [{name: seconds(arguments) for name, arguments in COMMANDS.items()} for _ in range(ROUNDS)]
    base = "python -c pass"
    for name, goal in (("import commonweal", 3), ("commonweal --help", 16)):
        ratio = statistics.median(r[name] / r[base] for r in rounds)
        took = statistics.median(r[name] for r in rounds)
        print(f"{name}: {ratio:.1f} x {base} ({1000 * took:.0f} ms); goal {goal} x")


if __name__ == "__main__":
    main()
