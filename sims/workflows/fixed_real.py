"""FixedReal: the real batch is kept for ever beside whatever the inner workflow keeps."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from groundwork.checks import count
from groundwork.errors import BadInput
from sims.trees import pytree
from sims.workflow import Slots, Workflow, Wrapper, wrapped

__all__ = ["FixedReal"]


@pytree
@dataclasses.dataclass(frozen=True)
class FixedReal(Wrapper):
    """Keep the rows of generation 1 in every fit at full weight; the inner workflow rules the synthetic ones.

    ``size`` is the number of real rows (default: n). The first fit sees them alone.

    >>> from sims.workflows.replace import Replace
    >>> FixedReal(Replace(), size=20).rows(np.array([50, 50])).tolist()
    [[20, 0], [50, 0]]
    """

    inner: Workflow
    size: Any = None
    name = "fixed_real"

    def __post_init__(self) -> None:
        """Check the size and the inner workflow."""
        wrapped("inner", self.inner)
        if self.inner.rewrites or self.inner.pins or not self.inner.blockwise:
            raise BadInput("inner", self.inner, "a workflow of whole batches that pins none itself")
        if self.size is not None:
            object.__setattr__(self, "size", count("size", self.size))

    @property
    def pins(self) -> bool:
        """The first batch stays."""
        return True

    @property
    def core(self) -> Workflow:
        """The same without the size, which only the host needs."""
        return FixedReal(self.inner.core)

    def rows(self, n: Int[np.ndarray, " G"]) -> Int[np.ndarray, "G 2"]:
        """Return the inner rows with the first batch at its own size."""
        rows = self.inner.rows(n).copy()
        if self.size is not None:
            rows[0] = [self.size, 0]
        return rows

    def fit_rows(self, rows: Int[np.ndarray, " G"]) -> Int[np.ndarray, " G"]:
        """Return the real rows and what the inner workflow counts of the others."""
        others = self.inner.fit_rows(np.concatenate([[0], rows[1:]]))
        return rows[0] + others

    def block(self, g: Array, born: Array) -> Array:
        """Return 1 for the real batch, the inner weight for the others."""
        return jnp.where(born == 1, 1.0, self.inner.block(g, born))

    def weigh(self, key: Array, g: Array, slots: Slots, live: Bool[Array, "slots rows"]) -> Float[Array, "slots rows"]:
        """Return the weight of every row by this class's ``block``; the inner one would forget the real batch."""
        return Workflow.weigh(self, key, g, slots, live)
