"""Schedule: the number of rows changes with the generation."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from jaxtyping import Int

from groundwork.checks import LARGEST, count, number
from groundwork.errors import BadInput
from sims.trees import pytree
from sims.workflow import Workflow, Wrapper, wrapped

__all__ = ["Schedule"]


@pytree
@dataclasses.dataclass(frozen=True)
class Schedule(Wrapper):
    """Let generation g contribute n_g rows: a list, or a rule applied to the n of the run.

    ``sizes``
        n_1, n_2, …; the last one is repeated.
    ``power``
        n_g = round(n g^power).
    ``factor``
        n_g = round(n factor^(g-1)).

    >>> from sims.workflows.accumulate import Accumulate
    >>> Schedule(Accumulate(), sizes=(10, 20)).rows(np.array([5, 5, 5]))[:, 0].tolist()
    [10, 20, 20]
    >>> Schedule(Accumulate(), factor=2).rows(np.array([5, 5, 5]))[:, 0].tolist()
    [5, 10, 20]
    """

    inner: Workflow
    sizes: Any = None
    power: Any = None
    factor: Any = None
    name = "schedule"

    def __post_init__(self) -> None:
        """Check that one rule is given."""
        wrapped("inner", self.inner)
        given = {"sizes": self.sizes, "power": self.power, "factor": self.factor}
        if sum(value is not None for value in given.values()) != 1:
            raise BadInput("Schedule", given, "sizes, a power or a factor, one of the three")
        if self.sizes is not None:
            if isinstance(self.sizes, (str, bytes)) or not hasattr(self.sizes, "__len__") or not len(self.sizes):
                raise BadInput("sizes", self.sizes, "a list of integers >= 0 that is not empty")
            object.__setattr__(self, "sizes", tuple(count("sizes", size, least=0) for size in self.sizes))
        elif self.power is not None:
            object.__setattr__(self, "power", number("power", self.power))
        else:
            object.__setattr__(self, "factor", number("factor", self.factor, low=0, open_low=True))

    @property
    def core(self) -> Workflow:
        """The inner core: sizes reach the program as numbers."""
        return self.inner.core

    def rows(self, n: Int[np.ndarray, " G"]) -> Int[np.ndarray, "G 2"]:
        """Return the inner rows at the scheduled sizes."""
        return self.inner.rows(self._scheduled(n))

    def check(self, generations: int, n: Int[np.ndarray, " G"]) -> None:
        """Check the inner workflow at the scheduled sizes."""
        self.inner.check(generations, self._scheduled(n))

    def _scheduled(self, n: Int[np.ndarray, " G"]) -> Int[np.ndarray, " G"]:
        g = np.arange(1, len(n) + 1)
        if self.sizes is not None:
            return np.array(self.sizes, np.int64)[np.minimum(g, len(self.sizes)) - 1]
        with np.errstate(over="ignore"):
            grown = n * (g**self.power if self.power is not None else self.factor ** (g - 1.0))
        if not (grown <= LARGEST).all():
            first = int(np.argmax(~(grown <= LARGEST)))
            raise BadInput("Schedule", f"n_{first + 1} = {grown[first]:.3g}", "at most 2^31 - 1 rows a generation")
        return np.rint(grown).astype(np.int64)
