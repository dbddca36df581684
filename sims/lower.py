"""Factors of very small matrices, element by element, so that a stack of them is plain arithmetic in every lane."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

__all__ = ["forward", "lower_factor"]


def lower_factor(matrix: Float[Array, "*batch d d"]) -> Float[Array, "*batch d d"]:
    """Return the lower Cholesky factors of a stack of matrices; NaN where one is not positive definite.

    Written out over rows and columns, for d of a few: LAPACK would be called once a matrix.

    >>> lower_factor(jnp.array([[[4.0, 2.0], [2.0, 10.0]]])).tolist()
    [[[2.0, 0.0], [1.0, 3.0]]]
    """
    d = matrix.shape[-1]
    zero = jnp.zeros(matrix.shape[:-2])
    rows: list[list[Array]] = []
    for i in range(d):
        row: list[Array] = []
        for j in range(i + 1):
            left = matrix[..., i, j]
            for k in range(j):
                left = left - row[k] * (rows[j][k] if j < i else row[k])
            row.append(jnp.sqrt(left) if j == i else left / rows[j][j])
        rows.append(row)
    return jnp.stack([jnp.stack([*row, *[zero] * (d - len(row))], axis=-1) for row in rows], axis=-2)


def forward(factor: Float[Array, "*batch d d"], right: Float[Array, "*batch d"]) -> Float[Array, "*batch d"]:
    """Return the solutions z of L z = right.

    >>> forward(jnp.array([[2.0, 0.0], [1.0, 3.0]]), jnp.array([2.0, 7.0])).tolist()
    [1.0, 2.0]
    """
    solved: list[Array] = []
    for i in range(right.shape[-1]):
        left = right[..., i]
        for k in range(i):
            left = left - factor[..., i, k] * solved[k]
        solved.append(left / factor[..., i, i])
    return jnp.stack(solved, axis=-1)
