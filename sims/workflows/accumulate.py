"""Accumulate: each model is fitted on every batch so far, the real one included."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from sims.trees import pytree
from sims.workflow import Workflow

__all__ = ["Accumulate"]


@pytree
@dataclasses.dataclass(frozen=True)
class Accumulate(Workflow):
    """Keep every row ever drawn and count all of them alike (Gerstgrasser et al. 2024; Kazdan et al. 2024).

    >>> Accumulate().depth is None
    True
    """

    name = "accumulate"

    @property
    def folds(self) -> bool:
        """A running total is the whole corpus."""
        return True

    def fit_rows(self, rows: Int[np.ndarray, " G"]) -> Int[np.ndarray, " G"]:
        """Return all rows so far."""
        return np.cumsum(rows)

    def block(self, g: Array, born: Array) -> Array:
        """Return 1 for every batch."""
        return jnp.where(born >= 1, 1.0, 0.0)

    def fold(self, g: Array) -> tuple[Array, Array]:
        """Keep the old corpus whole."""
        return jnp.asarray(1.0), jnp.asarray(1.0)
