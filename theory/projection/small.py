"""Fewer random features than rows: ordinary least squares in the features, exact at finite size.

A row x ~ N(0, I_d) is seen through m Gaussian features S x. Real labels are w'x plus noise, the labels of the
n_syn synthetic rows are (w + shift)'x plus noise, with an isotropic Gaussian shift, E ‖shift‖^2 = c2, drawn once
per data set. What the features do not span is further noise, independent of what they do. With more features
than dimensions the features span everything: m counts as d.
"""

from __future__ import annotations

from typing import Any

from groundwork.errors import BadInput
from theory.numerics import mp
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["DOMAINS", "check_synthetic", "risk", "shift", "shift_plateau"]

DOMAINS = {
    "n": domain("n", kind="integer", meaning="rows of the fit, the synthetic ones among them"),
    "m": domain("m", meaning="number of random features"),
    "n_syn": domain("n_syn", meaning="synthetic rows among the n"),
    "c2": domain("c2", meaning="squared size of the synthetic shift"),
}


def check_synthetic(n: int, n_syn: int) -> None:
    """Refuse more synthetic rows than rows."""
    if n_syn > n:
        raise BadInput("n_syn", n_syn, f"an integer from 0 to n = {n}", "the synthetic rows are among the n")


def _spanned(d: int, m: int, n: int, n_syn: int) -> int:
    """Return how many dimensions the features span; too many for the rows are refused."""
    check_synthetic(n, n_syn)
    if m > n - 2:
        way_out = "the mean risk is infinite when min(m, d) is within 1 of n"
        if min(m, d) >= n + 2:
            way_out = "use projection.interpolating_risk"
        elif d <= n - 2:
            way_out = f"m above d counts as d: give m = {d}"
        raise BadInput("m", m, f"an integer below n - 1 = {n - 1}", way_out)
    return min(m, d)


def _shift_term(m: Any, d: Any, n: Any, n_syn: Any, c2: Any) -> Any:
    """Return the part of the risk that is linear in c2, for m <= d spanned features."""
    alone = m * (m + 2) * (n - 2) / ((n + 2) * (n - m - 1))
    pairs = n_syn * (n_syn - 1) / (n * (n - 1))
    kept = n_syn / n * alone + pairs * (m - alone)
    return c2 / d * (kept + n_syn / n * m * (d - m) / (n - m - 1))


def _risk_term(m: Any, d: Any, n: Any, n_syn: Any, sigma: Any, signal: Any, c2: Any) -> Any:
    unseen = (1 - m / d) * signal
    return unseen + m / (n - m - 1) * (sigma**2 + unseen) + _shift_term(m, d, n, n_syn, c2)


def _symbols() -> tuple[Any, Any, Any, Any]:
    import sympy

    return sympy.Min(symbol("m"), symbol("d")), symbol("d"), symbol("n"), symbol("n_syn")


@quantity(
    formula=lambda: _risk_term(*_symbols(), symbol("sigma"), symbol("signal"), symbol("c2")),
    source="""derived here, for the random-feature model of Dohmatob, Feng, Subramonian and Kempe 2024 (Strong
    model collapse) as described in the slides of Wright and Lee""",
    domains=DOMAINS,
)
def risk(d: int, m: int, n: int, n_syn: int, c2: float, sigma: float = 1.0, signal: float = 1.0) -> Any:
    """Return the mean excess risk of least squares on m random features of n mixed rows, a float.

    With psi = m/d and p2 = n_syn/n: (1 - psi) signal + m/(n - m - 1) [sigma^2 + (1 - psi) signal + p2 (1 - psi)
    c2] + (c2/d) [p2 D + n_syn (n_syn - 1)/(n (n - 1)) (m - D)], D = m (m + 2)(n - 2)/((n + 2)(n - m - 1)).
    Isotropic rows and shift, m < n - 1; m above d counts as d.

    >>> risk(d=4, m=2, n=5, n_syn=0, c2=1.0)
    2.0
    >>> risk(d=1, m=1, n=4, n_syn=4, c2=3.0, sigma=0.0)
    3.0
    """
    ctx = mp()
    spanned = _spanned(d, m, n, n_syn)
    return _risk_term(
        ctx.mpf(spanned), ctx.mpf(d), ctx.mpf(n), ctx.mpf(n_syn), ctx.mpf(sigma), ctx.mpf(signal), ctx.mpf(c2)
    )


@quantity(
    formula=lambda: _shift_term(*_symbols(), symbol("c2")),
    source="derived here; the finite-size form of the shift part of Strong model collapse",
    domains=DOMAINS,
)
def shift(d: int, m: int, n: int, n_syn: int, c2: float) -> Any:
    """Return the part of `risk` that the synthetic labels cause, all that is linear in c2, a float.

    For d >= n - 1 it grows with m all the way to the interpolation threshold m = n - 1. It counts both the
    shift that the features carry and the one they cannot see, which is noise to them.

    >>> shift(d=1, m=1, n=4, n_syn=2, c2=3.0)
    1.0
    """
    ctx = mp()
    spanned = _spanned(d, m, n, n_syn)
    return _shift_term(ctx.mpf(spanned), ctx.mpf(d), ctx.mpf(n), ctx.mpf(n_syn), ctx.mpf(c2))


def _shift_plateau() -> Any:
    import sympy

    return sympy.Min(symbol("psi"), 1) * symbol("p2") ** 2 * symbol("c2")


@quantity(formula=_shift_plateau, source="derived here, as the limit of projection.shift", status="asymptotic")
def shift_plateau(psi: float, p2: float, c2: float) -> Any:
    """Return the synthetic contribution that no amount of rows removes, min(psi, 1) p2^2 c2, a float.

    n -> infinity at a fixed share p2 of synthetic rows and psi = m/d.

    >>> shift_plateau(0.5, 0.5, 2.0)
    0.25
    """
    ctx = mp()
    return min(ctx.mpf(psi), ctx.mpf(1)) * ctx.mpf(p2) ** 2 * ctx.mpf(c2)
