"""Discount: older batches count less, by a constant factor a generation."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from groundwork.checks import number
from sims.trees import pytree
from sims.workflow import Workflow

__all__ = ["Discount"]


@pytree
@dataclasses.dataclass(frozen=True)
class Discount(Workflow):
    r"""Weigh a row born at generation k by :math:`\rho^{g-k}` in the fit of generation g, 0 <= rho <= 1.

    ``rho = 0`` is ``Replace`` and ``rho = 1`` is ``Accumulate``. The weights are importances: an unbiased
    variance divides by Kish's effective number minus one.

    >>> Discount(0.5).importance
    True
    """

    rho: float
    name = "discount"

    def __post_init__(self) -> None:
        """Check the factor."""
        object.__setattr__(self, "rho", number("rho", self.rho, low=0, high=1))

    @property
    def importance(self) -> bool:
        """Fractions of a row are importances, not counts."""
        return True

    @property
    def folds(self) -> bool:
        """Fading the running total by rho is the same corpus."""
        return True

    def fit_rows(self, rows: Int[np.ndarray, " G"]) -> Int[np.ndarray, " G"]:
        """Return all rows so far, or the newest where older ones count nothing."""
        return rows if self.rho == 0 else np.cumsum(rows)

    def block(self, g: Array, born: Array) -> Array:
        """Return rho to the age of the batch."""
        age = jnp.maximum(g - born, 0).astype(jnp.float64)
        return jnp.where(born >= 1, jnp.power(jnp.asarray(self.rho, jnp.float64), age), 0.0)

    def fold(self, g: Array) -> tuple[Array, Array]:
        """Fade the old corpus by rho."""
        return jnp.asarray(self.rho, jnp.float64), jnp.asarray(1.0)
