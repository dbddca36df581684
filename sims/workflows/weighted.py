"""Weighted: any lower-triangular matrix of weights, one row a generation."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from groundwork.checks import is_abstract
from groundwork.errors import BadInput
from sims.trees import pytree
from sims.workflow import Workflow

__all__ = ["Weighted"]


@pytree
@dataclasses.dataclass(frozen=True)
class Weighted(Workflow):
    """Weigh a row born at generation k by ``matrix[g-1, k-1]`` in the fit of generation g.

    The matrix is square, lower triangular, non-negative, and no row of it is all zeros. Its entries are traced.

    >>> Weighted([[1, 0], [0.5, 2]]).matrix.shape
    (2, 2)
    """

    matrix: Any
    name = "weighted"

    def __post_init__(self) -> None:
        """Check the matrix."""
        if not is_abstract(self.matrix):
            object.__setattr__(self, "matrix", _lower_triangle(self.matrix))

    @property
    def importance(self) -> bool:
        """Arbitrary weights are importances."""
        return True

    def check(self, generations: int, n: Int[np.ndarray, " G"]) -> None:
        """Refuse more generations than the matrix has rows."""
        size = np.shape(self.matrix)[0]
        if generations > size:
            raise BadInput("generations", generations, f"at most {size}, the rows of Weighted's matrix")

    def fit_rows(self, rows: Int[np.ndarray, " G"]) -> Int[np.ndarray, " G"]:
        """Return the rows that the matrix gives any weight."""
        return (self.matrix[: len(rows), : len(rows)] > 0) @ rows

    def block(self, g: Array, born: Array) -> Array:
        """Return the entry of the matrix."""
        matrix = jnp.asarray(self.matrix)
        column = jnp.clip(born - 1, 0, matrix.shape[1] - 1)
        return jnp.where(born >= 1, matrix[jnp.clip(g - 1, 0, matrix.shape[0] - 1), column], 0.0)


def _lower_triangle(value: Any) -> np.ndarray:
    allowed = "a square lower-triangular matrix of weights >= 0 with no row of zeros"
    try:
        matrix = np.asarray(value)
    except (TypeError, ValueError):
        raise BadInput("matrix", value, allowed) from None
    if matrix.dtype.kind not in "iuf" or matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise BadInput("matrix", value, allowed, f"its shape is {matrix.shape}")
    matrix = matrix.astype(np.float64)
    if not np.isfinite(matrix).all() or (matrix < 0).any():
        raise BadInput("matrix", value, allowed, "an entry is negative or not finite")
    if np.triu(matrix, 1).any():
        raise BadInput("matrix", value, allowed, "an entry above the diagonal would weigh rows not yet drawn")
    empty = np.flatnonzero(matrix.sum(axis=1) == 0)
    if empty.size:
        raise BadInput("matrix", value, allowed, f"row {empty[0] + 1} weighs nothing")
    return matrix
