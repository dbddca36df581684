"""Uniforms that keep their precision near 0, where rare events are decided."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import Array

from sims.samplers.bits import join, words

__all__ = ["bernoulli", "unit", "unit_of"]


def unit(key: Array, shape: tuple[int, ...] = (), *, first: int = 0) -> Array:
    """Return uniforms in (0, 1] of ``shape``, float64, from the words of ``shape``.

    >>> import jax
    >>> u = unit(jax.random.key(0), (3,))
    >>> u.dtype.name, bool(((u > 0) & (u <= 1)).all())
    ('float64', True)
    """
    return unit_of(words(key, shape, first=first))


def unit_of(halves: tuple[Array, Array]) -> Array:
    """Return (w + 1/2) 2^-64 of each 64-bit word w, rounded to float64, of the words' shape.

    Never 0, so that an event of probability 0 never comes; 1 after rounding, once in 2^54, so that an event of
    probability 1 always comes where ``<=`` is asked. P(u <= p) is off p by at most 2^-65 + 2^-53 p. Derived here.

    >>> nothing, everything = jnp.uint32(0), jnp.uint32(2**32 - 1)
    >>> float(unit_of((nothing, nothing))) == 2**-65, float(unit_of((everything, everything)))
    (True, 1.0)
    """
    return (join(halves).astype(np.float64) + 0.5) * 2.0**-64


def bernoulli(key: Array, chance: Array) -> Array:
    """Return 1.0 with probability ``chance`` in [0, 1], else 0.0: exactly never at 0 and always at 1.

    >>> import jax
    >>> float(bernoulli(jax.random.key(0), jnp.asarray(1.0)))
    1.0
    """
    return jnp.where(unit(key) <= chance, 1.0, 0.0)
