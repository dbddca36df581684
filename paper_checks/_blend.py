r"""A mean of fresh real rows and of rows from the last fit, mixed with a weight of one's own choosing.

Fit 1 is the mean of n real rows. Every later one is w times the mean of n new real rows plus 1 - w times the mean of
``ratio`` n rows drawn from the fit before: row i of a batch holds one real draw and the mean of ``ratio`` synthetic
ones, so that the plain mean of the batch is the mixed one (He, Xu and Cheng 2025, for a mean). jax is imported here:
import late.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from groundwork.checks import count, number
from sims.process import Size
from sims.processes.location import Location, Total
from sims.samplers import normal
from sims.trees import pytree, static

__all__ = ["Blend"]


@pytree
@dataclasses.dataclass(frozen=True)
class Blend(Location):
    """Refit a mean on a share w of new real data and 1 - w of its own draws, ``ratio`` of them to a real one.

    >>> Blend(w=0.5, ratio=2).ratio
    2
    """

    w: Any = 0.5
    ratio: int = static(1)
    name = "blend"

    def __post_init__(self) -> None:
        """Check the noise, the weight and the ratio."""
        super().__post_init__()
        object.__setattr__(self, "w", number("w", self.w, low=0, high=1))
        count("ratio", self.ratio)

    def sample(self, key: Array, world: Array, theta: Float[Array, ""], rows: int) -> Float[Array, " rows"]:
        """Return ``rows`` mixed rows; while the fit is the truth itself, before fit 1, all are real."""
        for_real, for_own = jax.random.split(key)
        real = self.sigma * normal(for_real, (rows,))
        own = theta + self.sigma * jnp.mean(normal(for_own, (rows, self.ratio)), axis=1)
        return jnp.where(theta == world, real, self.w * real + (1.0 - self.w) * own)

    def law(self, key: Array, world: Array, theta: Float[Array, ""], size: Size) -> Total:
        """Return the mean of n mixed rows, which is normal."""
        w = jnp.where(theta == world, 1.0, self.w)
        one = jnp.sqrt(w**2 + (1.0 - w) ** 2 / self.ratio)
        n = size.n.astype(jnp.float64)
        return Total(n, (1.0 - w) * theta + one * self.sigma * normal(key) / jnp.sqrt(jnp.maximum(n, 1.0)))

    def step(self, key: Array, world: Array, state: Float[Array, ""], size: Size) -> Float[Array, ""]:
        """Return the next mixed mean."""
        return self.law(key, world, state, size).mean
