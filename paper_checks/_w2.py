"""What the claims about W2^2 of a refitted Gaussian share: its exact formula, its proofs, its checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from paper_checks._claim import Assumption, Check
from paper_checks._licence import Variance, WholeLaw
from paper_checks._looks import Looks
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction
from paper_checks._sampler_mutants import sampler_mutants
from paper_checks._simulated import Then, paths
from paper_checks._w2_law import central, first_law, moment, scale_law

__all__ = ["DOMAIN", "ENOUGH", "NAMES", "exact_proofs", "mean_checks", "mean_formula", "spread_checks", "symbols"]

Point = Mapping[str, Any]
NAMES = ("n", "g", "sigma")
GENERATIONS = 6
LOOKS = Looks(first=4096, count=13)
POINTS: tuple[Point, ...] = (
    {"n": 20, "g": 1, "sigma": 1.0},
    {"n": 20, "g": 5, "sigma": 1.0},
    {"n": 60, "g": 6, "sigma": 1.5},
)
FIRST: tuple[Point, ...] = ({"n": 20, "g": 1, "sigma": 1.0}, {"n": 60, "g": 1, "sigma": 1.5})
DOMAIN = {"n": (2, None), "g": (1, None), "sigma": "sigma > 0"}
ENOUGH = Assumption("n >= 2", lambda point: point["n"] >= 2)


def symbols() -> tuple[Any, ...]:
    """Return the symbols n, g, sigma."""
    import sympy

    n, g = sympy.symbols("n g", integer=True, positive=True)
    return n, g, sympy.Symbol("sigma", positive=True)


def _c4(n: Any) -> Any:
    import sympy

    return sympy.sqrt(2 / (n - 1)) * sympy.gamma(n / 2) / sympy.gamma((n - 1) / 2)


def mean_formula() -> Any:
    """Return the exact mean, sigma^2 (g/n + 2 (1 - c4(n)^g)), with c4(n) = E sigma_1/sigma.

    >>> mean_formula().free_symbols == set(symbols())
    True
    """
    n, g, sigma = symbols()
    return sigma**2 * (g / n + 2 * (1 - _c4(n) ** g))


def distance(metric: str, then: Then | None = None) -> Any:
    """Return the sampler of a metric of the refitted Gaussian at generation g."""
    return paths("gaussian(sigma={sigma})", "replace", metric, n="n", generations=GENERATIONS, at="g", then=then)


def _mean_slips() -> tuple[Mutant, ...]:
    from paper_checks._formula_mutants import as_mutants

    n, g, sigma = symbols()
    slip = sigma**2 * (g + 1) * 3 / n / 2
    extra = as_mutants(slip, NAMES)[0].value
    loop = Loop(process="gaussian(sigma={sigma})", workflow="replace", metric="w2", n="n", at="g")
    alone = ("one batch is the whole corpus, and its weight is n", "gerstgrasser2024.accumulate/mean")
    return (
        *as_mutants(mean_formula(), NAMES),
        Mutant(name="the leading order with one term too many", value=extra),
        *sampler_mutants(loop, equivalent={"weights unnormalised": alone}),
    )


def mean_checks() -> tuple[Check, ...]:
    """Return the check of the exact mean; the spread it is blind to is watched in the claim about the variance."""
    mean = Check(
        id="mean",
        estimand="E W2^2 at generation g",
        licence=Variance(of=lambda p: central(p, 2), because="moments of products of chi-squares, by recursion"),
        value=lambda p: moment(p, 1),
        sampler=distance("w2"),
        points=POINTS,
        mutants=_mean_slips,
        of="exact",
        delta=0.02,
        looks=LOOKS,
        budget=2**21,
        blind={"spread": "arulandu2024.w2-variance/variance"},
    )
    return (mean,)


def spread_checks() -> tuple[Check, ...]:
    """Return the check of the variance, whose own spread the laws of W2^2 (g = 1) and of sigma_g answer for."""
    variance = Check(
        id="variance",
        estimand="E (W2^2 - m)^2 at generation g, with m = E W2^2 known exactly",
        licence=Variance(
            of=lambda p: central(p, 4) - central(p, 2) ** 2, because="moments of products of chi-squares, by recursion"
        ),
        value=lambda p: central(p, 2),
        sampler=distance("w2", lambda x, p: (x - moment(p, 1)) ** 2),
        points=(POINTS[0], POINTS[2]),
        mutants=(
            *_shifted(lambda p: central(p, 2)),
            Mutant(name="x 1.06", value=lambda p: 1.06 * central(p, 2)),
            Mutant(name="second moment", value=lambda p: moment(p, 2)),
        ),
        of="exact",
        delta=0.05,
        looks=LOOKS,
        budget=2**21,
        blind={"spread": "law"},
    )
    law = Check(
        id="law",
        estimand="the law of W2^2 at g = 1",
        licence=WholeLaw(),
        value=first_law,
        sampler=distance("w2"),
        points=FIRST,
        mutants=(
            Mutant(name="n -> n + 5", value=lambda p: first_law({**p, "n": p["n"] + 5})),
            Mutant(name="the second generation", sampler=_later("w2")),
        ),
        of="exact",
        gap=0.02,
        looks=LOOKS,
        budget=2**19,
    )
    scales = Check(
        id="scale-law",
        estimand="the law of ln sigma_g",
        licence=WholeLaw(),
        value=scale_law,
        sampler=distance("log_sd"),
        points=POINTS,
        mutants=(
            Mutant(name="g -> g + 1", value=lambda p: scale_law(p, more=1)),
            Mutant(name="n -> n + 5", value=lambda p: scale_law({**p, "n": p["n"] + 5})),
        ),
        of="exact",
        gap=0.02,
        looks=LOOKS,
        budget=2**19,
    )
    return variance, law, scales


def _later(metric: str) -> Any:
    return paths("gaussian(sigma={sigma})", "replace", metric, n="n", generations=GENERATIONS, at=2)


def _shifted(value: Callable[[Point], float]) -> tuple[Mutant, ...]:
    """Return the mutants by one generation or one sample more or less."""

    def at(name: str, step: int) -> Mutant:
        return Mutant(name=f"{name} {step:+d}", value=lambda p: value({**p, name: p[name] + step}))

    return tuple(at(name, step) for name in ("g", "n") for step in (1, -1))


def exact_proofs() -> tuple[Any, ...]:
    """Return the steps that prove the exact mean: E mu_g^2, E sigma_g^2 and E sigma_g by induction, and their sum."""

    def centre() -> tuple[Any, ...]:
        n, g, sigma = symbols()
        return sigma**2 * g / n, g, lambda v, g: v + sigma**2 / n, sigma**2 / n

    def scale() -> tuple[Any, ...]:
        n, g, sigma = symbols()
        return sigma * _c4(n) ** g, g, lambda v, g: v * _c4(n), sigma * _c4(n)

    def root() -> tuple[Any, ...]:
        import sympy

        x, n, _, _ = sympy.Symbol("x", positive=True), *symbols()
        k = sympy.Symbol("k", positive=True)
        density = x ** (k / 2 - 1) * sympy.exp(-x / 2) / (2 ** (k / 2) * sympy.gamma(k / 2))
        mean = sympy.integrate(sympy.sqrt(x / k) * density, (x, 0, sympy.oo), conds="none")
        return mean.subs(k, n - 1), _c4(n)

    def whole() -> tuple[Any, ...]:
        n, g, sigma = symbols()
        sd = sigma * _c4(n) ** g
        return mean_formula(), sigma**2 * g / n + sigma**2 + sigma**2 - 2 * sigma * sd

    least = {"n": 2}
    return (
        Identity(statement="E sqrt(chi2_{n-1}/(n-1)) = c4(n)", sides=root, least=least, of="exact"),
        Induction(
            statement="E (mu_g - mu)^2 = g sigma^2/n, as E sigma_g^2 = sigma^2", parts=centre, least=least, of="exact"
        ),
        Induction(statement="E sigma_g = sigma c4(n)^g", parts=scale, least=least, of="exact"),
        Identity(statement="E W2^2 from its three parts", sides=whole, least=least, of="exact"),
    )
