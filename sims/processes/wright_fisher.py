"""The discrete chain: n draws from a finite law, its empirical frequencies, n draws from those.

Under replacement this is the Wright-Fisher model of population genetics, and a label picks its parent uniformly
among the last generation's labels: the cost is O(n), whatever the number of atoms.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from groundwork.checks import is_abstract, simplex
from groundwork.errors import BadInput
from sims.process import Layout, Process, Size
from sims.samplers import categories, multinomial, parent_gather, two_atom_step, two_atom_table
from sims.trees import pytree, static
from sims.vocabulary import zipf

__all__ = ["Counts", "WrightFisher"]

#: Beyond this many draws a table of all states of the two-atom chain no longer fits a processor's cache.
TABLE_LIMIT = 2000


@pytree
@dataclasses.dataclass(frozen=True)
class Counts:
    """Total weight and weighted count of each atom."""

    weight: Float[Array, ""]
    count: Float[Array, " N"]


@pytree
@dataclasses.dataclass(frozen=True)
class WrightFisher(Process):
    """Refit a law on N atoms by its empirical frequencies, from the real probabilities ``p``.

    Instead of p, ``zipf=N``, ``(N, beta)`` or ``(N, beta, shift)`` names Zipf's law on N atoms (``sims.vocabulary``).
    Sources: Schaeffer et al. 2025, section 4.4; Suresh et al. and Seddik et al. as cited there.

    >>> WrightFisher([0.25, 0.75]).p.tolist()
    [0.25, 0.75]
    """

    p: Any = None
    zipf: Any = static(None)
    name = "wright_fisher"
    metrics = (
        "heterozygosity",
        "surviving_symbols",
        "entropy",
        "collapsed",
        "frequency",
        "lost_symbols",
        "lost_mass",
    )

    def __post_init__(self) -> None:
        """Check the probabilities."""
        if self.zipf is not None:
            if self.p is not None:
                raise BadInput("zipf", self.zipf, "left out where p is given", "p says it all")
            given = [self.zipf] if np.ndim(self.zipf) == 0 else list(self.zipf)
            if isinstance(self.zipf, (str, bytes)) or not 1 <= len(given) <= 3:
                raise BadInput("zipf", self.zipf, "N, (N, beta) or (N, beta, shift)")
            object.__setattr__(self, "p", zipf(*given))
            # From here on p says it all: another exponent is another number, not another program.
            object.__setattr__(self, "zipf", None)
        if not is_abstract(self.p):
            object.__setattr__(self, "p", simplex("p", self.p, least=2))

    @classmethod
    def uniform(cls, atoms: int) -> WrightFisher:
        """Return the process that starts from equal probabilities on ``atoms`` atoms."""
        from groundwork.checks import count

        return cls(np.full(count("atoms", atoms, least=2), 1 / atoms))

    @property
    def _two_atoms(self) -> bool:
        return np.shape(self.p)[0] == 2

    def init(self, key: Array, size: Size) -> Float[Array, " N"]:
        """Return the real probabilities; they are the same in every replicate."""
        return jnp.asarray(self.p)

    def truth(self, world: Float[Array, " N"]) -> Float[Array, " N"]:
        """Return the real probabilities."""
        return world

    def sample(self, key: Array, world: Array, theta: Float[Array, " N"], rows: int) -> Int[Array, " rows"]:
        """Return ``rows`` labels drawn from the model."""
        return categories(key, theta, rows)

    def moments(self, world: Array, batch: Int[Array, " rows"], weight: Float[Array, " rows"]) -> Counts:
        """Return the weighted counts."""
        counts = jax.ops.segment_sum(weight, batch, num_segments=world.shape[0])
        return Counts(jnp.sum(weight), counts)

    def merge(self, statistics: Counts, weights: Float[Array, " blocks"]) -> Counts:
        """Return the pooled counts."""
        return Counts(jnp.sum(statistics.weight * weights), weights @ statistics.count)

    def solve(self, key: Array, world: Array, statistic: Counts, start: Array) -> Float[Array, " N"]:
        """Return the frequencies."""
        # Divided by its own sum, not by the weight: a lone atom then has probability 1 to the bit.
        return statistic.count / jnp.sum(statistic.count)

    def law(self, key: Array, world: Array, theta: Float[Array, " N"], size: Size) -> Counts:
        """Return multinomial counts of n draws."""
        counts = multinomial(key, size.n, theta, size.rows)
        return Counts(size.n.astype(jnp.float64), counts.astype(jnp.float64))

    def table(self, sizes: np.ndarray, layout: Layout) -> Any:
        """Return, for the two-atom chain, the alias tables of all its states (K tables)."""
        if layout.road != "chain" or not self._two_atoms:
            return ()
        # The chain keeps one size, so there is one table; its leading axis of length 1 is peeled off for free.
        table = two_atom_table(int(sizes[0]), start=float(np.asarray(self.p)[0]), capacity=layout.rows)
        return jax.tree.map(lambda leaf: np.asarray(leaf)[None], table)

    def enter(self, key: Array, world: Array, size: Size) -> Any:
        """Return the first generation: a count of atom 0 (two atoms), or the labels themselves."""
        if self._two_atoms:
            return two_atom_step(key, _only(size.tables), size.n + 1)
        return categories(key, world, size.rows)

    def step(self, key: Array, world: Array, state: Any, size: Size) -> Any:
        """Return the next count by its alias table, or the next labels by their parents."""
        if self._two_atoms:
            return two_atom_step(key, _only(size.tables), state)
        return parent_gather(key, state, size.n)

    def read(self, world: Array, state: Any, size: Size) -> Float[Array, " N"]:
        """Return the frequencies of a generation."""
        n = size.n.astype(jnp.float64)
        if self._two_atoms:
            return jnp.stack([state, size.n.astype(state.dtype) - state]).astype(jnp.float64) / n
        alive = jnp.where(jnp.arange(size.rows) < size.n, 1.0, 0.0)
        return jax.ops.segment_sum(alive, state, num_segments=world.shape[0]) / n

    def refuses(self, road: str, workflow: Any, sizes: np.ndarray) -> str:
        """Say where there is no data, and where the chain would change its number of labels."""
        reason = super().refuses(road, workflow, sizes)
        if not reason and sizes[0].sum() < 1:
            return "generation 1 has no rows"
        if not reason and road == "chain":
            if (sizes != sizes[0]).any():
                return "labels have as many parents as children: the number of rows must stay the same"
            if self._two_atoms and sizes[0, 0] > TABLE_LIMIT:
                return f"a table of {sizes[0, 0] + 1} states is too large (at most {TABLE_LIMIT + 1})"
        return reason


def _only(tables: Any) -> Any:
    return jax.tree.map(lambda leaf: leaf[0], tables)
