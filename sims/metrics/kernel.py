"""A kernel density: the spread of its points, its height at a place, its cost as a code for the real law."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

__all__ = ["corpus_mean", "density", "mean_square", "negative_log_likelihood", "within_variance"]

#: Nodes of the Gauss-Hermite rule, about 0.28 sigma apart. Root mean square error for n points of N(0, sigma^2):
#: below 1e-9 at h = 0.8 sigma; at h = 0.3 sigma 1e-4 for n = 30 and 2e-3 for n = 5; at h = 0.1 sigma 0.04 for n = 30.
NODES = 128


def corpus_mean(world, theta) -> Float[Array, ""]:
    """Return the mean of the points."""
    return theta.weight @ theta.points / jnp.sum(theta.weight)


def mean_square(world, theta) -> Float[Array, ""]:
    r"""Return the mean square :math:`\sum_i w_i x_i^2 / \sum_i w_i` of a point, without its kernel."""
    return theta.weight @ theta.points**2 / jnp.sum(theta.weight)


def within_variance(world, theta) -> Float[Array, ""]:
    r"""Return the unbiased variance of the points, :math:`\sum_i w_i(x_i-\bar x)^2 / (\sum_i w_i - 1)`."""
    centred = theta.points - corpus_mean(world, theta)
    divisor = jnp.sum(theta.weight) - 1.0
    return jnp.where(divisor > 0, theta.weight @ centred**2 / jnp.where(divisor > 0, divisor, 1.0), jnp.nan)


def density(world, theta) -> Float[Array, ""]:
    """Return the density of the model at the place that the process names."""
    return jnp.exp(_log_density(theta, world.at))


def negative_log_likelihood(world, theta) -> Float[Array, ""]:
    r"""Return :math:`-E\ln f_g(X)` over the real law :math:`X \sim N(0, s^2)`, by 128 fixed Gauss-Hermite nodes."""
    nodes, shares = np.polynomial.hermite_e.hermegauss(NODES)
    shares = shares / shares.sum()

    def add(i: Array, total: Array) -> Array:
        return total - jnp.asarray(shares)[i] * _log_density(theta, world.sigma * jnp.asarray(nodes)[i])

    return jax.lax.fori_loop(0, NODES, add, jnp.zeros(()))


def _log_density(theta, x: Array) -> Array:
    # The largest term is taken out: far from all points every one of them underflows.
    power = jnp.where(theta.weight > 0, -0.5 * ((x - theta.points) / theta.width) ** 2, -jnp.inf)
    top = jnp.max(power)
    mass = theta.weight @ jnp.exp(power - top) / jnp.sum(theta.weight)
    return top + jnp.log(mass) - jnp.log(theta.width) - 0.5 * math.log(2.0 * math.pi)
