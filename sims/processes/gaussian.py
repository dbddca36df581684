r"""Gaussian refitting in any dimension: estimate a mean and a covariance, draw from them, estimate again.

A model is :math:`N(\mu, L L^T)` with :math:`L = U \,\mathrm{diag}(e^{\ell})`, U unit lower triangular. The scales
live in the log domain because they decay exponentially: as a float64 a standard deviation at n = 10 would be
lost against the mean after some 450 generations, as :math:`\ell` it never is.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from groundwork.checks import choice, count, covariance, is_abstract, number, vector
from groundwork.errors import BadInput
from sims.linalg import cholesky
from sims.process import Layout, Process, Size
from sims.samplers import bartlett, chi_square, chi_square_table, log_chi_square_over_dof, normal
from sims.trees import pytree, static

__all__ = ["Gaussian", "GaussianModel", "GaussianMoments", "GaussianWorld"]


@pytree
@dataclasses.dataclass(frozen=True)
class GaussianModel:
    """A fitted normal law: its mean, U and log diagonal, and the log of the factor on its sampling spread."""

    mean: Float[Array, " d"]
    shape: Float[Array, "d d"]
    log_scale: Float[Array, " d"]
    log_bias: Float[Array, ""]

    @property
    def factor(self) -> Float[Array, "d d"]:
        """L, the lower-triangular factor of the covariance."""
        return self.shape * jnp.exp(self.log_scale)[None, :]


@pytree
@dataclasses.dataclass(frozen=True)
class GaussianWorld:
    """The law of the real data."""

    truth: GaussianModel


@pytree
@dataclasses.dataclass(frozen=True)
class GaussianMoments:
    """Total weight, weighted mean and centred scatter of some rows."""

    weight: Float[Array, ""]
    mean: Float[Array, " d"]
    scatter: Float[Array, "d d"]


@pytree
@dataclasses.dataclass(frozen=True)
class Gaussian(Process):
    r"""Refit :math:`N(\mu_g, \Sigma_g)` by the sample mean and covariance of its own draws.

    ``estimator`` divides the scatter of N samples by N - 1 (``unbiased``) or N (``mle``). The real law has mean
    ``mu`` and standard deviation ``sigma``, or covariance ``cov``. ``lam`` is the variance of a model's draws
    over its own variance (sampling bias; real data are never biased).
    Sources: Arulandu 2024, eq. (1); Schaeffer et al. 2025, section 2.1; Alemohammad et al. 2023 for ``lam``.

    >>> Gaussian(sigma=2.0).cov.tolist()
    [[4.0]]
    """

    d: int = static(1)
    estimator: str = static("unbiased")
    sigma: Any = 1.0
    mu: Any = 0.0
    cov: Any = None
    lam: Any = 1.0
    name = "gaussian"
    metrics = ("w2", "mean_square_error", "variance", "sd", "log_sd", "log_det", "kl_fit_true", "kl_true_fit")

    def __post_init__(self) -> None:
        """Check every parameter and settle the mean vector and the covariance."""
        d = count("d", self.d)
        choice("estimator", self.estimator, ("unbiased", "mle"))
        object.__setattr__(self, "sigma", number("sigma", self.sigma, low=1e-150, high=1e150))
        object.__setattr__(self, "lam", number("lam", self.lam, low=0, high=1, open_low=True))
        if self.cov is None:
            object.__setattr__(self, "cov", self.sigma**2 * np.eye(d))
        elif not is_abstract(self.sigma) and self.sigma != 1.0:
            raise BadInput("sigma", self.sigma, "left out where cov is given", "cov says it all")
        else:
            object.__setattr__(self, "cov", covariance("cov", self.cov, d=d))
        if not is_abstract(self.mu):
            mu = [number("mu", self.mu)] * d if np.ndim(self.mu) == 0 else self.mu
            object.__setattr__(self, "mu", vector("mu", mu, length=d))

    def init(self, key: Array, size: Size) -> GaussianWorld:
        """Return the law of the real data; it is the same in every replicate."""
        factor = cholesky(jnp.asarray(self.cov))
        scale = jnp.diagonal(factor)
        return GaussianWorld(
            GaussianModel(jnp.asarray(self.mu), factor / scale[None, :], jnp.log(scale), jnp.zeros(()))
        )

    def truth(self, world: GaussianWorld) -> GaussianModel:
        """Return the law of the real data."""
        return world.truth

    def sample(self, key: Array, world: GaussianWorld, theta: GaussianModel, rows: int) -> Float[Array, "rows d"]:
        """Return ``rows`` draws (rows, d) from the model."""
        spread = normal(key, (rows, self.d)) * jnp.exp(theta.log_scale + theta.log_bias)[None, :]
        return theta.mean[None, :] + (spread if self.d == 1 else spread @ theta.shape.T)

    def moments(
        self, world: GaussianWorld, batch: Float[Array, "rows d"], weight: Float[Array, " rows"]
    ) -> GaussianMoments:
        """Return weight, mean and scatter by the two-pass rule; the one-pass rule loses the late generations."""
        total = jnp.sum(weight)
        mean = weight @ batch / jnp.where(total > 0, total, 1.0)
        centred = batch - mean[None, :]
        return GaussianMoments(total, mean, (centred * weight[:, None]).T @ centred)

    def merge(self, statistics: GaussianMoments, weights: Float[Array, " blocks"]) -> GaussianMoments:
        """Return the pooled moments: scatter within the blocks and of their means about the pooled one."""
        mass = statistics.weight * weights
        total = jnp.sum(mass)
        mean = mass @ statistics.mean / jnp.where(total > 0, total, 1.0)
        offset = statistics.mean - mean[None, :]
        within = jnp.tensordot(weights, statistics.scatter, 1)
        return GaussianMoments(total, mean, within + (offset * mass[:, None]).T @ offset)

    def solve(
        self, key: Array, world: GaussianWorld, statistic: GaussianMoments, start: GaussianModel
    ) -> GaussianModel:
        """Return the fitted law; a scatter without full rank gives a non-finite model, counted as lost."""
        divisor = statistic.weight - (1.0 if self.estimator == "unbiased" else 0.0)
        bias = 0.5 * jnp.log(jnp.asarray(self.lam, jnp.float64))
        if self.d == 1:
            log_scale = 0.5 * (jnp.log(statistic.scatter[0]) - jnp.log(divisor))
            return GaussianModel(statistic.mean, jnp.ones((1, 1)), log_scale, bias)
        factor = cholesky(statistic.scatter)
        scale = jnp.diagonal(factor)
        log_scale = jnp.log(scale) - 0.5 * jnp.log(divisor)
        return GaussianModel(statistic.mean, factor / scale[None, :], log_scale, bias)

    def table(self, sizes: np.ndarray, layout: Layout) -> Any:
        """Return chi-square rows (K, d) for n - 1, …, n - d degrees of freedom of each size n."""
        if layout.road not in ("law", "chain"):
            return ()
        dofs = np.maximum(sizes[:, None] - 1 - np.arange(self.d), 0)
        flat = chi_square_table(dofs.reshape(-1), universal=layout.universal)
        return jax.tree.map(lambda leaf: leaf.reshape(*dofs.shape, *leaf.shape[1:]), flat)

    def law(self, key: Array, world: GaussianWorld, theta: GaussianModel, size: Size) -> GaussianMoments:
        """Return moments of n draws: a normal mean and, independent of it, a Wishart scatter (Cochran)."""
        for_mean, for_scatter = jax.random.split(key)
        n = size.n.astype(jnp.float64)
        spread = theta.shape * jnp.exp(theta.log_scale + theta.log_bias)[None, :]
        mean = theta.mean + spread @ normal(for_mean, (self.d,)) / jnp.sqrt(jnp.maximum(n, 1.0))
        if self.d == 1:
            scatter = spread**2 * chi_square(for_scatter, jax.tree.map(lambda leaf: leaf[0], size.table))
        else:
            root = spread @ bartlett(for_scatter, size.table)
            scatter = root @ root.T
        return GaussianMoments(n, mean, scatter)

    def step(self, key: Array, world: GaussianWorld, state: GaussianModel, size: Size) -> GaussianModel:
        """Return the next model under replacement, in the log domain throughout."""
        for_mean, for_scale = jax.random.split(key)
        n = size.n.astype(jnp.float64)
        lived = state.log_scale + state.log_bias
        drift = jnp.exp(lived) * normal(for_mean, (self.d,)) / jnp.sqrt(n)
        mean = state.mean + (drift if self.d == 1 else state.shape @ drift)
        divisor = n - (1.0 if self.estimator == "unbiased" else 0.0)
        bias = 0.5 * jnp.log(jnp.asarray(self.lam, jnp.float64))
        if self.d == 1:
            row = jax.tree.map(lambda leaf: leaf[0], size.table)
            growth = 0.5 * (log_chi_square_over_dof(for_scale, row) + jnp.log((n - 1.0) / divisor))
            return GaussianModel(mean, state.shape, lived + growth, bias)
        wishart = bartlett(for_scale, size.table)
        diagonal = jnp.diagonal(wishart)
        # Column j of L A over its own diagonal entry: exponents of a later axis over an earlier one only shrink.
        ratio = jnp.tril(jnp.exp(lived[:, None] - lived[None, :]))
        shape = state.shape @ (ratio * wishart / diagonal[None, :])
        return GaussianModel(mean, shape, lived + jnp.log(diagonal) - 0.5 * jnp.log(divisor), bias)

    def refuses(self, road: str, workflow: Any, sizes: np.ndarray) -> str:
        """Say where a fit has too few rows, and where the Wishart law of a batch is singular."""
        reason = super().refuses(road, workflow, sizes)
        fitted = int(workflow.fit_rows(sizes.sum(axis=1)).min())
        least = self.d + 1
        if not reason and fitted < least:
            return f"a fit sees {fitted} rows and a {self.estimator} one in d = {self.d} needs n >= {least}"
        batches = sizes[sizes > 0]
        if not reason and road == "law" and self.d > 1 and (batches < least).any():
            return f"a batch of {int(batches.min())} rows has a singular scatter, which has no Bartlett factor"
        return reason
