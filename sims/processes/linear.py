r"""Linear regression refitted on its own predictions: :math:`y = X w_{g-1} + \sigma E`, least squares or ridge.

The design X is drawn once and kept (``fixed``) or drawn anew each generation (``fresh``); its rows are
:math:`N(0, \Sigma)`. A risk is the excess risk :math:`\|w_g - w_*\|_\Sigma^2`, without the noise of the label.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from groundwork.checks import choice, count, covariance, is_abstract, number, vector
from groundwork.errors import BadInput
from sims.linalg import cholesky, eigh, inverse_transpose, solve_positive
from sims.process import Layout, Process, Size
from sims.samplers import (
    bartlett,
    chi_square_table,
    fixed_statistic,
    fresh_statistic,
    multivariate_t_step,
    normal,
)
from sims.samplers.regression import shared_times
from sims.trees import pytree, static

__all__ = ["Design", "Linear", "LinearMoments", "LinearWorld"]


@pytree
@dataclasses.dataclass(frozen=True)
class LinearWorld:
    """The true coefficients, a factor C of the covariance of the rows, and what a fixed design needs.

    ``whitener`` is M with M M' the inverse covariance. A fixed design is the ``design`` itself where rows are
    drawn; elsewhere X'X = V diag(e) V', kept in ``basis`` as (V, e, n, V diag(e)^(1/2)).
    """

    signal: Float[Array, " d"]
    factor: Float[Array, "d d"]
    whitener: Float[Array, "d d"]
    design: Any = None
    basis: Any = None


@pytree
@dataclasses.dataclass(frozen=True)
class Design:
    """Labelled rows: of a fixed design their row numbers, of a fresh one the rows themselves, and labels y."""

    x: Any
    y: Float[Array, " rows"]


@pytree
@dataclasses.dataclass(frozen=True)
class LinearMoments:
    """Total weight, X'WX (left out where a fixed design makes it proportional to the weight) and X'Wy."""

    weight: Float[Array, ""]
    gram: Any
    moment: Float[Array, " d"]


@pytree
@dataclasses.dataclass(frozen=True)
class Linear(Process):
    r"""Refit d coefficients on labels that the last coefficients made.

    ``ridge`` penalises with :math:`N \lambda \|w\|^2` on N samples; ``min_norm`` takes the least-norm solution
    where there are fewer rows than features. ``signal`` is the true w (default 0; ridgeless errors do not depend
    on it). ``cov`` is the covariance of the rows (a vector stands for its diagonal).
    Sources: Gerstgrasser et al. 2024 as told by Arulandu 2024, section 4.1 (fixed design); Dohmatob, Feng and
    Kempe 2024 as told there in section 3.2 (fresh design, ridge).

    >>> Linear(d=3).cov.tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """

    d: int = static()
    design: str = static("fixed")
    min_norm: bool = static(False)
    sigma: Any = 1.0
    ridge: Any = 0.0
    signal: Any = None
    cov: Any = None
    name = "linear"
    metrics = ("excess_risk", "coefficient_error")

    def __post_init__(self) -> None:
        """Check every parameter and settle signal and covariance."""
        d = count("d", self.d)
        choice("design", self.design, ("fixed", "fresh"))
        if not isinstance(self.min_norm, bool):
            raise BadInput("min_norm", self.min_norm, "True or False")
        object.__setattr__(self, "sigma", number("sigma", self.sigma, low=0))
        object.__setattr__(self, "ridge", number("ridge", self.ridge, low=0))
        if self.min_norm and not is_abstract(self.ridge) and self.ridge > 0:
            raise BadInput("ridge", self.ridge, "0 with min_norm", "a ridge makes the solution unique by itself")
        object.__setattr__(
            self, "signal", vector("signal", np.zeros(d) if self.signal is None else self.signal, length=d)
        )
        object.__setattr__(self, "cov", covariance("cov", np.eye(d) if self.cov is None else self.cov, d=d))

    def init(self, key: Array, size: Size) -> LinearWorld:
        """Return the true law and, for a fixed design, its rows or the factor of its Gram matrix."""
        factor = cholesky(jnp.asarray(self.cov))
        world = LinearWorld(jnp.asarray(self.signal), factor, inverse_transpose(factor))
        if self.design == "fresh":
            return world
        if size.literal:
            present = jnp.arange(size.rows)[:, None] < size.n
            rows = jnp.where(present, normal(key, (size.rows, self.d)) @ factor.T, 0.0)
            return dataclasses.replace(world, design=rows)
        root = shared_times(factor, bartlett(key, size.table))
        values, vectors = eigh(root @ root.T)
        return dataclasses.replace(
            world, basis=(vectors, values, size.n.astype(jnp.float64), vectors * jnp.sqrt(values)[None, :])
        )

    def truth(self, world: LinearWorld) -> Float[Array, " d"]:
        """Return the true coefficients."""
        return world.signal

    def sample(self, key: Array, world: LinearWorld, theta: Float[Array, " d"], rows: int) -> Design:
        """Return rows labelled by the model with fresh noise."""
        for_rows, for_noise = jax.random.split(key)
        noise = self.sigma * normal(for_noise, (rows,))
        if self.design == "fixed":
            return Design(jnp.arange(rows), world.design @ theta + noise)
        x = normal(for_rows, (rows, self.d)) @ world.factor.T
        return Design(x, x @ theta + noise)

    def relabel(self, key: Array, world: LinearWorld, theta: Float[Array, " d"], batch: Design) -> Design:
        """Return the same rows labelled anew."""
        rows = batch.y.shape[0]
        x = world.design if self.design == "fixed" else batch.x
        return Design(batch.x, x @ theta + self.sigma * normal(key, (rows,)))

    def moments(self, world: LinearWorld, batch: Design, weight: Float[Array, " rows"]) -> LinearMoments:
        """Return X'WX and X'Wy; the copies of one design row are added up before they meet the row."""
        if self.design == "fresh":
            heavy = batch.x * weight[:, None]
            return LinearMoments(jnp.sum(weight), heavy.T @ batch.x, heavy.T @ batch.y)
        rows = world.design.shape[0]
        on_row = jax.ops.segment_sum(jnp.stack([weight, weight * batch.y], 1), batch.x, num_segments=rows)
        gram = (world.design * on_row[:, :1]).T @ world.design
        return LinearMoments(jnp.sum(weight), gram, world.design.T @ on_row[:, 1])

    def merge(self, statistics: LinearMoments, weights: Float[Array, " blocks"]) -> LinearMoments:
        """Return the weighted sums."""
        gram = None if statistics.gram is None else jnp.tensordot(weights, statistics.gram, 1)
        return LinearMoments(jnp.sum(weights * statistics.weight), gram, weights @ statistics.moment)

    def solve(
        self, key: Array, world: LinearWorld, statistic: LinearMoments, start: Float[Array, " d"]
    ) -> Float[Array, " d"]:
        """Return the (penalised or least-norm) least-squares coefficients."""
        penalty = statistic.weight * jnp.asarray(self.ridge, jnp.float64)
        if statistic.gram is None:
            # All rows are copies of one design, so in its basis the normal equations are d divisions.
            vectors, values, rows, _ = world.basis
            return vectors @ ((vectors.T @ statistic.moment) / (values * (statistic.weight / rows) + penalty))
        gram = statistic.gram + penalty * jnp.eye(self.d)
        if self.min_norm:
            return _least_norm(gram, statistic.moment)
        return solve_positive(gram, statistic.moment)

    def table(self, sizes: np.ndarray, layout: Layout) -> Any:
        """Return chi-square rows: for the Wishart of X'X (K, d), or for the t step n - d + 1 degrees (K,)."""
        if layout.road not in ("law", "chain"):
            return ()
        if layout.road == "chain" and self.design == "fresh":
            return chi_square_table(np.maximum(sizes - self.d + 1, 0), universal=layout.universal)
        dofs = np.maximum(sizes[:, None] - np.arange(self.d), 0)
        flat = chi_square_table(dofs.reshape(-1), universal=layout.universal)
        return jax.tree.map(lambda leaf: leaf.reshape(*dofs.shape, *leaf.shape[1:]), flat)

    def law(self, key: Array, world: LinearWorld, theta: Float[Array, " d"], size: Size) -> LinearMoments:
        """Return X'X (fresh: Wishart) and X'y given X'X of n labelled rows."""
        n = size.n.astype(jnp.float64)
        if self.design == "fresh":
            gram, moment = fresh_statistic(key, theta, size.table, world.factor, self.sigma)
            return LinearMoments(n, gram, moment)
        return LinearMoments(n, None, fixed_statistic(key, theta, world.basis[3], self.sigma))

    def step(self, key: Array, world: LinearWorld, state: Float[Array, " d"], size: Size) -> Float[Array, " d"]:
        """Return the next coefficients under replacement: a multivariate-t step, or R^{-1} z of a kept design."""
        if self.design == "fresh":
            return multivariate_t_step(key, state, size.table, world.whitener, self.sigma)
        vectors, values = world.basis[:2]
        return state + vectors @ (self.sigma * normal(key, (self.d,)) / jnp.sqrt(values))

    def refuses(self, road: str, workflow: Any, sizes: np.ndarray) -> str:
        """Say where a design is too short, changes its length, or has no law written here."""
        reason = super().refuses(road, workflow, sizes)
        rows = sizes.sum(axis=1)
        if rows[0] < 1:
            return "generation 1 has no rows"
        if self.design == "fixed" and (rows != rows[0]).any():
            return f"a fixed design has the same rows in every generation, and the sizes are {_few(rows)}"
        least = int(workflow.fit_rows(rows).min())
        if least < self.d and not self.min_norm and _is_zero(self.ridge):
            return f"a fit on {least} rows does not settle d = {self.d} coefficients: raise n, or say min_norm=True"
        if reason or road not in ("law", "chain"):
            return reason
        if self.design == "fixed" and sizes[:, 1].any():
            return "real and synthetic rows share one fixed design: only rows tell which is which"
        batches = sizes[sizes > 0]
        if (batches < self.d).any() or self.min_norm:
            return "the laws of X'X are written for n >= d and the unique fit"
        if road == "chain" and not _is_zero(self.ridge):
            return "the chain is ridgeless; road='law' has the ridge"
        return ""

    def infinite_mean(self, metric: str, workflow: Any, sizes: np.ndarray) -> str:
        """Say where the mean risk of a ridgeless fit is infinite: |n - d| <= 1 rows."""
        fitted = workflow.fit_rows(sizes.sum(axis=1))
        near = fitted[np.abs(fitted - self.d) <= 1]
        if not near.size or not _is_zero(self.ridge):
            return ""
        wide = f" or n <= d - 2 = {self.d - 2}" if self.min_norm else ""
        return f"Linear(d={self.d}, n={near[0]}): the mean risk is infinite unless n >= d + 2 = {self.d + 2}{wide}"


def _least_norm(gram: Float[Array, "d d"], moment: Float[Array, " d"]) -> Float[Array, " d"]:
    values, vectors = eigh(gram)
    # Rounding leaves the null space at about 1e-16 of the largest value; 1e-11 lies far from it and from the rest.
    alive = values > 1e-11 * values[-1]
    inverse = jnp.where(alive, 1.0 / jnp.where(alive, values, 1.0), 0.0)
    return vectors @ (inverse * (vectors.T @ moment))


def _is_zero(value: Any) -> bool:
    return not is_abstract(value) and float(value) == 0.0


def _few(rows: Int[np.ndarray, " G"]) -> str:
    return ", ".join(str(row) for row in rows[:4]) + (", …" if len(rows) > 4 else "")
