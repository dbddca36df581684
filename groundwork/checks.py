"""Argument checks that every public entry point shares; each returns the cleaned value or raises ``BadInput``.

A boolean is no count and no number here, although Python says it is; a float is no count, although ``3.0``
looks like one. A traced value (inside jit nothing can raise) passes through untouched.
"""

from __future__ import annotations

import math
import numbers
import operator
from collections.abc import Iterable
from typing import Any

import numpy as np

from groundwork.errors import BadInput, suggestion

__all__ = ["choice", "count", "covariance", "is_abstract", "number", "simplex", "vector"]

#: No sample size, generation or dimension may pass this: products of two of them must stay exact in int64.
LARGEST = 2**31 - 1


def is_abstract(value: object) -> bool:
    """Return whether the value is a tracer or a stand-in that a tree transformation put there."""
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes, np.ndarray, np.generic)):
        return False
    return type(value) is object or _is_tracer(value)


def _is_tracer(value: object) -> bool:
    # Named by its class so that this room never imports jax.
    return any(kind.__name__ in {"Tracer", "ShapeDtypeStruct"} for kind in type(value).__mro__)


def count(name: str, value: Any, *, least: int = 1, most: int = LARGEST, way_out: str = "") -> int:
    """Return ``value`` as an int in [least, most].

    >>> count("n", 3)
    3
    >>> count("n", True)
    Traceback (most recent call last):
    groundwork.errors.BadInput: n = True: allowed is an integer >= 1
    """
    if is_abstract(value):
        return value
    allowed = f"an integer >= {least}" + ("" if most == LARGEST else f" and <= {most}")
    if isinstance(value, (bool, np.bool_)):
        raise BadInput(name, value, allowed, way_out)
    if isinstance(value, np.ndarray) and value.ndim:
        raise BadInput(name, value, allowed, way_out)
    try:
        whole = operator.index(value)
    except TypeError:
        raise BadInput(name, value, allowed, way_out) from None
    if whole > LARGEST:
        raise BadInput(name, value, f"{allowed} (and below 2^31)", way_out)
    if not least <= whole <= most:
        raise BadInput(name, value, allowed, way_out)
    return whole


def number(
    name: str,
    value: Any,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    open_low: bool = False,
    open_high: bool = False,
    way_out: str = "",
) -> float:
    """Return ``value`` as a finite float between ``low`` and ``high`` (ends included unless said open).

    >>> number("sigma", 2, low=0)
    2.0
    >>> number("sigma", float("nan"), low=0)
    Traceback (most recent call last):
    groundwork.errors.BadInput: sigma = nan: allowed is a finite number >= 0
    """
    if is_abstract(value):
        return value
    allowed = _range(low, high, open_low, open_high)
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if hasattr(value, "__array__") and not isinstance(value, numbers.Real) and getattr(value, "shape", None) == ():
        value = np.asarray(value)[()]
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise BadInput(name, value, allowed, way_out)
    real = float(value)
    below = real <= low if open_low else real < low
    above = real >= high if open_high else real > high
    if not math.isfinite(real) or below or above:
        raise BadInput(name, value, allowed, way_out)
    return real


def _range(low: float, high: float, open_low: bool, open_high: bool) -> str:
    parts = []
    if low > -math.inf:
        parts.append(f"{'>' if open_low else '>='} {low:g}")
    if high < math.inf:
        parts.append(f"{'<' if open_high else '<='} {high:g}")
    return "a finite number" + (" " + " and ".join(parts) if parts else "")


def choice(name: str, value: Any, options: Iterable[str]) -> str:
    """Return ``value`` if it is one of ``options``; otherwise say which one was probably meant.

    >>> choice("estimator", "mle", ["unbiased", "mle"])
    'mle'
    >>> choice("estimator", "unbiassed", ["unbiased", "mle"])
    Traceback (most recent call last):
    groundwork.errors.BadInput: estimator = 'unbiassed': allowed is one of mle, unbiased; did you mean unbiased?
    """
    options = sorted(options)
    if isinstance(value, str) and value in options:
        return value
    hint = suggestion(value, options) if isinstance(value, str) else ""
    raise BadInput(name, value, f"one of {', '.join(options)}", hint if hint.startswith("did") else "")


def vector(name: str, value: Any, *, length: int | None = None) -> np.ndarray:
    """Return ``value`` as a finite float64 vector, of the given length if one is given.

    >>> vector("w", [1, 2])
    array([1., 2.])
    """
    if is_abstract(value):
        return value
    allowed = "a vector of finite numbers" + ("" if length is None else f" of length {length}")
    array = _floats(name, value, allowed)
    if array.ndim != 1 or (length is not None and array.shape[0] != length):
        raise BadInput(name, value, allowed, f"its shape is {array.shape}")
    return array


def simplex(name: str, value: Any, *, least: int = 1) -> np.ndarray:
    """Return ``value`` as probabilities: at least ``least`` numbers >= 0 that sum to 1 within 1e-9.

    >>> simplex("p", [0.25, 0.75])
    array([0.25, 0.75])
    """
    if is_abstract(value):
        return value
    allowed = f"at least {least} probabilities >= 0 that sum to 1"
    array = _floats(name, value, allowed)
    if array.ndim != 1 or array.shape[0] < least:
        raise BadInput(name, value, allowed, f"its shape is {array.shape}")
    if (array < 0).any():
        raise BadInput(name, value, allowed, f"entry {int(np.argmin(array))} is {array.min():g}")
    total = math.fsum(array)
    if abs(total - 1) > 1e-9:
        raise BadInput(name, value, allowed, f"they sum to {total:.12g}")
    return array


def covariance(name: str, value: Any, *, d: int | None = None) -> np.ndarray:
    """Return ``value`` as a symmetric positive definite matrix; a vector stands for its diagonal.

    >>> covariance("cov", [1, 4])
    array([[1., 0.],
           [0., 4.]])
    """
    if is_abstract(value):
        return value
    allowed = "a symmetric positive definite matrix" + ("" if d is None else f" of {d} rows and columns")
    array = _floats(name, value, allowed)
    if array.ndim == 1:
        array = np.diag(array)
    if array.ndim != 2 or array.shape[0] != array.shape[1] or (d is not None and array.shape[0] != d):
        raise BadInput(name, value, allowed, f"its shape is {array.shape}")
    if not np.allclose(array, array.T, rtol=1e-12, atol=0):
        raise BadInput(name, value, allowed, "it is not symmetric")
    smallest = float(np.linalg.eigvalsh(array)[0])
    if not smallest > 0:
        raise BadInput(name, value, allowed, f"its smallest eigenvalue is {smallest:.3g}")
    return array


def _floats(name: str, value: Any, allowed: str) -> np.ndarray:
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        raise BadInput(name, value, allowed) from None
    if array.dtype.kind not in "iuf" or array.size == 0:
        raise BadInput(name, value, allowed)
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        raise BadInput(name, value, allowed, "an entry is not finite")
    return array
