"""How far a fitted normal law is from the real one."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from sims.linalg import singular_values

__all__ = ["log_det", "log_sd", "mean_square_error", "sd", "variance", "w2"]


def w2(world, theta) -> Float[Array, ""]:
    r"""Return the squared 2-Wasserstein distance of the model to the real law.

    :math:`\|\mu_g-\mu\|^2 + \mathrm{tr}\Sigma + \mathrm{tr}\Sigma_g - 2\|L_g^T L\|_*`; in one dimension
    :math:`(\mu_g-\mu)^2 + (\sigma_g-\sigma)^2`.
    """
    truth = world.truth
    if theta.mean.shape[0] == 1:
        return mean_square_error(world, theta) + (jnp.exp(theta.log_scale[0]) - jnp.exp(truth.log_scale[0])) ** 2
    overlap = jnp.sum(singular_values(theta.factor.T @ truth.factor))
    return mean_square_error(world, theta) + variance(world, theta) + variance(world, truth) - 2.0 * overlap


def mean_square_error(world, theta) -> Float[Array, ""]:
    r"""Return :math:`\|\mu_g-\mu\|^2`."""
    return jnp.sum((theta.mean - world.truth.mean) ** 2)


def variance(world, theta) -> Float[Array, ""]:
    r"""Return the total variance :math:`\mathrm{tr}\,\Sigma_g`."""
    return jnp.sum(theta.factor**2)


def sd(world, theta) -> Float[Array, ""]:
    r"""Return :math:`\sqrt{\mathrm{tr}\,\Sigma_g}`, in one dimension the standard deviation."""
    return jnp.sqrt(variance(world, theta))


def log_sd(world, theta) -> Float[Array, ""]:
    r"""Return the mean log scale :math:`\ln\det\Sigma_g/(2d)`, in one dimension :math:`\ln\sigma_g`."""
    return jnp.mean(theta.log_scale)


def log_det(world, theta) -> Float[Array, ""]:
    r"""Return :math:`\ln(\det\Sigma_g/\det\Sigma)`."""
    return 2.0 * jnp.sum(theta.log_scale - world.truth.log_scale)
