"""Draws from the natural exponential family of the hyperbolic secant, by rejection from two exponentials."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
from jax import Array

from sims.samplers.unit import unit

__all__ = ["hyperbolic_secant"]


def hyperbolic_secant(key: Array, mean: Array) -> Array:
    r"""Return a draw with density :math:`\cos\varphi\, e^{\varphi x}/(2\cosh(\pi x/2))`, of mean :math:`\tan\varphi`.

    Its variance is 1 + mean^2: Morris 1982, "Natural exponential families with quadratic variance functions".
    The density is at most that of two exponentials of rates pi/2 -+ phi put back to back, times 1/(1 + exp(-pi |x|))
    >= 1/2, which is the chance to keep a draw. Derived here.

    >>> float(hyperbolic_secant(jax.random.key(0), jnp.asarray(0.0))) != 0.0
    True
    """
    # Both rates by their own arc tangent: the small one keeps its digits at a large mean.
    right, left = jnp.arctan2(jnp.ones_like(mean), mean), jnp.arctan2(jnp.ones_like(mean), -mean)

    def further(state: tuple[Array, Array, Array]) -> Array:
        return ~state[1]

    def step(state: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        turn, _, _ = state
        own = jax.random.fold_in(key, turn)
        side, length, keep = (unit(own, first=j) for j in range(3))
        up = side * math.pi <= left
        x = -jnp.log(length) * jnp.where(up, 1.0 / right, -1.0 / left)
        return turn + jnp.uint32(1), keep * (1.0 + jnp.exp(-math.pi * jnp.abs(x))) <= 1.0, x

    return jax.lax.while_loop(further, step, (jnp.uint32(0), jnp.isnan(mean), mean))[2]
