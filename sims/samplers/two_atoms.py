"""The two-atom chain, Bin(n, j/n) from state j: one random word and one look-up a generation.

The count of one atom against all the others is this chain, so every statistic of a single atom is served by
it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from groundwork.checks import count, number
from groundwork.errors import BadInput
from sims.samplers.bits import high_product, join, words

__all__ = ["TwoAtomTable", "two_atom_codes", "two_atom_step", "two_atom_table"]

#: A cell is a threshold of 48 bits and, below it, an alias of 16. At 4095 a table takes 134 MB.
BITS, MOST = 48, 4095


@partial(jax.tree_util.register_dataclass, data_fields=["cells", "n"], meta_fields=[])
@dataclass(frozen=True)
class TwoAtomTable:
    """The alias tables of all states, ``cells`` uint64 (capacity + 2, capacity + 1), and the chain's ``n``.

    Row j is Bin(n, j/n) for j = 0 .. n; row n + 1 is Bin(n, start), the first generation from a proportion
    that no state has. Rows and columns past these are never read.
    """

    cells: Any
    n: Any


def two_atom_table(n: int, start: float = 0.5, *, capacity: int | None = None) -> TwoAtomTable:
    """Return the table of the chain of ``n`` draws a generation; its state n + 1 is the proportion ``start``.

    With a ``capacity`` >= n the shape, and so the compiled program, is that of n = capacity. The law of
    every row is realised to a total variation of (n + 1) 2^-63 for the words and 2^-49 for the thresholds,
    below 3e-15 in all, on top of the rounding of the float64 probabilities; states 0 and n are never left.
    Walker's alias method.

    >>> table = two_atom_table(10)
    >>> table.cells.shape, table.cells.dtype.name
    ((12, 11), 'uint64')
    """
    n = count("n", n, most=MOST, way_out="draw parents instead: parent_gather")
    capacity = n if capacity is None else count("capacity", capacity, most=MOST)
    if capacity < n:
        raise BadInput("capacity", capacity, f"an integer >= n = {n}")
    chances = np.append(np.arange(n + 1) / n, number("start", start, low=0.0, high=1.0))
    cells = np.zeros((capacity + 2, capacity + 1), dtype=np.uint64)
    cells[: n + 2, : n + 1] = _alias_cells(_shares(_binomial_rows(n, chances)))
    return TwoAtomTable(jnp.asarray(cells), jnp.asarray(n, dtype=jnp.int32))


def two_atom_step(key: Array, table: TwoAtomTable, state: Array) -> Array:
    """Return the next state, an int32 scalar, after the int32 ``state``: 0 .. n, or n + 1 at the start.

    c_{g+1} ~ Bin(n, c_g / n): Schaeffer et al. 2025, section 4.4, with two outcomes.

    >>> table = two_atom_table(10)
    >>> int(two_atom_step(jax.random.key(0), table, jnp.int32(10)))
    10
    """
    return two_atom_codes(words(key), table, state)


def two_atom_codes(halves: tuple[Array, Array], table: TwoAtomTable, state: Array) -> Array:
    """Return the next state that the random words (hi, lo) lead to, int32, of the words' shape.

    The product of a 64-bit word with n + 1 is a cell, above, and what is left, below: a uniform within the
    cell.

    >>> table = two_atom_table(1, start=0.25)
    >>> [int(two_atom_codes((jnp.uint32(hi), jnp.uint32(0)), table, jnp.int32(2))) for hi in (0, 2**31)]
    [0, 1]
    """
    size = (table.n + 1).astype(jnp.uint64)
    cell = high_product(halves, size).astype(jnp.int32)
    within = (join(halves) * size) >> (64 - BITS)
    entry = table.cells[state, cell]
    return jnp.where(within < entry >> (64 - BITS), cell, (entry & 0xFFFF).astype(jnp.int32))


def _binomial_rows(n: int, chances: np.ndarray) -> np.ndarray:
    """Return Bin(n, p)(k), a row for each chance p, k = 0 .. n: by ratios, outwards from the mode."""
    p = chances[:, None]
    k = np.arange(n)
    mode = np.minimum(np.floor((n + 1) * p), n)
    with np.errstate(divide="ignore"):
        up = (n - k) / (k + 1) * (p / (1 - p))
        right = np.cumprod(np.where(k >= mode, up, 1.0), axis=1)
        left = np.cumprod(np.where(k < mode, 1 / up, 1.0)[:, ::-1], axis=1)[:, ::-1]
    weights = np.ones((p.size, n + 1))
    weights[:, 1:] *= right
    weights[:, :-1] *= left
    return weights / weights.sum(axis=1, keepdims=True)


def _shares(rows: np.ndarray) -> np.ndarray:
    """Return each row as integers of sum size * 2^48 exactly; the mode takes what rounding leaves."""
    size = rows.shape[1]
    shares = np.rint(rows * (size * 2.0**BITS)).astype(np.int64)
    mode = rows.argmax(axis=1)
    shares[np.arange(rows.shape[0]), mode] += size * 2**BITS - shares.sum(axis=1)
    return shares


def _alias_cells(shares: np.ndarray) -> np.ndarray:
    """Return the packed alias tables of all rows at once, exact in integers.

    Each turn closes one cell of every row: the cell in hand keeps its share and gives the rest of its room
    to the large cell in hand; a large cell that this makes small is closed next, else the next small one in
    order.
    """
    rows, size = shares.shape
    full = 2**BITS
    left = shares.copy()
    every = np.arange(rows)
    small = np.argsort(shares >= full, axis=1, kind="stable")
    large = np.argsort(shares < full, axis=1, kind="stable")
    smalls, larges = (shares < full).sum(axis=1), (shares >= full).sum(axis=1)
    threshold = np.full((rows, size), full - 1, dtype=np.int64)
    alias = np.tile(np.arange(size), (rows, 1))
    turn_small, turn_large = np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64)
    closing = small[every, 0]
    open_rows = smalls > 0
    while open_rows.any():
        r, c = every[open_rows], closing[open_rows]
        giver = large[r, turn_large[r]]
        threshold[r, c], alias[r, c] = left[r, c], giver
        left[r, giver] -= full - left[r, c]
        emptied = left[r, giver] < full
        turn_large[r] += emptied
        turn_small[r] += ~emptied
        closing[r] = np.where(emptied, giver, small[r, np.minimum(turn_small[r], size - 1)])
        open_rows[r] = np.where(emptied, turn_large[r] < larges[r], turn_small[r] < smalls[r])
    return (threshold.astype(np.uint64) << np.uint64(64 - BITS)) | alias.astype(np.uint64)
