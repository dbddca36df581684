"""What is left of a finite law: functions of the frequencies of its atoms."""

from __future__ import annotations

import jax.numpy as jnp
import jax.scipy.special as jss
from jaxtyping import Array, Float

__all__ = [
    "collapsed",
    "entropy",
    "frequency",
    "heterozygosity",
    "lost_mass",
    "lost_symbols",
    "surviving_symbols",
]


def heterozygosity(world, theta) -> Float[Array, ""]:
    r"""Return :math:`1-\sum_i p_i^2`, the probability that two draws differ."""
    return 1.0 - jnp.sum(theta**2)


def surviving_symbols(world, theta) -> Float[Array, ""]:
    """Return how many atoms have any mass."""
    return jnp.sum(jnp.where(theta > 0, 1.0, 0.0))


def entropy(world, theta) -> Float[Array, ""]:
    """Return the Shannon entropy in nats."""
    return jnp.sum(jss.entr(theta))


def collapsed(world, theta) -> Float[Array, ""]:
    """Return 1 where one atom has all the mass, else 0."""
    return jnp.where(surviving_symbols(world, theta) == 1.0, 1.0, 0.0)


def frequency(world, theta) -> Float[Array, ""]:
    """Return the frequency of the first atom."""
    return theta[0]


def lost_symbols(world, theta) -> Float[Array, ""]:
    """Return how many atoms of the real law have no mass left."""
    return jnp.sum(jnp.where((world > 0) & (theta == 0), 1.0, 0.0))


def lost_mass(world, theta) -> Float[Array, ""]:
    """Return the real mass of the atoms that have none left."""
    return jnp.sum(jnp.where(theta == 0, world, 0.0))
