"""Hypothesis strategies derived from the domains of theory/symbols.py: the domain is written once, there."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st

from theory.symbols import Domain, domain

#: Where a domain has no upper end, tests stop here unless told otherwise.
LARGEST_COUNT = 40
LARGEST_REAL = 4.0


def parameter(name: str, **changes: Any) -> st.SearchStrategy[Any]:
    """Return the strategy of a parameter of the alphabet; ``low`` and ``high`` narrow its domain."""
    return of_domain(domain(name, **changes))


def of_domain(entry: Domain) -> st.SearchStrategy[Any]:
    """Return values of a domain, its boundary included."""
    if entry.kind == "choice":
        return st.sampled_from(entry.options)
    if entry.kind in ("integer", "schedule"):
        high = LARGEST_COUNT if math.isinf(entry.high) else int(entry.high)
        return st.integers(int(entry.low), max(high, int(entry.low)))
    if entry.kind == "real":
        low = -LARGEST_REAL if math.isinf(entry.low) else entry.low
        high = LARGEST_REAL if math.isinf(entry.high) else entry.high
        return st.floats(low, high, allow_subnormal=False, exclude_min=entry.open_low, exclude_max=entry.open_high)
    if entry.kind == "simplex":
        return simplexes()
    raise ValueError(f"{entry.name}: no strategy for kind {entry.kind}")


def schedules(low: int = 2, high: int = LARGEST_COUNT, *, most: int = 6) -> st.SearchStrategy[list[int]]:
    """Return lists of sample sizes, one per generation."""
    return st.lists(st.integers(low, high), min_size=1, max_size=most)


def simplexes(*, most: int = 4) -> st.SearchStrategy[list[float]]:
    """Return probabilities with small integer ratios: zeros, ties and point masses are among them."""
    weights = st.lists(st.integers(0, 5), min_size=1, max_size=most).filter(any)
    return weights.map(lambda counts: [count / sum(counts) for count in counts])
