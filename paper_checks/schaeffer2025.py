r"""Schaeffer et al. 2025, section 4.4: a law on finitely many atoms, refitted on its own draws, ends in one atom.

One atom alone is a chain of counts on 0, …, n with the two ends absorbing: :math:`X_{g+1} \sim \mathrm{Bin}(n,
X_g/n)`. With x = X/n the mean of x stays p and that of x(1 - x) falls by 1 - 1/n a generation. Between the ends x <=
n x(1 - x), so

.. math:: 0 \le p - P(X_g = n) = E[x_g; x_g < 1] \le n\,p(1 - p)\,(1 - 1/n)^g,

and the atom ends with everything with probability p. At a finite g the probability is a rational number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

from paper_checks._claim import Assumption, Check, Claim, Source
from paper_checks._enumerate import Enumeration, binomial_law, expectation, law_after, solve
from paper_checks._licence import Binary
from paper_checks._looks import Looks
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit
from paper_checks._sampler_mutants import sampler_mutants

__all__ = ["CLAIMS", "fixed_by", "inside"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=13)
#: All n and the starts p have a power of two below: floats hold them exactly.
POINTS: tuple[Point, ...] = ({"n": 16, "g": 20, "p": 0.75}, {"n": 8, "g": 3, "p": 0.875}, {"n": 4, "g": 5, "p": 0.5})
SMALL = ((2, Fraction(1, 3)), (5, Fraction(1, 2)), (12, Fraction(1, 4)), (16, Fraction(3, 8)))
DOMAIN = {"n": (2, None), "g": (1, None), "p": "0 < p < 1"}
TWO = Assumption("n >= 2", lambda point: point["n"] >= 2)
INNER = Assumption("0 < p < 1", lambda point: 0 < point["p"] < 1)
BIBTEX = """@misc{schaeffer2025,
  author = {Schaeffer, Rylan and Kazdan, Joshua and Arulandu, Alvan Caleb and Koyejo, Sanmi},
  title = {Position: Model Collapse Does Not Mean What You Think},
  year = {2025}, eprint = {2503.03150}, archivePrefix = {arXiv}
}"""

#: Why the slip of precision changes nothing here.
EXACT_IN_24_BITS = (
    "the frequencies k/4, k/8, k/16 fit in 24 bits, and so does an event",
    "arulandu2024.variance-martingale/mean",
)


@cache
def _law(n: int, p: Fraction, g: int) -> Mapping[int, Fraction]:
    first = binomial_law(n, p)
    return law_after(first, lambda count: binomial_law(n, Fraction(count, n)), g - 1)


def fixed_by(point: Point) -> Fraction:
    """Return P(X_g = n), the probability that the atom has everything by generation g, exactly.

    >>> fixed_by({"n": 2, "g": 2, "p": 0.5})
    Fraction(3, 8)
    """
    return _law(point["n"], Fraction(point["p"]), point["g"]).get(point["n"], Fraction(0))


def inside(point: Point) -> Fraction:
    """Return P(0 < X_g < n), the probability that both atoms are still there at generation g, exactly.

    >>> inside({"n": 2, "g": 2, "p": 0.5})
    Fraction(1, 4)
    """
    law = _law(point["n"], Fraction(point["p"]), point["g"])
    return sum((weight for count, weight in law.items() if 0 < count < point["n"]), Fraction(0))


def symbols() -> tuple[Any, ...]:
    """Return the symbols n, g and p."""
    import sympy

    n, g = sympy.symbols("n g", integer=True, positive=True)
    return n, g, sympy.Symbol("p", positive=True)


def chain(event: Any) -> Loop:
    """Return the loop of two atoms whose outcome is an event of the first one's last frequency, 0 or 1."""

    def process(point: Point) -> Any:
        from sims.processes.wright_fisher import WrightFisher

        return WrightFisher([point["p"], 1 - point["p"]])

    return Loop(
        process=process,
        workflow="replace",
        metric="frequency",
        n="n",
        at="g",
        outcome=lambda x, point: event(x[:, -1]).astype(float),
    )


def _slips(exact: Any, loop: Loop, limit: Any) -> tuple[Mutant, ...]:
    """Return the slips of an exact probability: by a generation, by a draw, by 2 %, the limit in its place."""

    def moved(name: str, step: int) -> Mutant:
        return Mutant(name=f"{name} {step:+d}", value=lambda p: float(exact({**p, name: p[name] + step})))

    return (
        *(moved(name, step) for name in ("g", "n") for step in (1, -1)),
        *(Mutant(name=f"x {f:g}", value=lambda p, f=f: f * float(exact(p))) for f in (1.02, 0.98)),
        Mutant(name="the limit in its place", value=limit),
        Mutant(name="p x 1.02", value=lambda p: float(exact({**p, "p": 1.02 * p["p"]}))),
        *sampler_mutants(
            loop,
            without=("estimator swapped", "sigma for sigma^2", "noise omitted", "weights unnormalised"),
            equivalent={"float32": EXACT_IN_24_BITS},
        ),
    )


def _check(name: str, estimand: str, exact: Any, loop: Loop, limit: Any, delta: float) -> Check:
    return Check(
        id=name,
        estimand=estimand,
        licence=Binary(),
        value=lambda p: float(exact(p)),
        sampler=loop.sampler(),
        points=POINTS,
        mutants=lambda: _slips(exact, loop, limit),
        delta=delta,
        looks=LOOKS,
        budget=2**22,
    )


