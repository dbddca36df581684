"""Bartlett's factor of a Wishart matrix: d chi-squares and d (d - 1) / 2 normals in place of nu x d data."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import Array

from groundwork.checks import count
from groundwork.errors import BadInput
from sims.samplers.bits import normal, normals
from sims.samplers.chi_square import ChiSquareTable, chi_square_of

__all__ = ["bartlett", "bartlett_dofs"]


def bartlett_dofs(nu: float, d: int) -> np.ndarray:
    """Return the degrees of freedom nu, nu - 1, ..., nu - d + 1 of the factor's diagonal, shape (d,).

    Assumes nu >= d: below, the Wishart matrix is singular.

    >>> bartlett_dofs(7, 3)
    array([7., 6., 5.])
    """
    d = count("d", d)
    if not nu >= d:
        raise BadInput("nu", nu, f"a number >= d = {d}", "the matrix is singular below: draw the data themselves")
    return float(nu) - np.arange(d, dtype=np.float64)


def bartlett(key: Array, rows: ChiSquareTable) -> Array:
    """Return a lower triangular A, shape (d, d), with A A' ~ Wishart_d(nu, I).

    A_ii^2 ~ chi-square with nu - i degrees of freedom (i = 0 .. d - 1: ``rows`` is the table of
    ``bartlett_dofs``) and A_ij ~ N(0, 1) for i > j, all independent: Bartlett 1933. d (d + 1) / 2 normals
    are drawn (and 7 d more where the table has sums of squares), first those of the diagonal, then those
    below it, row by row.

    >>> import jax
    >>> from sims.samplers.chi_square import chi_square_table
    >>> A = bartlett(jax.random.key(0), chi_square_table(bartlett_dofs(20, 3)))
    >>> A.shape, bool((A == jnp.tril(A)).all()), bool((jnp.diag(A) > 0).all())
    ((3, 3), True, True)
    """
    d = rows.dofs.shape[0]
    diagonal = jnp.sqrt(chi_square_of(rows, normals(key, rows.normals, (d,))))
    below = normal(key, (d * (d - 1) // 2,), first=d * rows.normals)
    return jnp.concatenate([jnp.zeros(1), diagonal, below])[_places(d)]


def _places(d: int) -> np.ndarray:
    places = np.zeros((d, d), dtype=np.int32)
    places[np.diag_indices(d)] = 1 + np.arange(d)
    places[np.tril_indices(d, -1)] = 1 + d + np.arange(d * (d - 1) // 2)
    return places
