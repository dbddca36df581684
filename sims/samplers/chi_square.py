"""Chi-square draws by inversion: one normal through a checked series, or a few normals squared.

With h(z) = (F^-1(Phi(z)) / nu)^(1/3) for nu degrees of freedom, nu h(z)^3 of a normal z has exactly the
chi-square law. The draw has no branch and rises with z.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from groundwork.errors import BadInput
from sims.samplers.bits import normals
from sims.samplers.chi_square_series import HALF_WIDTH, degree_of, series

__all__ = [
    "ChiSquareTable",
    "chi_square",
    "chi_square_of",
    "chi_square_table",
    "log_chi_square_over_dof",
    "log_ratio_of",
    "row",
]

#: Up to here a chi-square is a sum of squared normals, above it a series.
FEW = 8


@partial(jax.tree_util.register_dataclass, data_fields=["dofs", "coefficients"], meta_fields=["degree", "squares"])
@dataclass(frozen=True)
class ChiSquareTable:
    """What is needed to draw chi-squares: dofs (...), coefficients (..., degree + 1), and two static words.

    A table, or what is left of it after ``row``: the draws have the shape of ``dofs``. ``degree`` is 0
    where every law has at most eight degrees of freedom, else 16, 32 or 48; ``squares`` says whether any
    law is so small. Within one pair of the two a new degree of freedom compiles nothing.
    """

    dofs: Any
    coefficients: Any
    degree: int
    squares: bool

    @property
    def normals(self) -> int:
        """The number of standard normals that one draw takes: 1, or 8 where there are sums of squares."""
        return FEW if self.squares else 1


def chi_square_table(dofs: Any, *, universal: bool = False) -> ChiSquareTable:
    """Return the table whose draws are chi-square with the given degrees of freedom, of any shape.

    Degrees of freedom are 0 (the draw is 0: one sample about its own mean), an integer, or any number above
    8. Each series is held against the quantile it replaces when it is made: relative error of the
    chi-square below 1e-13 (below 1e-12 for less than 19 degrees of freedom) and a positive slope, for all
    |z| < 8.3. A ``universal`` table has the static words of all laws at once, so that no other one compiles
    anything; each of its draws takes eight normals.

    >>> table = chi_square_table([9.0, 99.0, 999.0])
    >>> table.coefficients.shape, table.degree, table.squares
    ((3, 49), 48, False)
    """
    laws = _checked(dofs)
    large = laws > FEW
    degree = max((degree_of(dof) for dof in laws[large]), default=0)
    if universal:
        degree = degree_of(FEW + 1)
    coefficients = np.zeros((*laws.shape, degree + 1))
    for place in np.argwhere(large):
        own = series(float(laws[tuple(place)]))
        coefficients[(*place, slice(own.size))] = own
    return ChiSquareTable(jnp.asarray(laws), jnp.asarray(coefficients), degree, universal or bool((~large).any()))


def _checked(dofs: Any) -> np.ndarray:
    laws = np.asarray(dofs, dtype=np.float64)
    allowed = "an integer from 0 to 8, or a number in (8, 2^32)"
    if not laws.size:
        raise BadInput("dofs", dofs, "at least one number")
    wrong = ~((laws >= 0) & (laws < 2**32)) | ((laws <= FEW) & (laws != np.floor(laws)))
    if wrong.any():
        raise BadInput("dofs", float(laws[wrong].flat[0]), allowed)
    return laws


def row(table: ChiSquareTable, index: Array | int) -> ChiSquareTable:
    """Return entry ``index`` of the table's leading axis (may be traced): one axis fewer.

    An index outside the table is moved to its end, as jax does.

    >>> float(row(chi_square_table([9.0, 99.0]), 1).dofs)
    99.0
    """
    return jax.tree.map(lambda leaf: jax.lax.dynamic_index_in_dim(leaf, index, keepdims=False), table)


def chi_square(key: Array, rows: ChiSquareTable) -> Array:
    """Return chi-square draws of the shape of ``rows.dofs``, one for each law, independent.

    >>> draw = chi_square(jax.random.key(0), row(chi_square_table([0.0, 50.0]), 0))
    >>> float(draw)
    0.0
    """
    return chi_square_of(rows, normals(key, rows.normals, rows.dofs.shape))


def log_chi_square_over_dof(key: Array, rows: ChiSquareTable) -> Array:
    """Return log(chi-square / dof) for the very draws of ``chi_square`` on the same key, without underflow.

    It is 3 log h, whose sum over the generations is the log-variance of a refitted Gaussian (Arulandu 2024,
    section 3.1). With 0 degrees of freedom it is -inf.

    >>> rows = chi_square_table([50.0])
    >>> ratio = chi_square(jax.random.key(1), rows) / rows.dofs
    >>> bool(abs(jnp.log(ratio) - log_chi_square_over_dof(jax.random.key(1), rows))[0] < 1e-14)
    True
    """
    return log_ratio_of(rows, normals(key, rows.normals, rows.dofs.shape))


def chi_square_of(rows: ChiSquareTable, z: Sequence[Array]) -> Array:
    """Return the chi-squares that ``rows.normals`` arrays of normals make, all of the shape of ``rows.dofs``.

    For a caller that draws all the normals of a step at once.

    >>> rows = chi_square_table(3)
    >>> float(chi_square_of(rows, [jnp.ones(())] * 8))
    3.0
    """
    if not rows.squares:
        return rows.dofs * _cube_root(rows, z[0]) ** 3
    sums = _sum_of_squares(rows, z)
    if not rows.degree:
        return sums
    return jnp.where(rows.dofs <= FEW, sums, rows.dofs * _cube_root(rows, z[0]) ** 3)


def log_ratio_of(rows: ChiSquareTable, z: Sequence[Array]) -> Array:
    """Return log(chi-square / dof) for the chi-squares that ``chi_square_of`` makes of the same normals.

    >>> rows = chi_square_table(3)
    >>> float(log_ratio_of(rows, [jnp.ones(())] * 8))
    0.0
    """
    if not rows.squares:
        return 3.0 * jnp.log(_cube_root(rows, z[0]))
    # With 0 degrees of freedom: log 0 - log 1, not log 0 - log 0.
    small = jnp.log(_sum_of_squares(rows, z)) - jnp.log(jnp.maximum(rows.dofs, 1.0))
    if not rows.degree:
        return small
    return jnp.where(rows.dofs <= FEW, small, 3.0 * jnp.log(_cube_root(rows, z[0])))


def _cube_root(rows: ChiSquareTable, z: Array) -> Array:
    # Clenshaw's rule: the power basis loses six digits where there are few degrees of freedom.
    x = z * (1 / HALF_WIDTH)
    later, last = jnp.zeros_like(x), jnp.zeros_like(x)
    for k in range(rows.degree, 0, -1):
        later, last = rows.coefficients[..., k] + 2.0 * x * later - last, later
    return rows.coefficients[..., 0] + x * later - last


def _sum_of_squares(rows: ChiSquareTable, z: Sequence[Array]) -> Array:
    # Term by term: a reduction's order could depend on the block, and with it the last bit.
    total = jnp.zeros_like(z[0])
    for j in range(FEW):
        total = total + jnp.where(rows.dofs > j, z[j] ** 2, 0.0)
    return total
