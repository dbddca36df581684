"""Binomial counts in float64 for any number of trials: a search for means below 10, rejection above."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from sims.samplers.bits import words
from sims.samplers.poisson import LARGEST_RATE, SEARCHED, log_poisson, rejected, searched
from sims.samplers.unit import unit_of

__all__ = ["binomial", "log_binomial_ratio", "table_mountain"]


def binomial(key: Array, trials: Array, chance: Array) -> Array:
    """Return a binomial count, a float64 scalar; ``trials`` (whole, 0 to 2^50) and ``chance`` may be traced.

    Never a success at chance 0 and never a failure at chance 1. Arguments outside give NaN. The rarer of success
    and failure is drawn, below a mean of 10 by one inverted word (total variation below 1e-14), else by
    rejection, exact up to the rounding of the acceptance.

    >>> import jax
    >>> [float(binomial(jax.random.key(0), jnp.asarray(7.0), jnp.asarray(p))) for p in (0.0, 1.0)]
    [0.0, 7.0]
    """
    sound = (chance >= 0.0) & (chance <= 1.0) & (trials >= 0.0) & (trials <= LARGEST_RATE)
    n, p = jnp.where(sound, trials, 0.0), jnp.where(sound, chance, 0.0)
    flipped = p > 0.5
    rare = jnp.where(flipped, 1.0 - p, p)
    few = n * rare < SEARCHED
    low = jnp.where(few, rare, 0.0)
    odds = low / (1.0 - low)
    count = searched(unit_of(words(key)), n * jnp.log1p(-low), lambda k: odds * (n - k) / (k + 1.0))
    # A stand-in of mean 10 where nothing is to be drawn: both logarithms below then stay finite.
    size, share = jnp.where(few, 2.0 * SEARCHED, n), jnp.where(few, 0.5, rare)
    mountain = table_mountain(size, share)
    many = rejected(key, few, mountain, lambda k: log_binomial_ratio(k, size, share))
    drawn = jnp.where(few, count, many)
    return jnp.where(sound, jnp.where(flipped, n - drawn, drawn), jnp.nan)


def table_mountain(trials: Array, chance: Array) -> tuple[Array, Array, Array, Array]:
    """Return a, b, centre and log(alpha) of the transformed uniform that covers a binomial law of mean >= 10.

    The law is taken relative to its mode: alpha P(k)/P(mode) (a/(1/2 - |u|)^2 + b) <= 1 for chance <= 1/2.
    Hörmann 1993, "The generation of binomial random variates".

    >>> [round(float(x), 3) for x in table_mountain(jnp.asarray(100.0), jnp.asarray(0.5))]
    [0.26, 13.8, 50.5, -2.772]
    """
    spread = jnp.sqrt(trials * chance * (1.0 - chance))
    b = 1.15 + 2.53 * spread
    return -0.0873 + 0.0248 * b + 0.01 * chance, b, trials * chance + 0.5, -jnp.log((2.83 + 5.1 / b) * spread)


def log_binomial_ratio(k: Array, trials: Array, chance: Array) -> Array:
    """Return log P(k)/P(mode) of a binomial law, minus infinity for k beyond ``trials``.

    P(k) is proportional to the chance that two Poisson laws, of the mean successes and the mean failures, give k
    and n - k.

    >>> ratio = log_binomial_ratio(jnp.asarray(0.0), jnp.asarray(4.0), jnp.asarray(0.5))
    >>> round(float(jnp.exp(-ratio)), 12)
    6.0
    """
    mean, rest = trials * chance, trials * (1.0 - chance)
    mode = jnp.floor((trials + 1.0) * chance)
    inside = jnp.minimum(k, trials)
    here = log_poisson(inside, mean) + log_poisson(trials - inside, rest)
    top = log_poisson(mode, mean) + log_poisson(trials - mode, rest)
    return jnp.where(k <= trials, here - top, -jnp.inf)
