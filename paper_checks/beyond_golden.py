r"""What the golden-ratio weight is: the steady state of a Kalman filter.

Choose the weight anew at each refit, w_t = u/(u + 1) with u = n v_{t-1} + 1/k, the gain of a filter that observes a
constant. Then n v_t = w_t, and with equal numbers of rows n v_t = F(2t+1)/F(2t+2). Derived here; no document prints it.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from paper_checks._claim import Claim, Source
from paper_checks._enumerate import Enumeration
from paper_checks._proof import Identity, Induction, Inequality, Limit

__all__ = ["CLAIMS"]


def _symbols() -> tuple[Any, ...]:
    import sympy

    t = sympy.Symbol("t", integer=True, positive=True)
    phi = (1 + sympy.sqrt(5)) / 2
    return t, sympy.Symbol("v", positive=True), sympy.Symbol("k", positive=True), phi


def _gain() -> tuple[Any, ...]:
    """Return w^2 + (1 - w)^2 (v + 1/k) at the filter's weight, and that weight."""
    _, v, k, _ = _symbols()
    spread = v + 1 / k
    w = spread / (spread + 1)
    return w**2 + (1 - w) ** 2 * spread, w


def _any_weight() -> tuple[Any, ...]:
    """Return the risk at another weight less that at the filter's, for the deviation e."""
    import sympy

    _, v, k, _ = _symbols()
    spread, e = v + 1 / k, sympy.Symbol("e", real=True)
    w = spread / (spread + 1) + e
    return w**2 + (1 - w) ** 2 * spread - spread / (spread + 1), (1 + spread) * e**2


def _binet(t: Any) -> Any:
    """Return F(2t + 1)/F(2t + 2) by Binet's formula."""
    phi = _symbols()[3]
    odd, even = (phi**m - (-1) ** parity * phi ** (-m) for m, parity in ((2 * t + 1, 1), (2 * t + 2, 0)))
    return odd / even


def _fibonacci() -> tuple[Any, ...]:
    """Return n v_t, t, the step (v + 1)/(v + 2), and its value at t = 1, from the real fit with n v_0 = 1."""
    import sympy

    t = _symbols()[0]
    return _binet(t), t, lambda v, t: (v + 1) / (v + 2), sympy.Rational(2, 3)


def _steady() -> tuple[Any, ...]:
    """Return F(2t + 1)/F(2t + 2) through q = 1/phi^2, which vanishes in powers, t, and 1/phi."""
    import sympy

    t, *_, phi = _symbols()
    q = lambda m: sympy.exp(-2 * m * sympy.log(phi))  # noqa: E731
    return (1 + q(2 * t + 1)) / (1 - q(2 * t + 2)) / phi, t, 1 / phi


def _by_recursion() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield Fibonacci fractions, and location.optimal_schedule_mse, against n v <- (n v + 1)/(n v + 2)."""
    from theory.quantity import find

    v, a, b = Fraction(1), 1, 1
    for t in range(12):
        yield f"t = {t}", Fraction(a, b), v
        yield (
            f"location.optimal_schedule_mse, t = {t}",
            find("location.optimal_schedule_mse").evaluate({"n": 7, "g": t}),
            v,
        )
        v = (v + 1) / (v + 2)
        a, b = a + b, a + 2 * b


def _downwards() -> tuple[Any, ...]:
    """Return v - (v + 1)/(v + 2) at v = 1/phi + d > 1/phi, times (v + 2), d > 0."""
    import sympy

    d, p = sympy.symbols("d p", positive=True)
    # v (v + 2) - (v + 1) = v^2 + v - 1, and p = 1/phi has p^2 + p = 1.
    return sympy.expand((p + d) ** 2 + (p + d) - (p**2 + p)), {}


CLAIMS = (
    Claim(
        id="beyond.kalman",
        title="Weights chosen anew pass through Fibonacci fractions and end in the golden ratio",
        source=Source(document="tailfade", where="derived here, beside the golden ratio of He, Xu and Cheng 2025"),
        says=r"n v_t = w_t = \frac{F_{2t+1}}{F_{2t+2}} \rightarrow \frac{1}{\varphi}",
        relation="limit",
        domain={},
        proofs=(
            Identity(statement="at the filter's weight the risk is the weight", sides=_gain),
            Identity(statement="any other weight costs (1 + v + 1/k) e^2 more", sides=_any_weight),
            Induction(statement="n v_t = F(2t+1)/F(2t+2), k = 1", parts=_fibonacci),
            Inequality(statement="the risk falls at every step", parts=_downwards),
            Limit(statement="F(2t+1)/F(2t+2) -> 1/phi", parts=_steady),
        ),
        enumerations=(Enumeration(statement="Fibonacci fractions by the recursion", cases=_by_recursion),),
        uses=("he2025.golden",),
        tags=("fresh", "location", "beyond"),
        expected="ASYMPTOTIC",
    ),
)
