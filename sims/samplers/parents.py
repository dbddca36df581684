"""One generation of labels, each from a parent: the cost knows nothing of the number of atoms."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from sims.samplers.bits import uniform_index

__all__ = ["parent_gather"]


def parent_gather(key: Array, population: Array, n: Array | int) -> Array:
    """Return the next population, (capacity,): the first ``n`` entries each copy a uniform parent among them.

    ``n`` may be traced, 1 <= n <= capacity; entries from n on stay as they are. The counts of the labels
    are then Multinomial(n, counts / n): Schaeffer et al. 2025, section 4.4. No parent's chance is off 1/n
    by more than 2^-64.

    >>> import jax
    >>> parent_gather(jax.random.key(0), jnp.array([5, 5, 5, 9]), 3).tolist()
    [5, 5, 5, 9]
    """
    capacity = population.shape[0]
    parents = uniform_index(key, (capacity,), n)
    return jnp.where(jnp.arange(capacity) < n, population[parents], population)
