r"""Seddik et al. 2024: the sum of squares of a refitted discrete law, and the probability that it has collapsed.

The paper was not read; the statements are those of a summary of arXiv 2404.05090. S = sum p_i^2, n draws a generation,
m generations, all data synthetic. As long as two atoms are left, :math:`1 - S \ge 2(n-1)/n^2`, so Markov's inequality
makes of the mean a bound on the time:

.. math:: P(T > m) \le \frac{n^2}{2(n-1)} (1 - 1/n)^m (1 - S_0).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from paper_checks import _chance
from paper_checks._claim import Claim, Source
from paper_checks._enumerate import Enumeration, expectation
from paper_checks._frequencies import counts_after
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit

__all__ = ["BIBTEX", "CLAIMS", "markov"]

Point = Mapping[str, Any]
BIBTEX = """@misc{seddik2024,
  author = {Seddik, Mohamed El Amine and Chen, Suei-Wen and Hayou, Soufiane and Youssef, Pierre and Debbah, Merouane},
  title = {How Bad is Training on Synthetic Data? A Statistical Analysis of Language Model Collapse},
  year = {2024}, eprint = {2404.05090}, archivePrefix = {arXiv}
}"""
LAW = lambda p: all(each > 0 for each in p) and abs(sum(p) - 1) < 1e-9  # noqa: E731
LAW.__doc__ = "probabilities that sum to 1"
DOMAIN = {"n": (2, None), "g": (1, None), "p": LAW}
POINTS: tuple[Point, ...] = tuple({"n": 6, "g": g, "p": [0.25] * 4} for g in (2, 12))
SMALL = (
    (4, (Fraction(1, 4),) * 4),
    (5, (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))),
    (3, (Fraction(9, 10), Fraction(1, 20), Fraction(1, 20))),
)


def _source(where: str) -> Source:
    return Source(document="a summary of arXiv 2404.05090", where=where, second_hand="Seddik et al. 2024")


def _loop(metric: str, outcome: Any) -> Loop:
    return Loop(process="wright_fisher(p={p})", workflow="replace", metric=metric, n="n", at="g", outcome=outcome)


SQUARES = _loop("heterozygosity", lambda x, point: 1 - x[:, -1])
ALIVE = _loop("collapsed", lambda x, point: (x[:, -1] == 0).astype(float))


def squares(point: Point) -> float:
    """Return E S_g as printed, 1 - (1 - 1/n)^g (1 - S_0).

    >>> squares({"n": 2, "g": 1, "p": [0.5, 0.5]})
    0.75
    """
    return 1 - (1 - 1 / point["n"]) ** point["g"] * (1 - sum(each**2 for each in point["p"]))


def form() -> Any:
    """Return E S_g as printed, S_0 the sum of squares of the real law."""
    import sympy

    from theory.symbols import symbol

    return 1 - (1 - 1 / symbol("n")) ** symbol("g") * (1 - sympy.Symbol("S_0", positive=True))


def markov(point: Point) -> float:
    """Return the bound on P(T > g).

    >>> round(markov({"n": 10, "g": 40, "p": [0.25] * 4}), 4)
    0.0616
    """
    n = point["n"]
    return n**2 / (2 * (n - 1)) * (1 - squares(point))


def alive(point: Point) -> float:
    """Return P(T > g) exactly.

    >>> round(alive({"n": 10, "g": 40, "p": [0.25] * 4}), 4)
    0.0296
    """
    from theory.quantity import find

    return 1 - find("discrete.collapse_probability").evaluate(dict(point))


def _one_fit() -> tuple[Any, ...]:
    """Return 1 less the sum over atoms of x^2 + x(1 - x)/n, in S = sum x^2, and (1 - 1/n)(1 - S)."""
    import sympy

    from theory.symbols import symbol

    n, s = symbol("n"), sympy.Symbol("S", positive=True)
    return 1 - (s + (1 - s) / n), (1 - 1 / n) * (1 - s)


def _second_moment() -> tuple[Any, ...]:
    """Return E x'^2 of x' = X'/n from E X' = n x and E X'(X' - 1) = n(n - 1) x^2, and x^2 + x(1 - x)/n."""
    import sympy

    from theory.symbols import symbol

    n, x = symbol("n"), sympy.Symbol("x", positive=True)
    return (n * (n - 1) * x**2 + n * x) / n**2, x**2 + x * (1 - x) / n


def _induction() -> tuple[Any, ...]:
    import sympy

    from theory.symbols import symbol

    n, g, s = symbol("n"), symbol("g"), sympy.Symbol("S_0", positive=True)
    return 1 - form(), g, lambda v, g: v * (1 - 1 / n), (1 - 1 / n) * (1 - s)


def _two_left() -> tuple[Any, ...]:
    """Return n^2 (1 - S) - 2(n - 1) for the counts j and n - j, n = j + 1 + m."""
    import sympy

    j, m = sympy.Symbol("j", integer=True, positive=True), sympy.Symbol("m", integer=True, nonnegative=True)
    n = j + 1 + m
    return n**2 - j**2 - (n - j) ** 2 - 2 * (n - 1), {j: 1, m: 0}


def _merged() -> tuple[Any, ...]:
    """Return how much the sum of squares grows when two counts are merged."""
    import sympy

    a, b = sympy.Symbol("a", integer=True, positive=True), sympy.Symbol("b", integer=True, positive=True)
    return (a + b) ** 2 - a**2 - b**2, {a: 1, b: 1}


def _vanishing() -> tuple[Any, ...]:
    """Return the bound with n = m + 1, its variable g, and 0."""
    import sympy

    g, m, s = sympy.symbols("g m s", positive=True)
    rate = sympy.exp(-g * sympy.log((m + 1) / m, evaluate=False))
    return (m + 1) ** 2 / (2 * m) * rate * s, g, sympy.Integer(0)


def _by_numbers() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield the printed mean against the chain of all atoms."""
    for n, p in SMALL:
        start = sum((each**2 for each in p), Fraction(0))
        for g in (1, 2, 6):
            law = counts_after(n, p, g)
            mean = expectation(law, lambda counts, n=n: Fraction(sum(count**2 for count in counts), n**2))
            yield f"n = {n}, p = {', '.join(map(str, p))}, g = {g}", 1 - (1 - Fraction(1, n)) ** g * (1 - start), mean


