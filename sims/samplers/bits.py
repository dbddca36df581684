"""Random bits, and the normals and uniform indices made of them: exact functions of key and position.

Draw ``j`` of an array is one threefry block at counter ``j``, so it depends on the key and on ``j`` alone:
an array may be padded, and a lane may stand anywhere in a block, without changing a bit.
"""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.extend.random import threefry2x32_p
from jax.typing import DTypeLike

from groundwork.errors import BadInput

__all__ = [
    "high_product",
    "index_of",
    "join",
    "normal",
    "normals",
    "signed_uniform",
    "uniform_index",
    "words",
]


def words(key: Array, shape: tuple[int, ...] = (), *, first: int = 0) -> tuple[Array, Array]:
    """Return the two uint32 halves (hi, lo), each of ``shape``, of one threefry block per draw.

    The block's counter is ``first`` plus the flat position of the draw, and both of its words are handed
    out. Growing the leading axis keeps the draws that were there. Joined, they are ``jax.random.bits`` of
    64 bits, with jax's default settings, but they do not change with the settings.

    >>> hi, lo = words(jax.random.key(0), (3,))
    >>> hi.shape, hi.dtype.name, bool((words(jax.random.key(0), (5,))[0][:3] == hi).all())
    ((3,), 'uint32', True)
    """
    return _blocks(key, _positions(shape) + np.uint32(first))


def normal(key: Array, shape: tuple[int, ...] = (), *, first: int = 0) -> Array:
    """Return standard normals of ``shape``, float64, from the words of ``shape``.

    z = sqrt(2) erfinv(u), u the signed uniform: |z| <= -Phi^-1(2^-54) = 8.2924. XLA's erfinv is off by up
    to 2e-10 relative, but only far out: its cdf is nowhere off by more than 1e-15. Derived here.

    >>> z = normal(jax.random.key(0), (4,))
    >>> z.shape, z.dtype.name
    ((4,), 'float64')
    """
    return _normal_of(words(key, shape, first=first))


def normals(key: Array, count: int, shape: tuple[int, ...] = (), *, first: int = 0) -> list[Array]:
    """Return ``count`` arrays of ``shape``: those of ``normal(key, (*shape, count))`` along its last axis.

    For a few draws of different use: slices of one short array make XLA compute the whole array for each
    slice.

    >>> a, b = normals(jax.random.key(0), 2)
    >>> bool((jnp.stack([a, b]) == normal(jax.random.key(0), (2,))).all())
    True
    """
    start = _positions(shape) * np.uint32(count) + np.uint32(first)
    return [_normal_of(_blocks(key, start + np.uint32(j))) for j in range(count)]


def uniform_index(key: Array, shape: tuple[int, ...], bound: Array | int) -> Array:
    """Return int32 indices of ``shape``, uniform on 0 .. bound - 1.

    ``bound`` may be traced; 1 <= bound < 2^31. The index is floor(w bound / 2^64) for a 64-bit word w: none
    is off its probability 1/bound by more than 2^-64, a relative bias of at most bound / 2^64 (6e-17 at a
    bound of 1000). Derived here.

    >>> index = uniform_index(jax.random.key(0), (5,), 3)
    >>> index.dtype.name, bool(((index >= 0) & (index < 3)).all())
    ('int32', True)
    """
    return index_of(words(key, shape), bound)


def signed_uniform(halves: tuple[Array, Array], dtype: DTypeLike = np.float64) -> Array:
    """Return uniforms in (-1, 1) of the words' shape: odd multiples of 2^-53 (float64) or 2^-24 (float32).

    u = (2k + 1) 2^-53 with k the word's upper 53 bits, signed (float32: 2^-24 and the upper 24 bits). An
    odd integer of 53 bits is exact in float64, so the map is symmetric and never 0, 1 or -1: the more
    obvious map to (0, 1) rounds its top code to 1, and a normal made of it is infinite. Derived here.

    >>> top = (jnp.uint32(2**31 - 1), jnp.uint32(2**32 - 1))
    >>> float(signed_uniform(top)) == 1 - 2**-53
    True
    """
    if np.dtype(dtype) == np.float32:
        code = jax.lax.bitcast_convert_type(halves[0], jnp.int32) >> 8
        return code.astype(jnp.float32) * 2.0**-23 + 2.0**-24
    if np.dtype(dtype) != np.float64:
        raise BadInput("dtype", np.dtype(dtype).name, "float32 or float64")
    code = jax.lax.bitcast_convert_type(join(halves), jnp.int64) >> 11
    return code.astype(jnp.float64) * 2.0**-52 + 2.0**-53


def index_of(halves: tuple[Array, Array], bound: Array | int) -> Array:
    """Return the int32 index floor(w bound / 2^64) of each word w, of the words' shape.

    >>> int(index_of((jnp.uint32(2**32 - 1), jnp.uint32(2**32 - 1)), 7))
    6
    """
    return high_product(halves, jnp.asarray(bound).astype(jnp.uint64)).astype(jnp.int32)


def high_product(halves: tuple[Array, Array], factor: Array) -> Array:
    """Return floor(w factor / 2^64), uint64, of the words' shape, for a scalar uint64 ``factor``.

    The 128-bit product by halves; no intermediate passes 2^64. Derived here.

    >>> int(high_product((jnp.uint32(2**31), jnp.uint32(0)), jnp.uint64(10)))
    5
    """
    hi, lo = (half.astype(jnp.uint64) for half in halves)
    above, below = factor >> 32, factor & 0xFFFFFFFF
    cross, other = hi * below, lo * above
    carry = (lo * below >> 32) + (cross & 0xFFFFFFFF) + (other & 0xFFFFFFFF)
    return hi * above + (cross >> 32) + (other >> 32) + (carry >> 32)


def join(halves: tuple[Array, Array]) -> Array:
    """Return the uint64 words whose upper and lower uint32 halves are given, of the same shape.

    >>> hex(int(join((jnp.uint32(1), jnp.uint32(2)))))
    '0x100000002'
    """
    hi, lo = halves
    return (hi.astype(jnp.uint64) << 32) | lo.astype(jnp.uint64)


def _normal_of(halves: tuple[Array, Array]) -> Array:
    return math.sqrt(2.0) * jax.lax.erf_inv(signed_uniform(halves))


def _positions(shape: tuple[int, ...]) -> Array:
    return jnp.arange(math.prod(shape), dtype=jnp.uint32).reshape(shape)


def _blocks(key: Array, position: Array) -> tuple[Array, Array]:
    if jax.dtypes.canonicalize_dtype(np.float64) != np.float64:
        raise BadInput("jax_enable_x64", False, "True", "set JAX_ENABLE_X64=1 before the first draw")
    if not jnp.issubdtype(key.dtype, jax.dtypes.prng_key) or jax.random.key_impl(key) != "threefry2x32":
        raise BadInput("key", key.dtype, "a typed threefry key", "make one with jax.random.key(seed)")
    data = jax.random.key_data(key)
    hi, lo = threefry2x32_p.bind(data[0], data[1], jnp.zeros_like(position), position)
    return hi, lo
