"""A path that is not finite is counted as lost and enters nothing else."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from sims.collect import Grid
from sims.processes.linear import Linear
from sims.processes.location import Location
from sims.streaming import summary
from sims.trajectories import trajectories
from sims.workflows.replace import Replace
from sims.workflows.subsample import Subsample


def broken(world, theta):
    """Return the estimate, but NaN, inf and -inf in three of its tails."""
    broken = jnp.where(theta > 0.5, jnp.nan, jnp.where(theta > 0.3, jnp.inf, jnp.where(theta < -0.5, -jnp.inf, theta)))
    return jnp.where(jnp.abs(theta) < 0.01, 0.0, broken)


def test_only_finite_paths_are_counted() -> None:
    loop = (Location(), Replace(), broken)
    values = trajectories(*loop, seeds=2000, n=9, generations=3)
    assert np.isnan(values).any()
    assert np.isposinf(values).any()
    assert np.isneginf(values).any()
    result = summary(*loop, seeds=2000, n=9, generations=3, grid=Grid(-0.4, 0.2, bins=8))
    finite = np.isfinite(values)
    np.testing.assert_array_equal(result.count, finite.sum(0))
    np.testing.assert_array_equal(result.lost, (~finite).sum(0))
    kept = np.where(finite, values, np.nan)
    np.testing.assert_allclose(result.mean, np.nanmean(kept, axis=0), rtol=1e-12)
    np.testing.assert_array_equal(result.max, np.nanmax(kept, axis=0))
    assert result.histogram is not None
    np.testing.assert_array_equal(result.histogram.sum(axis=1), result.count)
    np.testing.assert_array_equal(result.histogram[:, 0], np.nansum(kept < -0.4, axis=0))


def test_a_logarithmic_grid_counts_zero_below_and_loses_nothing_finite() -> None:
    def absolute(world, theta):
        return jnp.abs(broken(world, theta))

    result = summary(Location(), Replace(), absolute, seeds=2000, n=9, generations=2, grid=Grid(1e-2, 0.2, log=True))
    assert result.histogram is not None
    np.testing.assert_array_equal(result.histogram.sum(axis=1), result.count)
    assert (result.histogram[:, 0] > 0).all()


def test_a_fit_that_is_singular_by_chance_is_lost_not_a_number() -> None:
    # With replacement, 3 draws hit fewer than 3 rows of a few more often than not: no unique fit in d = 3.
    again = Subsample(size=3, replacement=True)
    risks = trajectories(Linear(d=3, design="fresh"), again, "excess_risk", seeds=500, n=4, generations=1)
    assert 0.5 < np.isnan(risks).mean() < 0.75  # exactly 1 - 4*3*2/4^3 = 0.625
