r"""Schaeffer et al. 2025, section 4.4, on Suresh et al. 2024: which parameters collapse to 0, and which exponentially.

One sentence, three families. A Bernoulli share ends at 0 or at 1, at 1 with probability mu: what decays exponentially
is :math:`E\theta(1-\theta)`. A Poisson mean does end at 0, but :math:`P(\theta_g > 0) \ge n\lambda/(g + n\lambda)`,
which no exponential is above for long. The shared spread of a mixture with known labels does what is said.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from paper_checks import _branching, _chance, schaeffer2025
from paper_checks._claim import Check, Claim, Source
from paper_checks._enumerate import Enumeration, binomial_law, solve
from paper_checks._licence import WholeLaw
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
SAYS = (
    r"\text{for } \mathrm{Bern}(\mu), \mathrm{Pois}(\lambda), \text{ and Gaussian mixtures with shared variance } "
    r"\sigma^2 \dots \text{ the parameters } \mu, \lambda, \text{ and } \sigma \text{ collapse to 0 exponentially}"
)
SOURCE = Source(document="schaeffer2025", where="section 4.4", second_hand="Suresh et al. 2024")

COIN = Loop(
    process="exponential_family(bernoulli, mean={mu})",
    workflow="replace",
    metric="mean",
    n="n",
    at="g",
    outcome=lambda x, point: x[:, -1] * (1 - x[:, -1]),
)
COUNT = Loop(process="exponential_family(poisson, mean={rate})", workflow="replace", metric="alive", n="n", at="g")
SPREAD = Loop(process="labelled_mixture(means=[-2, 0, 2])", workflow="replace", metric="sd", n="n", at="g")

COINS: tuple[Point, ...] = ({"n": 4, "g": 1, "mu": 0.375}, {"n": 4, "g": 5, "mu": 0.375})
COUNTS: tuple[Point, ...] = tuple({"n": 2, "g": g, "rate": 0.75} for g in (1, 8))
SPREADS: tuple[Point, ...] = ({"n": 3, "g": 1}, {"n": 3, "g": 6})
COMPONENTS = 3


def _quantity(name: str, **more: Any) -> Any:
    def value(point: Point) -> float:
        from theory.quantity import find

        return find(name).evaluate(dict(point) | more)

    return value


# Bernoulli.


def coin_form() -> Any:
    """Return what decays, mu (1 - mu) (1 - 1/n)^g."""
    from theory.symbols import symbol

    n, mu = symbol("n"), symbol("mu")
    return mu * (1 - mu) * (1 - 1 / n) ** symbol("g")


def _coin_step() -> tuple[Any, ...]:
    from theory.symbols import symbol

    n, g, mu = symbol("n"), symbol("g"), symbol("mu")
    return coin_form(), g, lambda v, g: v * (1 - 1 / n), (1 - 1 / n) * mu * (1 - mu)


def _two_moments() -> tuple[Any, ...]:
    """Return E x'(1 - x') of x' = X'/n with a binomial X', from its two moments, and (1 - 1/n) x(1 - x)."""
    import sympy

    from theory.symbols import symbol

    n, x = symbol("n"), sympy.Symbol("x", positive=True)
    mean, square = n * x, n * x * (1 - x) + (n * x) ** 2
    return mean / n - square / n**2, (1 - 1 / n) * x * (1 - x)


def _ends_at_zero() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield 1 against the exact probability of ending at 0, from a linear system."""
    for n in (2, 5, 9):
        rows = [binomial_law(n, Fraction(i, n)) for i in range(1, n)]
        matrix = [[Fraction(i == j) - row.get(j, Fraction(0)) for j in range(1, n)] for i, row in enumerate(rows, 1)]
        for i, chance in enumerate(solve(matrix, [row.get(0, Fraction(0)) for row in rows]), 1):
            yield f"n = {n}, start {i}/{n}", Fraction(1), chance


def _ends_with_its_share() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield 1 - mu against the exact probability of ending at 0."""
    for n in (2, 5, 9):
        for i, (where, _, chance) in enumerate((c for c in _ends_at_zero() if c[0].startswith(f"n = {n},")), 1):
            yield where, 1 - Fraction(i, n), chance


# Poisson.


