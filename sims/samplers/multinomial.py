"""Draws from N atoms by inversion, on whole numbers: an atom of probability 0 has no number at all."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from groundwork.checks import count, simplex
from sims.samplers.bits import high_product, words

__all__ = ["categories", "multinomial"]

#: Probabilities are counted in units of 1 / UNITS: their sum stays below 2^64 whatever their rounding.
UNITS = 2.0**62


def categories(key: Array, probabilities: ArrayLike, size: int) -> Array:
    """Return ``size`` independent int32 labels, the numbers of the atoms (0 .. N - 1) they were drawn from.

    Each is a uniform whole number below sum_i s_i, s_i = round(2^62 p_i), found among the partial sums of
    the s_i. Sums of whole numbers are exact in any order, so a dead atom is never drawn, the last live one
    is never passed, and no atom is off its probability p by more than (1 + N p) 2^-62: one of 1e-12 is
    right to 1e-6 of it, where partial sums of floats would be right to 1e-4. Label j does not depend on
    ``size``. Derived here.

    >>> import jax
    >>> categories(jax.random.key(0), [0.0, 1.0, 0.0], 4).tolist()
    [1, 1, 1, 1]
    """
    size = count("size", size)
    return label_of(words(key, (size,)), jnp.asarray(simplex("probabilities", probabilities)))


def label_of(halves: tuple[Array, Array], probabilities: Array) -> Array:
    """Return the int32 label that each random word (hi, lo) stands for, of the words' shape (a vector).

    >>> last = jnp.full(1, 2**32 - 1, jnp.uint32)
    >>> label_of((last, last), jnp.array([0.1] * 10 + [0.0])).tolist()
    [9]
    """
    # Below zero by rounding is dead; what unsigned number it would be, platforms differ.
    shares = jnp.rint(jnp.maximum(probabilities, 0.0) * UNITS).astype(jnp.uint64)
    edges = jnp.cumsum(shares)
    return jnp.searchsorted(edges, high_product(halves, edges[-1]), side="right").astype(jnp.int32)


def multinomial(key: Array, n: Array | int, probabilities: ArrayLike, capacity: int) -> Array:
    """Return int32 counts, (N,), of the first ``n`` of ``capacity`` labels that ``categories`` draws.

    ``n`` may be traced, 0 <= n <= capacity; an n past the capacity is cut to it. Schaeffer et al. 2025,
    section 4.4.

    >>> import jax
    >>> counts = multinomial(jax.random.key(0), 7, [0.5, 0.0, 0.5], 10)
    >>> int(counts.sum()), int(counts[1])
    (7, 0)
    """
    capacity = count("capacity", capacity)
    n = count("n", n, least=0, most=capacity)
    labels = categories(key, probabilities, capacity)
    drawn = (jnp.arange(capacity) < n).astype(jnp.int32)
    return jnp.zeros(np.shape(probabilities), jnp.int32).at[labels].add(drawn)
