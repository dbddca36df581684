r"""Nobody 1900: the mean of a corpus, refitted on its own draws, drifts away from the truth.

CHANGE: who claims what, and why it is so. Here: each fit adds a noise of variance sigma^2/n to the last estimate, so
theta_g ~ N(0, g sigma^2/n), and the squared error is g sigma^2/n times a chi-square with one degree of freedom.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from paper_checks._claim import Assumption, Check, Claim, Source
from paper_checks._licence import Variance, WholeLaw
from paper_checks._looks import Looks
from paper_checks._mutants import Mutant
from paper_checks._proof import Induction
from paper_checks._simulated import paths

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]

# CHANGE: the parameters, their domain, and a few points at which a slip in the formula shows.
NAMES = ("n", "g", "sigma")
DOMAIN = {"n": (1, None), "g": (1, None), "sigma": "sigma > 0"}
POINTS: tuple[Point, ...] = ({"n": 10, "g": 1, "sigma": 1.0}, {"n": 20, "g": 4, "sigma": 1.5})
LOOKS = Looks(first=4096, count=12)


def formula() -> Any:
    """Return the formula as printed, in the alphabet of theory/symbols.py.

    >>> formula()
    g*sigma**2/n
    """
    from theory.symbols import symbol

    n, g, sigma = map(symbol, NAMES)
    return sigma**2 * g / n


def value(point: Point) -> float:
    """Return the claimed number at a point.

    >>> value({"n": 20, "g": 4, "sigma": 1.5})
    0.45
    """
    from paper_checks._evaluate import evaluator

    return float(evaluator(formula(), NAMES)(point))


# CHANGE: the loop that the claim is about; tailfade simulate --help names processes, workflows and metrics.
square_error = paths("location(sigma={sigma})", "replace", "square_error", n="n", generations=4, at="g")
accumulated = paths("location(sigma={sigma})", "accumulate", "square_error", n="n", generations=4, at="g")


def law(point: Point, *, freedom: int = 1) -> Callable[[np.ndarray], np.ndarray]:
    """Return the distribution function of the squared error.

    >>> float(law(POINTS[0])(np.array(0.0)))
    0.0
    """
    from scipy import special

    return lambda x: special.chdtr(freedom, x / value(point))


def slips() -> tuple[Mutant, ...]:
    """Return wrong formulas and a wrong process, all of which the mean must refute."""
    from paper_checks._formula_mutants import as_mutants

    return (*as_mutants(formula(), NAMES), Mutant(name="data accumulated", sampler=accumulated))


def one_step() -> tuple[Any, ...]:
    """Return closed form, g, recursion and base: each fit adds its noise."""
    from theory.symbols import symbol

    n, g, sigma = map(symbol, NAMES)
    return formula(), g, lambda v, g: v + sigma**2 / n, sigma**2 / n


MEAN = Check(
    id="mean",
    estimand="the mean of the squared error at generation g",
    # CHANGE: what is known of the outcome's tail, and why. Without it no mean can be tested.
    licence=Variance(of=lambda p: 2 * value(p) ** 2, because="the error is normal, so its square has variance 2 v^2"),
    value=value,
    sampler=square_error,
    points=POINTS,
    mutants=slips,
    delta=0.02,
    looks=LOOKS,
    budget=2**21,
    # What a mean cannot see, and the check that does.
    blind={"spread": "law"},
)
LAW = Check(
    id="law",
    estimand="the law of the squared error at generation g",
    licence=WholeLaw(),
    value=law,
    sampler=square_error,
    points=POINTS,
    mutants=(
        Mutant(name="two degrees of freedom", value=lambda p: law(p, freedom=2)),
        Mutant(name="data accumulated", sampler=accumulated),
    ),
    gap=0.015,
    looks=LOOKS,
    budget=2**20,
)

CLAIMS = (
    Claim(
        id="nobody1900.label",
        title="The squared error of a refitted mean grows linearly",
        # CHANGE: where it stands, and the statement as printed there, in LaTeX.
        source=Source(document="nobody1900", where="eq. (1)"),
        says=r"\mathbb{E} \theta_g^2 = \frac{g \sigma^2}{n}",
        relation="equal",
        formula=formula,
        domain=DOMAIN,
        assumptions=(Assumption("n >= 1", lambda point: point["n"] >= 1),),
        checks=(MEAN, LAW),
        proofs=(Induction(statement="E theta_g^2 = g sigma^2/n by induction", parts=one_step, least={"n": 1}),),
        tags=("location", "replace"),
        expected="EXACT",
    ),
)
