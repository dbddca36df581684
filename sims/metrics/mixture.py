"""How far a fitted mixture is from the real one, and what of it has died."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from sims.expectation import MixtureModel, log_densities
from sims.lower import forward, lower_factor

__all__ = [
    "alive_components",
    "component_error",
    "component_sd",
    "density_distance",
    "em_change",
    "modes_lost",
]

#: A real mode is lost where the model's density at it is below this share of the real one.
FAINT = 0.1


def component_sd(world, theta) -> Float[Array, ""]:
    r"""Return :math:`(\sum_k w_k \mathrm{tr}\,\Sigma_k)^{1/2}`, in one dimension the spread within components."""
    return jnp.sqrt(theta.weight @ jnp.sum(theta.factor**2, axis=(1, 2)))


def component_error(world, theta) -> Float[Array, ""]:
    r"""Return :math:`\sum_k \|\mu_{g,k}-\mu_k\|^2` over the components that live."""
    apart = jnp.sum((theta.mean - world.truth.mean) ** 2, axis=1)
    # A path without any live component has weights that are no numbers, and no error.
    return jnp.where(jnp.isnan(theta.weight[0]), jnp.nan, jnp.sum(jnp.where(theta.weight > 0, apart, 0.0)))


def alive_components(world, theta) -> Float[Array, ""]:
    """Return how many components have any weight: 0 where the last one died."""
    return jnp.sum(jnp.where(theta.weight > 0, 1.0, 0.0))


def modes_lost(world, theta) -> Float[Array, ""]:
    """Return at how many of the real means the model's density is below a tenth of the real one."""
    real = jax.nn.logsumexp(log_densities(world.truth, world.truth.mean), axis=0)
    ours = jax.nn.logsumexp(log_densities(theta, world.truth.mean), axis=0)
    return jnp.sum(jnp.where(ours >= real + math.log(FAINT), 0.0, 1.0))


def density_distance(world, theta) -> Float[Array, ""]:
    r"""Return :math:`\int (f_g - f)^2`, by :math:`\int N(x;a,A)\,N(x;b,B)\,dx = N(a-b;0,A+B)`."""
    return _overlap(theta, theta) - 2.0 * _overlap(theta, world.truth) + _overlap(world.truth, world.truth)


def em_change(world, theta) -> Float[Array, ""]:
    """Return what the last step of the fit gained, in log-likelihood a row."""
    return theta.change


def _overlap(one: MixtureModel, other: MixtureModel) -> Float[Array, ""]:
    d = one.mean.shape[1]
    covariances = [model.factor @ jnp.swapaxes(model.factor, 1, 2) for model in (one, other)]
    root = lower_factor(covariances[0][:, None] + covariances[1][None, :])
    apart = forward(root, one.mean[:, None, :] - other.mean[None, :, :])
    volume = jnp.sum(jnp.log(jnp.diagonal(root, axis1=2, axis2=3)), axis=2)
    logs = -0.5 * jnp.sum(apart**2, axis=2) - volume - 0.5 * d * math.log(2.0 * math.pi)
    return one.weight @ jnp.exp(logs) @ other.weight
