"""Least squares without data: the law of what a regression keeps of n rows, drawn as it is.

Rows of X are N(0, Sigma) and y = X w + sigma e, where w is the model that labelled the rows. Sigma = C C' is given by
C (``factor``) or by any M with M M' = Sigma^-1 (``whitener``); None stands for the identity. Nothing is solved here:
mapped over lanes, a solver is one LAPACK call for the whole block.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from sims.samplers.bits import normal, normals
from sims.samplers.chi_square import ChiSquareTable, chi_square_of
from sims.samplers.wishart import bartlett

__all__ = ["fixed_statistic", "fresh_statistic", "multivariate_t_step", "shared_times"]


def multivariate_t_step(key: Array, w: Array, row: ChiSquareTable, whitener: Array | None, sigma: ArrayLike) -> Array:
    """Return the least-squares fit, (d,), to n fresh rows that the model ``w`` labelled.

    w + sigma M z / sqrt(chi-square of n - d + 1), M = ``whitener``; ``row`` is the table of that one law. Given X the
    error of the fit is N(0, sigma^2 (X'X)^-1) and X'X is Wishart, which mixes to this multivariate t: derived here.
    Assumes n >= d; the mean of the squared error is finite for n >= d + 2, its variance for n >= d + 4.

    >>> import jax
    >>> from sims.samplers.chi_square import chi_square_table
    >>> multivariate_t_step(jax.random.key(0), jnp.ones(3), chi_square_table(10 - 3 + 1), None, 0.0).tolist()
    [1.0, 1.0, 1.0]
    """
    chi_square = chi_square_of(row, normals(key, row.normals))
    z = normal(key, w.shape, first=row.normals)
    spread = z if whitener is None else z @ whitener.T
    return w + sigma * spread / jnp.sqrt(chi_square)


def fresh_statistic(
    key: Array, w: Array, rows: ChiSquareTable, factor: Array | None, sigma: ArrayLike
) -> tuple[Array, Array]:
    """Return (X'X, X'y), shapes (d, d) and (d,), of n fresh rows that the model ``w`` labelled.

    X'X = L L' with L = C A, C = ``factor`` and A Bartlett's factor of Wishart_d(n, I), so ``rows`` is the table of n,
    n - 1, ..., n - d + 1; given L, X'e is L z in law, hence X'y = L (L'w + sigma z). Assumes n >= d. Derived here.

    >>> import jax
    >>> from sims.samplers.chi_square import chi_square_table
    >>> rows = chi_square_table([10.0, 9.0])
    >>> gram, moment = fresh_statistic(jax.random.key(0), jnp.ones(2), rows, None, 0.0)
    >>> bool(jnp.allclose(jnp.linalg.solve(gram, moment), 1.0))
    True
    """
    d = w.shape[0]
    A = bartlett(key, rows)
    L = A if factor is None else shared_times(factor, A)
    z = normal(key, (d,), first=d * rows.normals + d * (d - 1) // 2)
    return L @ L.T, L @ (w @ L + sigma * z)


def fixed_statistic(key: Array, w: Array, gram_factor: Array, sigma: ArrayLike) -> Array:
    """Return X'y, (d,), for a design that stays, with X'X = R R' and R = ``gram_factor``, any square root.

    X'y = R (R'w + sigma z): d normals in place of n. No assumption on n. Derived here.

    >>> import jax
    >>> fixed_statistic(jax.random.key(0), jnp.ones(2), 2 * jnp.eye(2), 0.0).tolist()
    [4.0, 4.0]
    """
    return (w @ gram_factor + sigma * normal(key, w.shape)) @ gram_factor.T


def shared_times(shared: Array, own: Array) -> Array:
    """Return shared @ own, of ``own``'s shape (d, k), with the same bits in every block of lanes.

    With the lane's own matrix on the right of one that all lanes share, XLA joins the lanes into the
    columns of one product, whose last bits depend on how many there are; joined as rows they do not.

    >>> shared_times(2 * jnp.eye(2), jnp.ones((2, 1))).tolist()
    [[2.0], [2.0]]
    """
    return (own.T @ shared.T).T
