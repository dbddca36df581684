r"""Schaeffer et al. 2025, section 4.4: how long a discrete law takes to collapse, and when it begins to lose atoms.

Fixations of different atoms are disjoint events, and each atom alone is a two-type chain :math:`x' \sim
\mathrm{Bin}(n, x)/n`. So :math:`P(T > t) = \sum_i E[x^{(i)}_t; x^{(i)}_t < 1]`, and with a(p) the sum of one
summand over t >= 0

.. math:: E\,T = \sum_i a(p_i), \qquad a(p) \approx -2n(1-p)\ln(1-p),

n the number of draws (the D of the print). It stays below 2n for any number of atoms; the entropy does not.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from paper_checks import _chance, schaeffer2025
from paper_checks._claim import Check, Claim, Source
from paper_checks._enumerate import Enumeration, expectation
from paper_checks._frequencies import collapse_time, counts_after, visits
from paper_checks._licence import WholeLaw
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Limit

__all__ = ["CLAIMS", "LAST", "TIMES", "spread", "time_checks", "waited"]

Point = Mapping[str, Any]
#: Paths are followed so far; a time beyond counts as LAST + 1, in the claimed numbers as in the sampled ones.
LAST = 24
EVEN, UNEVEN = [0.125] * 8, [0.65, *[0.05] * 7]
POINTS: tuple[Point, ...] = ({"n": 4, "p": EVEN}, {"n": 4, "p": UNEVEN})
LAW = lambda p: all(each > 0 for each in p) and abs(sum(p) - 1) < 1e-9  # noqa: E731
LAW.__doc__ = "probabilities that sum to 1"
DOMAIN = {"n": (2, None), "p": LAW}
SMALL = (
    (4, (Fraction(1, 3),) * 3),
    (5, (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))),
    (3, (Fraction(1, 4),) * 4),
)

#: The number of fits until one atom is left, read off a path of 0 (not yet) and 1.
TIMES = Loop(
    process="wright_fisher(p={p})",
    workflow="replace",
    metric="collapsed",
    n="n",
    at=LAST,
    outcome=lambda x, point: 1.0 + (x == 0).sum(axis=1),
)


@cache
def _survival(n: int, p: tuple[float, ...]) -> np.ndarray:
    """Return P(T > g) for g = 0, …, LAST, from the two-type chain of each atom."""
    from theory.quantity import find

    chance = find("discrete.collapse_probability")
    at = [chance.evaluate({"p": list(p), "n": n, "g": g}) for g in range(1, LAST + 1)]
    return 1 - np.array([0.0, *at])


def waited(point: Point) -> float:
    """Return E min(T, LAST + 1), the sum of P(T > g) over g = 0, …, LAST.

    >>> abs(waited({"n": 2, "p": [0.5, 0.5]}) - 2 + 2.0**-LAST) < 1e-12
    True
    """
    return float(_survival(point["n"], tuple(point["p"])).sum())


def spread(point: Point) -> float:
    """Return Var min(T, LAST + 1), from the sum of (2 g + 1) P(T > g).

    >>> spread({"n": 1, "p": [0.5, 0.5]})
    0.0
    """
    above = _survival(point["n"], tuple(point["p"]))
    return float((2 * np.arange(LAST + 1) + 1) @ above) - waited(point) ** 2


def _law(point: Point) -> Any:
    steps = np.append(1 - _survival(point["n"], tuple(point["p"])), 1.0)
    return lambda t: steps[np.clip(np.floor(np.asarray(t)).astype(int), 0, LAST + 1)]


def entropy(p: Any) -> float:
    """Return the Shannon entropy in nats.

    >>> entropy([1.0])
    0.0
    """
    return float(-sum(each * np.log(each) for each in p)) + 0.0


def _printed_time(point: Point) -> float:
    return point["n"] * entropy(point["p"])


def _twice(point: Point) -> float:
    p = np.array(point["p"])
    return float(-2 * point["n"] * ((1 - p) @ np.log1p(-p)))


def time_checks() -> tuple[Check, ...]:
    """Return the checks of the mean time, as printed and exact, and of its whole law."""
    words = f"E min(T, {LAST + 1}), T the number of fits until one atom is left"
    shared: dict[str, Any] = {
        "variance": spread,
        "because": "the law of the time, from the two-type chain",
        "blind": {"spread": "law"},
        "steps": ("n",),
        "discrete": True,
        "delta": 0.03,
    }
    return (
        _chance.known_spread("printed", words, TIMES, _printed_time, POINTS, planted=(), **shared),
        _chance.known_spread(
            "time",
            words,
            TIMES,
            waited,
            POINTS,
            of="exact",
            planted=("workflow swapped", "key reused over paths"),
            **shared,
            slips=(
                Mutant(name="a fit too early", value=lambda p: waited(p) - 1),
                Mutant(name="n H[p]", value=_printed_time),
                Mutant(name="the diffusion limit", value=_twice),
            ),
        ),
        Check(
            id="law",
            estimand=f"the law of min(T, {LAST + 1})",
            licence=WholeLaw(atoms=lambda p: tuple(float(t) for t in range(1, LAST + 2))),
            value=_law,
            sampler=TIMES.sampler(),
            points=POINTS,
            mutants=(
                Mutant(name="n + 1", value=lambda p: _law({**p, "n": p["n"] + 1})),
                Mutant(name="a fit too early", value=lambda p: lambda t: _law(p)(t + 1)),
            ),
            of="exact",
            gap=0.03,
            looks=_chance.LOOKS,
            budget=2**20,
            discrete=True,
        ),
    )


def printed() -> Any:
    """Return the printed time for N equal atoms in the shared alphabet, n log N.

    >>> printed()
    n*log(N)
    """
    import sympy

    from theory.symbols import symbol

    return symbol("n") * sympy.log(symbol("N"))


def exact() -> Any:
    """Return the exact time, the sum over atoms of a(p_i).

    >>> exact()
    Sum(a(p[i]), (i, 1, N))
    """
    import sympy

    from theory import forms
    from theory.symbols import sequence, symbol

    i = forms.index("i")
    return forms.add_up(sympy.Function("a")(sequence("p")[i]), (i, 1, symbol("N")))


def _even(n: int, atoms: int) -> Fraction:
    return atoms * visits(n, Fraction(1, atoms))


def _proportional() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield twice the time of 2 equal atoms against that of 4, whose entropy is twice as large."""
    for n in (2, 5, 12):
        yield f"n = {n}", 2 * _even(n, 2), _even(n, 4)


