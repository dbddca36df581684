r"""Arulandu 2024, section 4.1: the variance of accumulated fits over the generations, and a sentence of section 5.

The variance of the fit is that of a mean, in units of its first one: sum 1/k^2 where every generation adds n rows, and
3/2 - 2^-g where it would double the corpus.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import pi
from typing import Any

import numpy as np

from paper_checks._claim import Check, Claim, Source
from paper_checks._enumerate import Enumeration
from paper_checks._licence import WholeLaw
from paper_checks._looks import Looks
from paper_checks._means import mean_checks
from paper_checks._mutants import Mutant
from paper_checks._proof import Induction, Limit
from paper_checks._simulated import paths
from paper_checks.arulandu2024 import BIBTEX

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=12)
#: Block sizes n_1, n_2, … that double the corpus of 4 rows every generation.
DOUBLING = f"schedule(accumulate, sizes={[4, *(4 * 2**k for k in range(11))]})"
DOUBLED: tuple[Point, ...] = ({"n": 4, "g": 12, "sigma": 1.0},)


def symbols() -> tuple[Any, ...]:
    """Return g and an index k."""
    import sympy

    return sympy.symbols("g k", integer=True, positive=True)


def squares(g: int) -> float:
    """Return the sum of 1/k^2 to g."""
    return sum(1 / k**2 for k in range(1, g + 1))


def _rows(doubled: bool) -> Iterator[tuple[str, Any, Fraction]]:
    """Yield the rows said to be there at generation g against those that the accumulated fit of sims sees."""
    from sims.workflows.accumulate import Accumulate

    for n in (10, 60_000):
        seen = Accumulate().fit_rows(np.full(7, n, np.int64))
        for g in range(1, 8):
            yield f"n = {n}, g = {g}", n * 2 ** (g - 1) if doubled else n * g, Fraction(int(seen[g - 1]))


def doubled_ratio(point: Point) -> float:
    """Return E theta_g^2 where the corpus doubles: 3/2 - 2^-g times the first value.

    >>> doubled_ratio({"n": 4, "g": 1, "sigma": 2.0})
    1.0
    """
    return point["sigma"] ** 2 / point["n"] * (1.5 - 2.0 ** -point["g"])


def _doubling() -> tuple[Any, ...]:
    """Return 3/2 - 2^-g, g, its recursion n_1 n_g/N_g^2 with N_g = 2^(g-1) n_1 and n_g = N_g/2, and 1."""
    import sympy

    g = symbols()[0]
    two = sympy.Integer(2)
    return sympy.Rational(3, 2) - two**-g, g, lambda v, g: v + two ** (g - 2) / two ** (2 * (g - 1)), sympy.Integer(1)


def _corpus(doubled: bool) -> tuple[Any, ...]:
    """Return the rows said to be there at generation g, g, the recursion N' = N + n of the scheme, and n."""
    import sympy

    g, n = symbols()[0], sympy.Symbol("n", integer=True, positive=True)
    return n * sympy.Integer(2) ** (g - 1) if doubled else n * g, g, lambda rows, g: rows + n, n


def _doubled_law() -> Check:
    """Return the check of the law of theta_g^2 on the doubling corpus, a scaled chi-square of one degree."""

    def law(p: Point, scale: float = 1.0) -> Any:
        from scipy import special

        return lambda x: special.chdtr(1, np.maximum(x, 0) / (scale * doubled_ratio(p)))

    return Check(
        id="law",
        estimand="the law of theta_g^2 where the corpus doubles",
        licence=WholeLaw(),
        value=law,
        sampler=paths("location(sigma={sigma})", DOUBLING, "square_error", n="n", generations=12, at="g"),
        points=DOUBLED,
        mutants=(
            Mutant(name="pi^2/6 in place of 3/2", value=lambda p: law(p, pi**2 / 9)),
            Mutant(name="the first fit's", value=lambda p: law(p, 2 / 3)),
            Mutant(name="rows that double twice, 5/4", value=lambda p: law(p, 5 / 6)),
        ),
        gap=0.015,
        of="exact",
        looks=LOOKS,
        budget=2**19,
    )


def _basel() -> tuple[Any, ...]:
    import sympy

    g = symbols()[0]
    return sympy.harmonic(g, 2), g, sympy.pi**2 / 6


def _mean_of_blocks() -> tuple[Any, ...]:
    import sympy

    g, k = symbols()
    return sympy.Sum(1 / k**2, (k, 1, g)), g, lambda v, g: v + 1 / g**2, sympy.Integer(1)


CLAIMS = (
    Claim(
        id="arulandu2024.doubling",
        title="Accumulation adds n rows a generation: the corpus does not double, and a doubled one ends at 3/2",
        source=Source(document="arulandu2024", where="section 5"),
        says=r"\text{For the accumulation scheme, each generation doubles the available training data}",
        relation="equal",
        domain={"n": (1, None), "g": (1, None), "sigma": "sigma > 0"},
        checks=(
            *mean_checks(
                "location",
                DOUBLING,
                "square_error",
                points=DOUBLED,
                value=doubled_ratio,
                of="exact",
                slips=(
                    Mutant(name="sum 1/k^2, the corpus of the scheme", value=lambda p: squares(p["g"]) / p["n"]),
                    Mutant(name="pi^2/6", value=lambda p: pi**2 / 6 / p["n"]),
                    Mutant(name="2 - 2^(1-g)", value=lambda p: (2 - 2.0 ** (1 - p["g"])) / p["n"]),
                ),
                planted=(),
                blind={"spread": "law"},
            ),
            _doubled_law(),
        ),
        proofs=(
            Induction(statement="n 2^(g-1) rows at generation g", parts=lambda: _corpus(True)),
            Induction(statement="n g rows at generation g", parts=lambda: _corpus(False), of="exact"),
            Induction(statement="a doubling corpus gives 3/2 - 2^-g", parts=_doubling, of="exact"),
        ),
        enumerations=(
            Enumeration(statement="n 2^(g-1) rows in the fit of sims", cases=lambda: _rows(True)),
            Enumeration(statement="n g rows in the fit of sims", cases=lambda: _rows(False), of="exact"),
        ),
        uses=("gerstgrasser2024.accumulate",),
        tags=("regression", "accumulate"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
    Claim(
        id="arulandu2024.variance-ratio",
        title="The ratio of the variances at generations k and 1: H_k^(2) at k, pi^2/6 in the limit only",
        source=Source(document="arulandu2024", where="section 4.1, figure 6b"),
        says=r"\text{the ratio of empirical variances from the } k\text{-th to 1st generation} \dots "
        r"\text{ limits to } \pi^2/6",
        relation="limit",
        domain={"n": (1, None), "g": (1, None), "sigma": "sigma > 0"},
        checks=mean_checks(
            "location",
            "accumulate",
            "square_error",
            points=({"n": 4, "g": 10, "sigma": 1.0}, {"n": 4, "g": 1, "sigma": 1.0}),
            value=lambda p: p["sigma"] ** 2 / p["n"] * squares(p["g"]),
            slips=(Mutant(name="the limit in its place", value=lambda p: pi**2 / 6 / p["n"]),),
            beside="law",
        ),
        proofs=(
            Induction(statement="variance of generation g over that of generation 1", parts=_mean_of_blocks),
            Limit(statement="sum 1/k^2 -> pi^2/6", parts=_basel),
        ),
        uses=("gerstgrasser2024.accumulate", "gerstgrasser2024.bound"),
        tags=("regression", "accumulate"),
        bibtex=BIBTEX,
        expected="ASYMPTOTIC",
    ),
)
