"""Subsample: each model is fitted on a random part of the corpus."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from groundwork.checks import count, number
from groundwork.errors import BadInput
from sims.samplers import uniform_index
from sims.trees import pytree, static
from sims.workflow import Slots, Workflow, Wrapper, wrapped
from sims.workflows.accumulate import Accumulate
from sims.workflows.edit import ranks

__all__ = ["Subsample"]


@pytree
@dataclasses.dataclass(frozen=True)
class Subsample(Wrapper):
    """Fit on m rows drawn uniformly from the inner workflow's corpus; the rows stay in it.

    m is ``size``, or ``round(share N)`` of a corpus of N rows, or by default the rows that the generation
    contributed. Without replacement a corpus of fewer than m rows is used whole; with replacement a row counts
    as often as it is drawn. ``whole_first`` uses the real data of generation 1 as they are (the default without
    replacement, and not with it). ``most`` is the largest ``size`` that shares the compiled program.

    >>> Subsample(size=10).most
    16
    """

    inner: Workflow = Accumulate()
    size: Any = None
    share: Any = None
    replacement: bool = static(False)
    whole_first: bool | None = static(None)
    most: int | None = static(None)
    name = "subsample"

    def __post_init__(self) -> None:
        """Check the sizes and the inner workflow."""
        wrapped("inner", self.inner)
        if not self.inner.blockwise or self.inner.importance:
            raise BadInput("inner", self.inner, "a workflow that counts all rows it keeps alike, such as Accumulate()")
        if self.size is not None and self.share is not None:
            raise BadInput("Subsample", {"size": self.size, "share": self.share}, "a size or a share, not both")
        if self.share is not None:
            object.__setattr__(self, "share", number("share", self.share, low=0, high=1, open_low=True))
        if self.size is not None:
            object.__setattr__(self, "size", count("size", self.size))
            room = count("most", self.most, least=self.size) if self.most else 1 << (self.size - 1).bit_length()
            object.__setattr__(self, "most", room)
        for name in ("replacement", "whole_first"):
            if not isinstance(getattr(self, name), bool) and not (name == "whole_first" and self.whole_first is None):
                raise BadInput(name, getattr(self, name), "True or False")
        if self.whole_first is None:
            object.__setattr__(self, "whole_first", not self.replacement)

    @property
    def blockwise(self) -> bool:
        """Rows of one batch count differently."""
        return False

    @property
    def folds(self) -> bool:
        """The rows themselves are needed."""
        return False

    def check(self, generations: int, n: Int[np.ndarray, " G"]) -> None:
        """Refuse a share that rounds to no row at all."""
        self.inner.check(generations, n)
        first = int(self.rows(n)[0].sum())
        if self.share is not None and round(self.share * first) < 1:
            raise BadInput("share", self.share, f"large enough to draw a row from the first {first}")

    def fit_rows(self, rows: Int[np.ndarray, " G"]) -> Int[np.ndarray, " G"]:
        """Return how many rows are drawn."""
        corpus = self.inner.fit_rows(rows)
        if self.share is not None:
            drawn = np.rint(self.share * corpus).astype(rows.dtype)
        else:
            drawn = rows if self.size is None else np.full_like(rows, self.size)
        drawn = drawn if self.replacement else np.minimum(drawn, corpus)
        return np.concatenate([corpus[:1], drawn[1:]]) if self.whole_first else drawn

    def weigh(self, key: Array, g: Array, slots: Slots, live: Bool[Array, "slots rows"]) -> Float[Array, "slots rows"]:
        """Return how often each row of the corpus is drawn for the fit of generation g."""
        kept = (self.inner.weigh(key, g, slots, live) > 0).reshape(-1)
        total = jnp.sum(kept)
        newest = jnp.sum(jnp.where(slots.born == g, slots.count, 0))
        if self.share is not None:
            wanted = jnp.rint(self.share * total.astype(jnp.float64)).astype(jnp.int64)
        else:
            wanted = newest if self.size is None else jnp.asarray(self.size, jnp.int64)
        if self.replacement:
            drawn = self._draw_again(key, kept, total, wanted, live.shape)
        else:
            drawn = jnp.where(kept & (ranks(key, kept) < wanted), 1.0, 0.0)
        if self.whole_first:
            drawn = jnp.where(g == 1, jnp.where(kept, 1.0, 0.0), drawn)
        return drawn.reshape(live.shape)

    def _draw_again(
        self, key: Array, kept: Bool[Array, " cells"], total: Array, wanted: Array, shape: tuple[int, ...]
    ) -> Float[Array, " cells"]:
        if self.share is not None:
            room = shape[0] * shape[1]
        else:
            room = shape[1] if self.size is None else int(self.most or 0)
        position = uniform_index(key, (room,), total).astype(jnp.int64)
        # The cell of position p is the first whose running count of kept rows passes p.
        cell = jnp.searchsorted(jnp.cumsum(kept, dtype=jnp.int64), position, side="right")
        times = jnp.where(jnp.arange(room) < wanted, 1.0, 0.0)
        return jnp.zeros(kept.shape, jnp.float64).at[cell].add(times, mode="drop")
