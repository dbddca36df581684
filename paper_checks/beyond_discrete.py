r"""What no document prints of the refitted discrete law: what the entropy does measure, and a ceiling.

Each atom alone is a two-type chain, :math:`x' \sim \mathrm{Bin}(n, x)/n`, and a(p) the sum over t >= 0 of
:math:`E[x_t; x_t < 1]` (see ``schaeffer2025_timescales``). By the symmetry of the chain the same function gives

.. math:: E \sum_{t \ge 0} (K_t - 1) = \sum_i a(1 - p_i) \approx 2 n H[p],

K_t the number of atoms left: 2n times the entropy is a cumulated excess of symbols, not a time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from paper_checks import _chance
from paper_checks import schaeffer2025_timescales as timescales
from paper_checks._claim import Claim, Source
from paper_checks._enumerate import Enumeration, expectation
from paper_checks._frequencies import counts_after, symbols_sum, visits
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
SOURCE = Source(document="tailfade", where="derived here")
#: Generations over which the excess of symbols is added up.
LAST = 12
LAW = timescales.LAW
THREE: tuple[Point, ...] = ({"n": 3, "p": [0.5, 0.25, 0.25]},)
FOUR: tuple[Point, ...] = tuple({"n": 4, "g": g, "p": [0.5, 0.25, 0.125, 0.125]} for g in (1, 6))

EXCESS = Loop(
    process="wright_fisher(p={p})",
    workflow="replace",
    metric="surviving_symbols",
    n="n",
    at=LAST,
    outcome=lambda x, point: len(point["p"]) - 1 + (x - 1).sum(axis=1),
)


def _loop(workflow: str, metric: str, outcome: Any = None) -> Loop:
    return Loop(process="wright_fisher(p={p})", workflow=workflow, metric=metric, n="n", at="g", outcome=outcome)


def _value(name: str, point: Point, **more: Any) -> float:
    from theory.quantity import find

    return find(name).evaluate(dict(point) | more)


def excess(point: Point) -> float:
    """Return E sum (K_t - 1) over t = 0, …, LAST.

    >>> excess({"n": 1, "p": [0.5, 0.5]})
    1.0
    """
    left = sum(_value("discrete.symbols_mean", point, g=g) - 1 for g in range(1, LAST + 1))
    return len(point["p"]) - 1 + left


def excess_form() -> Any:
    """Return the whole sum, over the atoms, of a(1 - p_i)."""
    import sympy

    from theory import forms
    from theory.symbols import sequence, symbol

    i = forms.index("i")
    return forms.add_up(sympy.Function("a")(1 - sequence("p")[i]), (i, 1, symbol("N")))


def _entropy_generator() -> tuple[Any, ...]:
    """Return x(1 - x) b''/(2n) for b = -2n x ln x, and -(1 - x): a generation takes the other atoms' share."""
    import sympy

    from theory.symbols import symbol

    n, x = symbol("n"), sympy.Symbol("x", positive=True)
    return x * (1 - x) / (2 * n) * sympy.diff(-2 * n * x * sympy.log(x), x, 2), -(1 - x)


def _excess_by_numbers() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield the sum of a(1 - p_i) against the chain of all atoms."""
    for n, p in timescales.SMALL:
        yield f"n = {n}, p = {', '.join(map(str, p))}", sum(visits(n, 1 - each) for each in p), symbols_sum(n, p)


def _excess_repository() -> Iterator[tuple[str, Any, Fraction]]:
    for n, p in timescales.SMALL:
        at = {"n": n, "p": [float(each) for each in p]}
        yield f"n = {n}, p = {', '.join(map(str, p))}", _value("discrete.excess_symbols_sum", at), symbols_sum(n, p)


# The ceiling.


def _parents(n: int, k: int) -> dict[int, Fraction]:
    """Return the law of the number of different parents of k lineages among n."""
    law = {0: Fraction(1)}
    for _ in range(k):
        new: dict[int, Fraction] = {}
        for j, weight in law.items():
            new[j] = new.get(j, Fraction(0)) + weight * Fraction(j, n)
            new[j + 1] = new.get(j + 1, Fraction(0)) + weight * Fraction(n - j, n)
        law = new
    return law


def _falls_by_one() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield 1 against the truth of E h(k') <= h(k) - 1 for h(k) = 2n(1 - 1/k): so the ancestor is 2n - 2 back."""
    for n in (2, 3, 5, 9, 16, 30):
        for k in range(2, n + 1):
            after = expectation(_parents(n, k), lambda j, n=n: 2 * n * (1 - Fraction(1, max(j, 1))))
            yield f"n = {n}, k = {k}", Fraction(1), Fraction(after <= 2 * n * (1 - Fraction(1, k)) - 1)


