"""Replace: each model is fitted on the newest batch alone."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
from jaxtyping import Array

from sims.trees import pytree
from sims.workflow import Workflow

__all__ = ["Replace"]


@pytree
@dataclasses.dataclass(frozen=True)
class Replace(Workflow):
    """Fit each model on the n rows that the last one made, and forget everything older.

    >>> Replace().depth
    1
    """

    name = "replace"

    @property
    def depth(self) -> int:
        """Only the newest batch counts."""
        return 1

    @property
    def folds(self) -> bool:
        """Fading the old corpus to nothing is a running form."""
        return True

    def block(self, g: Array, born: Array) -> Array:
        """Return 1 for the newest batch, 0 for older ones."""
        return jnp.where(born == g, 1.0, 0.0)

    def fold(self, g: Array) -> tuple[Array, Array]:
        """Fade the old corpus to nothing."""
        return jnp.asarray(0.0), jnp.asarray(1.0)
