r"""Dey and Donoho 2024 as told by Arulandu 2024, section 4.3: the Gaussian process behind every pi^2/6.

Scores and errors of generation g tend to W_T(g) and W_Theta(g). Data drawn from fit g - 1 shift the score,

.. math:: W_T(g) = W_T^{ref}(g) + I\,W_\Theta(g-1), \quad W_\Theta(0) = 0,

and equation (10) prints an equals sign for the plus. With all data kept, :math:`I W_\Theta(g)` is the mean of the
scores so far, hence :math:`\mathrm{Cov}(W_\Theta(g), W_\Theta(h)) = I^{-1} \sum_{k \le \min(g,h)} 1/k^2`. A normal mean
is this process at every n. The paper was not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from paper_checks._chosen_rows import subsampled
from paper_checks._claim import Assumption, Check, Claim, Source
from paper_checks._enumerate import Enumeration
from paper_checks._law_checks import LOOKS, slips
from paper_checks._licence import Variance, WholeLaw
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality
from paper_checks._sampler_mutants import sampler_mutants

__all__ = ["BIBTEX", "CLAIMS", "squares", "survey"]

Point = Mapping[str, Any]
#: h >= g: two fits of one path.
PAIRS: tuple[Point, ...] = ({"n": 10, "g": 2, "h": 5, "sigma": 2.0},)
SMALL: tuple[Point, ...] = ({"n": 3, "g": 3, "sigma": 1.0},)
LATER = Assumption("h >= g", lambda point: point["h"] >= point["g"])
TWO = Assumption("g >= 2", lambda point: point["g"] >= 2)
BIBTEX = """@misc{deydonoho2024,
  author = {Dey, Apratim and Donoho, David},
  title = {Universality of the pi^2/6 Pathway in Avoiding Model Collapse},
  year = {2024}, eprint = {2410.22812}, archivePrefix = {arXiv}
}"""


def squares(g: int) -> Fraction:
    """Return H_g = sum of 1/k^2 over k <= g.

    >>> squares(2)
    Fraction(5, 4)
    """
    return sum((Fraction(1, k * k) for k in range(1, g + 1)), Fraction(0))


def survey(where: str) -> Source:
    """Return the place in the survey that tells of the paper.

    >>> survey("eq. (10)").sentence()
    'Dey and Donoho 2024, as cited by arulandu2024, section 4.3, eq. (10)'
    """
    return Source(document="arulandu2024", where=f"section 4.3, {where}", second_hand="Dey and Donoho 2024")


# The process.


def _symbols() -> tuple[Any, Any, Any]:
    import sympy

    k, g = sympy.symbols("k g", integer=True, positive=True)
    return g, sympy.Symbol("I", positive=True), sympy.Sum(1 / k**2, (k, 1, g))


def _printed_score() -> tuple[Any, ...]:
    """Return Var W_T^ref(g) = I and what the printed equality makes of it, I^2 Var W_Theta(g - 1)."""
    g, information, h = _symbols()
    return information, information * h.subs(g, g - 1)


def _printed_end() -> tuple[Any, ...]:
    """Return Var W_Theta(g) and Var W_T(1) = I, which the printed second line ends with."""
    _, information, h = _symbols()
    return h / information, information


def _drift() -> tuple[Any, ...]:
    """Return the limit of sqrt(n) [A'(theta_0 + w/sqrt(n)) - A'(theta_0)] less I w, and 0."""
    from theory.universality import drift_defect

    return drift_defect(), 0


def _mean_of_scores() -> tuple[Any, ...]:
    """Return I W_Theta(g), g times over, before and after the sum over g - 1 scores is written as the fit before."""
    import sympy

    g, information, _ = _symbols()
    before, score = sympy.symbols("W score")
    after = before + score / information / g
    return g * information * after, (g - 1) * information * before + (score + information * before)


def _variance() -> tuple[Any, ...]:
    g, information, h = _symbols()
    return h / information, g, lambda v, g: v + 1 / (information * g**2), 1 / information


def _sequential() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield the covariance of the conditional construction, with the plus, against H over the information."""
    from theory.universality import process_covariance, reference, sequential

    most, information = 5, 2.0
    law = sequential(reference("accumulate", most, information), information)[most:, most:]
    for g in range(1, most + 1):
        for h in range(g, most + 1):
            yield f"g = {g}, h = {h}", float(law[g - 1, h - 1]), squares(g) / 2
            yield f"g = {g}, h = {h}, process_covariance", process_covariance(g, h, workflow="accumulate"), squares(g)


def covariance(point: Point) -> float:
    """Return Cov of n^(1/2) fits g and h of a mean, sigma^2 H_min(g, h).

    >>> covariance({"g": 2, "h": 5, "sigma": 2.0})
    5.0
    """
    return point["sigma"] ** 2 * float(squares(min(point["g"], point["h"])))


def _product_variance(point: Point) -> float:
    """Return Var of the product of two normals, v w + c^2."""
    v, w = (point["sigma"] ** 2 * float(squares(point[name])) for name in ("g", "h"))
    return v * w + covariance(point) ** 2


