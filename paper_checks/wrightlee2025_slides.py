r"""Wright and Lee 2025, the slides on what accumulation leaves open: nonlinear systems, fresh rows, a first share.

A fit of all data moves by 1/k of what the newest block brings. If the map from a fit to its data has derivative L at
the truth, :math:`v_k = v_{k-1}(1 + (L-1)/k)^2 + s^2/k^2`, which grows without bound where L > 1, tends to
:math:`s^2\pi^2/6` at L = 1 and vanishes where L < 1 (derived here). Nonlinearity alone decides nothing: a Bernoulli
mean, the logistic model with an intercept, has L = 1 and multiplicative errors, and stays bounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import prod
from typing import Any

from paper_checks._claim import Check, Claim, Source
from paper_checks._enumerate import Enumeration
from paper_checks._law_checks import LOOKS, law_checks, slips
from paper_checks._licence import Variance
from paper_checks._loop import Loop
from paper_checks._means import mean_checks
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit
from paper_checks.wrightlee2025 import BIBTEX

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
HALF: tuple[Point, ...] = ({"n": 10, "g": 4, "sigma": 1.0},)
FRESH: tuple[Point, ...] = ({"n": 10, "g": 2, "sigma": 1.0},)


# The gain.


def gain_mse(L: Fraction, g: int) -> Fraction:
    """Return v_g over s^2 by the recursion.

    >>> gain_mse(Fraction(1), 2), gain_mse(Fraction(0), 5)
    (Fraction(5, 4), Fraction(1, 5))
    """
    v = Fraction(0)
    for k in range(1, g + 1):
        v = v * (1 + (L - 1) / k) ** 2 + Fraction(1, k * k)
    return v


def _half(point: Point) -> float:
    """Return E theta_g^2 where half of every batch is real, which makes L = 1/2."""
    return point["sigma"] ** 2 / point["n"] * float(gain_mse(Fraction(1, 2), point["g"]))


def _gain_symbols() -> tuple[Any, ...]:
    import sympy

    g, j = sympy.symbols("g j", integer=True, positive=True)
    return g, j, sympy.Symbol("L", positive=True)


def _step() -> tuple[Any, ...]:
    """Return g times the fit of all data before and after it is written through the last one, newest mean L w."""
    import sympy

    g, _, L = _gain_symbols()
    w, noise = sympy.symbols("w noise")
    return g * ((1 + (L - 1) / g) * w + noise / g), (g - 1) * w + L * w + noise


def _at(gain: int) -> tuple[Any, ...]:
    """Return v_g at L = 0, 1 or 2 in closed form, g, the recursion, and v_1 = 1."""
    import sympy

    g, j, _ = _gain_symbols()
    closed = {
        0: 1 / g,
        1: sympy.Sum(1 / j**2, (j, 1, g)),
        2: (g + 1) ** 2 * sympy.Sum(1 / (j**2 * (j + 1) ** 2), (j, 1, g)),
    }[gain]
    return closed, g, lambda v, g: v * (1 + sympy.Integer(gain - 1) / g) ** 2 + 1 / g**2, sympy.Integer(1)


def _vanishes() -> tuple[Any, ...]:
    import sympy

    g = _gain_symbols()[0]
    return 1 / g, g, sympy.Integer(0)


def _grows() -> tuple[Any, ...]:
    """Return 4/(g + 1)^2, which is above 1/v_g at L = 2 as the sum is at least its first term 1/4; g; and 0."""
    import sympy

    g = _gain_symbols()[0]
    return 4 / (g + 1) ** 2, g, sympy.Integer(0)


def _bernoulli_ceiling() -> tuple[Any, ...]:
    """Return 4 (1 - 3 (g + 1)/(8 g)) - 5/2, above it n Var/V - 5/2 of a Bernoulli mean of n = 4 rows on all data.

    n Var/V = 4 (1 - prod (1 - 1/(4 k^2))), and each factor from k = 2 on is at least 1 - 1/k^2.
    """
    import sympy

    g = _gain_symbols()[0]
    return 4 * (1 - sympy.Rational(3, 8) * (g + 1) / g) - sympy.Rational(5, 2), {g: 2}


def _factor() -> tuple[Any, ...]:
    g = _gain_symbols()[0]
    return (1 - 1 / (4 * g**2)) - (1 - 1 / g**2), {g: 2}


def _telescope() -> tuple[Any, ...]:
    """Return prod_{k=2}^{g} (1 - 1/k^2) in closed form, g, the step, and the empty product at g = 1."""
    import sympy

    g = _gain_symbols()[0]
    return (g + 1) / (2 * g), g, lambda v, g: v * (1 - 1 / g**2), sympy.Integer(1)


def _numbers() -> Iterator[tuple[str, Any, Fraction]]:
    from theory.location import gain_mse as closed

    for L in (Fraction(0), Fraction(1, 2), Fraction(1), Fraction(3, 2), Fraction(2)):
        for g in (1, 2, 7):
            yield f"L = {L}, g = {g}", float(closed(float(L), g)), gain_mse(L, g)


# Rows drawn anew.


def _beta(power: int, a: Fraction, other: Fraction) -> Fraction:
    """Return E B^power, B ~ Beta(a, other), for any integer power > -a."""
    if power >= 0:
        return prod(((a + i) / (a + other + i) for i in range(power)), start=Fraction(1))
    return prod(((a + other - i) / (a - i) for i in range(1, 1 - power)), start=Fraction(1))


def fresh_moment(n: int, power: int) -> Fraction:
    """Return E v^power of the variance v of fit 2 given its rows, one column, n new rows a generation.

    v = 1/S_1 + A_2/S_2^2 = (1/B + 1 - B)/S_2 with S_2 = S_1 + A_2 chi-square of 2n, B = S_1/S_2 ~ Beta(n/2, n/2),
    independent of each other.

    >>> fresh_moment(16, 1) == Fraction(1, 14) + Fraction(1, 60)
    True
    """
    from math import comb

    half = Fraction(n, 2)
    inverse = prod((Fraction(1, 2 * n - 2 * i) for i in range(1, power + 1)), start=Fraction(1))
    # (1/B + 1 - B)^power by the multinomial theorem.
    total = Fraction(0)
    for i in range(power + 1):
        for j in range(power + 1 - i):
            ways = comb(power, i) * comb(power - i, j)
            total += ways * (-1) ** j * _beta(j - i, half, half)
    return inverse * total


def _fresh(point: Point) -> float:
    return point["sigma"] ** 2 * float(fresh_moment(point["n"], 1))


def _fresh_checks() -> tuple[Check, ...]:
    text = "linear(d=1, sigma={sigma}, design=fresh)"
    loop = Loop(process=text, workflow="accumulate", metric="excess_risk", n="n", at="g")
    again = Loop(
        process=text,
        workflow="accumulate",
        metric="excess_risk",
        n="n",
        at="g",
        outcome=lambda x, point: x[:, -1] ** 2,
    )

    def square(point: Point, power: int) -> float:
        odd = prod(range(1, 2 * power, 2))
        return odd * point["sigma"] ** (2 * power) * float(fresh_moment(point["n"], power))

    same_rows = Mutant(name="the same rows again", value=lambda p: p["sigma"] ** 2 * 1.25 / (p["n"] - 2))
    main = law_checks(
        loop,
        "the excess risk of fit 2 on all data, rows drawn anew",
        mean=_fresh,
        spread=lambda p: square(p, 2) - _fresh(p) ** 2,
        points=FRESH,
        because="a normal error given the rows, whose sums are chi-squares",
        wrong=lambda: (*slips(_fresh, [("n", 1), ("n", -1)]), same_rows),
        planted=("generation off by one",),
        of="exact",
        delta=0.025,
        beside="squared",
    )
    squared = Check(
        id="squared",
        estimand="the mean of the squared excess risk of fit 2",
        licence=Variance(of=lambda p: square(p, 4) - square(p, 2) ** 2, because="the same law's eighth moment"),
        value=lambda p: square(p, 2),
        sampler=again.sampler(),
        points=FRESH,
        mutants=(
            Mutant(name="x 0.6", value=lambda p: 0.6 * square(p, 2)),
            Mutant(name="x 1.5", value=lambda p: 1.5 * square(p, 2)),
        ),
        delta=0.15,
        of="exact",
        looks=LOOKS,
        budget=2**20,
        blind={"spread": "mean"},
    )
    return (*main, squared)


def _rows() -> tuple[Any, ...]:
    """Return n, d (both integers with n = d + 1 + m, m >= 1) and g."""
    import sympy

    d, m, g = sympy.symbols("d m g", integer=True, positive=True)
    return d + 1 + m, d, g


def _as_printed() -> tuple[Any, ...]:
    """Return d sum 1/(k (k n - d - 1)) over two fits and the printed d (1 + 1/4)/(n - d - 1), sigma = 1."""
    n, d, _ = _rows()
    return d / (n - d - 1) + d / (2 * (2 * n - d - 1)), d * (1 + (n - n + 1) / 4) / (n - d - 1)


def _pooled() -> tuple[Any, ...]:
    """Return S_2 w_2 for one column before and after the normal equations are written through w_1."""
    import sympy

    s, a, w, cross = sympy.symbols("S A w cross", positive=True)
    return (s + a) * (w + cross / (s + a)), s * w + (a * w + cross)


def _inverse() -> tuple[Any, ...]:
    """Return E 1/chi2 by its density, and 1/(nu - 2)."""
    import sympy

    x, extra = sympy.Symbol("x", positive=True), sympy.Symbol("m", positive=True)
    nu = extra + 2
    density = x ** (nu / 2 - 1) * sympy.exp(-x / 2) / (2 ** (nu / 2) * sympy.gamma(nu / 2))
    return sympy.integrate(density / x, (x, 0, sympy.oo), conds="none"), 1 / (nu - 2)


def _later() -> tuple[Any, ...]:
    """Return what fit g adds, (1/g) d/(g n - d - 1): the newest rows are a share 1/g of the pool; against theory's."""
    import sympy

    from theory.quantity import find

    n, d, g = _rows()
    form = find("linear.risk").form({"workflow": "accumulate", "design": "fresh"})
    names = {symbol.name: symbol for symbol in form.free_symbols}
    # The form is a sum over k up to g: its last term is what fit g adds.
    total = next(iter(form.atoms(sympy.Sum)))
    k = total.limits[0][0]
    outside = sympy.cancel(form / total)
    term = (
        (outside * total.function).subs(k, g).subs({names["d"]: d, names["n"]: n, names["sigma"]: 1}, simultaneous=True)
    )
    return term, d / (g * (g * n - d - 1))


