"""What a process is: how a world begins, how a model makes data, how a weighted fit makes the next model.

A process is a frozen dataclass registered as a pytree (``sims.trees.pytree``): shapes and switches are static,
every number is a traced leaf, so that a new value never recompiles. Its methods are written for one path; the
engine maps them over the seeds. ``init``, ``truth``, ``sample`` and ``fit`` make the literal process. The
rest are optional and buy speed, never another process:

``moments / merge / solve``
    the corpus as an additive, centred statistic: one statistic a generation instead of its rows;
``law``
    that statistic drawn from its exact law, without rows;
``step`` (with ``enter`` and ``read``)
    the loop under plain replacement as a Markov chain of its own.
"""

from __future__ import annotations

import abc
import dataclasses
from typing import Any, ClassVar

import jax
import numpy as np
from jaxtyping import Array, Float

from sims.trees import pytree, static, take

__all__ = ["ROADS", "Layout", "Process", "Size"]

#: The four ways a generation can be carried, fastest first.
ROADS = ("chain", "law", "moments", "samples")

Tree = Any


@dataclasses.dataclass(frozen=True)
class Layout:
    """What shapes the compiled program: the road, the room for rows and slots, and which branches exist.

    ``folded`` says that the corpus is one faded statistic, ``real`` that real rows join the model's, and
    ``universal`` that the tables must have the shape that serves every size up to ``rows``.
    """

    road: str
    rows: int
    slots: int
    folded: bool
    real: bool
    universal: bool


@pytree
@dataclasses.dataclass(frozen=True)
class Size:
    """The size of a batch: ``n`` rows (traced), the host-made tables, and the room kept for rows.

    ``literal`` says whether rows are drawn at all; where they are not, a world need not hold what only rows use.
    """

    n: Array
    tables: Tree
    which: Array
    rows: int = static()
    literal: bool = static()

    @property
    def table(self) -> Tree:
        """The entry of the tables for this n."""
        return take(self.tables, self.which)


class Process(abc.ABC):
    """A family of models that is fitted to data and makes data: the base of every process."""

    #: The name on the command line, and the metrics of ``sims.metrics`` that make sense for its models.
    name: ClassVar[str]
    metrics: ClassVar[tuple[str, ...]]

    @abc.abstractmethod
    def init(self, key: Array, size: Size) -> Tree:
        """Return what is constant in a replicate: true parameters, a fixed design, a projection."""

    @abc.abstractmethod
    def truth(self, world: Tree) -> Tree:
        """Return the parameters that the real data come from, shaped as a fitted model."""

    @abc.abstractmethod
    def sample(self, key: Array, world: Tree, theta: Tree, rows: int) -> Tree:
        """Return ``rows`` fresh rows of the model; row r is a function of the key and r, not of ``rows``."""

    def relabel(self, key: Array, world: Tree, theta: Tree, batch: Tree) -> Tree:
        """Return the batch with what the model decides drawn anew (a whole row, unless it has a design)."""
        return self.sample(key, world, theta, jax.tree.leaves(batch)[0].shape[0])

    def fit(self, key: Array, world: Tree, batch: Tree, weight: Float[Array, " rows"], start: Tree) -> Tree:
        """Return the model fitted to the rows, each counted ``weight`` times, from the guess ``start``."""
        return self.solve(key, world, self.moments(world, batch, weight), start)

    def moments(self, world: Tree, batch: Tree, weight: Float[Array, " rows"]) -> Tree:
        """Return the sufficient statistic of the weighted rows, with its total weight in ``.weight``."""
        raise TypeError(f"{type(self).__name__} has no moments")

    def merge(self, statistics: Tree, weights: Float[Array, " blocks"]) -> Tree:
        """Return the statistic of the union of blocks (leading axis), block k counted ``weights[k]`` times."""
        raise TypeError(f"{type(self).__name__} has no merge")

    def solve(self, key: Array, world: Tree, statistic: Tree, start: Tree) -> Tree:
        """Return the model fitted to a statistic."""
        raise TypeError(f"{type(self).__name__} has no solve")

    def law(self, key: Array, world: Tree, theta: Tree, size: Size) -> Tree:
        """Return a draw of the statistic of ``size.n`` rows of the model, from its exact law."""
        raise TypeError(f"{type(self).__name__} has no law")

    def step(self, key: Array, world: Tree, state: Tree, size: Size) -> Tree:
        """Return the state after one refit on ``size.n`` rows of the model alone."""
        raise TypeError(f"{type(self).__name__} has no step")

    def enter(self, key: Array, world: Tree, size: Size) -> Tree:
        """Return the state of the chain after the first fit, the one on real data."""
        return self.step(key, world, self.truth(world), size)

    def read(self, world: Tree, state: Tree, size: Size) -> Tree:
        """Return the model that a state of the chain stands for."""
        return state

    def table(self, sizes: np.ndarray, layout: Layout) -> Tree:
        """Return what the host must compute for each of ``sizes``, stacked along a leading axis."""
        return ()

    def refuses(self, road: str, workflow: Any, sizes: np.ndarray) -> str:
        """Return why this process cannot take ``road`` under ``workflow``, or an empty string.

        ``sizes`` holds the rows (of the model, of the truth) of every generation, shape (G, 2).
        """
        methods = {
            "chain": ("step",),
            "law": ("law", "merge", "solve"),
            "moments": ("moments", "merge", "solve"),
        }
        lacks = [name for name in methods.get(road, ()) if getattr(type(self), name) is getattr(Process, name)]
        return f"{type(self).__name__} has no {' and no '.join(lacks)}" if lacks else ""

    def infinite_mean(self, metric: str, workflow: Any, sizes: np.ndarray) -> str:
        """Return why the mean of ``metric`` is infinite at these sizes, or an empty string."""
        return ""
