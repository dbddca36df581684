"""Seed ids: a range where they are consecutive, so that a billion of them take no memory, else a vector."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Int

from groundwork.checks import count
from groundwork.errors import BadInput

__all__ = ["SeedIds", "as_range", "between", "seed_ids", "vector_of"]

SeedIds = range | np.ndarray


def seed_ids(seeds: Any) -> SeedIds:
    """Return seed ids from a number of seeds (0, 1, …), a range, or a vector of ids in any order.

    >>> seed_ids(3)
    range(0, 3)
    """
    if isinstance(seeds, range) and seeds and seeds.step == 1:
        ids: SeedIds = seeds
    elif isinstance(seeds, (list, tuple, np.ndarray, range)) and np.ndim(seeds):
        ids = np.asarray(seeds)
        if ids.ndim != 1 or ids.dtype.kind not in "iu" or not ids.size:
            raise BadInput("seeds", seeds, "a number of seeds, a range, or a vector of seed ids that is not empty")
        ids = ids.astype(np.int64)
    else:
        ids = range(count("seeds", seeds))
    ends = (ids[0], ids[-1]) if isinstance(ids, range) else (ids.min(), ids.max())
    if ends[0] < 0 or ends[1] >= 2**32:
        raise BadInput("seeds", seeds, "seed ids >= 0 and below 2^32")
    return ids


def vector_of(ids: SeedIds) -> Int[np.ndarray, " S"]:
    """Return the ids as a vector."""
    return np.arange(ids.start, ids.stop) if isinstance(ids, range) else ids


def as_range(ids: SeedIds) -> range:
    """Return consecutive ids as a range, which a stored run needs to name its blocks."""
    if isinstance(ids, range):
        return ids
    if (np.diff(ids) != 1).any():
        raise BadInput("seeds", ids, "a number of seeds or a range of step 1", "a store names its blocks by ranges")
    return range(int(ids[0]), int(ids[-1]) + 1)


def between(ids: SeedIds, start: int, stop: int) -> Int[np.ndarray, " part"]:
    """Return those of the ascending ids that lie in [start, stop).

    >>> between(range(5, 9), 0, 7).tolist()
    [5, 6]
    """
    if isinstance(ids, range):
        return np.arange(max(start, ids.start), min(stop, ids.stop))
    return ids[np.searchsorted(ids, start) : np.searchsorted(ids, stop)]
