"""How far fitted coefficients are from the true ones."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

__all__ = ["coefficient_error", "excess_risk"]


def excess_risk(world, theta) -> Float[Array, ""]:
    r"""Return :math:`\|w_g-w_*\|_\Sigma^2`, the test error without the noise of the label."""
    return jnp.sum((world.factor.T @ (theta - world.signal)) ** 2)


def coefficient_error(world, theta) -> Float[Array, ""]:
    r"""Return :math:`\|w_g-w_*\|^2` in the Euclidean norm."""
    return jnp.sum((theta - world.signal) ** 2)
