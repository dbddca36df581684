r"""Arulandu 2024, section 4.1: fits on n rows drawn from all rows so far, against fits on all of them (figure 6a).

The variance of the fit is that of a mean, by the recursion of ``_subsample_law``. Without replacement n v_g tends to
:math:`3 H_g^{(2)} - 2` as n grows, with replacement to :math:`2 H_g^{(2)}`, where accumulation has :math:`H_g^{(2)}`.
Against its own first fit the scheme with replacement is above accumulation at every n, but by O(1/n) only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from paper_checks import _subsample_law
from paper_checks._claim import Assumption, Check, Claim, Source
from paper_checks._enumerate import Enumeration
from paper_checks._licence import Variance, WholeLaw
from paper_checks._looks import Looks
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit
from paper_checks._sampler_mutants import sampler_mutants
from paper_checks.arulandu2024 import BIBTEX

__all__ = ["CLAIMS", "proofs", "recursion"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=12)
FIGURE = Source(document="arulandu2024", where="section 4.1, figure 6a")
DOMAIN = {"n": (2, None), "g": (1, None), "sigma": "sigma > 0"}
TWO = Assumption("n >= 2", lambda point: point["n"] >= 2)
SUB = "subsample(accumulate)"
REPL = "subsample(accumulate, replacement=true)"
#: Every choice of rows is followed, so the sizes are small.
SMALL = {False: ((2, 2), (2, 3), (2, 4), (3, 2), (3, 3), (4, 2)), True: ((2, 1), (2, 2), (2, 3), (3, 1), (3, 2))}
POINTS: Mapping[bool, tuple[Point, ...]] = {
    False: ({"n": 3, "g": 3, "sigma": 1.0},),
    True: ({"n": 2, "g": 3, "sigma": 1.0},),
}


def symbols() -> tuple[Any, ...]:
    """Return n, k, g and an excess s > 0."""
    import sympy

    n, k, g = sympy.symbols("n k g", integer=True, positive=True)
    return n, k, g, sympy.Symbol("s", positive=True)


def squares(g: int) -> float:
    """Return the sum of 1/k^2 to g."""
    return sum(1 / k**2 for k in range(1, g + 1))


def floor(point: Point, *, replacement: bool) -> float:
    """Return the accumulated value: its first variance times the sum of 1/k^2, each scheme in units of its own first.

    >>> floor({"n": 2, "g": 2, "sigma": 1.0}, replacement=True)
    0.9375
    """
    n = point["n"]
    first = (2 * n - 1) / n**2 if replacement else 1 / n
    return point["sigma"] ** 2 * first * squares(point["g"])


def _by_choices(replacement: bool) -> Iterator[tuple[str, Any, Fraction]]:
    for n, g in SMALL[replacement]:
        followed = _subsample_law.moment({"n": n, "g": g}, 1, replacement=replacement)
        yield f"n = {n}, g = {g}", _subsample_law.exact(Fraction(n), g, replacement=replacement), followed


def _repository(replacement: bool) -> Iterator[tuple[str, Any, Fraction]]:
    from theory.quantity import find

    name = "location.subsample_replacement_mse" if replacement else "location.subsample_mse"
    for n, g in ((2, 3), (5, 2), (20, 10), (50, 30)):
        yield (
            f"n = {n}, g = {g}",
            float(find(name).evaluate({"n": n, "g": g})),
            _subsample_law.exact(Fraction(n), g, replacement=replacement),
        )


def _slips(replacement: bool) -> tuple[Mutant, ...]:
    loop = _loop(replacement)
    law = lambda p, **more: _subsample_law.law(p, replacement=replacement, **more)  # noqa: E731
    # Every choice with replacement would be too many at the size of the other scheme: there its loop is run.
    other = Mutant(
        name="the other way of drawing",
        value=_subsample_law.law if replacement else None,
        sampler=None if replacement else _loop(True).sampler(),
    )
    return (
        Mutant(name="one generation fewer", value=lambda p: law({**p, "g": p["g"] - 1})),
        other,
        Mutant(name="sd x 1.08", value=lambda p: law(p, scale=1.08)),
        *sampler_mutants(loop, only=("workflow swapped",)),
    )


def _loop(replacement: bool) -> Loop:
    return Loop(
        process="location(sigma={sigma})", workflow=REPL if replacement else SUB, metric="estimate", n="n", at="g"
    )


def checks(replacement: bool) -> tuple[Check, ...]:
    """Return the check of the lower bound, of the exact mean beside it, and of the law."""
    loop = _loop(replacement)
    draw = loop.sampler()

    def square(seed: int, point: Point) -> Any:
        path = draw(seed, point)
        return lambda ids: path(ids) ** 2

    def mean(p: Point) -> float:
        return p["sigma"] ** 2 * float(_subsample_law.moment(p, 1, replacement=replacement))

    def spread(p: Point) -> float:
        return 3 * p["sigma"] ** 4 * float(_subsample_law.moment(p, 2, replacement=replacement)) - mean(p) ** 2

    drawn = "with" if replacement else "without"
    bound = Check(
        id="higher",
        estimand=f"E theta_g^2 on n rows drawn {drawn} replacement, at least its first value times sum 1/k^2",
        licence=Variance(of=spread, because="a mixture of normals whose variances are enumerated"),
        value=lambda p: floor(p, replacement=replacement),
        truth=mean,
        side="lower",
        sampler=square,
        points=POINTS[replacement],
        mutants=lambda: (
            Mutant(name="g, as if replaced", value=lambda p: floor(p, replacement=replacement) / squares(p["g"]) * 3),
            Mutant(name="x 1.6", value=lambda p: 1.6 * floor(p, replacement=replacement)),
            Mutant(name="n - 1", value=lambda p: floor({**p, "n": p["n"] - 1}, replacement=replacement)),
        ),
        delta=0.04,
        looks=LOOKS,
        budget=2**20,
        blind={"spread": "law", "a lower floor": "law"},
    )
    whole = Check(
        id="law",
        estimand=f"the law of theta_g on n rows drawn {drawn} replacement",
        licence=WholeLaw(),
        value=lambda p: _subsample_law.law(p, replacement=replacement),
        sampler=draw,
        points=POINTS[replacement],
        mutants=lambda: _slips(replacement),
        gap=0.015,
        of="exact",
        looks=LOOKS,
        budget=2**19,
    )
    return bound, whole


def _grows(replacement: bool) -> tuple[Any, ...]:
    """Return q' - (k + 1)(n - 1) where q = k (n - 1) + s, s >= 0: the scatter is above that of independent rows."""
    n, k, _, s = symbols()
    return _subsample_law.onward(k * (n - 1) + s, n, k, replacement=replacement) - (k + 1) * (n - 1), {n: 2, k: 1, s: 0}