def _atom_by_atom() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield the sum of a(p_i) against E T of the chain of all atoms together."""
    for n, p in SMALL:
        yield f"n = {n}, p = {', '.join(map(str, p))}", sum(visits(n, each) for each in p), collapse_time(n, p)


def _repository() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield discrete.collapse_time_mean, as this repository computes it, against the exact rationals."""
    from theory.quantity import find

    quantity = find("discrete.collapse_time_mean")
    for n, atoms in ((2, 2), (6, 5), (12, 40)):
        yield f"n = {n}, N = {atoms}", quantity.evaluate({"n": n, "N": atoms}), _even(n, atoms)


def _generator() -> tuple[Any, ...]:
    """Return x(1 - x) b''/(2n) for b = -2n(1 - x) ln(1 - x), and -x: what one generation takes from the time."""
    import sympy

    from theory.symbols import symbol

    n, x = symbol("n"), sympy.Symbol("x", positive=True)
    time = -2 * n * (1 - x) * sympy.log(1 - x)
    return x * (1 - x) / (2 * n) * sympy.diff(time, x, 2), -x


def _many_atoms() -> tuple[Any, ...]:
    """Return the diffusion time of N = m + 1 equal atoms over n, its variable m, and 2."""
    import sympy

    m = sympy.Symbol("m", positive=True)
    return 2 * m * sympy.log(1 + 1 / m), m, sympy.Integer(2)


def _entropy_ratio() -> tuple[Any, ...]:
    """Return the diffusion times of 4 equal atoms and of 2, the latter doubled as its entropy asks, over 2n."""
    import sympy

    def time(atoms: int) -> Any:
        return (atoms - 1) * sympy.log(sympy.Rational(atoms, atoms - 1))

    return time(4), 2 * time(2)


# The onset.

#: Zipf's law on so many atoms.
WORDS = 16
ZIPF = [1 / (i * sum(1 / k for k in range(1, WORDS + 1))) for i in range(1, WORDS + 1)]
TRACE: tuple[Point, ...] = ({"n": 16, "g": 1}, {"n": 16, "g": 4})
ALIVE = Loop(process=f"wright_fisher(zipf={WORDS})", workflow="replace", metric="surviving_symbols", n="n", at="g")
ONSET = dataclasses.replace(ALIVE, outcome=lambda x, point: (x[:, -1] < WORDS).astype(float))


def _symbols(point: Point) -> float:
    from theory.quantity import find

    return find("discrete.symbols_mean").evaluate({"p": ZIPF, "n": point["n"], "g": point["g"]})