def _normal(point: Point) -> Callable[[np.ndarray], np.ndarray]:
    from scipy import special

    scale = point["sigma"] * float(squares(point["h"])) ** 0.5
    return lambda x: special.ndtr(x / scale)


def _fits(outcome: Callable[[np.ndarray, Point], np.ndarray]) -> Loop:
    return Loop(
        process="location(sigma={sigma})", workflow="accumulate", metric="estimate", n="n", at="h", outcome=outcome
    )


def _process_checks() -> tuple[Check, ...]:
    pair = _fits(lambda x, p: p["n"] * x[:, p["g"] - 1] * x[:, p["h"] - 1])
    last = _fits(lambda x, p: p["n"] ** 0.5 * x[:, p["h"] - 1])
    late = Mutant(name="H_h for H_g", value=lambda p: covariance({**p, "g": p["h"]}))
    print_ = Mutant(name="the scores independent of the past", value=lambda p: p["sigma"] ** 2 / p["h"])
    joint = Check(
        id="covariance",
        estimand="Cov of n^(1/2) theta_g and n^(1/2) theta_h on accumulated data",
        licence=Variance(of=_product_variance, because="two normals with a known covariance"),
        value=covariance,
        sampler=pair.sampler(),
        points=PAIRS,
        mutants=lambda: (
            *slips(covariance, [("g", 1), ("g", -1)]),
            late,
            print_,
            *sampler_mutants(pair, only=("workflow swapped", "stale mean")),
        ),
        delta=0.02,
        of="exact",
        looks=LOOKS,
        budget=2**20,
        blind={"spread": "law"},
    )
    whole = Check(
        id="law",
        estimand="the law of n^(1/2) theta_h",
        licence=WholeLaw(),
        value=_normal,
        sampler=last.sampler(),
        points=PAIRS,
        mutants=lambda: (
            Mutant(name="the first fit", value=lambda p: _normal({**p, "h": 1})),
            Mutant(name="sigma x 1.05", value=lambda p: _normal({**p, "sigma": 1.05 * p["sigma"]})),
        ),
        of="exact",
        gap=0.01,
        looks=LOOKS,
        budget=2**19,
    )
    return joint, whole


# The order.


def _gains() -> tuple[Any, ...]:
    """Return (3H - 2) - H with H = 5/4 + s, which is what fit 2 and every later one have."""
    import sympy

    s = sympy.Symbol("s", nonnegative=True)
    h = sympy.Rational(5, 4) + s
    return (3 * h - 2) - h, {s: 0}


def _losses() -> tuple[Any, ...]:
    """Return 1 - 3/(g + 1)^2 for g >= 2, by which g - (3H - 2) grows from 1/4 at g = 2."""
    g = _symbols()[0]
    return 1 - 3 / (g + 1) ** 2, {g: 2}


def _first_loss() -> tuple[Any, ...]:
    import sympy

    g, _, h = _symbols()
    return (g - (3 * h - 2)).subs(g, sympy.Integer(2)).doit(), sympy.Rational(1, 4)


def _corpus() -> tuple[Any, ...]:
    """Return n E M_g^2 = 3H - 3 + 1/g in the limit, g, its step (1 + 1 - 1/(g-1))/g^2, and its start 1.

    A subsample of n of the (g - 1) n rows has a variance of 1 - 1/(g - 1) of its own; its rows move the mean by 1/g.
    """
    import sympy

    g, _, h = _symbols()
    return 3 * h - 3 + 1 / g, g, lambda v, g: v + (2 - 1 / (g - 1)) / g**2, sympy.Integer(1)


def _own() -> tuple[Any, ...]:
    """Return n E M_g^2 + 1 - 1/g and 3H - 2: the fit is a subsample too."""
    g, _, h = _symbols()
    return (3 * h - 3 + 1 / g) + 1 - 1 / g, 3 * h - 2


