"""Every process under every workflow by every road: one process, whatever the road."""

from __future__ import annotations

import numpy as np
import pytest

from groundwork.errors import BadInput
from sims.plan import make_plan
from sims.process import ROADS
from sims.trajectories import trajectories
from tests.cases import GENERATIONS, PROCESSES, WORKFLOWS, N, table

TABLE = table()
METRICS = {
    "gaussian": "w2",
    "wright_fisher": "entropy",
    "linear": "excess_risk",
    "location": "square_error",
    "exponential_family": "mean",
    "labelled_mixture": "sd",
    "mixture": "component_sd",
    "kde": "mean_square",
}
SEEDS = 6


def run(process: str, workflow: str, road: str) -> np.ndarray:
    chosen = PROCESSES[process]
    return trajectories(
        chosen,
        WORKFLOWS[workflow],
        METRICS[chosen.name],
        seeds=SEEDS,
        n=N,
        generations=GENERATIONS,
        road=road,
    )


@pytest.mark.parametrize(("process", "workflow"), TABLE, ids=" / ".join)
def test_the_table_of_roads(process: str, workflow: str) -> None:
    allowed = TABLE[process, workflow]
    for road in ROADS:
        if road in allowed:
            plan = make_plan(PROCESSES[process], WORKFLOWS[workflow], n=N, generations=GENERATIONS, road=road)
            assert plan.layout.road == road
        else:
            with pytest.raises(BadInput, match=r"road = '.*a road that .* can take; \w+"):
                make_plan(PROCESSES[process], WORKFLOWS[workflow], n=N, generations=GENERATIONS, road=road)


@pytest.mark.parametrize(("process", "workflow"), TABLE, ids=" / ".join)
def test_the_automatic_road_is_the_fastest(process: str, workflow: str) -> None:
    allowed = TABLE[process, workflow]
    if allowed:
        plan = make_plan(PROCESSES[process], WORKFLOWS[workflow], n=N, generations=GENERATIONS)
        assert plan.layout.road == allowed[0]
    else:
        with pytest.raises(BadInput, match="a pair that can run"):
            make_plan(PROCESSES[process], WORKFLOWS[workflow], n=N, generations=GENERATIONS)


#: All pairs are compiled by the slow suite; these cover each process, each workflow and each branch once.
CORE = {
    ("location", workflow)
    for workflow in WORKFLOWS
    # Each of these is there with another process.
    if workflow not in (
        "accumulate", "weighted", "subsample", "discount", "window", "subsample again", "edit", "fresh share",
        "fixed real", "fresh count",
    )
} | {
    ("gaussian", "accumulate"), ("gaussian", "weighted"), ("gaussian", "subsample"), ("gaussian plane", "discount"),
    ("two atoms", "window"), ("five atoms", "subsample again"), ("fixed", "edit"), ("fixed ridge", "fresh share"),
    ("fresh", "accumulate"), ("fresh ridge", "fixed real"), ("least norm", "accumulate"),
    ("poisson", "accumulate"), ("labels", "fresh count"), ("no labels", "subsample again"), ("kernels", "fixed real"),
}  # fmt: skip


def _marked() -> list:
    return [pair if pair in CORE else pytest.param(*pair, marks=pytest.mark.slow) for pair in TABLE]


@pytest.mark.parametrize(("process", "workflow"), _marked(), ids=None)
def test_moments_are_samples_on_the_same_keys(process: str, workflow: str) -> None:
    roads = TABLE[process, workflow]
    if not roads:
        with pytest.raises(BadInput):
            run(process, workflow, "samples")
        return
    literal = run(process, workflow, "samples")
    assert literal.shape == (SEEDS, GENERATIONS)
    assert np.isfinite(literal).all()
    assert len(np.unique(literal[:, -1])) > 1
    if "moments" in roads:
        np.testing.assert_allclose(run(process, workflow, "moments"), literal, rtol=1e-12, atol=1e-12)
