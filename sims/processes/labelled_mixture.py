"""A mixture with known labels and one shared variance: K means and a pooled spread, refitted."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from groundwork.checks import is_abstract, number, vector
from sims.process import Layout, Process, Size
from sims.samplers import chi_square, chi_square_table, log_chi_square_over_dof, normal
from sims.trees import pytree

__all__ = ["LabelledMixture", "LabelledModel", "LabelledMoments", "LabelledWorld"]


@pytree
@dataclasses.dataclass(frozen=True)
class LabelledModel:
    """The means of the components and the log of their one standard deviation, as a vector of one entry."""

    mean: Float[Array, " K"]
    log_scale: Float[Array, " 1"]

    @property
    def factor(self) -> Float[Array, " 1"]:
        """The standard deviation."""
        return jnp.exp(self.log_scale)


@pytree
@dataclasses.dataclass(frozen=True)
class LabelledWorld:
    """The real mixture."""

    truth: LabelledModel


@pytree
@dataclasses.dataclass(frozen=True)
class LabelledMoments:
    """Total weight of the rows, the means of their entries, and the scatter of all entries about those."""

    weight: Float[Array, ""]
    mean: Float[Array, " K"]
    scatter: Float[Array, ""]


@pytree
@dataclasses.dataclass(frozen=True)
class LabelledMixture(Process):
    r"""Refit K component means and their shared variance, pooled and unbiased, from draws whose labels are known.

    A row holds one draw of every component, so n rows are n samples a component, and under every workflow the
    components stay equally large: K (n - 1) degrees of freedom. ``means`` are the real means (their number is K),
    ``sigma`` the real standard deviation. Suresh et al. 2024, as cited by Schaeffer et al. 2025, section 4.4, for
    the collapse of sigma; with random labels see ``GaussianMixture``.

    >>> LabelledMixture([-1, 0, 1]).means.tolist()
    [-1.0, 0.0, 1.0]
    """

    means: Any = (-2.0, 2.0)
    sigma: Any = 1.0
    name = "labelled_mixture"
    metrics = ("sd", "log_sd", "mean_square_error")

    def __post_init__(self) -> None:
        """Check means and spread."""
        if not is_abstract(self.means):
            object.__setattr__(self, "means", vector("means", self.means))
        object.__setattr__(self, "sigma", number("sigma", self.sigma, low=1e-150, high=1e150))

    @property
    def _count(self) -> int:
        return np.shape(self.means)[0]

    def init(self, key: Array, size: Size) -> LabelledWorld:
        """Return the real mixture; it is the same in every replicate."""
        scale = jnp.log(jnp.asarray(self.sigma, jnp.float64))[None]
        return LabelledWorld(LabelledModel(jnp.asarray(self.means), scale))

    def truth(self, world: LabelledWorld) -> LabelledModel:
        """Return the real mixture."""
        return world.truth

    def sample(self, key: Array, world: LabelledWorld, theta: LabelledModel, rows: int) -> Float[Array, "rows K"]:
        """Return ``rows`` draws (rows, K) of every component."""
        return theta.mean[None, :] + theta.factor[None, :] * normal(key, (rows, self._count))

    def moments(
        self, world: LabelledWorld, batch: Float[Array, "rows K"], weight: Float[Array, " rows"]
    ) -> LabelledMoments:
        """Return weight, means and pooled scatter by the two-pass rule."""
        total = jnp.sum(weight)
        mean = weight @ batch / jnp.where(total > 0, total, 1.0)
        return LabelledMoments(total, mean, jnp.sum(weight @ (batch - mean[None, :]) ** 2))

    def merge(self, statistics: LabelledMoments, weights: Float[Array, " blocks"]) -> LabelledMoments:
        """Return the pooled moments: scatter within the blocks and of their means about the pooled ones."""
        mass = statistics.weight * weights
        total = jnp.sum(mass)
        mean = mass @ statistics.mean / jnp.where(total > 0, total, 1.0)
        between = jnp.sum(mass @ (statistics.mean - mean[None, :]) ** 2)
        return LabelledMoments(total, mean, weights @ statistics.scatter + between)

    def solve(
        self, key: Array, world: LabelledWorld, statistic: LabelledMoments, start: LabelledModel
    ) -> LabelledModel:
        """Return the fitted mixture."""
        divisor = self._count * (statistic.weight - 1.0)
        return LabelledModel(statistic.mean, 0.5 * (jnp.log(statistic.scatter) - jnp.log(divisor))[None])

    def table(self, sizes: np.ndarray, layout: Layout) -> Any:
        """Return chi-square rows (K,) for the K (n - 1) degrees of freedom of each size n."""
        if layout.road not in ("law", "chain"):
            return ()
        return chi_square_table(self._count * np.maximum(sizes - 1, 0), universal=layout.universal)

    def law(self, key: Array, world: LabelledWorld, theta: LabelledModel, size: Size) -> LabelledMoments:
        """Return moments of n rows: normal means and, independent of them, a chi-square scatter."""
        for_mean, for_scatter = jax.random.split(key)
        n = size.n.astype(jnp.float64)
        mean = theta.mean + theta.factor * normal(for_mean, (self._count,)) / jnp.sqrt(jnp.maximum(n, 1.0))
        return LabelledMoments(n, mean, theta.factor[0] ** 2 * chi_square(for_scatter, size.table))

    def step(self, key: Array, world: LabelledWorld, state: LabelledModel, size: Size) -> LabelledModel:
        """Return the next mixture under replacement, its scale in the log domain."""
        for_mean, for_scale = jax.random.split(key)
        drift = state.factor * normal(for_mean, (self._count,)) / jnp.sqrt(size.n.astype(jnp.float64))
        growth = 0.5 * log_chi_square_over_dof(for_scale, size.table)
        return LabelledModel(state.mean + drift, state.log_scale + growth)

    def refuses(self, road: str, workflow: Any, sizes: np.ndarray) -> str:
        """Say where a component has too few rows for a variance."""
        reason = super().refuses(road, workflow, sizes)
        fitted = int(workflow.fit_rows(sizes.sum(axis=1)).min())
        if not reason and fitted < 2:
            return f"a fit sees {fitted} rows of each component and a pooled variance needs n >= 2"
        return reason
