r"""A refitted mean whose rows count differently: windows, weights that fade, new real rows.

Derived here, for any linear fit on one design as well. A shock that enters a window of W batches stays with weight
2/(W + 1), so the error grows by 4/(W + 1)^2 a generation; if the newest batch has weight :math:`g^{-\alpha}` the error
is :math:`\sum k^{-2\alpha}`, bounded if and only if alpha > 1/2; with new real rows in a share p of all that are added
it vanishes like :math:`g^{-\min(1, 2p)}`, with a logarithm at p = 1/2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from paper_checks._enumerate import Enumeration
from paper_checks._means import mean_checks
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit, Recurrence
from paper_checks.beyond_regression import claim

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
DOMAIN = {"n": (1, None), "g": (1, None), "sigma": "sigma > 0"}
WINDOW: tuple[Point, ...] = ({"n": 10, "g": 8, "sigma": 1.0},)
FADING: tuple[Point, ...] = ({"n": 10, "g": 5, "sigma": 1.0},)
SHARED: tuple[Point, ...] = ({"n": 10, "g": 6, "sigma": 1.0},)
ALPHA = 0.75


def symbols() -> tuple[Any, ...]:
    """Return g, k, the share p and a number m."""
    import sympy

    g, k = sympy.symbols("g k", integer=True, positive=True)
    return g, k, sympy.Symbol("p", positive=True), sympy.Symbol("m", positive=True)


# A window.


def response(width: int, steps: int) -> list[Fraction]:
    """Return what is left of a shock of size 1 after 0, 1, … steps, with the window full from the start.

    >>> [str(x) for x in response(2, 3)]
    ['1/2', '3/4', '5/8']
    """
    left: list[Fraction] = []
    for step in range(steps):
        own = Fraction(1 if step < width else 0)
        old = sum((left[step - 1 - i] for i in range(width) if step - 1 - i >= 0), Fraction(0))
        left.append((own + old) / width)
    return left


def windowed(p: Point, width: int = 3) -> float:
    """Return E theta_g^2 on the newest ``width`` batches: every model followed as a sum of noises.

    >>> windowed({"n": 10, "g": 2, "sigma": 1.0})
    0.125
    """
    models: list[list[Fraction]] = []
    for g in range(p["g"]):
        used = range(max(0, g - width + 1), g + 1)
        row = [Fraction(0)] * p["g"]
        for batch in used:
            row[batch] += 1
            for k in range(p["g"]) if batch else ():
                row[k] += models[batch - 1][k]
        models.append([x / len(used) for x in row])
    return p["sigma"] ** 2 / p["n"] * float(sum(x**2 for x in models[-1]))


def _conserved(width: int) -> tuple[Any, ...]:
    """Return J_k - J_{k-1} with J_k = sum_{i<W} (W - i) theta_{k-i}, and the sum of the W latest shocks."""
    import sympy

    theta, shock = sympy.Function("theta"), sympy.Function("e")
    newest = sum((theta(-1 - i) + shock(-i) for i in range(width)), sympy.Integer(0)) / width
    at = lambda k: newest if k == 0 else theta(k)  # noqa: E731
    total = lambda k: sum((width - i) * at(k - i) for i in range(width))  # noqa: E731
    return sympy.expand(total(0) - total(-1)), sum((shock(-i) for i in range(width)), sympy.Integer(0))


def _left() -> tuple[Any, ...]:
    """Return the recursion of the response at W = 2, its symbol, index, start, and 2/3 - (-1/2)^k/6."""
    import sympy

    k = sympy.Symbol("k", integer=True, nonnegative=True)
    y = sympy.Function("y")
    expected = sympy.Rational(2, 3) - sympy.Rational(-1, 2) ** k / 6
    return y(k) - (y(k - 1) + y(k - 2)) / 2, y, k, {0: sympy.Rational(1, 2), 1: sympy.Rational(3, 4)}, expected


def _slope() -> tuple[Any, ...]:
    """Return (1/g) sum_{k<g} (2/3 - (-1/2)^k/6)^2 at g = 2 m, m, and 4/9."""
    import sympy

    m = sympy.Symbol("m", positive=True)
    quarter = sympy.exp(-m * sympy.log(4))
    # sum (-1/2)^k = (2/3)(1 - 4^-m) and sum 4^-k = (4/3)(1 - 16^-m) over k < 2 m.
    alternating, even = (1 - quarter) * sympy.Rational(2, 3), (1 - quarter**2) * sympy.Rational(4, 3)
    total = sympy.Rational(4, 9) * 2 * m - sympy.Rational(2, 9) * alternating + even / 36
    return total / (2 * m), m, sympy.Rational(4, 9)


def _weights_left() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield W against sum_{i<W} (W - i) psi_{k-i}: it is kept, so that psi -> 2/(W + 1)."""
    for width in (2, 3, 5, 8):
        left = response(width, 6 * width)
        for k in (width - 1, 3 * width, 6 * width - 1):
            kept = sum(((width - i) * left[k - i] for i in range(width)), Fraction(0))
            yield f"W = {width}, k = {k}", width, kept


