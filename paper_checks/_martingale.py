r"""E sigma_g^2 = sigma^2 of a Gaussian refitted without bias, at g = 5 n, where its own spread hides the mean.

Nearly all paths are far below the mean and a few that no sample holds are far above, so the mean is sampled under
a tilted measure (``_tilt``). Its companions look at what it cannot see: the steps, their independence, and the
whole law of the process as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paper_checks import _w2
from paper_checks._claim import Check
from paper_checks._licence import Variance, WholeLaw
from paper_checks._looks import Looks
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction
from paper_checks._sampler_mutants import sampler_mutants
from paper_checks._tilt import neighbours, ratios, tilted_loop, tilted_variance
from paper_checks._w2_law import scale_law

__all__ = ["POINTS", "checks", "printed", "proofs"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=13)
POINTS: tuple[Point, ...] = ({"n": 50, "g": 250, "sigma": 1.0}, {"n": 20, "g": 20, "sigma": 1.5})

#: Where one generation more or less is a different law.
EARLY: Point = {"n": 20, "g": 2, "sigma": 1.5}

#: What the mean cannot see of the process, and the check that can.
BLIND = {
    "generation off by one": ("a martingale has one mean at all generations", "law"),
    "stale mean": ("the scale never sees the mean of the model", "shumailov2023.w2-mean/mean"),
    "weights unnormalised": ("one batch is the whole corpus, and its weight is n", "gerstgrasser2024.accumulate/mean"),
}

SEEN_BY_THE_LAW = ("estimator swapped", "generation off by one", "key reused over generations")


def printed() -> Any:
    """Return the printed mean, sigma^2 at every generation.

    >>> printed()
    sigma**2
    """
    return _w2.symbols()[2] ** 2


def _plain(outcome: Any = None) -> Loop:
    return Loop(process="gaussian(sigma={sigma})", workflow="replace", metric="log_sd", n="n", at="g", outcome=outcome)


def _slips() -> tuple[Mutant, ...]:
    from paper_checks._formula_mutants import as_mutants

    return (*as_mutants(printed(), _w2.NAMES), *sampler_mutants(tilted_loop(), equivalent=BLIND))


def checks() -> tuple[Check, ...]:
    """Return the check of the mean and its three companions."""
    mean = Check(
        id="mean",
        estimand="E sigma_g^2, each path drawn from tilted chi-squares and weighted",
        licence=Variance(of=tilted_variance, because="second moments of tilted chi-squares, proved beside"),
        value=lambda p: p["sigma"] ** 2,
        sampler=tilted_loop().sampler(),
        points=POINTS,
        mutants=_slips,
        delta=0.02,
        looks=LOOKS,
        budget=2**18,
        blind={"spread": "law", "dependence of the steps": "neighbours", "the generation": "law"},
    )
    steps = _plain(lambda x, p: ratios(x, p).mean(axis=1))
    step = Check(
        id="step",
        estimand="E sigma_i^2/sigma_{i-1}^2, the mean over the g steps of a path",
        licence=Variance(
            of=lambda p: 2 / ((p["n"] - 1) * p["g"]), because="a mean of g independent chi-squares over k"
        ),
        value=lambda p: 1.0,
        sampler=steps.sampler(),
        points=POINTS,
        mutants=lambda: (*_scaled(), *sampler_mutants(steps, only=("estimator swapped",))),
        delta=0.01,
        looks=LOOKS,
        budget=2**16,
        blind={"spread": "law", "dependence of the steps": "neighbours"},
    )
    pairs = _plain(neighbours)
    lag = Check(
        id="neighbours",
        estimand="the correlation of neighbouring steps of ln sigma, about their known mean",
        licence=Variance(of=lambda p: 1 / (p["g"] - 1), because="g - 1 products that are uncorrelated, of variance 1"),
        value=lambda p: 0.0,
        sampler=pairs.sampler(),
        points=POINTS,
        mutants=lambda: (
            Mutant(name="correlation 0.05", value=lambda p: 0.05),
            *sampler_mutants(pairs, only=("key reused over generations",)),
        ),
        gap=0.04,
        looks=LOOKS,
        budget=2**17,
        blind={"spread": "law"},
    )
    whole = _plain()
    law = Check(
        id="law",
        estimand="the law of ln sigma_g, untilted",
        licence=WholeLaw(),
        value=scale_law,
        sampler=whole.sampler(),
        points=(EARLY, POINTS[0]),
        mutants=lambda: (
            Mutant(name="g -> g + 1", value=lambda p: scale_law(p, more=1)),
            Mutant(name="n -> n + 3", value=lambda p: scale_law({**p, "n": p["n"] + 3})),
            *sampler_mutants(whole, only=SEEN_BY_THE_LAW),
        ),
        gap=0.04,
        looks=LOOKS,
        budget=2**17,
    )
    return mean, step, lag, law


def _scaled() -> tuple[Mutant, ...]:
    return tuple(Mutant(name=f"x {f:g}", value=lambda p, f=f: f) for f in (1.02, 0.98))


def proofs() -> tuple[Any, ...]:
    """Return the steps that prove the mean, and the mean and variance of its tilted estimator."""
    return (
        Identity(statement="E chi2_k/k = 1", sides=_one_factor, least={"k": 1}),
        Induction(statement="E sigma_g^2 = sigma^2, each fit times an independent chi2_k/k", parts=_by_steps),
        Identity(statement="gaussian.variance_mean, as this repository writes it, is sigma^2", sides=_repository),
        Identity(statement="the weight times the tilted density is the density", sides=_reweighted, least={"k": 1}),
        Identity(statement="E (w S/k)^2 under the tilt c", sides=_second_moment, least={"k": 1}),
        Identity(statement="it falls up to c = (k + 2)/k and rises from there", sides=_slope, least={"k": 1}),
        Induction(
            statement="E of its square: sigma^4 (1 + 2/k) m^(g-1), m = E (w S/k)^2", parts=_spread, least={"k": 1}
        ),
    )


def _chi_square() -> tuple[Any, ...]:
    """Return s, k, c and the density of a chi-square with k degrees of freedom at s."""
    import sympy

    s, k, c = (sympy.Symbol(name, positive=True) for name in "skc")
    return s, k, c, s ** (k / 2 - 1) * sympy.exp(-s / 2) / (2 ** (k / 2) * sympy.gamma(k / 2))


def _weight(s: Any, k: Any, c: Any) -> Any:
    import sympy

    return c ** (k / 2) * sympy.exp(-(1 - 1 / c) * s / 2)


def _moment_of_tilt(k: Any, c: Any) -> Any:
    import sympy

    return c ** (k / 2) * (k + 2) / k * sympy.cancel((2 * c - 1) / c) ** (-(k / 2 + 2))


def _one_factor() -> tuple[Any, ...]:
    import sympy

    s, k, _, density = _chi_square()
    return sympy.integrate(s / k * density, (s, 0, sympy.oo), conds="none"), sympy.Integer(1)


def _by_steps() -> tuple[Any, ...]:
    _, g, sigma = _w2.symbols()
    one, _ = _one_factor()
    return printed(), g, lambda v, g: v * one, sigma**2 * one


def _repository() -> tuple[Any, ...]:
    from theory.quantity import find

    form = find("gaussian.variance_mean").form({})
    own = {symbol.name: symbol for symbol in _w2.symbols()}
    return form.xreplace({symbol: own[symbol.name] for symbol in form.free_symbols}), printed()


def _reweighted() -> tuple[Any, ...]:
    import sympy

    s, k, c, density = _chi_square()
    tilted = density.subs(s, s / c) / c
    return sympy.powsimp(sympy.expand_power_base(_weight(s, k, c) * tilted / density)), sympy.Integer(1)


def _second_moment() -> tuple[Any, ...]:
    import sympy

    s, k, _, density = _chi_square()
    # c = 1/2 + h, h > 0: below 1/2 there is no second moment.
    h = sympy.Symbol("h", positive=True)
    c = h + sympy.Rational(1, 2)
    rate = sympy.Symbol("a", positive=True)
    front = density / sympy.exp(-s / 2)
    # w^2 times the tilted density is w times the density, so all exponents are -(1 - 1/(2 c)) s.
    moment = sympy.integrate((s / k) ** 2 * front * sympy.exp(-rate * s), (s, 0, sympy.oo), conds="none")
    return c ** (k / 2) * moment.subs(rate, 1 - 1 / (2 * c)), _moment_of_tilt(k, c)


def _slope() -> tuple[Any, ...]:
    import sympy

    _, k, _, _ = _chi_square()
    h = sympy.Symbol("h", positive=True)
    c = h + sympy.Rational(1, 2)
    own = sympy.Symbol("c", positive=True)
    slope = sympy.diff(k / 2 * sympy.log(own) - (k / 2 + 2) * (sympy.log(2 * own - 1) - sympy.log(own)), own)
    return slope.subs(own, c), k * (c - (k + 2) / k) / (c * (2 * c - 1))


def _spread() -> tuple[Any, ...]:
    import sympy

    _, g, sigma = _w2.symbols()
    _, k, _, _ = _chi_square()
    step = sympy.Symbol("m", positive=True)
    first = sigma**4 * (k + 2) / k
    return first * step ** (g - 1), g, lambda v, g: v * step, first