def _symbols_by_numbers() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield discrete.symbols_mean against the mean number of atoms in the chain of all of them."""
    from theory.quantity import find

    for n, p in SMALL:
        for g in (1, 2, 5):
            alive = expectation(counts_after(n, p, g), lambda counts: Fraction(sum(count > 0 for count in counts)))
            at = {"p": [float(each) for each in p], "n": n, "g": g}
            yield f"n = {n}, p = {', '.join(map(str, p))}, g = {g}", find("discrete.symbols_mean").evaluate(at), alive


def _unseen() -> tuple[Any, ...]:
    """Return 1 over the chance (1 - 1/n)^n that a fit misses an atom of probability 1/n, n = m + 1, and e."""
    import sympy

    m = sympy.Symbol("m", positive=True)
    return sympy.exp((m + 1) * sympy.log(1 + 1 / m)), m, sympy.E


def _rare() -> tuple[Any, ...]:
    """Return the chance that the first fit misses an atom of probability 1/n, which "no onset" has at 0."""
    import sympy

    n = sympy.Symbol("n", positive=True)
    return sympy.exp(n * sympy.log(1 - 1 / n)), n, sympy.Integer(0)


DOCUMENT = Source(document="schaeffer2025", where="section 4.4")
BRYDGES = Source(document="schaeffer2025", where="section 4.4 and figure 4, left", second_hand="Brydges 2009")

CLAIMS = (
    Claim(
        id="schaeffer2025.collapse-time",
        title="The mean time until one atom is left: not n times the entropy, read with the factor 1 that the print "
        "gives for equal atoms, nor proportional to it with any factor",
        source=BRYDGES,
        says=r"\mathbb{E}[\text{Model Iterations Till Total Collapse}] \propto D H[p^{(0)}], \quad"
        r"\text{if our starting distribution is uniform, } \dots D \log(N)",
        relation="equal",
        formula=printed,
        exact=exact,
        domain=DOMAIN,
        checks=time_checks(),
        proofs=(
            Identity(statement="the diffusion times of 4 and of 2 equal atoms are as 2 to 1", sides=_entropy_ratio),
            Identity(statement="b = -2n(1-x)ln(1-x) solves x(1-x) b''/(2n) = -x", sides=_generator, of="exact"),
            Limit(statement="2(N-1) ln(N/(N-1)) -> 2: the time stays at 2n", parts=_many_atoms, of="exact"),
        ),
        enumerations=(
            Enumeration(statement="the times of 4 and of 2 equal atoms are as 2 to 1", cases=_proportional),
            Enumeration(statement="E T = sum of a(p_i), all atoms together", cases=_atom_by_atom, of="exact"),
            Enumeration(statement="discrete.collapse_time_mean", cases=_repository, of="exact"),
        ),
        uses=("schaeffer2025.fixation",),
        tags=("discrete", "replace", "timescale"),
        bibtex=schaeffer2025.BIBTEX,
        expected="REFUTED",
    ),
    Claim(
        id="schaeffer2025.onset",
        title="No onset to notice for a trillion models, of 1e15 data: read as no atom of probability 1/n lost early",
        source=DOCUMENT,
        says=r"\text{total collapse occurs so imperceptibly slowly that humanity could train trillions of models "
        r"before noticing the onset of collapse}",
        relation="upper",
        domain={"n": (2, None), "g": (1, None)},
        checks=(
            _chance.event(
                "first-fit",
                "P(the first fit has lost an atom), at most 1/2 if the onset is later",
                ONSET,
                lambda p: 0.5,
                TRACE[:1],
                side="upper",
                planted=(),
                slips=(Mutant(name="never", value=lambda p: 0.01),),
            ),
        ),
        proofs=(
            Limit(statement="the first fit misses an atom of probability 1/n with a chance that vanishes", parts=_rare),
            Limit(
                statement="1/(1 - 1/n)^n -> e: the first fit misses such an atom with chance 1/e",
                parts=_unseen,
                of="exact",
            ),
        ),
        uses=("schaeffer2025.symbols",),
        tags=("discrete", "replace", "timescale"),
        bibtex=schaeffer2025.BIBTEX,
        expected="REFUTED",
    ),
    Claim(
        id="schaeffer2025.symbols",
        title="How many symbols are left after g generations, in the mean",
        source=Source(document="schaeffer2025", where="section 4.4", second_hand="Suresh et al. 2024"),
        says=r"\text{further control the number of unique symbols after } k \text{ generations in the fully "
        r"synthetic regime}",
        relation="equal",
        domain={"n": (2, None), "g": (1, None)},
        checks=(
            _chance.bounded(
                "mean",
                "the mean number of atoms left",
                ALIVE,
                _symbols,
                TRACE,
                ends=lambda p: (1.0, float(WORDS)),
                because="atoms are counted",
                planted=("generation off by one", "workflow swapped"),
                discrete=True,
                delta=0.04,
            ),
        ),
        enumerations=(Enumeration(statement="discrete.symbols_mean, all atoms together", cases=_symbols_by_numbers),),
        tags=("discrete", "replace", "timescale"),
        bibtex=schaeffer2025.BIBTEX,
        expected="HOLDS",
    ),
)
