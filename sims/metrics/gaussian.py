"""How far a fitted normal law is from the real one."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from sims.linalg import inverse_transpose, singular_values

__all__ = ["kl_fit_true", "kl_true_fit", "log_det", "log_sd", "mean_square_error", "sd", "variance", "w2"]


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


def kl_fit_true(world, theta) -> Float[Array, ""]:
    r"""Return the divergence of the model from the real law, :math:`\mathrm{KL}(N(\mu_g,\Sigma_g)\,\|\,N(\mu,\Sigma))`.

    :math:`\tfrac12\{\mathrm{tr}\,\Sigma^{-1}\Sigma_g + (\mu_g-\mu)^T\Sigma^{-1}(\mu_g-\mu) - d
    - \ln(\det\Sigma_g/\det\Sigma)\}`.
    """
    return _divergence(theta, world.truth)


def kl_true_fit(world, theta) -> Float[Array, ""]:
    r"""Return the divergence of the real law from the model, :math:`\mathrm{KL}(N(\mu,\Sigma)\,\|\,N(\mu_g,\Sigma_g))`.

    It is the excess risk of the model under the likelihood.
    """
    return _divergence(world.truth, theta)


def _divergence(one, other) -> Float[Array, ""]:
    # The scales are kept apart from U, so that only their differences are exponentiated in one dimension.
    dimension = one.mean.shape[0]
    moved = other.mean - one.mean
    logs = one.log_scale - other.log_scale
    if dimension == 1:
        square = jnp.exp(2.0 * logs[0]) + (moved[0] * jnp.exp(-other.log_scale[0])) ** 2
        return 0.5 * (square - 1.0) - logs[0]
    inverse = jnp.exp(-other.log_scale)[:, None] * inverse_transpose(other.shape).T
    square = jnp.sum((inverse @ one.factor) ** 2) + jnp.sum((inverse @ moved) ** 2)
    return 0.5 * (square - dimension) - jnp.sum(logs)
