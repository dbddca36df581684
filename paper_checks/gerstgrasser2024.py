r"""Gerstgrasser et al. 2024: ridgeless regression refitted on its own labels, data replaced or accumulated.

Given the design, :math:`w_g - w_* \sim N(0, s_g^2 \sigma^2 (X'X)^{-1})` with :math:`s_g^2 = g` under replacement and
:math:`\sum_{k \le g} 1/k^2` under accumulation. Over the design (n rows of N(0, I)) the risk is therefore
:math:`s_g^2 \sigma^2 \chi^2_d / \chi^2_{n-d+1}` with independent chi-squares (Hotelling): its law, mean and
variance are exact at every generation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from paper_checks._claim import Assumption, Check, Claim, Source
from paper_checks._licence import Variance, WholeLaw
from paper_checks._looks import Looks
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction
from paper_checks._sampler_mutants import sampler_mutants
from paper_checks._simulated import paths

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
NAMES = ("n", "d", "g", "sigma")
GENERATIONS = 6
LOOKS = Looks(first=4096, count=13)
POINTS: tuple[Point, ...] = (
    {"n": 10, "d": 3, "g": 1, "sigma": 1.0},
    {"n": 10, "d": 3, "g": 4, "sigma": 1.0},
    {"n": 20, "d": 3, "g": 6, "sigma": 1.5},
)
DOMAIN = {"n": (3, None), "d": (1, None), "g": (1, None), "sigma": "sigma > 0"}
ENOUGH = Assumption("n >= d + 2", lambda point: point["n"] >= point["d"] + 2)
BIBTEX = """@misc{gerstgrasser2024,
  author = {Gerstgrasser, Matthias and Schaeffer, Rylan and Dey, Apratim and Rafailov, Rafael and others},
  title = {Is Model Collapse Inevitable? Breaking the Curse of Recursion by Accumulating Real and Synthetic Data},
  year = {2024}, eprint = {2404.01413}, archivePrefix = {arXiv}
}"""


def clock(point: Point, workflow: str) -> float:
    """Return s_g^2, how many noises of one fit the error at generation g carries.

    >>> clock({"g": 2}, "accumulate")
    1.25
    """
    return float(point["g"]) if workflow == "replace" else sum(1 / k**2 for k in range(1, point["g"] + 1))


def variance(point: Point, workflow: str) -> float:
    """Return the variance of the risk, infinite below n = d + 4: moments of a chi-square and an inverse one.

    >>> variance({"n": 6, "d": 2, "g": 1, "sigma": 1.0}, "replace")
    2.2222222222222223
    """
    d, nu = point["d"], point["n"] - point["d"] + 1
    if nu <= 4:
        return float("inf")
    one = d * (d + 2) / ((nu - 2) * (nu - 4)) - (d / (nu - 2)) ** 2
    return one * (clock(point, workflow) * point["sigma"] ** 2) ** 2


def law(point: Point, workflow: str, *, more: int = 0) -> Callable[[np.ndarray], np.ndarray]:
    """Return the distribution function of the risk, that of s_g^2 sigma^2 d/(n-d+1) F(d, n-d+1).

    ``more`` degrees of freedom in the denominator make a mutant.

    >>> float(law({"n": 3, "d": 2, "g": 1, "sigma": 1.0}, "replace")(np.array(1.0)))
    0.5
    """
    from scipy import special

    d, nu = point["d"], point["n"] - point["d"] + 1 + more
    scale = clock(point, workflow) * point["sigma"] ** 2 * d / nu
    return lambda x: special.fdtr(d, nu, x / scale)


def symbols() -> tuple[Any, ...]:
    """Return the symbols n, d, g, sigma and a summation index."""
    import sympy

    n, d, g, k = sympy.symbols("n d g k", integer=True, positive=True)
    return n, d, g, sympy.Symbol("sigma", positive=True), k


def printed(workflow: str) -> Any:
    """Return the formula as printed, in the shared alphabet (n for T, g for n).

    >>> printed("replace")
    d*g*sigma**2/(-d + n - 1)
    """
    import sympy

    n, d, g, sigma, k = symbols()
    one = sigma**2 * d / (n - d - 1)
    return one * (g if workflow == "replace" else sympy.Sum(1 / k**2, (k, 1, g)))


def value(point: Point, workflow: str) -> float:
    """Return the printed formula's value.

    >>> value({"n": 6, "d": 2, "g": 3, "sigma": 1.0}, "replace")
    2.0
    """
    from paper_checks._evaluate import evaluator

    return float(evaluator(printed(workflow), NAMES)(point))


def sampler(workflow: str, design: str = "fixed") -> Any:
    """Return the sampler of the risk of the very loop."""
    process = f"linear(d={{d}}, sigma={{sigma}}, design={design})"
    return paths(process, workflow, "excess_risk", n="n", generations=GENERATIONS, at="g")


def slips(workflow: str) -> tuple[Mutant, ...]:
    """Return the mutants of the mean: those of the formula, and those of the loop."""
    from paper_checks._formula_mutants import as_mutants

    process = "linear(d={d}, sigma={sigma}, design=fixed)"
    loop = Loop(process=process, workflow=workflow, metric="excess_risk", n="n", at="g")
    alone = ("one batch is the whole corpus, and its weight is n", "gerstgrasser2024.accumulate/mean")
    equivalent = {"weights unnormalised": alone} if workflow == "replace" else {}
    return (*as_mutants(printed(workflow), NAMES), *sampler_mutants(loop, equivalent=equivalent))


def law_slips(workflow: str) -> tuple[Mutant, ...]:
    """Return the mutants of the law; the fresh design has the printed mean under replacement, and another law."""
    later = lambda p: law({**p, "g": p["g"] + 1}, workflow)  # noqa: E731
    return (
        Mutant(name="degrees of freedom + 1", value=lambda p: law(p, workflow, more=1)),
        Mutant(name="degrees of freedom - 1", value=lambda p: law(p, workflow, more=-1)),
        Mutant(name="g -> g + 1", value=later),
        Mutant(name="the design drawn anew each generation", sampler=sampler(workflow, "fresh")),
    )


def one_step(workflow: str) -> tuple[Any, ...]:
    """Return closed form, g, recursion and base: each fit adds one noise, divided by g where data accumulate."""
    n, d, g, sigma, _ = symbols()
    one = sigma**2 * d / (n - d - 1)
    step = (lambda v, g: v + one) if workflow == "replace" else (lambda v, g: v + one / g**2)
    return printed(workflow), g, step, one


def averaging() -> tuple[Any, ...]:
    """Return both sides of the step of the accumulated fit: the mean of g fits moves by 1/g of the new noise."""
    import sympy

    g = symbols()[2]
    w, noise = sympy.symbols("w noise")
    return (g - 1) / g * w + (w + noise) / g, w + noise / g


def inverse_wishart() -> tuple[Any, ...]:
    """Return both sides of E chi2_d E 1/chi2_{n-d+1} = d/(n-d-1), by integration over the densities."""
    import sympy

    n, d, *_ = symbols()
    x = sympy.Symbol("x", positive=True)
    nu = sympy.Symbol("nu", positive=True)

    def moment(power: int) -> Any:
        density = x ** (nu / 2 - 1) * sympy.exp(-x / 2) / (2 ** (nu / 2) * sympy.gamma(nu / 2))
        return sympy.integrate(x**power * density, (x, 0, sympy.oo), conds="none")

    extra = sympy.Symbol("m", integer=True, positive=True)
    # n = d + 1 + m, m >= 1, so that every value of the symbols lies in the domain n >= d + 2.
    left = moment(1).subs(nu, d) * moment(-1).subs(nu, extra + 2)
    return left, (d / (n - d - 1)).subs(n, d + 1 + extra)


def repository_step(workflow: str) -> tuple[Any, ...]:
    """Return the same for the formula that ``tailfade value linear.risk`` evaluates."""
    from theory.quantity import find

    form = find("linear.risk").form({"workflow": workflow})
    _, g, step, one = one_step(workflow)
    own = {symbol.name: symbol for symbol in symbols()}
    return form.xreplace({symbol: own[symbol.name] for symbol in form.free_symbols}), g, step, one


def claim(workflow: str, says: str, source: Source, title: str) -> Claim:
    """Return the claim about the mean risk under a workflow."""
    mean = Check(
        id="mean",
        estimand=f"the mean of the excess risk at generation g, {workflow}",
        licence=Variance(of=lambda p: variance(p, workflow), because="the risk is a scaled ratio of chi-squares"),
        value=lambda p: value(p, workflow),
        sampler=sampler(workflow),
        points=POINTS,
        mutants=lambda: slips(workflow),
        delta=0.02,
        looks=LOOKS,
        budget=2**21,
        blind={"spread": "law", "the design drawn anew each generation": "law"},
    )
    whole = Check(
        id="law",
        estimand=f"the law of the excess risk at generation g, {workflow}",
        licence=WholeLaw(),
        value=lambda p: law(p, workflow),
        sampler=sampler(workflow),
        points=POINTS,
        mutants=lambda: law_slips(workflow),
        gap=0.02,
        looks=LOOKS,
        budget=2**19,
    )
    least = {"n": 3, "g": 1}
    proofs = [
        Induction(statement="the risk by induction over the fits", parts=lambda: one_step(workflow), least=least),
        Identity(statement="E tr W^-1 = d/(n-d-1) for n rows", sides=inverse_wishart),
        Induction(
            statement="linear.risk, as this repository writes it, by the same induction",
            parts=lambda: repository_step(workflow),
            least=least,
        ),
    ]
    if workflow == "accumulate":
        proofs.insert(0, Identity(statement="w_g = w_{g-1} + noise_g/g", sides=averaging))
    return Claim(
        id=f"gerstgrasser2024.{workflow}",
        title=title,
        source=source,
        says=says,
        relation="equal",
        formula=lambda: printed(workflow),
        domain=DOMAIN,
        assumptions=(ENOUGH,),
        checks=(mean, whole),
        proofs=tuple(proofs),
        tags=("regression", workflow),
        bibtex=BIBTEX,
        expected="EXACT",
    )


CLAIMS = (
    claim(
        "replace",
        r"E_{\text{test}}^{\text{Replace}} = \frac{\sigma^2 d}{T - d - 1} \cdot n",
        Source(document="arulandu2024", where="section 4.1, eq. (5)", second_hand="Gerstgrasser et al. 2024"),
        "The risk grows linearly when data are replaced",
    ),
    claim(
        "accumulate",
        r"E_{\text{test}}^{\text{Accum}}(\hat{w}_n) = \frac{\sigma^2 d}{T - d - 1} "
        r"\left( \sum_{i=1}^n \frac{1}{i^2} \right)",
        Source(document="slides-wright-lee", where="Theorem 2, eq. (3)", second_hand="Gerstgrasser et al. 2024"),
        "The risk stays bounded when data accumulate",
    ),
)