def _many_atoms() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield 1 against the truth of 1 + n a(1/n) <= 2n - 1, the time from infinitely many atoms."""
    for n in (1, 2, 3, 8, 20):
        yield f"n = {n}", Fraction(1), Fraction(1 + n * visits(n, Fraction(1, n)) <= 2 * n - 1)


def _split() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield 1 against the truth of a(p) <= 2 a(p/2): a split atom only prolongs the wait."""
    for n in (2, 5, 9):
        for p in (Fraction(1), Fraction(1, 2), Fraction(1, 3), Fraction(1, 40)):
            yield f"n = {n}, p = {p}", Fraction(1), Fraction(visits(n, p) <= 2 * visits(n, p / 2))


# Entropy.


def _entropy_of_two() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield E H of two draws in units of ln 2 (H is ln 2 while both differ) against the chain of all atoms."""
    for p in ([Fraction(1, 2)] * 2, [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]):
        for g in (1, 3, 7):
            differ = expectation(counts_after(2, p, g), lambda counts: Fraction(max(counts) < 2))
            found = _value("discrete.entropy_mean", {"p": [float(each) for each in p], "n": 2, "g": g})
            yield f"n = 2, {len(p)} atoms, g = {g}", found / math.log(2), differ


def _claim(
    label: str, title: str, says: str, relation: str, expected: str, domain: Mapping[str, Any], **more: Any
) -> Claim:
    return Claim(
        id=f"beyond.{label}",
        title=title,
        source=SOURCE,
        says=says,
        relation=relation,
        expected=expected,
        domain=domain,
        **more,
    )


CLAIMS = (
    _claim(
        "symbols-sum",
        "Twice n times the entropy is, for large n, a cumulated excess of symbols",
        r"E \sum_{t \ge 0} (K_t - 1) = \sum_i a(1 - p_i)",
        "equal",
        "HOLDS",
        {"n": (1, None), "p": LAW},
        formula=excess_form,
        checks=(
            _chance.bounded(
                "sum",
                f"E sum (K_t - 1), t = 0, ..., {LAST}",
                EXCESS,
                excess,
                THREE,
                ends=lambda p: (len(p["p"]) - 1.0, (len(p["p"]) - 1.0) * (LAST + 1)),
                because="atoms are counted",
                delta=0.06,
                steps=("n",),
                planted=("workflow swapped",),
                discrete=True,
                slips=(Mutant(name="without t = 0", value=lambda p: excess(p) - len(p["p"]) + 1),),
            ),
        ),
        proofs=(Identity(statement="b = -2n x ln x solves x(1-x) b''/(2n) = -(1-x)", sides=_entropy_generator),),
        enumerations=(
            Enumeration(statement="E sum (K_t - 1), all atoms together", cases=_excess_by_numbers),
            Enumeration(statement="discrete.excess_symbols_sum", cases=_excess_repository),
        ),
        uses=("schaeffer2025.collapse-time",),
        tags=("discrete", "replace", "timescale"),
    ),
    _claim(
        "collapse-ceiling",
        "Total collapse takes at most 2n - 1 fits in the mean, from any number of atoms, at the sizes enumerated",
        r"E\,T \le 2n - 1",
        "upper",
        "BOUND HOLDS",
        {"n": (1, None), "p": LAW},
        checks=(
            _chance.known_spread(
                "mean",
                f"E min(T, {timescales.LAST + 1}), T the number of fits until one atom is left",
                timescales.TIMES,
                lambda p: 2 * p["n"] - 1,
                timescales.POINTS[:1],
                variance=timescales.spread,
                because="the law of the time, from the two-type chain",
                blind={"spread": "schaeffer2025.collapse-time/law"},
                side="upper",
                truth=timescales.waited,
                planted=(),
                steps=(),
                delta=0.05,
                slips=(
                    Mutant(name="n", value=lambda p: p["n"]),
                    Mutant(name="n ln 2", value=lambda p: p["n"] * math.log(2)),
                ),
                discrete=True,
            ),
        ),
        enumerations=(
            Enumeration(statement="2n(1 - 1/k) falls by 1 a generation or more, k lineages", cases=_falls_by_one),
            Enumeration(statement="1 + n a(1/n) <= 2n - 1, from infinitely many atoms", cases=_many_atoms),
            Enumeration(statement="a split atom prolongs the wait", cases=_split),
        ),
        uses=("schaeffer2025.collapse-time",),
        tags=("discrete", "replace", "timescale"),
    ),
    _claim(
        "entropy",
        "The mean entropy of model g",
        r"E\,H[p_g] = \sum_i E[-x_g \ln x_g \mid x_0 = p_i]",
        "equal",
        "HOLDS",
        {"n": (1, None), "g": (1, None), "p": LAW},
        checks=(
            _chance.bounded(
                "mean",
                "the mean entropy of model g",
                _loop("replace", "entropy"),
                lambda p: _value("discrete.entropy_mean", p),
                FOUR,
                ends=lambda p: (-1e-9, math.log(len(p["p"])) + 1e-9),
                because="an entropy of finitely many atoms",
                delta=0.05,
                discrete=True,
                planted=("generation off by one", "workflow swapped"),
            ),
        ),
        enumerations=(Enumeration(statement="discrete.entropy_mean of two draws", cases=_entropy_of_two),),
        tags=("discrete", "replace"),
    ),
)
