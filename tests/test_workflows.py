"""Each workflow against weights written by hand: the exact error of a refitted mean, and an unbiased variance.

The contract test holds the roads against one another, and they share the workflow's own words; here the weights
come from a second source, a loop over noises in plain numpy.
"""

from __future__ import annotations

import numpy as np
import pytest

from sims.processes.gaussian import Gaussian
from sims.processes.location import Location
from sims.streaming import summary
from sims.workflows.discount import Discount
from sims.workflows.fresh import Fresh
from sims.workflows.weighted import Weighted
from tests.cases import GENERATIONS, TRIANGLE, WORKFLOWS, N

SEEDS = 100_000

#: Weight in fit g (from 0) of one row of batch k, rows of each batch, and how many of them are real.
HAND = {
    "replace": (lambda g, k: g == k, [12] * 4, [0] * 4),
    "accumulate": (lambda g, k: 1, [12] * 4, [0] * 4),
    "window": (lambda g, k: g - k < 2, [12] * 4, [0] * 4),
    "discount": (lambda g, k: 0.7 ** (g - k), [12] * 4, [0] * 4),
    "weighted": (lambda g, k: TRIANGLE[g, k], [12] * 4, [0] * 4),
    "fresh share": (lambda g, k: 1, [12] * 4, [3] * 4),
    "fresh count": (lambda g, k: g == k, [17] * 4, [5] * 4),
    "real first": (lambda g, k: g == k, [5, 17, 17, 17], [5] * 4),
    "fixed real": (lambda g, k: k == 0 or g == k, [15, 12, 12, 12], [0] * 4),
    "fixed real sum": (lambda g, k: 1 if k == 0 else 0.5 ** (g - k), [12] * 4, [0] * 4),
    "growing": (lambda g, k: 1, [12, 18, 27, 40], [0] * 4),
}


def square_errors(name: str) -> list[float]:
    """Return E theta_g^2 with noise 1: each estimate as a sum over the noises of all batches, one column a batch."""
    weight, rows, real = HAND[name]
    estimates: list[np.ndarray] = []
    for g in range(GENERATIONS):
        total, value = 0.0, np.zeros(GENERATIONS)
        for k in range(g + 1):
            before = estimates[k - 1] if k else np.zeros(GENERATIONS)
            noise = np.eye(GENERATIONS)[k] * np.sqrt(rows[k])
            value += weight(g, k) * ((rows[k] - real[k]) * before + noise)
            total += weight(g, k) * rows[k]
        estimates.append(value / total)
    return [float(each @ each) for each in estimates]


@pytest.mark.parametrize("name", HAND)
@pytest.mark.parametrize("road", ["law", "samples"])
def test_the_mean_errs_as_the_weights_say(name: str, road: str) -> None:
    result = summary(Location(), WORKFLOWS[name], "square_error", seeds=SEEDS, n=N, generations=GENERATIONS, road=road)
    # Squares of normals: 6 standard errors of a mean of 10^5 are passed once in 10^8 runs; 3 % is seen.
    assert (np.abs(result.mean - square_errors(name)) < 6 * result.standard_error).all()


@pytest.mark.parametrize("road", ["law", "moments", "samples"])
@pytest.mark.parametrize(
    "inner", [Discount(0.5), Weighted(np.tril([[1.0], [3.0], [0.5]] @ np.ones((1, 3))) + np.eye(3))]
)
def test_importance_weights_leave_an_unbiased_variance_unbiased(road: str, inner: Discount | Weighted) -> None:
    # All rows real at every generation: the corpus is one sample of the truth, whatever its rows weigh.
    result = summary(Gaussian(), Fresh(inner, share=1.0), "variance", seeds=SEEDS, n=3, generations=3, road=road)
    assert (np.abs(result.mean - 1.0) < 6 * result.standard_error).all()
    assert (6 * result.standard_error < 0.02).all()
