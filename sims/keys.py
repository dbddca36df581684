"""Counter-style random keys: one key for each (seed id, generation, purpose), proved unique by arithmetic.

The key of a path is ``fold_in(root, seed id)``. The key of a draw inside it is ``fold_in(path key, 16 g + purpose)``,
so two draws can share a key only if they share the generation and the purpose. A purpose is registered here,
once; a process that needs several draws for one purpose folds its own small counter into the key it is given.
"""

from __future__ import annotations

import enum
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array

from groundwork.checks import count
from groundwork.errors import BadInput

__all__ = ["GENERATIONS", "PURPOSES", "Purpose", "draw_key", "path_keys", "root_key"]

#: How many purposes a generation can hold, and how many generations the 32-bit counter then reaches.
PURPOSES = 16
GENERATIONS = 2**32 // PURPOSES - 1


class Purpose(enum.IntEnum):
    """What a draw is for; the numbers are part of every published bit and never change."""

    WORLD = 0
    SAMPLE = 1
    REAL = 2
    FIT = 3
    WEIGH = 4
    REWRITE = 5
    LAW = 6
    REAL_LAW = 7
    STEP = 8
    METRIC = 9


def root_key(root: Any) -> Array:
    """Return the typed key of a run from an integer in [0, 2^63) or from a typed scalar key.

    >>> root_key(7).shape
    ()
    """
    if hasattr(root, "dtype") and jnp.issubdtype(root.dtype, jax.dtypes.prng_key):
        if root.shape != ():
            raise BadInput("root", root.shape, "one key, not an array of keys")
        return root
    if getattr(root, "dtype", None) == jnp.uint32:
        raise BadInput("root", root, "an integer or a typed key", "make it with jax.random.key, not PRNGKey")
    if not isinstance(root, bool) and isinstance(root, int) and not 0 <= root < 2**63:
        raise BadInput("root", root, "an integer >= 0 and below 2^63")
    whole = root if isinstance(root, int) and not isinstance(root, bool) else count("root", root, least=0)
    return jax.random.key(whole, impl="threefry2x32")


def path_keys(root: Array, ids: Array) -> Array:
    """Return one key (lanes,) for each seed id: a function of the root and the id, never of the lane."""
    return jax.vmap(lambda seed: jax.random.fold_in(root, seed))(ids.astype(jnp.uint32))


def draw_key(path: Array, generation: Array | int, purpose: Purpose) -> Array:
    """Return the key of one draw of one path: counter ``16 g + purpose``."""
    counter = jnp.asarray(generation, jnp.uint32) * jnp.uint32(PURPOSES) + jnp.uint32(int(purpose))
    return jax.random.fold_in(path, counter)
