"""Guards on what a sampler hands over: that its numbers were drawn, one a path, each path its own.

A guard answers with a sentence that names the fault, or None. Its false alarms belong to no claim, so each
statistical guard has probability below 1e-12 under an honest sampler.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from paper_checks._looks import UNIT

__all__ = [
    "Fingerprint",
    "adjacent_fault",
    "lost_sentence",
    "probe_fault",
    "shape_fault",
    "spread_fault",
    "within_range",
]

#: Beyond this size a value counts as infinite: the sum of a few would be.
LARGEST = 1e290

#: -ln of the false-alarm probability of the guard on neighbours, 1e-12.
_ALARM = 27.7


def shape_fault(x: Any, paths: int, columns: int = 1) -> str | None:
    """Return what is wrong with the array as such: its type, shape, precision, or that it was broadcast.

    >>> shape_fault(np.broadcast_to(1.5, (512,)), 512)
    'a broadcast array: one number stands for many paths'
    >>> shape_fault(np.zeros(512, dtype=np.float32), 512)
    'float32 where float64 is needed: rare events and late generations break in it; switch x64 on'
    """
    if not isinstance(x, np.ndarray):
        return f"{type(x).__name__} where a numpy array is needed"
    if x.dtype != np.float64:
        return f"{x.dtype} where float64 is needed: rare events and late generations break in it; switch x64 on"
    if x.size == 0:
        return "zero samples"
    wanted = (paths,) if columns == 1 else (paths, columns)
    if x.shape != wanted:
        return f"shape {x.shape} where {wanted} is needed, one row a path"
    if 0 in x.strides and x.size > 1:
        return "a broadcast array: one number stands for many paths"
    return None


def within_range(x: np.ndarray) -> np.ndarray:
    """Return which values are numbers that can be added up: neither NaN nor infinite nor about to overflow.

    >>> within_range(np.array([1.0, np.nan, -np.inf, 1e300]))
    array([ True, False, False, False])
    """
    return np.abs(x) <= LARGEST


def lost_sentence(x: np.ndarray, ids: np.ndarray) -> tuple[np.ndarray, str]:
    """Return the ids of paths with a value that is not finite, and a sentence that counts and names them.

    >>> lost_sentence(np.array([0.0, np.nan, np.inf]), np.array([7, 8, 9]))
    (array([8, 9]), '2 of 3 paths not finite (1 nan, 1 +inf, 0 -inf): paths 8, 9')
    """
    bad = ~within_range(x)
    rows = bad if x.ndim == 1 else bad.any(axis=1)
    kinds = np.isnan(x).sum(), (x > LARGEST).sum(), (x < -LARGEST).sum()
    named = ", ".join(str(i) for i in ids[rows][:8]) + (", …" if rows.sum() > 8 else "")
    counted = "{} nan, {} +inf, {} -inf".format(*kinds)
    return ids[rows], f"{rows.sum()} of {len(ids)} paths not finite ({counted}): paths {named}"


def spread_fault(x: np.ndarray) -> str | None:
    """Return a sentence if all values are equal.

    >>> spread_fault(np.ones(512))
    'zero variance: all 512 values are 1'
    """
    if (x == x[0]).all():
        return f"zero variance: all {len(x)} values are {np.ravel(x)[0]:g}"
    return None


def adjacent_fault(x: np.ndarray) -> str | None:
    """Return a sentence if neighbouring paths fall on one side of the median too often: draws were repeated.

    Split the values at their median (whatever the law, atoms or not) and pair neighbours off. Independent
    paths are exchangeable, so given how many lie above, every placing of them is equally likely, and the
    number of mixed pairs among m has P(u) = 2^u m! / (a! b! u!) / C(2m, ones), where a and b count the pairs
    of two ones and of none. The lower tail of that law is the guard's exact p-value.

    >>> adjacent_fault(np.repeat(np.arange(50.0), 100))
    'neighbouring paths are equal: 0 of 2500 pairs are mixed where 1250 are expected'
    """
    pairs = len(x) // 2
    x = x[: 2 * pairs]
    middle = np.median(x)
    above = x > middle if (x > middle).any() else x < middle
    ones = int(above.sum())
    mixed = int((above[::2] != above[1::2]).sum())
    expected = ones * (2 * pairs - ones) / (2 * pairs - 1)
    # Most honest blocks stop at the first condition; the exact tail costs a term for every second mixed pair.
    if mixed > expected - 2 * math.sqrt(expected) or _log_mixed_tail(pairs, ones, mixed) > -_ALARM:
        return None
    said = f"{mixed} of {pairs} pairs are mixed where {expected:.0f} are expected"
    return f"neighbouring paths are equal: {said}"


def _log_mixed_tail(pairs: int, ones: int, mixed: int) -> float:
    """Return ln P(at most so many mixed pairs), given the number of ones among 2 · pairs places."""
    ways = math.lgamma(2 * pairs + 1) - math.lgamma(ones + 1) - math.lgamma(2 * pairs - ones + 1)
    logs = []
    for u in range(mixed, -1, -2):
        both, none = (ones - u) // 2, (2 * pairs - ones - u) // 2
        parts = math.lgamma(both + 1) + math.lgamma(none + 1) + math.lgamma(u + 1)
        logs.append(u * math.log(2) + math.lgamma(pairs + 1) - parts - ways)
    largest = max(logs)
    return largest + math.log(math.fsum(math.exp(each - largest) for each in logs))


class Fingerprint:
    """The first unit of a stream of continuous outcomes, by which a later repetition of it is known.

    >>> values = np.linspace(0, 1, 512)
    >>> Fingerprint(values).fault(values[:256])
    'the first paths come again: 256 of 256 values were drawn before'
    """

    def __init__(self, x: np.ndarray) -> None:
        self._first = np.sort(x[:UNIT])

    @staticmethod
    def own_fault(x: np.ndarray) -> str | None:
        """Return a sentence if a first block of continuous outcomes holds many equal or short values."""
        distinct = np.unique(x).size
        if distinct < 0.99 * x.size:
            hint = "declare the outcome discrete if it has atoms"
            return f"duplicate paths: {x.size} values, {distinct} distinct; {hint}"
        if np.array_equal(x, x.astype(np.float32)):
            return "float32 in a float64 array: every value has 24 bits; switch x64 on"
        return None

    def fault(self, x: np.ndarray) -> str | None:
        """Return a sentence if a later block repeats values of the first unit."""
        place = np.minimum(np.searchsorted(self._first, x), self._first.size - 1)
        again = int((self._first[place] == x).sum())
        if again >= self._first.size // 2:
            return f"the first paths come again: {again} of {x.size} values were drawn before"
        return None


def probe_fault(draw: Callable[[np.ndarray], Any], ids: np.ndarray, x: np.ndarray) -> str | None:
    """Return a sentence if a path's value depends on its place in the call: draw the same ids in reverse.

    >>> ids = np.arange(512)
    >>> honest, positional = lambda ids: ids * 1.0, lambda ids: np.arange(len(ids)) * 1.0
    >>> probe_fault(honest, ids, honest(ids)) is None, probe_fault(positional, ids, positional(ids)) is None
    (True, False)
    """
    again = draw(np.ascontiguousarray(ids[::-1]))
    fault = shape_fault(again, len(ids), 1 if x.ndim == 1 else x.shape[1])
    if fault:
        return fault
    changed = ~((again[::-1] == x) | (np.isnan(again[::-1]) & np.isnan(x)))
    if changed.any():
        share = math.ceil(100 * changed.mean())
        return f"a value depends on more than its path id: {share} % changed when the ids were reversed"
    return None
