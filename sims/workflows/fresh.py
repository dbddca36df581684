"""Fresh: real rows join the model's in every batch."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from jaxtyping import Int

from groundwork.checks import count, number
from groundwork.errors import BadInput
from sims.trees import pytree
from sims.workflow import Workflow, Wrapper, wrapped

__all__ = ["Fresh"]


@pytree
@dataclasses.dataclass(frozen=True)
class Fresh(Wrapper):
    """Put new real rows into every batch: a ``share`` of its n rows, or ``count`` rows beside the n.

    With ``share`` the batch keeps n rows, ``round(share n)`` of them real. With ``count`` it has n + count, so
    that the first batch, all real anyway, has n + count too; ``Schedule(…, sizes=(0, n))`` inside makes the
    first fit one on the ``count`` real rows alone.

    >>> from sims.workflows.accumulate import Accumulate
    >>> Fresh(Accumulate(), share=0.1).rows(np.array([50, 50])).tolist()
    [[45, 5], [45, 5]]
    """

    inner: Workflow
    share: Any = None
    count: Any = None
    name = "fresh"

    def __post_init__(self) -> None:
        """Check that exactly one of share and count is given."""
        wrapped("inner", self.inner)
        if (self.share is None) == (self.count is None):
            raise BadInput("Fresh", {"share": self.share, "count": self.count}, "a share or a count, one of the two")
        if self.share is not None:
            object.__setattr__(self, "share", number("share", self.share, low=0, high=1))
        else:
            object.__setattr__(self, "count", count("count", self.count, least=0))
        if self.inner.rewrites:
            raise BadInput("inner", self.inner, "a workflow that draws whole batches", "Edit rewrites its first one")

    @property
    def core(self) -> Workflow:
        """The inner core: real rows enter through the sizes alone."""
        return self.inner.core

    def rows(self, n: Int[np.ndarray, " G"]) -> Int[np.ndarray, "G 2"]:
        """Return the inner rows with the real ones added, or taken from the model's."""
        rows = self.inner.rows(n)
        if self.count is not None:
            return rows + np.array([0, self.count])
        real = np.rint(self.share * rows[:, 0]).astype(rows.dtype)
        return rows + np.stack([-real, real], axis=1)
