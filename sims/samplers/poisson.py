"""Poisson counts in float64: a search for rates below 10, rejection from a table mountain above.

``jax.random.poisson`` rounds the rate and its uniforms to float32: at a rate of 1e-7 it never draws a one, and
from 2^24 on whole numbers are missing.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array
from jax.scipy.special import gammaln

from sims.samplers.bits import signed_uniform, words
from sims.samplers.unit import unit, unit_of

__all__ = ["LARGEST_RATE", "SEARCHED", "log_poisson", "poisson", "rejected", "searched", "table_mountain"]

#: Means below this are searched; Hörmann's constants hold from here on.
SEARCHED = 10.0
#: Up to here a count and its neighbours are exact float64 numbers with room to spare.
LARGEST_RATE = 2.0**50
#: Where a cell's probability falls below this the search ends: no word of 64 bits can tell.
NOTHING = 2.0**-70


def poisson(key: Array, rate: Array) -> Array:
    """Return a Poisson count, a float64 scalar, for a traced ``rate`` in [0, 2^50]; NaN for any other rate.

    At rate 0 the count is 0, always. Below 10 one word is inverted, which realises the law to a total variation of
    1e-14; above, the draws are rejection's, whose law is exact up to the rounding of the acceptance (at most
    1e-10, relative, below a rate of 1e9).

    >>> float(poisson(jax.random.key(0), jnp.asarray(0.0)))
    0.0
    """
    sound = (rate >= 0.0) & (rate <= LARGEST_RATE)
    mean = jnp.where(sound, rate, 0.0)
    few = mean < SEARCHED
    low = jnp.where(few, mean, 0.0)
    count = searched(unit_of(words(key)), -low, lambda k: low / (k + 1.0))
    high = jnp.where(few, SEARCHED, mean)
    many = rejected(key, few, table_mountain(high), lambda k: log_poisson(k, high))
    return jnp.where(sound, jnp.where(few, count, many), jnp.nan)


def searched(uniform: Array, log_none: Array, ratio: Callable[[Array], Array]) -> Array:
    """Return the first k >= 0 with P(X > k) < ``uniform``, for a law of which log P(0) and P(k+1)/P(k) are given.

    The tail is what is left of 1 - P(0), taken without cancellation: a rare event keeps its relative rate.

    >>> float(searched(jnp.asarray(1.9e-7), jnp.asarray(-1e-7), lambda k: 1e-7 / (k + 1.0)))
    0.0
    >>> float(searched(jnp.asarray(0.9e-7), jnp.asarray(-1e-7), lambda k: 1e-7 / (k + 1.0)))
    1.0
    """

    def further(state: tuple[Array, Array, Array]) -> Array:
        k, mass, tail = state
        return (uniform <= tail) & ((mass > NOTHING) | (k == 0.0))

    def step(state: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        k, mass, tail = state
        mass = mass * ratio(k)
        return k + 1.0, mass, tail - mass

    start = jnp.zeros_like(uniform), jnp.exp(log_none), -jnp.expm1(log_none)
    return jax.lax.while_loop(further, step, start)[0]


def table_mountain(rate: Array) -> tuple[Array, Array, Array, Array]:
    """Return a, b, centre and log(alpha) of the transformed uniform that covers a Poisson law of rate >= 10.

    k = floor((2a/(1/2 - |u|) + b) u + centre), u uniform on (-1/2, 1/2), kept with probability
    alpha P(k) (a/(1/2 - |u|)^2 + b) <= 1: Hörmann 1993, "The transformed rejection method for generating
    Poisson random variables".

    >>> [round(float(x), 3) for x in table_mountain(jnp.asarray(100.0))]
    [0.592, 26.231, 100.43, -0.17]
    """
    b = 0.931 + 2.53 * jnp.sqrt(rate)
    # With the printed alpha the chance to keep reaches 1.0058 (at a rate of 14.9) and what is above 1 is lost.
    return -0.059 + 0.02483 * b, b, rate + 0.43, -jnp.log(1.1239 + 1.1328 / (b - 3.4)) - 0.01


def rejected(
    key: Array,
    done: Array,
    mountain: tuple[Array, Array, Array, Array],
    log_mass: Callable[[Array], Array],
) -> Array:
    """Return a count from the law of ``log_mass`` under its table mountain; where ``done``, nothing is drawn."""
    a, b, centre, log_alpha = mountain

    def further(state: tuple[Array, Array, Array]) -> Array:
        return ~state[1]

    def step(state: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        turn, _, _ = state
        # Turns are counted from 1: word 0 of this key is the search's.
        own = jax.random.fold_in(key, turn)
        u = 0.5 * signed_uniform(words(own))
        v = unit(own, first=1)
        edge = 0.5 - jnp.abs(u)
        k = jnp.floor((2.0 * a / edge + b) * u + centre)
        possible = k >= 0.0
        height = jnp.log(v) - jnp.log(a / edge**2 + b) - log_alpha
        return turn + jnp.uint32(1), possible & (height <= log_mass(jnp.maximum(k, 0.0))), k

    return jax.lax.while_loop(further, step, (jnp.uint32(1), done, jnp.zeros_like(centre)))[2]


def log_poisson(k: Array, rate: Array) -> Array:
    """Return log P(K = k) of a Poisson law of ``rate`` > 0 for a whole k >= 0, without large terms that cancel.

    From k = 20 on by Stirling's series and the deviance, as in Loader 2000, "Fast and accurate computation of
    binomial probabilities": absolute error about 1e-16 (1 + |k - rate|).

    >>> bool(abs(log_poisson(jnp.asarray(1e9), jnp.asarray(1e9)) + 0.5 * jnp.log(2e9 * jnp.pi)) < 1e-9)
    True
    """
    large = jnp.maximum(k, 20.0)
    offset = large - rate
    deviance = large * jnp.log1p(offset / rate) - offset
    square = 1.0 / large**2
    stirling = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / large
    far = -deviance - stirling - 0.5 * jnp.log(2.0 * math.pi * large)
    few = jnp.minimum(k, 20.0)
    return jnp.where(k < 20.0, few * jnp.log(rate) - rate - gammaln(few + 1.0), far)
