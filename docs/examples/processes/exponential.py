"""Exponential refitting: estimate a scale by the sample mean, draw from it, estimate again."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from groundwork.checks import number
from sims.process import Layout, Process, Size
from sims.samplers import chi_square_table, log_chi_square_over_dof, normals
from sims.trees import pytree

__all__ = ["Exponential"]


@pytree
@dataclasses.dataclass(frozen=True)
class Exponential(Process):
    r"""Refit the scale of an exponential law; a model is :math:`\ln s_g`, which cannot underflow.

    Under replacement :math:`s_g = s_{g-1}\chi^2_{2n}/(2n)`, a martingale that goes to 0. Derived here.

    >>> Exponential(scale=2).scale
    2.0
    """

    scale: Any = 1.0
    name = "exponential"
    metrics = ("scale_error",)

    def __post_init__(self) -> None:
        """Check the scale."""
        object.__setattr__(self, "scale", number("scale", self.scale, low=0, open_low=True))

    def init(self, key: Array, size: Size) -> Float[Array, ""]:
        """Return the log of the real scale."""
        return jnp.log(jnp.asarray(self.scale, jnp.float64))

    def truth(self, world: Float[Array, ""]) -> Float[Array, ""]:
        """Return the log of the real scale."""
        return world

    def sample(self, key: Array, world: Array, theta: Float[Array, ""], rows: int) -> Float[Array, " rows"]:
        """Return exponential draws: half of a chi-square with two degrees of freedom."""
        a, b = normals(key, 2, (rows,))
        return jnp.exp(theta) * 0.5 * (a**2 + b**2)

    def fit(self, key: Array, world: Array, batch: Array, weight: Float[Array, " rows"], start: Array) -> Array:
        """Return the log of the weighted mean."""
        return jnp.log(weight @ batch / jnp.sum(weight))

    def table(self, sizes: np.ndarray, layout: Layout) -> Any:
        """Return the chi-square rows of the chain, 2 n degrees of freedom for each size n."""
        return chi_square_table(2 * sizes, universal=layout.universal) if layout.road == "chain" else ()

    def step(self, key: Array, world: Array, state: Float[Array, ""], size: Size) -> Float[Array, ""]:
        """Return the next log scale under replacement, without drawing a row."""
        return state + log_chi_square_over_dof(key, size.table)

    def refuses(self, road: str, workflow: Any, sizes: np.ndarray) -> str:
        """Say where there is no data."""
        reason = super().refuses(road, workflow, sizes)
        return reason or ("generation 1 has no rows" if sizes[0].sum() < 1 else "")
