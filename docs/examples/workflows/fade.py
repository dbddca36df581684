"""Fade: older batches count less, by a power of their age."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
from jaxtyping import Array

from groundwork.checks import number
from sims.trees import pytree
from sims.workflow import Workflow

__all__ = ["Fade"]


@pytree
@dataclasses.dataclass(frozen=True)
class Fade(Workflow):
    r"""Weigh a row born at generation k by :math:`(g-k+1)^{-\beta}` in the fit of generation g, beta >= 0.

    ``beta = 0`` is ``Accumulate``. Fractions of a row are importances, not counts.

    >>> Fade(0.5).beta
    0.5
    """

    beta: float
    name = "fade"

    def __post_init__(self) -> None:
        """Check the exponent."""
        object.__setattr__(self, "beta", number("beta", self.beta, low=0))

    @property
    def importance(self) -> bool:
        """Say that an unbiased variance needs the effective number of samples."""
        return True

    def block(self, g: Array, born: Array) -> Array:
        """Return the weight of a batch by its age."""
        age = jnp.maximum(g - born + 1, 1).astype(jnp.float64)
        return jnp.where(born >= 1, age ** -jnp.asarray(self.beta, jnp.float64), 0.0)