def _fixed_at_finite_times() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield p - P(X_g = n) against E[x_g; x_g < 1], and the martingale itself."""
    for n, p in SMALL:
        for g in (1, 2, 7):
            law = _law(n, p, g)
            short = expectation(law, lambda count, n=n: Fraction(count, n) * (count < n))
            yield f"n = {n}, p = {p}, g = {g}", p - law.get(n, Fraction(0)), short


def _two_type_variance() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield (1 - 1/n)^g p(1 - p) against E x(1 - x)."""
    for n, p in SMALL:
        for g in (1, 2, 7):
            spread = expectation(_law(n, p, g), lambda count, n=n: Fraction(count, n) * (1 - Fraction(count, n)))
            yield f"n = {n}, p = {p}, g = {g}", (1 - Fraction(1, n)) ** g * p * (1 - p), spread


def _fixed_at_last() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield i/n against the solution of the linear system of the fixation probabilities."""
    for n in (2, 5, 12):
        rows = [binomial_law(n, Fraction(i, n)) for i in range(1, n)]
        matrix = [[Fraction(i == j) - row.get(j, Fraction(0)) for j in range(1, n)] for i, row in enumerate(rows, 1)]
        for i, h in enumerate(solve(matrix, [row.get(n, Fraction(0)) for row in rows]), 1):
            yield f"n = {n}, start {i}", Fraction(i, n), h


def _repository() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield discrete.collapse_probability, as this repository computes it, against the exact law."""
    from theory.quantity import find

    for point in POINTS:
        given = {"p": [point["p"], 1 - point["p"]], "n": point["n"], "g": point["g"]}
        where = ", ".join(f"{name} = {value}" for name, value in point.items())
        yield where, find("discrete.collapse_probability").evaluate(given), 1 - inside(point)


def _spread_step() -> tuple[Any, ...]:
    """Return both sides of E x'(1 - x') = (1 - 1/n) x(1 - x), from the two moments of a binomial count."""
    n, _, _ = symbols()
    import sympy

    x = sympy.Symbol("x", positive=True)
    second = n * x * (1 - x) + (n * x) ** 2
    return x - second / n**2, (1 - 1 / n) * x * (1 - x)


def _spread() -> tuple[Any, ...]:
    n, g, p = symbols()
    return (1 - 1 / n) ** g * p * (1 - p), g, lambda v, g: v * (1 - 1 / n), (1 - 1 / n) * p * (1 - p)


def _between() -> tuple[Any, ...]:
    """Return n x(1 - x) - x >= 0 for x = i/n with 1 <= i <= n - 1, n = i + 1 + m, times n."""
    import sympy

    i, m = sympy.Symbol("i", integer=True, positive=True), sympy.Symbol("m", integer=True, nonnegative=True)
    n = i + 1 + m
    return (n * i / n * (1 - i / n) - i / n) * n, {i: 1, m: 0}


def _vanishing() -> tuple[Any, ...]:
    """Return n p(1 - p)(1 - 1/n)^g with n - 1 = m, its variable g, and 0."""
    import sympy

    _, g, p = symbols()
    m = sympy.Symbol("m", positive=True)
    return (m + 1) * p * (1 - p) * sympy.exp(-g * sympy.log((m + 1) / m, evaluate=False)), g, sympy.Integer(0)


def proofs() -> tuple[Any, ...]:
    """Return the steps that prove the limit, with its rate."""
    return (
        Identity(statement="E x'(1 - x') = (1 - 1/n) x(1 - x) after one refit", sides=_spread_step),
        Induction(statement="E x_g(1 - x_g) = (1 - 1/n)^g p(1 - p)", parts=_spread, least={"n": 2}),
        Inequality(statement="x <= n x(1 - x) where 1 <= n x <= n - 1", parts=_between, strict=False),
        Limit(
            statement="n p(1 - p)(1 - 1/n)^g, which bounds p - P(X_g = n) and is above it, vanishes", parts=_vanishing
        ),
    )


SOURCE = Source(document="schaeffer2025", where="section 4.4", second_hand="Shumailov et al. 2023")

CLAIMS = (
    Claim(
        id="schaeffer2025.fixation",
        title="The loop ends in one atom, in each with its initial probability",
        source=SOURCE,
        says=r"\text{this process forms a Markov chain with } N \text{ absorbing states} \dots "
        r"\text{ this simple process \emph{must} collapse}",
        relation="limit",
        domain=DOMAIN,
        assumptions=(TWO, INNER),
        checks=(
            _check(
                "fixed",
                "P(the first atom has everything by g)",
                fixed_by,
                chain(lambda x: x == 1),
                lambda p: p["p"],
                0.015,
            ),
            _check(
                "inside",
                "P(both atoms are there at g)",
                inside,
                chain(lambda x: (x > 0) & (x < 1)),
                lambda p: 0.0,
                0.02,
            ),
        ),
        proofs=proofs(),
        enumerations=(
            Enumeration(statement="P(X_g = n) = p - E[x_g; x_g < 1]", cases=_fixed_at_finite_times),
            Enumeration(statement="E x_g(1 - x_g) = (1 - 1/n)^g p(1 - p)", cases=_two_type_variance),
            Enumeration(statement="the probability of ending with everything is i/n", cases=_fixed_at_last),
            Enumeration(statement="discrete.collapse_probability", cases=_repository),
        ),
        tags=("discrete", "replace"),
        bibtex=BIBTEX,
        expected="ASYMPTOTIC",
    ),
)
