"""Gaussian mixtures as densities, and their weighted expectation-maximisation."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from sims.lower import forward, lower_factor
from sims.trees import pytree

__all__ = ["MixtureModel", "log_densities", "maximised"]

#: A component whose spread falls to this share of what it was before the fit sits on copies of one point.
SINGULAR = 1e-8


@pytree
@dataclasses.dataclass(frozen=True)
class MixtureModel:
    """Weights (0: dead), means and lower factors of the covariances, and the last gain in log-likelihood a row."""

    weight: Float[Array, " K"]
    mean: Float[Array, "K d"]
    factor: Float[Array, "K d d"]
    change: Float[Array, ""]


def log_densities(model: MixtureModel, points: Float[Array, "R d"]) -> Float[Array, "K R"]:
    """Return ln(w_k N(x; mu_k, Sigma_k)) of each component at each point, minus infinity for a dead one.

    >>> one = MixtureModel(jnp.ones(1), jnp.zeros((1, 1)), jnp.ones((1, 1, 1)), jnp.zeros(()))
    >>> round(float(log_densities(one, jnp.zeros((1, 1)))[0, 0]), 6)
    -0.918939
    """
    d = points.shape[1]
    apart = points[None, :, :] - model.mean[:, None, :]
    scaled = forward(model.factor[:, None, :, :], apart)
    volume = jnp.sum(jnp.log(jnp.diagonal(model.factor, axis1=1, axis2=2)), axis=1)
    heights = jnp.log(jnp.where(model.weight > 0, model.weight, 1.0)) - volume - 0.5 * d * math.log(2.0 * math.pi)
    logs = heights[:, None] - 0.5 * jnp.sum(scaled**2, axis=2)
    return jnp.where((model.weight > 0)[:, None], logs, -jnp.inf)


def maximised(
    start: MixtureModel,
    points: Float[Array, "R d"],
    weight: Float[Array, " R"],
    *,
    steps: Any,
    tolerance: Any,
    least: Any,
) -> MixtureModel:
    """Return the mixture after at most ``steps`` steps from ``start``, fewer where a step gains under ``tolerance``.

    The gain is in log-likelihood a row. A component with less than ``least`` rows' worth of responsibility, or with
    a singular covariance, dies: it keeps its place, weighs 0, and never comes back. Without a live one the weights
    are not numbers. Dempster, Laird and Rubin 1977, with weights on the rows.
    """
    width = jnp.diagonal(start.factor, axis1=1, axis2=2)

    def further(state: tuple[Array, Array, MixtureModel]) -> Array:
        turn, _, model = state
        return (turn < steps) & ~(jnp.abs(model.change) < tolerance)

    def step(state: tuple[Array, Array, MixtureModel]) -> tuple[Array, Array, MixtureModel]:
        turn, before, model = state
        logs = log_densities(model, points)
        top = jnp.max(logs, axis=0)
        top = jnp.where(jnp.isfinite(top), top, 0.0)
        parts = jnp.exp(logs - top[None, :])
        whole = jnp.sum(parts, axis=0)
        each = jnp.where(weight > 0, weight / jnp.where(whole > 0, whole, 1.0), 0.0)
        share = each[None, :] * parts
        value = weight @ jnp.where(weight > 0, top + jnp.log(whole), 0.0) / jnp.sum(weight)
        model = _refitted(model, points, share, least, width)
        return turn + 1, value, dataclasses.replace(model, change=value - before)

    first = dataclasses.replace(start, change=jnp.asarray(jnp.inf))
    # The gain is negative only where a component has just died, and then the rest have not settled yet.
    turn = jnp.zeros((), jnp.int64)
    return jax.lax.while_loop(further, step, (turn, jnp.asarray(-jnp.inf), first))[2]


def _refitted(
    model: MixtureModel, points: Float[Array, "R d"], share: Float[Array, "K R"], least: Any, width: Array
) -> MixtureModel:
    mass = jnp.sum(share, axis=1)
    safe = jnp.where(mass > 0, mass, 1.0)
    mean = share @ points / safe[:, None]
    apart = points[None, :, :] - mean[:, None, :]
    factor = lower_factor(jnp.einsum("kr,kri,krj->kij", share, apart, apart) / safe[:, None, None])
    alive = (model.weight > 0) & (mass >= least) & _regular(factor, width)
    kept = jnp.where(alive, mass, 0.0)
    total = jnp.sum(kept)
    return MixtureModel(
        kept / jnp.where(total > 0, total, jnp.nan),
        jnp.where(alive[:, None], mean, model.mean),
        jnp.where(alive[:, None, None], factor, model.factor),
        model.change,
    )


def _regular(factor: Float[Array, "K d d"], width: Float[Array, "K d"]) -> Bool[Array, " K"]:
    pivots = jnp.diagonal(factor, axis1=1, axis2=2)
    return jnp.all(pivots > SINGULAR * width, axis=1)