def _below() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield 1 against the truth of P(T > g) <= bound, from the chain of all atoms."""
    for n, p in SMALL:
        start = sum((each**2 for each in p), Fraction(0))
        for g in (1, 2, 6):
            left = expectation(counts_after(n, p, g), lambda counts, n=n: Fraction(max(counts) < n))
            bound = Fraction(n**2, 2 * (n - 1)) * (1 - Fraction(1, n)) ** g * (1 - start)
            yield f"n = {n}, p = {', '.join(map(str, p))}, g = {g}", Fraction(1), Fraction(left <= bound)


def _exact() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield P(T > g) as this repository computes it against the chain of all atoms."""
    for n, p in SMALL:
        for g in (1, 2, 6):
            left = expectation(counts_after(n, p, g), lambda counts, n=n: Fraction(max(counts) < n))
            point = {"n": n, "g": g, "p": [float(each) for each in p]}
            yield f"n = {n}, p = {', '.join(map(str, p))}, g = {g}", alive(point), left


STEPS = (
    Identity(statement="E x'^2 = x^2 + x(1 - x)/n", sides=_second_moment),
    Identity(statement="E (1 - S') = (1 - 1/n)(1 - S), summed over the atoms", sides=_one_fit),
    Induction(statement="E (1 - S_g) = (1 - 1/n)^g (1 - S_0)", parts=_induction, least={"n": 2}),
)

CLAIMS = (
    Claim(
        id="seddik2024.squares",
        title="The mean sum of squares of a refitted law",
        source=_source("the lemma on the sum of squares"),
        says=r"\mathbb{E}\, S_m = 1 - (1 - 1/n)^m (1 - S_0), \quad S = \sum_i p_i^2",
        relation="equal",
        formula=form,
        domain=DOMAIN,
        checks=(
            _chance.bounded(
                "mean",
                "E S_g",
                SQUARES,
                squares,
                POINTS,
                ends=lambda p: (0.0, 1.0 + 1e-9),
                because="a sum of squares of shares",
                delta=0.03,
                discrete=True,
                planted=("generation off by one", "workflow swapped"),
                slips=(
                    Mutant(
                        name="1 - (1 - 1/n)^g S_0",
                        value=lambda p: 1 - (1 - 1 / p["n"]) ** p["g"] * sum(each**2 for each in p["p"]),
                    ),
                ),
            ),
        ),
        proofs=STEPS,
        enumerations=(Enumeration(statement="E S_g, all atoms together", cases=_by_numbers),),
        tags=("discrete", "replace"),
        bibtex=BIBTEX,
        expected="HOLDS",
    ),
    Claim(
        id="seddik2024.collapse",
        title="Total collapse is certain where all data are synthetic: P(T > g) vanishes, by this bound",
        source=_source("the theorem on total collapse"),
        says=r"\text{total collapse occurs almost surely in the fully synthetic setting}",
        relation="limit",
        domain=DOMAIN,
        checks=(
            _chance.event(
                "bound",
                "P(two atoms are left at g), at most the bound of Markov",
                ALIVE,
                markov,
                POINTS[1:],
                side="upper",
                truth=alive,
                planted=(),
                steps=("g",),
                delta=0.1,
                slips=(Mutant(name="without n^2/(2(n-1))", value=lambda p: 1 - squares(p)),),
            ),
            _chance.event(
                "left",
                "P(two atoms are left at g)",
                ALIVE,
                alive,
                POINTS,
                delta=0.03,
                planted=("generation off by one", "workflow swapped"),
            ),
        ),
        proofs=(
            *STEPS,
            Inequality(statement="n^2 (1 - S) >= 2(n - 1) with two atoms left", parts=_two_left, strict=False),
            Inequality(statement="merging two of more atoms raises S, so two are the worst case", parts=_merged),
            Limit(statement="n^2/(2(n-1)) (1 - 1/n)^g (1 - S_0) -> 0", parts=_vanishing),
        ),
        enumerations=(
            Enumeration(statement="P(T > g) is below the bound", cases=_below),
            Enumeration(statement="discrete.collapse_probability, all atoms together", cases=_exact),
        ),
        uses=("seddik2024.squares", "schaeffer2025.fixation"),
        tags=("discrete", "replace", "timescale"),
        bibtex=BIBTEX,
        expected="ASYMPTOTIC",
    ),
)
