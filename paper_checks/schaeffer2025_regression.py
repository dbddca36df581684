r"""Schaeffer et al. 2025, appendix A: the case study of linear regression, with the noise of the test labels.

The printed ratio compares predictions with noisy labels, so both of its parts contain :math:`\sigma^2`:

.. math:: \frac{\sigma^2 + r_0 H_g^{(2)}}{\sigma^2 + r_0} = 1 + \frac{(H_g^{(2)} - 1)\,d}{n - 1},
          \qquad r_0 = \frac{\sigma^2 d}{n - d - 1}.

It increases, as printed, but its limit lies strictly between 1 and :math:`\pi^2/6`. Derived here.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import pi
from typing import Any

import numpy as np

from paper_checks._claim import Check, Claim, Source
from paper_checks._licence import Variance
from paper_checks._looks import Looks
from paper_checks._loop import Loop
from paper_checks._means import mean_checks
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit
from paper_checks._sampler_mutants import sampler_mutants
from paper_checks.gerstgrasser2024 import DOMAIN, ENOUGH, symbols, variance
from paper_checks.schaeffer2025 import BIBTEX

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=12)
APPENDIX = Source(
    document="schaeffer2025", where="appendix A, the displayed ratio", second_hand="Gerstgrasser et al. 2024"
)
PROCESS = "linear(d={d}, sigma={sigma}, design=fixed)"
POINTS: tuple[Point, ...] = ({"n": 10, "d": 3, "g": 6, "sigma": 1.5},)


def squares(g: int) -> float:
    """Return the sum of 1/k^2 to g."""
    return sum(1 / k**2 for k in range(1, g + 1))


def first_risk(p: Point) -> float:
    """Return r_0, the risk of one fit.

    >>> first_risk({"n": 6, "d": 2, "sigma": 3.0})
    6.0
    """
    return p["sigma"] ** 2 * p["d"] / (p["n"] - p["d"] - 1)


def ratio(p: Point) -> float:
    """Return the ratio of the errors against noisy labels, at generations g and 1.

    >>> ratio({"n": 5, "d": 2, "g": 2, "sigma": 1.0})
    1.125
    """
    return 1 + (squares(p["g"]) - 1) * p["d"] / (p["n"] - 1)


def closed() -> Any:
    """Return the ratio as a formula.

    >>> closed()
    d*(harmonic(g, 2) - 1)/(n - 1) + 1
    """
    import sympy

    n, d, g, *_ = symbols()
    total: Any = sympy.harmonic(g, 2)
    return 1 + (total - 1) * d / (n - 1)


# The ratio against noisy labels.


def _noisy(x: np.ndarray, p: Point) -> np.ndarray:
    """Return the error against a noisy label given the fit, over its mean at generation 1."""
    return (p["sigma"] ** 2 + x[:, -1]) / (p["sigma"] ** 2 + first_risk(p))


LOOP = Loop(process=PROCESS, workflow="accumulate", metric="excess_risk", n="n", at="g", outcome=_noisy)


def _ratio_check() -> Check:
    return Check(
        id="ratio",
        estimand="sigma^2 + the excess risk at generation g, over its mean at generation 1",
        licence=Variance(
            of=lambda p: variance(p, "accumulate") / (p["sigma"] ** 2 + first_risk(p)) ** 2,
            because="the risk is a scaled ratio of chi-squares",
        ),
        value=ratio,
        sampler=LOOP.sampler(),
        points=POINTS,
        mutants=lambda: (
            Mutant(name="sum 1/k^2, no noise in the label", value=lambda p: squares(p["g"])),
            Mutant(name="its printed limit", value=lambda p: pi**2 / 6),
            Mutant(name="d/n, no degree of freedom", value=lambda p: 1 + (squares(p["g"]) - 1) * p["d"] / (p["n"] + 3)),
            Mutant(name="on the training rows: d/(n + d)", value=lambda p: ratio({**p, "n": p["n"] + p["d"] + 1})),
            *sampler_mutants(LOOP, only=("workflow swapped",)),
        ),
        delta=0.01,
        of="exact",
        looks=LOOKS,
        budget=2**21,
        blind={"spread": "gerstgrasser2024.accumulate/law"},
    )


def _with_noise() -> tuple[Any, ...]:
    """Return the ratio by its parts, and the closed form."""
    import sympy

    n, d, g, sigma, _ = symbols()
    one = sigma**2 * d / (n - d - 1)
    total: Any = sympy.harmonic(g, 2)
    return (sigma**2 + one * total) / (sigma**2 + one), closed()


def _limit(printed: bool) -> tuple[Any, ...]:
    import sympy

    n, d, g, *_ = symbols()
    true = 1 + (sympy.pi**2 / 6 - 1) * d / (n - 1)
    return closed(), g, sympy.pi**2 / 6 if printed else true


def _below() -> tuple[Any, ...]:
    """Return 1 - d/(n - 1) for n = d + 1 + m, m >= 1: what is missing to pi^2/6, over pi^2/6 - 1."""
    import sympy

    _, d, *_ = symbols()
    m = sympy.Symbol("m", integer=True, positive=True)
    return 1 - d / (d + m), {d: 1, m: 1}


def _repository(limit: bool) -> tuple[Any, ...]:
    import sympy

    from theory.quantity import find

    n, d, *_ = symbols()
    form = find("linear.noisy_test_ratio_limit" if limit else "linear.noisy_test_ratio").form({})
    own = {symbol.name: symbol for symbol in symbols()}
    form = form.xreplace({symbol: own[symbol.name] for symbol in form.free_symbols if symbol.name in own}).doit()
    return form, 1 + (sympy.pi**2 / 6 - 1) * d / (n - 1) if limit else closed()


# It increases.


def _moved(x: np.ndarray, p: Point) -> np.ndarray:
    return x[:, -1] - x[:, -2]


CHANGE = Loop(process=PROCESS, workflow="accumulate", metric="excess_risk", n="n", at="g", outcome=_moved)


def change(p: Point) -> float:
    """Return the mean change of the risk from generation g - 1 to g, r_0/g^2.

    >>> change({"n": 6, "d": 2, "g": 2, "sigma": 3.0})
    1.5
    """
    return first_risk(p) / p["g"] ** 2


def change_variance(p: Point) -> float:
    """Return the variance of that change, D = 2 e.u + u.u with u = X^+ E_g/g and e independent given the design.

    Var D = 4 H_{g-1} E tr W^-2/g^2 + Var |u|^2 with E tr W^-2 = d (n - 1)/((n - d)(n - d - 1)(n - d - 3)).
    """
    n, d, g, unit = p["n"], p["d"], p["g"], p["sigma"] ** 4
    traces = d * (n - 1) / ((n - d) * (n - d - 1) * (n - d - 3))
    return 4 * unit * squares(g - 1) * traces / g**2 + variance({**p, "g": 1}, "replace") / g**4


def _change_check() -> Check:
    return Check(
        id="change",
        estimand="the mean of the excess risk at generation g less that at g - 1, paths in pairs, at least 0",
        licence=Variance(of=change_variance, because="conditionally normal errors; moments of an inverse Wishart"),
        value=change,
        sampler=CHANGE.sampler(),
        points=({"n": 10, "d": 3, "g": 2, "sigma": 1.0},),
        mutants=lambda: (
            Mutant(name="no change", value=lambda p: 0.0),
            Mutant(name="1/g", value=lambda p: change(p) * p["g"]),
            Mutant(name="g + 1", value=lambda p: change({**p, "g": p["g"] + 1})),
            *sampler_mutants(CHANGE, only=("workflow swapped",)),
        ),
        delta=0.05,
        looks=LOOKS,
        budget=2**21,
        blind={"spread": "gerstgrasser2024.accumulate/law"},
    )


def _increases() -> tuple[Any, ...]:
    """Return d/((n - 1) (g + 1)^2), n = d + 1 + m: the ratio at g + 1 less that at g."""
    import sympy

    _, d, g, *_ = symbols()
    m = sympy.Symbol("m", integer=True, positive=True)
    return d / ((d + m) * (g + 1) ** 2), {d: 1, g: 1, m: 1}


def _ratio_step() -> tuple[Any, ...]:
    """Return the ratio with its sum written out, g, the step d/((n - 1) g^2), and 1."""
    import sympy

    n, d, g, _, k = symbols()
    total: Any = sympy.Sum(1 / k**2, (k, 1, g))
    return 1 + (total - 1) * d / (n - 1), g, lambda v, g: v + d / ((n - 1) * g**2), sympy.Integer(1)


# Table 1.


def _exponents() -> tuple[Any, ...]:
    """Return -d log risk_g/d log n for generation g and for generation 1, data accumulated."""
    import sympy

    n, d, g, sigma, _ = symbols()
    size = sympy.Symbol("n", positive=True)
    one = (sigma**2 * d / (n - d - 1)).xreplace({n: size})
    later = one * sympy.harmonic(g, 2)
    return tuple(sympy.simplify(-size * sympy.diff(sympy.log(risk), size)) for risk in (later, one))


def _deviates() -> tuple[Any, ...]:
    """Return the square of their difference: a law of scaling that changes would make it positive."""
    import sympy

    later, one = _exponents()
    difference = sympy.simplify(later - one) ** 2
    return difference, {}


def _scaling() -> tuple[Any, ...]:
    """Return n times the risk at generation g, n, and sigma^2 d H_g^(2)."""
    import sympy

    n, d, g, sigma, _ = symbols()
    total: Any = sympy.harmonic(g, 2)
    return n * sigma**2 * d / (n - d - 1) * total, n, sigma**2 * d * total


def _diverges() -> tuple[Any, ...]:
    """Return 1/risk under replacement with n = d + 1 + m, g, and 0."""
    import sympy

    _, d, g, sigma, _ = symbols()
    m = sympy.Symbol("m", integer=True, positive=True)
    return m / (sigma**2 * d * g), g, sympy.Integer(0)


def _stays() -> tuple[Any, ...]:
    import sympy

    _, d, g, sigma, _ = symbols()
    m = sympy.Symbol("m", integer=True, positive=True)
    one = sigma**2 * d / m
    return one * sympy.harmonic(g, 2), g, one * sympy.pi**2 / 6


CLAIMS = (
    Claim(
        id="schaeffer2025.noisy-ratio",
        title="Against noisy test labels the ratio of the errors stays below pi^2/6, also in the limit",
        source=APPENDIX,
        says=r"\frac{\mathbb{E} [\|\hat{\beta}^{(n)} X_{\text{test}} - y_{\text{test}}\|^2]}"
        r"{\mathbb{E} [\|\hat{\beta}^{(1)} X_{\text{test}} - y_{\text{test}}\|^2]} \text{ converges to } \pi^2/6",
        relation="limit",
        exact=closed,
        domain=DOMAIN,
        assumptions=(ENOUGH,),
        checks=(_ratio_check(),),
        proofs=(
            Limit(statement="the ratio converges to pi^2/6", parts=lambda: _limit(True)),
            Identity(statement="(s^2 + r_0 H)/(s^2 + r_0) = 1 + (H - 1) d/(n - 1)", sides=_with_noise, of="exact"),
            Limit(
                statement="the ratio converges to 1 + (pi^2/6 - 1) d/(n - 1)", parts=lambda: _limit(False), of="exact"
            ),
            Inequality(statement="that limit is below pi^2/6", parts=_below, of="exact"),
            Identity(statement="linear.noisy_test_ratio", sides=lambda: _repository(False), of="exact"),
            Identity(statement="linear.noisy_test_ratio_limit", sides=lambda: _repository(True), of="exact"),
        ),
        uses=("gerstgrasser2024.accumulate",),
        tags=("regression", "accumulate"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
    Claim(
        id="schaeffer2025.ratio-increases",
        title="The ratio of the errors increases with the generation",
        source=APPENDIX,
        says=r"\text{the ratio} \dots \text{ monotonically increases before converging}",
        relation="monotone",
        domain=DOMAIN,
        assumptions=(ENOUGH,),
        checks=(_change_check(),),
        proofs=(
            Induction(statement="the ratio gains d/((n - 1) g^2) at generation g", parts=_ratio_step, least={"n": 3}),
            Inequality(statement="d/((n - 1)(g + 1)^2) > 0", parts=_increases),
        ),
        uses=("gerstgrasser2024.accumulate",),
        tags=("regression", "accumulate"),
        bibtex=BIBTEX,
        expected="HOLDS",
    ),
    Claim(
        id="schaeffer2025.table1-definition3",
        title="Table 1, definition 3: the risk diverges where data are replaced and not where they accumulate",
        source=Source(document="schaeffer2025", where="appendix A, table 1, row Def. 3"),
        says=r"\text{Def. 3: accumulate } \times, \text{ replace } \checkmark",
        relation="limit",
        domain=DOMAIN,
        assumptions=(ENOUGH,),
        proofs=(
            Limit(statement="data replaced: 1/risk -> 0", parts=_diverges),
            Limit(statement="data accumulated: the risk stays below r_0 pi^2/6", parts=_stays),
        ),
        uses=("gerstgrasser2024.replace", "gerstgrasser2024.accumulate", "gerstgrasser2024.bound"),
        tags=("regression", "definitions"),
        bibtex=BIBTEX,
        expected="ASYMPTOTIC",
    ),
    Claim(
        id="schaeffer2025.table1-definition5",
        title="Table 1, definition 5, read as a change of the exponent of n: there is none, only the constant changes",
        source=Source(document="schaeffer2025", where="appendix A, table 1, row Def. 5"),
        says=r"\text{Def. 5 (change in scaling law): accumulate } \checkmark",
        relation="equal",
        domain=DOMAIN,
        assumptions=(ENOUGH,),
        checks=mean_checks(
            "linear(d=3)",
            "accumulate",
            "excess_risk",
            points=({"n": 10, "d": 3, "g": 6, "sigma": 1.0}, {"n": 20, "d": 3, "g": 6, "sigma": 1.0}),
            value=lambda p: first_risk({**p, "d": 3}) * squares(p["g"]),
            of="exact",
            delta=0.04,
            planted=(),
            slips=(
                Mutant(name="a slower law, n^-1/2", value=lambda p: 0.75 * squares(p["g"]) * (8 / (p["n"] - 2)) ** 0.5),
            ),
            blind={"spread": "gerstgrasser2024.accumulate/law"},
        ),
        proofs=(
            Inequality(statement="the local exponent of generation g is another one", parts=_deviates),
            Identity(statement="-d log risk/d log n is the same at g and at 1", sides=_exponents, of="exact"),
            Limit(statement="n times the risk -> sigma^2 d H_g^(2)", parts=_scaling, of="exact"),
        ),
        uses=("gerstgrasser2024.accumulate",),
        tags=("regression", "definitions"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
)