def _corpus_step(replacement: bool) -> tuple[Any, ...]:
    """Return how much more E M^2 gains than the accumulated sum, in units of the first variance, for k >= 2."""
    n, k, _, s = symbols()
    more = _subsample_law.tau(k * (n - 1) + s, n, k, replacement=replacement) + 1 / n
    unit = (2 * n - 1) / n**2 if replacement else 1 / n
    return (more - unit) / (k + 1) ** 2, {n: 2, k: 2}


def _last_step(replacement: bool) -> tuple[Any, ...]:
    """Return tau_k^2 less what the first fit had of it, so that v_k = E M^2 + tau^2 is above as well, k >= 2."""
    n, k, _, s = symbols()
    own = (n - 1) / n**2 if replacement else 0
    return _subsample_law.tau(k * (n - 1) + s, n, k, replacement=replacement) - own, {n: 2, k: 2}


def _ceiling() -> tuple[Any, ...]:
    """Return a (k + 1) + b and q' with replacement where q = a k + b, a = n^2/(n - 1), b = a + n.

    The factor of q in q' is positive and q_1 = n - 1 < a + b, so q_k < a k + b at all k.
    """
    n, k, _, _ = symbols()
    a = n**2 / (n - 1)
    b = a + n
    return a * (k + 1) + b, _subsample_law.onward(a * k + b, n, k, replacement=True)


def _less_drawn() -> tuple[Any, ...]:
    """Return tau^2 with replacement less tau^2 without it on the same corpus, so that the ceiling serves both."""
    n, k, _, s = symbols()
    return _subsample_law.tau(s, n, k, replacement=True) - _subsample_law.tau(s, n, k, replacement=False), {n: 2, k: 1}


def _scatter() -> tuple[Any, ...]:
    """Return q_g with replacement in gamma functions, g, its recursion and n - 1."""
    import sympy

    n, _, g, _ = symbols()
    a = n**2 / (n - 1)
    b, root = a + n, sympy.Integer(1) / n
    c = (n - 1 - a - b) * sympy.gamma(g + 1 + root) / (sympy.gamma(g + 1) * sympy.gamma(2 + root))
    return a * g + b + c, g, lambda q, g: _subsample_law.onward(q, n, g - 1, replacement=True), n - 1


