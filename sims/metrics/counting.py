"""A fitted mean of an exponential family: how far it is, and whether it is stuck."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

__all__ = ["absorbed", "alive", "error", "mean", "variance_function"]


def mean(world, theta) -> Float[Array, ""]:
    r"""Return :math:`\mu_g`."""
    return theta


def error(world, theta) -> Float[Array, ""]:
    r"""Return :math:`(\mu_g-\mu)^2`."""
    return (theta - world.mean) ** 2


def alive(world, theta) -> Float[Array, ""]:
    """Return 1 while the mean is above the lower end of its range, else 0; without a lower end, 1."""
    return jnp.where(theta > world.low, 1.0, jnp.where(theta == world.low, 0.0, jnp.nan))


def absorbed(world, theta) -> Float[Array, ""]:
    """Return 1 where the mean is at an end of its range, from where it never moves, else 0."""
    stuck = (theta == world.low) | (theta == world.top)
    return jnp.where(jnp.isnan(theta), jnp.nan, jnp.where(stuck, 1.0, 0.0))


def variance_function(world, theta) -> Float[Array, ""]:
    r"""Return :math:`V(\mu_g) = v_0 + v_1\mu_g + v_2\mu_g^2`, the variance of a draw from the model."""
    v0, v1, v2 = world.curve[0], world.curve[1], world.curve[2]
    return v0 + theta * (v1 + v2 * theta)
