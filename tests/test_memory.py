"""The peak memory of a streamed run does not grow with its seeds."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]

SCRIPT = """
import resource, sys, conftest
from sims.collect import Grid
from sims.processes.gaussian import Gaussian
from sims.streaming import summary
from sims.workflows.replace import Replace

grid = Grid(1e-9, 1e3, log=True)
result = summary(Gaussian(), Replace(), "w2", seeds=int(sys.argv[1]), n=50, generations=10, grid=grid)
assert result.count[-1] == int(sys.argv[1])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak_kilobytes(seeds: int) -> int:
    """Return the peak memory of a process that streams so many seeds."""
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(seeds)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(answer.stdout)


def test_a_hundred_times_the_seeds_take_the_same_memory() -> None:
    few, many = peak_kilobytes(10_000), peak_kilobytes(1_000_000)
    # All paths as float64 would be 80 MB more; what varies from run to run is the allocator's.
    assert many - few < 40_000, f"{few} kB at 10^4 seeds, {many} kB at 10^6"
