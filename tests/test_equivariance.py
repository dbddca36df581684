"""Shifting and scaling the real data shifts and scales the fits, path by path on the same keys; means are monotone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sims.processes.gaussian import Gaussian
from sims.trajectories import trajectories
from sims.workflows.accumulate import Accumulate
from sims.workflows.replace import Replace
from theory import gaussian

ESTIMATORS = ("unbiased", "mle")


@pytest.mark.parametrize("workflow", [Replace(), Accumulate()], ids=["replace", "accumulate"])
@pytest.mark.parametrize("metric", ["w2", "mean_square_error", "variance"])
def test_a_shift_changes_no_error_and_a_scale_is_squared(workflow, metric: str) -> None:
    loop = {"seeds": 256, "n": 6, "generations": 5, "road": "law"}
    plain = trajectories(Gaussian(), workflow, metric, **loop)
    np.testing.assert_allclose(trajectories(Gaussian(mu=3.0), workflow, metric, **loop), plain, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(trajectories(Gaussian(sigma=2.5), workflow, metric, **loop), 6.25 * plain, rtol=1e-9)


@given(n=st.integers(2, 60), g=st.integers(1, 40), estimator=st.sampled_from(ESTIMATORS))
@example(n=2, g=1, estimator="unbiased")
@example(n=2, g=1, estimator="mle")
def test_risk_grows_with_the_generation_and_falls_with_the_sample(n: int, g: int, estimator: str) -> None:
    here = gaussian.w2_mean(n, g, 1.0, estimator)
    assert here < gaussian.w2_mean(n, g + 1, 1.0, estimator)
    assert here > gaussian.w2_mean(n + 1, g, 1.0, estimator)
    assert gaussian.sd_mean(n, g + 1, 1.0, estimator) < gaussian.sd_mean(n, g, 1.0, estimator) < 1
    centre = gaussian.mean_mse(n, g, 1.0, estimator)
    assert gaussian.mean_mse(n, g + 1, 1.0, estimator) > centre > gaussian.mean_mse(n + 1, g, 1.0, estimator)


@given(n=st.integers(2, 30), g=st.integers(2, 30), estimator=st.sampled_from(ESTIMATORS))
@example(n=2, g=2, estimator="unbiased")
def test_workflows_are_ordered(n: int, g: int, estimator: str) -> None:
    kept, drawn, replaced = (
        gaussian.mean_mse(n, g, 1.0, estimator, workflow) for workflow in ("accumulate", "subsample", "replace")
    )
    assert kept < drawn < replaced
