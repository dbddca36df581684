"""What a workflow is: which rows enter the corpus each generation, and how much each row in it counts.

Everything about a loop that is not the model is one of two answers. *Admit*: how many rows the last model makes,
how many are real, and whether the new batch is the old one with some rows rewritten (``rows``, ``rewrite``).
*Weigh*: how much a row born at generation k counts in the fit of generation g (``block``, ``weigh``), and, where
that has a running form, by how much the old corpus is faded when a new batch joins it (``fold``).

A workflow is a frozen dataclass and a pytree like a process; those that wrap another are composed by wrapping:
``Fresh(Accumulate(), share=0.1)``. Weights are on the scale of samples: a fit acts as if on ``sum(weights)``
samples. Workflows whose weights are importances rather than counts say so (``importance``), and the corpus
scales them to Kish's effective number, so that an unbiased variance stays unbiased.
"""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from groundwork.errors import BadInput
from sims.trees import pytree

__all__ = ["Slots", "Workflow", "Wrapper"]


@pytree
@dataclasses.dataclass(frozen=True)
class Slots:
    """The corpus as the workflow sees it: the generation each slot was born at (0: empty) and its rows."""

    born: Int[Array, " slots"]
    count: Int[Array, " slots"]


class Workflow:
    """The base of every workflow: one batch a generation, made by the last model."""

    name: ClassVar[str]

    @property
    def depth(self) -> int | None:
        """How many of the newest batches can still count; None if all can."""
        return None

    @property
    def pins(self) -> bool:
        """Whether the batch of generation 1 is kept for ever beside the ``depth`` newest."""
        return False

    @property
    def importance(self) -> bool:
        """Whether weights are importances, to be scaled to their effective number of samples."""
        return False

    @property
    def blockwise(self) -> bool:
        """Whether all rows of a batch count alike, so that the corpus may be kept as statistics."""
        return True

    @property
    def rewrites(self) -> bool:
        """Whether a batch is the previous one with some rows drawn anew."""
        return False

    @property
    def folds(self) -> bool:
        """Whether the whole corpus can be kept as one faded statistic (``fold``)."""
        return False

    @property
    def core(self) -> Workflow:
        """The part that the compiled program sees; what only sets sizes is dropped, so it never recompiles."""
        return self

    def rows(self, n: Int[np.ndarray, " G"]) -> Int[np.ndarray, "G 2"]:
        """Return how many rows of the last model and how many real rows enter at each generation (G, 2)."""
        return np.stack([n, np.zeros_like(n)], axis=1)

    def check(self, generations: int, n: Int[np.ndarray, " G"]) -> None:
        """Raise ``BadInput`` where the workflow cannot run that long or at these sizes."""

    def fit_rows(self, rows: Int[np.ndarray, " G"]) -> Int[np.ndarray, " G"]:
        """Return how many rows the fit of each generation sees, if so many enter the corpus: here the newest."""
        return rows

    def block(self, g: Array, born: Array) -> Array:
        """Return the weight in the fit of generation g of one row born at generation ``born`` <= g."""
        raise TypeError(f"{type(self).__name__} does not weigh whole batches")

    def fold(self, g: Array) -> tuple[Array, Array]:
        """Return by how much the old corpus is faded at generation g, and the weight of a new row."""
        raise TypeError(f"{type(self).__name__} has no running form")

    def weigh(self, key: Array, g: Array, slots: Slots, live: Bool[Array, "slots rows"]) -> Float[Array, "slots rows"]:
        """Return the weight of every row of the corpus in the fit of generation g; dead rows weigh 0."""
        return jnp.where(live, self.block(g, slots.born)[:, None], 0.0)

    def rewrite(self, key: Array, g: Array, live: Bool[Array, " rows"]) -> Bool[Array, " rows"]:
        """Return which rows of the previous batch are drawn anew at generation g."""
        return live


class Wrapper(Workflow):
    """A workflow that changes one answer of another and passes the rest on."""

    inner: Workflow

    @property
    def depth(self) -> int | None:
        """As the inner workflow."""
        return self.inner.depth

    @property
    def pins(self) -> bool:
        """As the inner workflow."""
        return self.inner.pins

    @property
    def importance(self) -> bool:
        """As the inner workflow."""
        return self.inner.importance

    @property
    def blockwise(self) -> bool:
        """As the inner workflow."""
        return self.inner.blockwise

    @property
    def rewrites(self) -> bool:
        """As the inner workflow."""
        return self.inner.rewrites

    @property
    def folds(self) -> bool:
        """As the inner workflow."""
        return self.inner.folds

    @property
    def core(self) -> Workflow:
        """The same wrapper around the inner workflow's core."""
        return dataclasses.replace(self, inner=self.inner.core)  # type: ignore[type-var]

    def rows(self, n: Int[np.ndarray, " G"]) -> Int[np.ndarray, "G 2"]:
        """As the inner workflow."""
        return self.inner.rows(n)

    def check(self, generations: int, n: Int[np.ndarray, " G"]) -> None:
        """As the inner workflow."""
        self.inner.check(generations, n)

    def fit_rows(self, rows: Int[np.ndarray, " G"]) -> Int[np.ndarray, " G"]:
        """As the inner workflow."""
        return self.inner.fit_rows(rows)

    def block(self, g: Array, born: Array) -> Array:
        """As the inner workflow."""
        return self.inner.block(g, born)

    def fold(self, g: Array) -> tuple[Array, Array]:
        """As the inner workflow."""
        return self.inner.fold(g)

    def weigh(self, key: Array, g: Array, slots: Slots, live: Bool[Array, "slots rows"]) -> Float[Array, "slots rows"]:
        """As the inner workflow."""
        return self.inner.weigh(key, g, slots, live)

    def rewrite(self, key: Array, g: Array, live: Bool[Array, " rows"]) -> Bool[Array, " rows"]:
        """As the inner workflow."""
        return self.inner.rewrite(key, g, live)


def wrapped(name: str, inner: Any) -> Workflow:
    """Return ``inner`` if it is a workflow; otherwise say what was meant."""
    if isinstance(inner, type) and issubclass(inner, Workflow):
        raise BadInput(name, inner.__name__, "a workflow", f"write {inner.__name__}() with its parentheses")
    if not isinstance(inner, Workflow):
        raise BadInput(name, inner, "a workflow such as Accumulate()")
    return inner