def _fresh_cases() -> Iterator[tuple[str, Any, Fraction]]:
    from theory.linear import risk

    for n in (12, 16, 40):
        yield f"n = {n}", float(risk(n, 1, 2, workflow="accumulate", design="fresh")), fresh_moment(n, 1)


CLAIMS = (
    Claim(
        id="wrightlee2025.nonlinear",
        title="Read: on accumulated data the error of a system that is not linear is unbounded",
        source=Source(document="slides-wright-lee", where="Toy theoretical analysis, first and second bullet"),
        says=r"\text{general nonlinear systems will have multiplicative error accumulation} \dots "
        r"\text{ this leads to unbounded error}",
        relation="limit",
        domain={"n": (2, None), "g": (1, None), "sigma": "sigma > 0"},
        checks=mean_checks(
            "location",
            "fresh(accumulate, share=0.5)",
            "square_error",
            points=HALF,
            value=_half,
            of="exact",
            beside="law",
            delta=0.03,
            slips=(
                Mutant(name="L = 1", value=lambda p: float(gain_mse(Fraction(1), p["g"])) / p["n"]),
                Mutant(name="L = 3/2", value=lambda p: float(gain_mse(Fraction(3, 2), p["g"])) / p["n"]),
                Mutant(name="L = 0", value=lambda p: float(gain_mse(Fraction(0), p["g"])) / p["n"]),
            ),
        ),
        proofs=(
            Inequality(
                statement="n Var/V of a Bernoulli mean, n = 4, passes 5/2: what bounds it from above does",
                parts=_bernoulli_ceiling,
            ),
            Inequality(statement="1 - 1/(4 k^2) >= 1 - 1/k^2", parts=_factor, of="exact"),
            Induction(statement="prod_{k=2}^g (1 - 1/k^2) = (g + 1)/(2 g)", parts=_telescope, of="exact"),
            Identity(statement="w_g = (1 + (L - 1)/g) w_{g-1} + noise/g", sides=_step, of="exact"),
            Induction(statement="L = 2: v_g = (g + 1)^2 sum 1/(j (j + 1))^2", parts=lambda: _at(2), of="exact"),
            Limit(statement="L = 2: 1/v_g <= 4/(g + 1)^2 -> 0", parts=_grows, of="exact"),
            Induction(statement="L = 1: v_g = sum 1/j^2", parts=lambda: _at(1), of="exact"),
            Induction(statement="L = 0: v_g = 1/g", parts=lambda: _at(0), of="exact"),
            Limit(statement="L = 0: v_g -> 0", parts=_vanishes, of="exact"),
        ),
        enumerations=(Enumeration(statement="location.gain_mse", cases=_numbers, of="exact"),),
        uses=("wrightlee2025.product", "deydonoho2024.finite"),
        tags=("gain", "accumulate"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
    Claim(
        id="wrightlee2025.corollary",
        title="Read: rows drawn anew in each generation have the accumulated error of one fixed design",
        source=Source(
            document="slides-wright-lee",
            where="By natural standards, model collapse still occurs, quoted review",
            second_hand="Dohmatob et al. 2024",
        ),
        says=r"\text{Their results can be recovered as a trivial corollary of Theorem 4.1}",
        relation="equal",
        domain={"n": (9, None), "g": (2, 2), "sigma": "sigma > 0"},
        checks=_fresh_checks(),
        proofs=(
            Identity(statement="the two agree at fit 2", sides=_as_printed),
            Identity(statement="S_2 w_2 = S_1 w_1 + A_2 w_1 + x'E: w_2 = w_1 + x'E/S_2", sides=_pooled, of="exact"),
            Identity(statement="E 1/chi2_nu = 1/(nu - 2)", sides=_inverse, of="exact"),
            Identity(statement="linear.risk adds d/(g (g n - d - 1)) at fit g", sides=_later, of="exact"),
        ),
        enumerations=(Enumeration(statement="linear.risk at fit 2, one column", cases=_fresh_cases, of="exact"),),
        uses=("gerstgrasser2024.accumulate",),
        tags=("regression", "accumulate"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
)
