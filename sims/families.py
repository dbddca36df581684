"""The natural exponential families with a quadratic variance function: one row, n rows summed, and their ends.

Morris 1982, "Natural exponential families with quadratic variance functions": there are six up to affine maps, and
:math:`\\mathrm{Var} = v_0 + v_1\\mu + v_2\\mu^2` of the mean says which.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array

from sims.samplers import chi_square, normal
from sims.samplers.binomial import binomial
from sims.samplers.hyperbolic import hyperbolic_secant
from sims.samplers.poisson import poisson
from sims.samplers.unit import bernoulli, unit

__all__ = ["FAMILIES", "Family"]


@dataclasses.dataclass(frozen=True)
class Family:
    """One family: its variance function, how a row and a sum of rows are drawn, and where its mean may lie.

    ``row(key, mean, r, sigma)`` is one draw. ``total(key, mean, n, r, sigma, table)`` is the sum of n rows from its
    own law, None where that is not known as a law one can draw from; ``table`` is a chi-square's, with
    ``2 n r`` degrees of freedom, where ``gamma`` says that it is needed. The mean lies above ``low`` and, if
    ``bounded``, below r. ``r`` says whether the family has one, ``whole`` that it must be an integer.
    """

    variance: Callable[[Any, Any], tuple[Any, Any, Any]]
    row: Callable[..., Array]
    total: Callable[..., Array] | None
    low: float = 0.0
    bounded: bool = False
    r: bool = False
    whole: bool = False
    gamma: bool = False


def _normal_total(key: Array, mean: Array, n: Array, r: Array, sigma: Array, table: Any) -> Array:
    return n * mean + sigma * jnp.sqrt(n) * normal(key)


def _gamma_row(key: Array, mean: Array, r: Array, sigma: Array) -> Array:
    return mean / r * jax.random.gamma(key, r, dtype=jnp.float64)


def _gamma_total(key: Array, mean: Array, n: Array, r: Array, sigma: Array, table: Any) -> Array:
    return mean / r * 0.5 * chi_square(key, table)


def _negbin_row(key: Array, mean: Array, r: Array, sigma: Array) -> Array:
    for_rate, for_count = jax.random.split(key)
    return poisson(for_count, _gamma_row(for_rate, mean, r, sigma))


def _negbin_total(key: Array, mean: Array, n: Array, r: Array, sigma: Array, table: Any) -> Array:
    for_rate, for_count = jax.random.split(key)
    return poisson(for_count, _gamma_total(for_rate, mean, n, r, sigma, table))


def _secant_row(key: Array, mean: Array, r: Array, sigma: Array) -> Array:
    # A sum of r rows of r = 1: no sampler of the sum is known that does not draw them.
    def add(i: Array, total: Array) -> Array:
        return total + hyperbolic_secant(jax.random.fold_in(key, i), mean / r)

    return jax.lax.fori_loop(0, r.astype(jnp.int32), add, jnp.zeros(()))


FAMILIES: dict[str, Family] = {
    "normal": Family(
        variance=lambda r, sigma: (sigma**2, 0.0, 0.0),
        row=lambda key, mean, r, sigma: mean + sigma * normal(key),
        total=_normal_total,
        low=-jnp.inf,
    ),
    "poisson": Family(
        variance=lambda r, sigma: (0.0, 1.0, 0.0),
        row=lambda key, mean, r, sigma: poisson(key, mean),
        total=lambda key, mean, n, r, sigma, table: poisson(key, n * mean),
    ),
    "bernoulli": Family(
        variance=lambda r, sigma: (0.0, 1.0, -1.0),
        row=lambda key, mean, r, sigma: bernoulli(key, mean),
        total=lambda key, mean, n, r, sigma, table: binomial(key, n, mean),
        bounded=True,
    ),
    "binomial": Family(
        variance=lambda r, sigma: (0.0, 1.0, -1.0 / r),
        row=lambda key, mean, r, sigma: binomial(key, r, mean / r),
        total=lambda key, mean, n, r, sigma, table: binomial(key, n * r, mean / r),
        bounded=True,
        r=True,
        whole=True,
    ),
    "exponential": Family(
        variance=lambda r, sigma: (0.0, 0.0, 1.0),
        row=lambda key, mean, r, sigma: -mean * jnp.log(unit(key)),
        total=_gamma_total,
        gamma=True,
    ),
    "gamma": Family(
        variance=lambda r, sigma: (0.0, 0.0, 1.0 / r),
        row=_gamma_row,
        total=_gamma_total,
        r=True,
        gamma=True,
    ),
    "negbin": Family(
        variance=lambda r, sigma: (0.0, 1.0, 1.0 / r),
        row=_negbin_row,
        total=_negbin_total,
        r=True,
        gamma=True,
    ),
    "hyperbolic": Family(
        variance=lambda r, sigma: (r, 0.0, 1.0 / r),
        row=_secant_row,
        total=None,
        low=-jnp.inf,
        r=True,
        whole=True,
    ),
}
