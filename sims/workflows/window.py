"""Window: each model is fitted on the newest few batches."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from groundwork.checks import count
from sims.trees import pytree, static
from sims.workflow import Workflow

__all__ = ["Window"]


@pytree
@dataclasses.dataclass(frozen=True)
class Window(Workflow):
    """Fit on the ``width`` newest batches, all rows alike; ``width = 1`` is ``Replace``.

    >>> Window(3).depth
    3
    """

    width: int = static()
    name = "window"

    def __post_init__(self) -> None:
        """Check the width."""
        object.__setattr__(self, "width", count("width", self.width))

    @property
    def depth(self) -> int:
        """The width."""
        return self.width

    def fit_rows(self, rows: Int[np.ndarray, " G"]) -> Int[np.ndarray, " G"]:
        """Return the rows of the last batches."""
        total = np.cumsum(rows)
        return total - np.concatenate([np.zeros(min(self.width, len(rows)), rows.dtype), total[: -self.width]])

    def block(self, g: Array, born: Array) -> Array:
        """Return 1 for batches of the last ``width`` generations."""
        return jnp.where((born >= 1) & (g - born < self.width), 1.0, 0.0)