def _slow() -> tuple[Any, ...]:
    """Return 1 - 1/(1 + c/g + r) - c/(g + c), r >= 0: with e^x = 1 + x + r at x = c/g, P(alive) is above it."""
    import sympy

    g = sympy.Symbol("g", integer=True, positive=True)
    c = sympy.Symbol("c", positive=True)
    r = sympy.Symbol("r", nonnegative=True)
    return 1 - 1 / (1 + c / g + r) - c / (g + c), {g: 1, c: 0, r: 0}


def _no_exponential() -> tuple[Any, ...]:
    """Return g c/(g + c), which g P(alive) is above, its variable g, and 0, the limit of g times an exponential."""
    import sympy

    g, c = sympy.symbols("g c", positive=True)
    return g * c / (g + c), g, sympy.Integer(0)


def count_form() -> Any:
    """Return the exact chance of life, 1 - exp(-n lambda w_g).

    >>> count_form()
    1 - exp(-n*rate*w(g))
    """
    import sympy

    from theory.symbols import symbol

    return 1 - sympy.exp(-symbol("n") * symbol("rate") * sympy.Function("w")(symbol("g")))


def _alive(point: Point) -> float:
    return 1 - _quantity("counting.poisson_extinction")(point)


# The shared spread.


def spread_form() -> Any:
    """Return E sigma_g of K labelled components with n samples each, sigma c^g, with c of K (n - 1) = v degrees."""
    import sympy

    from theory.symbols import symbol

    v = symbol("K") * (symbol("n") - 1)
    c = sympy.sqrt(2 / v) * sympy.gamma((v + 1) / 2) / sympy.gamma(v / 2)
    return symbol("sigma") * c ** symbol("g")


def _spread_step() -> tuple[Any, ...]:
    from theory.symbols import symbol

    g = symbol("g")
    c = spread_form().subs(g, 1) / symbol("sigma")
    return spread_form(), g, lambda v, g: v * c, symbol("sigma") * c


def _chi() -> tuple[Any, ...]:
    """Return E sqrt(chi2_v/v) by integration over the density, and its Gamma functions."""
    import sympy

    x, v = sympy.symbols("x v", positive=True)
    density = x ** (v / 2 - 1) * sympy.exp(-x / 2) / (2 ** (v / 2) * sympy.gamma(v / 2))
    mean = sympy.integrate(sympy.sqrt(x / v) * density, (x, 0, sympy.oo), conds="none")
    return mean, sympy.sqrt(2 / v) * sympy.gamma((v + 1) / 2) / sympy.gamma(v / 2)


def _square() -> tuple[Any, ...]:
    """Return E chi2_v/v by integration over the density, and 1."""
    import sympy

    x, v = sympy.symbols("x v", positive=True)
    density = x ** (v / 2 - 1) * sympy.exp(-x / 2) / (2 ** (v / 2) * sympy.gamma(v / 2))
    return sympy.integrate(x / v * density, (x, 0, sympy.oo), conds="none"), sympy.Integer(1)


def _spread_mean(point: Point) -> float:
    from theory.quantity import find

    return find("mixture.labelled_sd_mean").evaluate({"K": COMPONENTS, "m": point["n"], "g": point["g"]})


def _spread_variance(point: Point) -> float:
    # E sigma_g^2 stays 1.
    return 1 - _spread_mean(point) ** 2


def _first_law(point: Point) -> Any:
    from scipy import special

    v = COMPONENTS * (point["n"] - 1)
    return lambda x: special.chdtr(v, v * x**2)


MEANS = (
    _chance.known_spread(
        "mean",
        "the mean of the shared sd",
        SPREAD,
        _spread_mean,
        SPREADS,
        variance=_spread_variance,
        because="E sigma_g^2 = sigma^2, so Var sigma_g = sigma^2 (1 - c^(2g))",
        blind={"spread": "law"},
        planted=("generation off by one", "workflow swapped"),
        slips=(
            Mutant(
                name="degrees of freedom of one component",
                value=lambda p: _quantity("mixture.labelled_sd_mean", K=1, m=p["n"])({"g": p["g"]}),
            ),
        ),
    ),
    Check(
        id="law",
        estimand="the law of the shared sd of the first fit",
        licence=WholeLaw(),
        value=_first_law,
        sampler=SPREAD.sampler(),
        points=SPREADS[:1],
        mutants=tuple(
            Mutant(name=f"n + {more}", value=lambda p, more=more: _first_law({**p, "n": p["n"] + more}))
            for more in (1, 6)
        ),
        gap=0.03,
        looks=_chance.LOOKS,
        budget=2**18,
    ),
)


