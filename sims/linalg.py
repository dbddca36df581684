"""Small dense linear algebra, one matrix at a time.

Mapped over lanes, a factorisation would reach LAPACK as one batch, which jaxlib splits over the pool of threads
that also carries the devices: with two devices on two cores both then wait for each other, for ever (seen with
the singular values, jaxlib 0.10). One matrix a call costs a fraction of a microsecond more, cannot wait, and
makes a lane's bits independent of the batch by construction.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import jax.scipy.linalg as jsl
from jaxtyping import Array, Float

__all__ = ["cholesky", "eigh", "inverse_transpose", "singular_values", "solve_positive"]


@jax.custom_batching.sequential_vmap
def cholesky(matrix: Float[Array, "d d"]) -> Float[Array, "d d"]:
    """Return the lower Cholesky factor (d, d); NaN where the matrix is not positive definite.

    >>> cholesky(jnp.diag(jnp.array([4.0, 9.0]))).tolist()
    [[2.0, 0.0], [0.0, 3.0]]
    """
    return jnp.linalg.cholesky(matrix)


@jax.custom_batching.sequential_vmap
def eigh(matrix: Float[Array, "d d"]) -> tuple[Float[Array, " d"], Float[Array, "d d"]]:
    """Return eigenvalues (d,), ascending, and eigenvectors in columns (d, d) of a symmetric matrix.

    >>> eigh(jnp.diag(jnp.array([9.0, 4.0])))[0].tolist()
    [4.0, 9.0]
    """
    values, vectors = jnp.linalg.eigh(matrix)
    return values, vectors


@jax.custom_batching.sequential_vmap
def singular_values(matrix: Float[Array, "d e"]) -> Float[Array, " k"]:
    """Return the singular values, descending.

    >>> singular_values(jnp.diag(jnp.array([3.0, -4.0]))).tolist()
    [4.0, 3.0]
    """
    return jnp.linalg.svd(matrix, compute_uv=False)


@jax.custom_batching.sequential_vmap
def solve_positive(matrix: Float[Array, "d d"], right: Float[Array, " d"]) -> Float[Array, " d"]:
    """Return the solution (d,) of a positive definite system; NaN where the matrix is not, up to rounding.

    A singular matrix can pass Cholesky on a pivot of pure rounding, some 1e-16 of the largest; 1e-13 is refused.

    >>> solve_positive(jnp.diag(jnp.array([4.0, 16.0])), jnp.array([4.0, 8.0])).tolist()
    [1.0, 0.5]
    """
    lower = jnp.linalg.cholesky(matrix)
    pivots = jnp.diagonal(lower) ** 2
    sound = jnp.min(pivots) > 1e-13 * jnp.max(jnp.diagonal(matrix))
    return jnp.where(sound, jsl.cho_solve((lower, True), right), jnp.nan)


@jax.custom_batching.sequential_vmap
def inverse_transpose(lower: Float[Array, "d d"]) -> Float[Array, "d d"]:
    """Return the inverse transpose (d, d) of a lower-triangular matrix.

    >>> inverse_transpose(jnp.diag(jnp.array([4.0, 2.0]))).tolist()
    [[0.25, 0.0], [0.0, 0.5]]
    """
    return jsl.solve_triangular(lower, jnp.eye(lower.shape[0]), lower=True).T
