"""Edit: the data set stays, and each generation rewrites some of its rows."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int

from groundwork.checks import count, number
from groundwork.errors import BadInput
from sims.trees import pytree, static
from sims.workflow import Workflow, Wrapper, wrapped

__all__ = ["Edit"]


@pytree
@dataclasses.dataclass(frozen=True)
class Edit(Wrapper):
    r"""Let the last model rewrite ``round(k decay^{g-2})`` rows of the data set at generation g >= 2.

    ``count`` is k itself, ``share`` makes it ``round(share n)``. The rows are chosen at random anew each time,
    or are the same first ones (``fixed=True``). What is rewritten is what the model decides: a whole row, or the
    label of a design point (Zhu et al. 2024, as cited by Schaeffer et al. 2025, section 4.3).

    >>> from sims.workflows.replace import Replace
    >>> Edit(Replace(), count=3).rewrites
    True
    """

    inner: Workflow
    count: Any = None
    share: Any = None
    decay: float = 1.0
    fixed: bool = static(False)
    name = "edit"

    def __post_init__(self) -> None:
        """Check the share or count, the decay and the inner workflow."""
        wrapped("inner", self.inner)
        if self.inner.rewrites:
            raise BadInput("inner", self.inner, "a workflow that draws whole batches", "one Edit is enough")
        if (self.share is None) == (self.count is None):
            raise BadInput("Edit", {"share": self.share, "count": self.count}, "a share or a count, one of the two")
        if self.share is not None:
            object.__setattr__(self, "share", number("share", self.share, low=0, high=1))
        else:
            object.__setattr__(self, "count", count("count", self.count, least=0))
        object.__setattr__(self, "decay", number("decay", self.decay, low=0, high=1))
        if not isinstance(self.fixed, bool):
            raise BadInput("fixed", self.fixed, "True or False")

    @property
    def rewrites(self) -> bool:
        """Each batch is the previous one, edited."""
        return True

    @property
    def folds(self) -> bool:
        """The rows themselves are needed."""
        return False

    @property
    def blockwise(self) -> bool:
        """The rows themselves are needed."""
        return False

    def check(self, generations: int, n: Int[np.ndarray, " G"]) -> None:
        """Refuse to edit more rows than there are, and data sets that change their size."""
        self.inner.check(generations, n)
        if self.rows(n)[:, 1].any():
            raise BadInput("inner", self.inner, "a workflow without real rows of its own", "an edited set has its own")
        rows = self.rows(n).sum(axis=1)
        if (rows != rows[0]).any():
            raise BadInput("n", rows.tolist(), "one size for all generations", "Edit rewrites a data set in place")
        if self.count is not None and self.count > rows[0]:
            raise BadInput("count", self.count, f"at most n = {rows[0]} rows to edit")

    def rewrite(self, key: Array, g: Array, live: Bool[Array, " rows"]) -> Bool[Array, " rows"]:
        """Return the rows to edit: all at generation 1 (the real data), then k of them."""
        total = jnp.sum(live)
        first = self.count if self.share is None else jnp.rint(self.share * total.astype(jnp.float64))
        fading = jnp.power(jnp.asarray(self.decay, jnp.float64), jnp.maximum(g - 2, 0).astype(jnp.float64))
        wanted = jnp.rint(jnp.asarray(first).astype(jnp.float64) * fading).astype(jnp.int64)
        if self.fixed:
            rank = jnp.arange(live.shape[0])
        else:
            rank = ranks(key, live)
        return live & ((g == 1) | (rank < wanted))


def ranks(key: Array, live: Bool[Array, " rows"]) -> Int[Array, " rows"]:
    """Return a uniformly random order of the live entries: 0, 1, …; dead ones come last."""
    # 63 random bits, so that no live entry ties with the dead ones at the top; two live ones tie at 2^-63.
    scores = jax.random.bits(key, live.shape, jnp.uint64) >> jnp.uint64(1)
    order = jnp.argsort(jnp.where(live, scores, jnp.uint64(2**64 - 1)))
    return jnp.zeros(live.shape, jnp.int64).at[order].set(jnp.arange(live.shape[0]))