def _claim(label: str, title: str, **more: Any) -> Claim:
    return Claim(
        id=f"schaeffer2025.{label}",
        title=title,
        source=SOURCE,
        says=SAYS,
        bibtex=schaeffer2025.BIBTEX,
        relation="equal",
        **more,
    )


CLAIMS = (
    _claim(
        "bernoulli-collapse",
        "A Bernoulli parameter collapses to 0: read as it ends there with probability 1",
        exact=coin_form,
        domain={"n": (2, None), "g": (1, None), "mu": "0 < mu < 1"},
        checks=(
            _chance.bounded(
                "heterozygosity",
                "the mean of theta(1 - theta)",
                COIN,
                _quantity("counting.bernoulli_heterozygosity"),
                COINS,
                ends=lambda p: (0.0, 0.25),
                because="theta is a share",
                of="exact",
                delta=0.03,
                discrete=True,
                planted=("generation off by one", "workflow swapped"),
            ),
        ),
        proofs=(
            Identity(
                statement="E theta'(1 - theta') = (1 - 1/n) theta(1 - theta)",
                sides=_two_moments,
                least={"n": 2},
                of="exact",
            ),
            Induction(
                statement="E theta_g(1 - theta_g) = mu(1 - mu)(1 - 1/n)^g",
                parts=_coin_step,
                least={"n": 2},
                of="exact",
            ),
        ),
        enumerations=(
            Enumeration(statement="it ends at 0 with probability 1", cases=_ends_at_zero),
            Enumeration(statement="it ends at 0 with probability 1 - mu", cases=_ends_with_its_share, of="exact"),
        ),
        uses=("schaeffer2025.fixation",),
        tags=("discrete", "replace", "timescale"),
        expected="REFUTED",
    ),
    _claim(
        "poisson-collapse",
        "A Poisson parameter collapses to 0 exponentially: read as g P(it is not 0 at g) vanishes, as it would then",
        exact=count_form,
        domain={"n": (1, None), "g": (1, None), "rate": "rate > 0"},
        checks=(
            _chance.event(
                "alive",
                "P(theta_g > 0)",
                COUNT,
                _alive,
                COUNTS,
                delta=0.04,
                of="exact",
                slips=(
                    Mutant(name="1/g for w_g", value=lambda p: -math.expm1(-p["n"] * p["rate"] / p["g"])),
                    Mutant(name="2/g for w_g", value=lambda p: -math.expm1(-2 * p["n"] * p["rate"] / p["g"])),
                ),
            ),
        ),
        proofs=(
            *_branching.poisson_steps(of="exact"),
            *_branching.rate_steps(of="exact"),
            Inequality(statement="1 - exp(-c/g) >= c/(g + c), c = n lambda", parts=_slow, strict=False, of="exact"),
            Limit(statement="g c/(g + c), which g P(theta_g > 0) is above, vanishes", parts=_no_exponential),
        ),
        uses=("suresh2024.discrete-survival",),
        tags=("counting", "replace", "timescale"),
        expected="REFUTED",
    ),
    _claim(
        "mixture-collapse",
        "The shared spread of a mixture with known labels collapses exponentially: E sigma_g = sigma c^g, c < 1",
        formula=spread_form,
        domain={"n": (2, None), "g": (1, None)},
        checks=MEANS,
        proofs=(
            Identity(statement="E sigma_1 = c sigma, sigma_1^2 = sigma^2 chi2_v/v", sides=_chi),
            Induction(statement="E sigma_g = sigma c^g", parts=_spread_step, least={"n": 2}),
            Identity(statement="E sigma_1^2 = sigma^2 and sigma_1 is not constant, so c < 1", sides=_square),
        ),
        tags=("gaussian", "replace", "timescale"),
        expected="HOLDS",
    ),
)
