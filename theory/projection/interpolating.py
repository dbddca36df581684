"""More random features than rows: the min-norm fit interpolates, and its mean risk is rational at finite size.

The features of the row space, a Gaussian n x m matrix, are independent of those of its orthogonal complement. Given
the rows, the fit therefore reproduces the labels in the row space and adds, in each of the d - n other directions,
a Gaussian multiple of the same vector with E ‖·‖^2 = ‖coordinates‖^2/(m - n - 1), the inverse Wishart mean.
"""

from __future__ import annotations

from typing import Any

from groundwork.errors import BadInput
from theory.numerics import mp
from theory.projection.small import DOMAINS, check_synthetic
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["interpolating_risk", "interpolating_risk_limit", "interpolating_shift", "interpolating_shift_limit"]

_SOURCE = """derived here, exact at finite size; for the random-feature model of Dohmatob, Feng, Subramonian and
Kempe 2024 (Strong model collapse), whose own statement is an asymptotic fixed point"""


def _check(d: int, m: int | None, n: int, n_syn: int) -> None:
    check_synthetic(n, n_syn)
    way_out = "the mean risk is infinite otherwise; with fewer features than rows use projection.risk"
    if m is not None and m < n + 2:
        raise BadInput("m", m, f"an integer >= n + 2 = {n + 2}", way_out)
    if d < n + 2:
        raise BadInput("d", d, f"an integer >= n + 2 = {n + 2}", way_out)


def _inflation(d: Any, m: Any, n: Any) -> Any:
    """Return by how much the directions that no row spans enlarge an error in the row space."""
    return (m + d - 2 * n - 1) / (m - n - 1)


def _shift_limit(d: Any, n: Any, n_syn: Any, c2: Any) -> Any:
    return c2 / d * n_syn * (d - n_syn - 1) / (d - n - 1)


def _risk_limit(d: Any, n: Any, n_syn: Any, sigma: Any, signal: Any, c2: Any) -> Any:
    return signal * (1 - n / d) + sigma**2 * n / (d - n - 1) + _shift_limit(d, n, n_syn, c2)


def _shift(d: Any, m: Any, n: Any, n_syn: Any, c2: Any) -> Any:
    return _shift_limit(d, n, n_syn, c2) * _inflation(d, m, n)


def _risk(d: Any, m: Any, n: Any, n_syn: Any, sigma: Any, signal: Any, c2: Any) -> Any:
    kept = signal * (1 - n / d) * (m - 1) / (m - n - 1)
    return kept + sigma**2 * n / (d - n - 1) * _inflation(d, m, n) + _shift(d, m, n, n_syn, c2)


def _symbols(*names: str) -> tuple[Any, ...]:
    return tuple(symbol(name) for name in names)


def _numbers(*values: float) -> tuple[Any, ...]:
    return tuple(mp().mpf(value) for value in values)


@quantity(
    formula=lambda: _risk(*_symbols("d", "m", "n", "n_syn", "sigma", "signal", "c2")), source=_SOURCE, domains=DOMAINS
)
def interpolating_risk(d: int, m: int, n: int, n_syn: int, c2: float, sigma: float = 1.0, signal: float = 1.0) -> Any:
    """Return the mean excess risk of the min-norm fit on m random features of n < m mixed rows, a float.

    signal (1 - n/d)(m - 1)/(m - n - 1) + [sigma^2 n + (c2/d) n_syn (d - n_syn - 1)]/(d - n - 1) (m + d - 2n -
    1)/(m - n - 1). Isotropic rows and shift; m and d at least n + 2.

    >>> interpolating_risk(d=4, m=5, n=2, n_syn=0, c2=1.0, sigma=0.0)
    1.0
    >>> interpolating_risk(d=4, m=5, n=2, n_syn=0, c2=1.0)
    5.0
    """
    _check(d, m, n, n_syn)
    return _risk(*_numbers(d, m, n, n_syn, sigma, signal, c2))


@quantity(formula=lambda: _shift(*_symbols("d", "m", "n", "n_syn", "c2")), source=_SOURCE, domains=DOMAINS)
def interpolating_shift(d: int, m: int, n: int, n_syn: int, c2: float) -> Any:
    """Return the part of `interpolating_risk` that the synthetic labels cause, a float.

    (c2/d) n_syn (d - n_syn - 1)/(d - n - 1) [1 + (d - n)/(m - n - 1)]: it falls as m grows, so that beyond the
    interpolation threshold every larger model suffers less, whatever the quality c2, but it never falls to 0. In
    n_syn it is symmetric about (d - 1)/2: near the threshold a mixture of real and synthetic rows, which contradict
    each other, does worse than synthetic rows alone.

    >>> interpolating_shift(d=5, m=5, n=2, n_syn=1, c2=1.0)
    0.75
    """
    _check(d, m, n, n_syn)
    return _shift(*_numbers(d, m, n, n_syn, c2))


_LIMIT_DOMAINS = {name: DOMAINS[name] for name in ("n", "n_syn", "c2")} | {
    "d": domain("d", reason="the mean risk is infinite unless d >= n + 2")
}


@quantity(
    formula=lambda: _risk_limit(*_symbols("d", "n", "n_syn", "sigma", "signal", "c2")),
    source=_SOURCE,
    domains=_LIMIT_DOMAINS,
)
def interpolating_risk_limit(d: int, n: int, n_syn: int, c2: float, sigma: float = 1.0, signal: float = 1.0) -> Any:
    """Return the limit of `interpolating_risk` as m grows, min-norm least squares on the raw rows, a float.

    signal (1 - n/d) + [sigma^2 n + (c2/d) n_syn (d - n_syn - 1)]/(d - n - 1).

    >>> interpolating_risk_limit(d=4, n=2, n_syn=0, c2=1.0)
    2.5
    """
    _check(d, None, n, n_syn)
    return _risk_limit(*_numbers(d, n, n_syn, sigma, signal, c2))


@quantity(formula=lambda: _shift_limit(*_symbols("d", "n", "n_syn", "c2")), source=_SOURCE, domains=_LIMIT_DOMAINS)
def interpolating_shift_limit(d: int, n: int, n_syn: int, c2: float) -> Any:
    """Return the synthetic damage that no model size removes, (c2/d) n_syn (d - n_syn - 1)/(d - n - 1), a float.

    >>> interpolating_shift_limit(d=5, n=2, n_syn=1, c2=1.0)
    0.3
    """
    _check(d, None, n, n_syn)
    return _shift_limit(*_numbers(d, n, n_syn, c2))
