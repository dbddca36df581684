"""New numbers never recompile: one trace serves every n, generation count and parameter within the room."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sims.kernel import TRACES
from sims.processes.gaussian import Gaussian
from sims.processes.linear import Linear
from sims.processes.wright_fisher import WrightFisher
from sims.trajectories import trajectories
from sims.workflows.accumulate import Accumulate
from sims.workflows.discount import Discount
from sims.workflows.edit import Edit
from sims.workflows.fresh import Fresh
from sims.workflows.replace import Replace
from sims.workflows.schedule import Schedule
from sims.workflows.subsample import Subsample
from sims.workflows.weighted import Weighted

ROOM: dict[str, Any] = {"most_rows": 64, "most_generations": 16}


def traces(runs: list[tuple]) -> int:
    before = TRACES.total()
    for process, workflow, metric, road, n, generations in runs:
        trajectories(process, workflow, metric, seeds=3, n=n, generations=generations, road=road, **ROOM)
    return TRACES.total() - before


def weights(scale: float) -> Weighted:
    return Weighted(np.tril(np.full((16, 16), scale)) + np.eye(16))


@pytest.mark.parametrize(
    "runs",
    [
        [(Gaussian(sigma=s, lam=lam), Replace(), "w2", "chain", n, g) for s, lam, n, g in
         [(1.0, 1.0, 20, 3), (2, 1, 33, 16), (0.5, 0.9, 64, 7), (np.float64(3), 1, 11, 1)]],
        [(Gaussian(sigma=s), Accumulate(), "w2", "law", n, g) for s, n, g in [(1.0, 20, 3), (2, 33, 16), (0.5, 64, 7)]],
        [(Gaussian(), Discount(rho), "sd", "samples", n, g) for rho, n, g in [(0.5, 20, 3), (0, 9, 16), (1, 64, 7)]],
        [(Gaussian(), weights(s), "sd", "moments", n, g) for s, n, g in [(0.5, 20, 3), (2.0, 9, 16)]],
        [(Gaussian(), Subsample(size=m), "sd", "samples", n, g) for m, n, g in [(9, 20, 3), (16, 40, 16), (11, 9, 2)]],
        [(Gaussian(), Edit(Replace(), count=k), "sd", "samples", n, g) for k, n, g in [(1, 20, 3), (7, 40, 16)]],
        [(Gaussian(), Fresh(Accumulate(), share=p), "sd", "law", n, 5) for p, n in [(0.3, 40), (0.5, 60)]],
        [(Gaussian(), Schedule(Accumulate(), sizes=sizes), "sd", "samples", 5, 3) for sizes in [(3, 9, 30), (60, 2)]],
        [(Linear(d=2, sigma=s, ridge=r, signal=w), Accumulate(), "excess_risk", "law", n, g) for s, r, w, n, g in
         [(1.0, 0.0, [0, 0], 20, 3), (2, 0.1, [1, 2], 33, 16)]],
        [(WrightFisher(p), Replace(), "entropy", "chain", n, g) for p, n, g in
         [([0.2, 0.3, 0.5], 20, 3), ([0.1, 0.1, 0.8], 64, 16)]],
    ],
    ids=lambda runs: f"{runs[0][0].name}-{runs[0][1].name}-{runs[0][3]}",
)  # fmt: skip
def test_numbers_do_not_retrace(runs: list[tuple]) -> None:
    first = traces(runs[:1])
    assert first <= 1
    assert traces(runs[1:]) == 0


def test_a_shape_does_retrace() -> None:
    assert traces([(Gaussian(d=d), Replace(), "log_det", "chain", 20, 2) for d in (1, 2, 3)]) >= 2