def _far_out() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield 4/(W + 1)^2, rounded, against the square of the response after many steps."""
    for width in (2, 3, 5, 8):
        yield f"W = {width}", 4.0 / (width + 1) ** 2, response(width, 30 * width)[-1] ** 2


# Weights that fade.


def fading(p: Point, alpha: float = ALPHA) -> float:
    """Return E theta_g^2 where the newest batch has weight g^-alpha.

    >>> fading({"n": 10, "g": 1, "sigma": 1.0})
    0.1
    """
    return p["sigma"] ** 2 / p["n"] * sum(k ** (-2 * alpha) for k in range(1, p["g"] + 1))


def _matrix(generations: int) -> str:
    """Return the workflow: row g has g^-alpha for the newest batch, and older ones share the rest as before."""
    rows, old = [], [0.0] * generations
    for g in range(1, generations + 1):
        newest = float(g) ** -ALPHA
        old = [x * (1 - newest) for x in old]
        old[g - 1] = newest
        rows.append(list(old))
    return f"weighted({rows})"


def _one_more() -> tuple[Any, ...]:
    """Return both sides of a step: the mean of all moves by a of the newest noise, a the newest batch's weight."""
    import sympy

    a, mean, noise = sympy.symbols("a mean noise")
    return (1 - a) * mean + a * (mean + noise), mean + a * noise


def _powers() -> tuple[Any, ...]:
    import sympy

    g, k, *_ = symbols()
    alpha = sympy.Symbol("alpha", positive=True)
    return sympy.Sum(k ** (-2 * alpha), (k, 1, g)), g, lambda v, g: v + (g**-alpha) ** 2, sympy.Integer(1)


def _summed() -> tuple[Any, ...]:
    import sympy

    _, k, *_ = symbols()
    return sympy.Sum(k ** sympy.Rational(-3, 2), (k, 1, sympy.oo)), sympy.zeta(sympy.Rational(3, 2))


def _half() -> tuple[Any, ...]:
    """Return 1/(t + j) - 1/(2 t) for j <= t, t = j + i: t such terms are at least one half."""
    import sympy

    j, i = sympy.Symbol("j", integer=True, positive=True), sympy.Symbol("i", integer=True, nonnegative=True)
    return 1 / (2 * j + i) - 1 / (2 * (j + i)), {j: 1, i: 0}


def _unbounded() -> tuple[Any, ...]:
    import sympy

    m = symbols()[3]
    return 1 / (1 + m / 2), m, sympy.Integer(0)


# New real rows in an accumulated corpus.


def shared(p: Point, share: float) -> float:
    """Return E theta_g^2 where a share of all rows that are added is real, by its recursion.

    >>> shared({"n": 10, "g": 2, "sigma": 1.0}, 1.0)
    0.05
    """
    v = 1.0
    for k in range(2, p["g"] + 1):
        v = v * (1 - share / k) ** 2 + 1 / k**2
    return p["sigma"] ** 2 / p["n"] * v


def _mixed() -> tuple[Any, ...]:
    """Return both sides of a step in error: (g - 1) old batches, and one with mean (1 - p) of the last model."""
    import sympy

    g, _, p, _ = symbols()
    mean, noise = sympy.symbols("mean noise")
    return ((g - 1) * mean + (1 - p) * mean + noise) / g, (1 - p / g) * mean + noise / g


def _homogeneous() -> tuple[Any, ...]:
    """Return h_g = (G(g + 1 - p)/G(g + 1)/G(2 - p))^2, g, its recursion and 1: how an old error fades."""
    import sympy

    g, _, p, _ = symbols()
    closed = (sympy.gamma(g + 1 - p) / (sympy.gamma(g + 1) * sympy.gamma(2 - p))) ** 2
    return closed, g, lambda v, g: v * (1 - p / g) ** 2, sympy.Integer(1)


def _fades() -> tuple[Any, ...]:
    """Return g (1 - h_g/h_{g-1}), g, and 2 p: the local exponent of h_g."""
    g, _, p, _ = symbols()
    return g * (1 - (1 - p / g) ** 2), g, 2 * p


def _quotient() -> tuple[Any, ...]:
    """Return the quotient of the differences of sum 1/(j^2 h_j) and 1/(g h_g), g, and 1/(2p - 1) (Stolz and Cesaro)."""
    g, _, p, _ = symbols()
    return (1 / g) / (1 - g / (g - 1) * (1 - p / g) ** 2), g, 1 / (2 * p - 1)


def _logarithm() -> tuple[Any, ...]:
    """Return the same at p = 1/2 against log g, where g h_g has a limit: (1/g)/log(g/(g - 1)), g, and 1."""
    import sympy

    g = sympy.Symbol("g", positive=True)
    return (1 / g) / sympy.log(g / (g - 1)), g, sympy.Integer(1)