def _at_finite_sizes() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield location.subsample_mse against all subsamples, and the order of the three as a sign."""
    from theory.location import subsample_mse

    for n, g in ((2, 2), (2, 3), (3, 2), (3, 3), (4, 2)):
        exact = subsampled(n, g).mean_square()
        yield f"n = {n}, g = {g}", float(subsample_mse(n, g)), exact
        yield f"n = {n}, g = {g}: strictly between", squares(g) / n < exact < Fraction(g, n), Fraction(1)


SUBSAMPLE = Loop(process="location(sigma={sigma})", workflow="subsample", metric="square_error", n="n", at="g")


def _sampled(point: Point) -> float:
    return point["sigma"] ** 2 * float(subsampled(point["n"], point["g"]).mean_square())


def _side(name: str, words: str, side: str, value: Callable[[Point], float], wrong: tuple[Mutant, ...]) -> Check:
    return Check(
        id=name,
        estimand=f"E theta_g^2 of a subsample is {words}",
        licence=Variance(
            of=lambda p: p["sigma"] ** 4 * float(subsampled(p["n"], p["g"]).square_variance()),
            because="a normal law for each subsample, all of them enumerated",
        ),
        value=value,
        sampler=SUBSAMPLE.sampler(),
        points=SMALL,
        truth=_sampled,
        mutants=wrong,
        side=side,
        delta=0.04,
        looks=LOOKS,
        budget=2**20,
        blind={"spread": "law"},
    )


def _order_checks() -> tuple[Check, ...]:
    unit = lambda p: p["sigma"] ** 2 / p["n"]  # noqa: E731
    above = _side(
        "above-augment",
        "at least that of all data",
        "lower",
        lambda p: unit(p) * float(squares(p["g"])),
        (
            Mutant(name="that of replacement", value=lambda p: unit(p) * p["g"]),
            Mutant(name="twice that of all data", value=lambda p: 2 * unit(p) * float(squares(p["g"]))),
        ),
    )
    below = _side(
        "below-discard",
        "at most that of replaced data",
        "upper",
        lambda p: unit(p) * p["g"],
        (
            Mutant(name="that of all data", value=lambda p: unit(p) * float(squares(p["g"]))),
            Mutant(name="a generation earlier", value=lambda p: 0.6 * unit(p) * (p["g"] - 1)),
        ),
    )
    whole = Check(
        id="law",
        estimand="the law of theta_g^2 of a subsample of n of the g n rows",
        licence=WholeLaw(),
        value=lambda p: subsampled(p["n"], p["g"]).square_law(p["sigma"] ** 2),
        sampler=SUBSAMPLE.sampler(),
        points=SMALL,
        mutants=lambda: (
            Mutant(name="g - 1", value=lambda p: subsampled(p["n"], p["g"] - 1).square_law(p["sigma"] ** 2)),
            Mutant(name="n - 1", value=lambda p: subsampled(p["n"] - 1, p["g"]).square_law(p["sigma"] ** 2)),
            *sampler_mutants(SUBSAMPLE, only=("workflow swapped",)),
        ),
        gap=0.02,
        looks=LOOKS,
        budget=2**19,
    )
    return above, below, whole


CLAIMS = (
    Claim(
        id="deydonoho2024.process",
        title="The score of generation g is the reference score, and equal to the shift that fit g - 1 brought",
        source=survey("eq. (10)"),
        says=r"W_T(g) = W_T^{ref}(g) = \mathbb{E}_0[X^\top \nabla^2 A(X\theta_0)X]W_\Theta(g-1), \quad "
        r"W_\Theta(g) \sim \mathbb{P}^{ref}(\cdot|W_T^{ref}(g) = W_T(g) \dots W_T^{ref}(1) = W_T(1)) = W_T(1)",
        relation="equal",
        domain={"n": (1, None), "g": (1, None), "h": (1, None), "sigma": "sigma > 0"},
        assumptions=(LATER,),
        checks=_process_checks(),
        proofs=(
            Identity(statement="I = Var W_T^ref(g) is I^2 Var W_Theta(g - 1), all data kept", sides=_printed_score),
            Identity(statement="Var W_Theta(g) is Var W_T(1), all data kept", sides=_printed_end),
            Identity(statement="a score of data from theta_0 + w/sqrt(n) has mean I w", sides=_drift, of="exact"),
            Identity(statement="W_Theta(g) = W_Theta(g-1) + W_T^ref(g)/(I g)", sides=_mean_of_scores, of="exact"),
            Induction(statement="Var W_Theta(g) = H_g/I", parts=_variance, of="exact"),
        ),
        enumerations=(
            Enumeration(
                statement="the conditional law, with the plus, has Cov = H_min/I", cases=_sequential, of="exact"
            ),
        ),
        tags=("universality", "accumulate"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
    Claim(
        id="deydonoho2024.order",
        title="All data kept are better than a subsample of them, and that is better than the newest data alone",
        source=survey("last paragraph but one"),
        says=r"\text{the variance ratio for the accumulation method outperforms the subsample method which "
        r"outperforms the replacement method}",
        relation="monotone",
        domain={"n": (1, None), "g": (2, None), "sigma": "sigma > 0"},
        assumptions=(TWO,),
        checks=_order_checks(),
        proofs=(
            Induction(statement="n E M_g^2 -> 3H - 3 + 1/g for the mean of the corpus", parts=_corpus),
            Identity(statement="a subsample of it has 3H - 2", sides=_own),
            Inequality(statement="3H - 2 > H from fit 2 on, where H >= 5/4", parts=_gains),
            Identity(statement="g - (3H - 2) = 1/4 at g = 2", sides=_first_loss),
            Inequality(statement="and g - (3H - 2) grows from there on", parts=_losses),
        ),
        enumerations=(
            Enumeration(statement="the order at small n, and location.subsample_mse", cases=_at_finite_sizes),
        ),
        tags=("universality", "subsample"),
        bibtex=BIBTEX,
        expected="HOLDS",
    ),
)
