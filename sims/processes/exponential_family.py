"""A mean refitted on draws from a natural exponential family: one law behind counts, shares and waiting times."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from groundwork.checks import choice, count, is_abstract, number
from groundwork.errors import BadInput
from sims.families import FAMILIES
from sims.process import Layout, Process, Size
from sims.samplers import chi_square_table
from sims.trees import pytree, static

__all__ = ["ExponentialFamily", "FamilyWorld", "Pool"]

#: A positive mean below this is about to underflow to a 0 that its law never takes.
SMALLEST = 1e-290


@pytree
@dataclasses.dataclass(frozen=True)
class FamilyWorld:
    """The real mean, the ends that a mean can be absorbed at, and v0, v1, v2 of the variance function."""

    mean: Float[Array, ""]
    low: Float[Array, ""]
    top: Float[Array, ""]
    curve: Float[Array, " 3"]


@pytree
@dataclasses.dataclass(frozen=True)
class Pool:
    """Total weight, weighted sum, and the weighted sum of what the rows lack to the upper end (0 if there is none)."""

    weight: Float[Array, ""]
    sum: Float[Array, ""]
    gap: Float[Array, ""]


@pytree
@dataclasses.dataclass(frozen=True)
class ExponentialFamily(Process):
    r"""Refit the mean of a natural exponential family by the weighted mean of its draws, from the real ``mean``.

    ``family`` is normal (known ``sigma``), poisson, bernoulli, binomial (``r`` trials a row), exponential, gamma
    (shape ``r``), negbin (negative binomial, ``r`` failures) or hyperbolic (the secant's family, ``r`` summands).
    A row has variance :math:`V(\mu) = v_0 + v_1\mu + v_2\mu^2`, and so
    :math:`E\,V(\mu_{g+1}) = (1 + v_2/n)\,E\,V(\mu_g)` under replacement (derived here from Morris 1982).
    Counts are absorbed at 0, shares at both ends. Sources: Suresh et al. 2024 as cited by Schaeffer et al. 2025,
    section 4.4, for poisson and bernoulli.

    >>> ExponentialFamily("binomial", r=4).mean
    2.0
    """

    family: str = static("poisson")
    mean: Any = None
    r: Any = 1.0
    sigma: Any = 1.0
    name = "exponential_family"
    metrics = ("error", "mean", "alive", "absorbed", "variance_function")

    def __post_init__(self) -> None:
        """Check every parameter and settle the real mean, by default 0, 1, or the middle of the range."""
        kind = FAMILIES[choice("family", self.family, FAMILIES)]
        if not kind.r and not is_abstract(self.r) and self.r != 1.0:
            others = ", ".join(name for name, each in FAMILIES.items() if each.r)
            raise BadInput("r", self.r, f"left out for {self.family}", f"{others} have one")
        if self.family != "normal" and not is_abstract(self.sigma) and self.sigma != 1.0:
            raise BadInput("sigma", self.sigma, f"left out for {self.family}", "its variance follows from its mean")
        if kind.whole and not (isinstance(self.r, float) and self.r.is_integer()):
            count("r", self.r, most=2**20)
        # Below 0.1 a gamma draw can underflow to 0.
        object.__setattr__(self, "r", number("r", self.r, low=0.1, high=2.0**20))
        object.__setattr__(self, "sigma", number("sigma", self.sigma, low=0))
        middle = self.r / 2 if kind.bounded else float(kind.low == 0.0)
        top = self.r if kind.bounded else 1e9
        low = 0.0 if kind.low == 0.0 else -1e9
        given = middle if self.mean is None else self.mean
        open_low, open_high = kind.low == 0.0, kind.bounded
        mean = number("mean", given, low=low, high=top, open_low=open_low, open_high=open_high)
        object.__setattr__(self, "mean", mean)

    def init(self, key: Array, size: Size) -> FamilyWorld:
        """Return the real mean and the family's constants; they are the same in every replicate."""
        kind = FAMILIES[self.family]
        r, sigma = self._constants
        curve = jnp.stack([jnp.asarray(each, jnp.float64) for each in kind.variance(r, sigma)])
        top = r if kind.bounded else jnp.asarray(jnp.inf)
        return FamilyWorld(jnp.asarray(self.mean, jnp.float64), jnp.asarray(float(kind.low)), top, curve)

    def truth(self, world: FamilyWorld) -> Float[Array, ""]:
        """Return the real mean."""
        return world.mean

    def sample(self, key: Array, world: FamilyWorld, theta: Float[Array, ""], rows: int) -> Float[Array, " rows"]:
        """Return ``rows`` draws, each from a key of its own."""
        r, sigma = self._constants
        draw = FAMILIES[self.family].row
        keys = jax.vmap(lambda row: jax.random.fold_in(key, row))(jnp.arange(rows, dtype=jnp.uint32))
        return jax.vmap(lambda own: draw(own, theta, r, sigma))(keys)

    def moments(self, world: FamilyWorld, batch: Float[Array, " rows"], weight: Float[Array, " rows"]) -> Pool:
        """Return the weighted sums."""
        gap = weight @ (world.top - batch) if self._bounded else jnp.zeros(())
        return Pool(jnp.sum(weight), weight @ batch, gap)

    def merge(self, statistics: Pool, weights: Float[Array, " blocks"]) -> Pool:
        """Return the weighted sums of the blocks' sums."""
        return Pool(weights @ statistics.weight, weights @ statistics.sum, weights @ statistics.gap)

    def solve(self, key: Array, world: FamilyWorld, statistic: Pool, start: Array) -> Float[Array, ""]:
        """Return the mean; without weight there is none, and one that underflows is lost."""
        if self._bounded:
            # Sum and gap rather than sum and weight: a share of exactly 0 or 1 is exact whatever the weights.
            return world.top * (statistic.sum / (statistic.sum + statistic.gap))
        mean = statistic.sum / statistic.weight
        if self.family in ("exponential", "gamma"):
            mean = jnp.where(mean > SMALLEST, mean, jnp.nan)
        return jnp.where(statistic.weight > 0, mean, jnp.nan)

    def table(self, sizes: np.ndarray, layout: Layout) -> Any:
        """Return chi-square rows (K,) of 2 n r degrees of freedom, for the sums of gamma rows."""
        if layout.road not in ("law", "chain") or not FAMILIES[self.family].gamma:
            return ()
        return chi_square_table(2.0 * float(self.r) * sizes, universal=layout.universal)

    def law(self, key: Array, world: FamilyWorld, theta: Float[Array, ""], size: Size) -> Pool:
        """Return the sum of n rows: normal, Poisson, binomial, gamma or negative binomial."""
        total = FAMILIES[self.family].total
        assert total is not None
        r, sigma = self._constants
        n = size.n.astype(jnp.float64)
        drawn = total(key, theta, n, r, sigma, size.table)
        return Pool(n, drawn, n * world.top - drawn if self._bounded else jnp.zeros(()))

    def step(self, key: Array, world: FamilyWorld, state: Float[Array, ""], size: Size) -> Float[Array, ""]:
        """Return the next mean under replacement."""
        return self.solve(key, world, self.law(key, world, state, size), state)

    def refuses(self, road: str, workflow: Any, sizes: np.ndarray) -> str:
        """Say where there is no data, and where the law of a sum cannot be drawn."""
        reason = super().refuses(road, workflow, sizes)
        if not reason and sizes[0].sum() < 1:
            return "generation 1 has no rows"
        if reason or road not in ("law", "chain"):
            return reason
        kind = FAMILIES[self.family]
        if kind.total is None:
            return f"no sampler of a sum of {self.family} rows is known that does not draw the rows"
        batches = sizes[sizes > 0]
        if kind.gamma:
            doubled = 2.0 * float(self.r) * batches
            few = doubled[(doubled <= 8) & (doubled != np.floor(doubled))]
            if few.size:
                return f"a chi-square of 2 n r = {few[0]:g} degrees of freedom is drawn above 8, or if whole"
            if (doubled >= 2**32).any():
                return f"a chi-square of 2 n r = {doubled.max():.3g} degrees of freedom is beyond 2^32"
        return ""

    @property
    def _bounded(self) -> bool:
        return FAMILIES[self.family].bounded

    @property
    def _constants(self) -> tuple[Array, Array]:
        return jnp.asarray(self.r, jnp.float64), jnp.asarray(self.sigma, jnp.float64)