def _many_rows(replacement: bool) -> tuple[Any, ...]:
    """Return n v_3 (over n v_1 with replacement), n, and its limit 3 H_3 - 2, or H_3."""
    import sympy

    n = symbols()[0]
    third = sympy.cancel(_subsample_law.exact(n, 3, replacement=replacement))
    sum3 = sympy.Rational(49, 36)
    return (third * n**2 / (2 * n - 1), n, sum3) if replacement else (n * third, n, 3 * sum3 - 2)


def _limit_process(replacement: bool) -> tuple[Any, ...]:
    """Return n E M^2 in the limit of many rows, where q/(k n) is 1: closed form, g, recursion, 1."""
    import sympy

    _, k, g, _ = symbols()
    total: Any = sympy.Sum(1 / k**2, (k, 1, g))
    if replacement:
        return 2 * total - 1, g, lambda v, g: v + (1 + 1) / g**2, sympy.Integer(1)
    return 3 * total - 3 + 1 / g, g, lambda v, g: v + (1 - 1 / (g - 1) + 1) / g**2, sympy.Integer(1)


def _far(replacement: bool) -> tuple[Any, ...]:
    """Return n v_g = n E M^2 + n tau^2 in that limit, g, and where it goes."""
    import sympy

    g = symbols()[2]
    total: Any = sympy.harmonic(g, 2)
    if replacement:
        return (2 * total - 1) + 1, g, sympy.pi**2 / 3
    return (3 * total - 3 + 1 / g) + (1 - 1 / g), g, sympy.pi**2 / 2 - 2


def proofs(replacement: bool) -> tuple[Any, ...]:
    """Return the steps: above the accumulated value, bounded, and the limits for many rows."""
    more = (Induction(statement="q_g in gamma functions", parts=_scatter, least={"n": 2}),) if replacement else ()
    start = "(2n - 1)/n^2" if replacement else "1/n"
    return (
        Inequality(statement="q_k > k (n - 1) for k >= 2, by induction", parts=lambda: _grows(replacement)),
        Inequality(
            statement=f"E M^2 gains more than {start} times 1/(k+1)^2 for k >= 2",
            parts=lambda: _corpus_step(replacement),
        ),
        Inequality(statement="tau_k^2 is above its first value for k >= 2", parts=lambda: _last_step(replacement)),
        Identity(
            statement="q = a k + b solves the recursion: E M^2 gains at most c/(k+1)^2, so it converges",
            sides=_ceiling,
        ),
        Inequality(statement="without replacement tau^2 is smaller", parts=_less_drawn),
        *more,
        Limit(
            statement="n v_3 for n -> oo, " + ("over n v_1: H_3^(2)" if replacement else "3 H_3^(2) - 2"),
            parts=lambda: _many_rows(replacement),
        ),
        Induction(statement="n E M^2 for many rows", parts=lambda: _limit_process(replacement)),
        Limit(
            statement="n v_g -> " + ("pi^2/3, twice the first fit's pi^2/6" if replacement else "pi^2/2 - 2"),
            parts=lambda: _far(replacement),
        ),
    )


def recursion(replacement: bool) -> tuple[Any, ...]:
    """Return the enumerations that hold the recursion against every choice of rows, and theory against it."""
    return (
        Enumeration(
            statement="the recursion for E theta_g^2 against every choice of rows",
            cases=lambda: _by_choices(replacement),
        ),
        Enumeration(statement="the recursion as this repository writes it", cases=lambda: _repository(replacement)),
    )


def subsampled(replacement: bool) -> Claim:
    """Return the claim about one of the two subsampled schemes."""
    name = "sub-repl" if replacement else "sub"
    title = (
        "Rows drawn with replacement: above pi^2/6 times its own first variance, by O(1/n) only"
        if replacement
        else "Rows drawn without replacement: bounded, and above accumulation from the second generation on"
    )
    return Claim(
        id=f"arulandu2024.{name}",
        title=title,
        source=FIGURE,
        says=r"\text{“sub” and “sub-repl” have convergent variance ratios with higher limiting variance compared "
        r"with the accumulation procedure}",
        relation="lower",
        domain=DOMAIN,
        assumptions=(TWO,),
        checks=checks(replacement),
        proofs=proofs(replacement),
        enumerations=recursion(replacement),
        uses=("gerstgrasser2024.accumulate",),
        tags=("regression", "subsample"),
        bibtex=BIBTEX,
        expected="BOUND HOLDS",
    )


CLAIMS = (subsampled(False), subsampled(True))