def _share_checks(share: float, name: str) -> tuple[Any, ...]:
    return mean_checks(
        "location",
        f"fresh(accumulate, share={share})",
        "square_error",
        points=SHARED,
        value=lambda p: shared(p, share),
        slips=(Mutant(name="no real rows", value=lambda p: shared(p, 0.0)),),
        planted=("workflow swapped",) if share == 0.5 else (),
        beside="law",
        name=name,
    )


def _theory(name: str, given: Mapping[str, Any], exact: Any) -> Enumeration:
    def cases() -> Iterator[tuple[str, Any, Fraction]]:
        from theory.quantity import find

        yield f"{dict(given)}", float(find(name).evaluate(dict(given))), Fraction(exact())

    return Enumeration(statement=name, cases=cases)


CLAIMS = (
    claim(
        "window",
        "A window of W batches: the error grows by 4/(W + 1)^2 of a fit's variance a generation",
        r"n\,E\theta_g^2/g \to \frac{4}{(W+1)^2}",
        "limit",
        "ASYMPTOTIC",
        domain=DOMAIN,
        checks=mean_checks(
            "location",
            "window(3)",
            "square_error",
            points=WINDOW,
            value=windowed,
            slips=(
                Mutant(name="W + 1", value=lambda p: windowed(p, 4)),
                Mutant(name="slope 1/W", value=lambda p: p["g"] / 3 / p["n"]),
                Mutant(name="data accumulated", value=lambda p: windowed(p, p["g"])),
            ),
            planted=(),
            beside="law",
        ),
        proofs=(
            *(
                Identity(statement=f"J_k - J_(k-1) = the W latest shocks, W = {w}", sides=lambda w=w: _conserved(w))
                for w in (2, 3, 5)
            ),
            Recurrence(statement="W = 2: a shock leaves 2/3 - (-1/2)^k/6", parts=_left),
            Limit(statement="W = 2: the mean of its squares -> 4/9", parts=_slope),
        ),
        enumerations=(
            Enumeration(statement="sum (W - i) psi_(k-i) = W, so psi -> 2/(W + 1)", cases=_weights_left),
            Enumeration(statement="psi^2 after 30 W steps is 4/(W + 1)^2", cases=_far_out),
            _theory("location.window_mse", {"W": 3, "n": 10, "g": 8}, lambda: 10 * windowed(WINDOW[0])),
        ),
        tags=("location", "window"),
    ),
    claim(
        "zeta-pathway",
        "The newest batch at weight g^-alpha: bounded if and only if alpha > 1/2, pi^2/6 being alpha = 1",
        r"n\,E\theta_g^2 = \sum_{k=1}^g k^{-2\alpha} \to \zeta(2\alpha) \iff \alpha > \tfrac12",
        "equal",
        "HOLDS",
        domain=DOMAIN,
        checks=mean_checks(
            "location",
            _matrix(5),
            "square_error",
            points=FADING,
            value=fading,
            slips=(
                Mutant(name="alpha 1", value=lambda p: fading(p, 1.0)),
                Mutant(name="alpha 1/2", value=lambda p: fading(p, 0.5)),
            ),
            planted=(),
            beside="law",
        ),
        proofs=(
            Identity(statement="the mean moves by the newest batch's weight times its noise", sides=_one_more),
            Induction(statement="n E theta_g^2 = sum k^(-2 alpha)", parts=_powers),
            Identity(statement="alpha = 3/4: the sum is zeta(3/2)", sides=_summed),
            Inequality(statement="alpha = 1/2: t terms after t add at least 1/2", parts=_half, strict=False),
            Limit(statement="so along g = 2^m the error is above 1 + m/2: its inverse -> 0", parts=_unbounded),
        ),
        enumerations=(_theory("location.zeta_pathway_mse", {"alpha": 0.75, "g": 5}, lambda: 10 * fading(FADING[0])),),
        tags=("location", "weights"),
    ),
    claim(
        "fresh-share",
        "A share p of new real rows in an accumulated corpus: the error vanishes like g^-min(1, 2p)",
        r"v_g = v_{g-1} (1 - p/g)^2 + \frac{1}{n g^2}, \quad v_g \sim g^{-\min(1, 2p)}",
        "limit",
        "ASYMPTOTIC",
        domain=DOMAIN,
        checks=(*_share_checks(0.2, "fifth"), *_share_checks(0.5, "half")),
        proofs=(
            Identity(statement="the mean of all rows: (1 - p/g) of itself and noise/g", sides=_mixed),
            Induction(statement="an old error fades by h_g in gamma functions", parts=_homogeneous),
            Limit(statement="the local exponent of h_g -> 2p", parts=_fades),
            Limit(statement="p > 1/2: g v_g -> 1/(2p - 1), by the quotient of differences", parts=_quotient),
            Limit(statement="p = 1/2: g v_g is of the order log g", parts=_logarithm),
        ),
        enumerations=(
            _theory("location.accumulate_fresh_mse", {"n_real": 2, "n_syn": 8, "g": 6}, lambda: shared(SHARED[0], 0.2)),
            _theory("location.gain_mse", {"L": 0.5, "g": 6}, lambda: 10 * shared(SHARED[0], 0.5)),
        ),
        tags=("location", "fresh"),
    ),
)
