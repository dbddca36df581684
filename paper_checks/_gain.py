r"""A mean that its own model exaggerates: a linear map of derivative 1 + c between a fit and the data it makes.

Data are accumulated, so block k, with mean :math:`(1 + c)\theta_{k-1}`, moves the fit by 1/k of what is new:
:math:`\theta_k = (1 + c/k)\theta_{k-1} + \varepsilon_k/k` with noise of variance sigma^2/n. From :math:`\theta_0 = 1`
the mean is the product of the factors 1 + c/k and the law is normal. Derived here. jax is imported here: import late.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float

from groundwork.checks import number
from sims.process import Size
from sims.processes.location import Location, Total
from sims.trees import pytree

__all__ = ["Gain"]


@pytree
@dataclasses.dataclass(frozen=True)
class Gain(Location):
    """Refit a mean on draws about 1 + c times the last one; the first data lie about 1 + c.

    >>> Gain(c=0.5, sigma=2.0).sigma
    2.0
    """

    c: Any = 0.0
    name = "gain"

    def __post_init__(self) -> None:
        """Check the noise and the gain."""
        super().__post_init__()
        object.__setattr__(self, "c", number("c", self.c, low=0))

    def init(self, key: Array, size: Size) -> Float[Array, ""]:
        """Return the start, 1."""
        return jnp.ones(())

    def sample(self, key: Array, world: Array, theta: Float[Array, ""], rows: int) -> Float[Array, " rows"]:
        """Return ``rows`` noisy copies of the exaggerated estimate."""
        return super().sample(key, world, (1.0 + self.c) * theta, rows)

    def law(self, key: Array, world: Array, theta: Float[Array, ""], size: Size) -> Total:
        """Return the mean of n draws, which is normal."""
        return super().law(key, world, (1.0 + self.c) * theta, size)

    def step(self, key: Array, world: Array, state: Float[Array, ""], size: Size) -> Float[Array, ""]:
        """Return the next estimate under replacement."""
        return super().step(key, world, (1.0 + self.c) * state, size)
