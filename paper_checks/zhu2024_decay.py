r"""Zhu et al. 2024 on edited labels: what a geometric decay of the edits gives, and where it is not needed.

The bound under decay is proved in the location model for labels at random positions (``_edits``): an edit of k of n
labels adds at most 2 k/n to n E m^2. With the same labels edited for ever the error is bounded without any decay. What
the paper says is taken from Schaeffer et al. 2025, section 4.3, and from public summaries of its theorem 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from paper_checks._chosen_rows import Mixture
from paper_checks._claim import Assumption, Check, Claim, Source
from paper_checks._edits import DECAY, ETA, RATE, fixed_by_choices, law_of, residuals, symbols, unit
from paper_checks._enumerate import Enumeration
from paper_checks._law_checks import LOOKS
from paper_checks._licence import Variance
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit
from paper_checks.zhu2024 import BIBTEX, DOMAIN, FEW, THEOREM

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
FADING: tuple[Point, ...] = ({"n": 6, "k": 4, "g": 3, "sigma": 1.0}, {"n": 4, "k": 2, "g": 3, "sigma": 1.5})


def _residual_ceiling() -> tuple[Any, ...]:
    """Return n - 1 - q' at q = n - 1, which is (k/n)(1 - k/n), for n = k + m."""
    import sympy

    n, k, _ = symbols()
    m = sympy.Symbol("m", integer=True, nonnegative=True)
    last = residuals()[3]
    return sympy.together((n - 1 - last).subs(n, k + m + 1)), {k: 1, m: 0}


def _residual_slope() -> tuple[Any, ...]:
    """Return the slope of q' in q, for n = k + m + 1."""
    import sympy

    n, k, _ = symbols()
    m = sympy.Symbol("m", integer=True, nonnegative=True)
    return sympy.together((1 - k / n - k * (1 - k / n) / (n - 1) / n).subs(n, k + m + 1)), {k: 1, m: 0}


def _increment() -> tuple[Any, ...]:
    """Return 2 k/n - n (increment of E m^2 at q = n - 1) = (k/n)^2, for n = k + m + 1."""
    import sympy

    n, k, _ = symbols()
    m = sympy.Symbol("m", integer=True, nonnegative=True)
    step = (k + k * (1 - k / n)) / n
    return sympy.together((2 * k / n - step).subs(n, k + m + 1)), {k: 1, m: 0}


def _root() -> tuple[Any, ...]:
    """Return 1 + k - 2 sqrt(k) in r = sqrt(k)."""
    import sympy

    r = sympy.Symbol("r", positive=True)
    return 1 + r**2 - 2 * r, {}


def _room() -> tuple[Any, ...]:
    """Return n (1 + eta) - (1 + k) for k <= n - 1, which leaves room for 2 sqrt(k) <= 1 + k."""
    import sympy

    n, k, _ = symbols()
    m = sympy.Symbol("m", integer=True, nonnegative=True)
    eta = sympy.Symbol("eta", positive=True)
    return (n * (1 + eta) - (1 + k)).subs(n, k + m + 1), {k: 1, m: 0}


def _geometric() -> tuple[Any, ...]:
    """Return the room sqrt(k)/(1 - eta) - 2k/(n (1 - eta^2)) of the bound, and its factors."""
    import sympy

    n = symbols()[0]
    r, eta = sympy.symbols("r eta", positive=True)
    left = r / (1 - eta) - 2 * r**2 / (n * (1 - eta**2))
    return left, r * (n * (1 + eta) - 2 * r) / (n * (1 - eta**2))


def _decay_bound(point: Point) -> float:
    """Return the printed bound in the location model, sigma^2/n (1 + sqrt(k)/(1 - eta))."""
    return unit(point) / point["n"] * (1 + point["k"] ** 0.5 / (1 - float(ETA)))


def _faded(point: Point) -> Mixture:
    return law_of({**point, "rate": RATE})


def _decay_check() -> Check:
    return Check(
        id="bound",
        estimand="E theta_g^2 where each step edits eta^2 times as many labels as the one before",
        licence=Variance(
            of=lambda p: unit(p) ** 2 * float(_faded(p).square_variance()),
            because="a normal law for each choice of the edited labels, all choices enumerated",
        ),
        value=_decay_bound,
        sampler=DECAY.sampler(),
        points=FADING,
        truth=lambda p: unit(p) * float(_faded(p).mean_square()),
        mutants=lambda: (
            Mutant(name="without the edits", value=lambda p: unit(p) / p["n"]),
            Mutant(
                name="sqrt(k) (1 - eta)/n for sqrt(k)/(1 - eta)",
                value=lambda p: unit(p) / p["n"] * (1 + p["k"] ** 0.5 * 0.5 / p["n"]),
            ),
            Mutant(name="x 0.25", value=lambda p: 0.25 * _decay_bound(p)),
        ),
        side="upper",
        delta=0.05,
        looks=LOOKS,
        budget=2**20,
        blind={"spread": "zhu2024.bound/mean-law"},
    )


def _same_labels() -> tuple[Any, ...]:
    """Return E theta_g^2 with the same k = p n labels edited, its g, its step, and its start, in units of 1/n.

    theta_g = p^g A + (1 - p^g) B + noises, A the mean of the edited real labels, B that of the others.
    """
    import sympy

    g = sympy.Symbol("g", integer=True, positive=True)
    t = sympy.Symbol("t", positive=True)
    p = 1 / (1 + t)
    return p ** (2 * g - 1), (1 - p**g) ** 2 / (1 - p), p * (1 - p ** (2 * g - 2)) / (1 - p**2), g, p


def _noises() -> tuple[Any, ...]:
    """Return the share of fresh noise, sum_{i=2}^g p^{2(g-i)} p^2/k n: its closed form, and its step p^2 v + p."""
    import sympy

    _, _, fresh, g, p = _same_labels()
    return fresh, g, lambda v, g: p**2 * v + p, sympy.Integer(0)


def _weights() -> tuple[Any, ...]:
    """Return the weight 1 - p^g of the labels that stay real, and its step p w + (1 - p)."""
    *_, g, p = _same_labels()
    return 1 - p**g, g, lambda w, g: p * w + 1 - p, 1 - p


def _same_limit(wanted: str) -> tuple[Any, ...]:
    """Return the inverse of n E theta_g^2 with the same labels edited, g, and 0 or what it tends to."""
    import sympy

    real, kept, fresh, g, p = _same_labels()
    total = (real + kept + fresh).subs(p**g, sympy.exp(g * sympy.log(p)))
    limit = (1 - p**2) / (1 + 2 * p)
    return 1 / total, g, sympy.Integer(0) if wanted == "unbounded" else limit


def _random_limit() -> tuple[Any, ...]:
    """Return 1/(1 + g k/n), which is above 1/(n E m^2) after g steps, its g, and 0."""
    import sympy

    n, k, g = symbols()
    return 1 / (1 + g * k / n), g, sympy.Integer(0)


def _mostly() -> tuple[Any, ...]:
    """Return 1 - k/n - 1/2 for k = 1, …, n, n = k + m: the share of labels no edit has touched, less one half."""
    import sympy

    k = symbols()[1]
    m = sympy.Symbol("m", integer=True, nonnegative=True)
    return 1 - k / (k + m) - sympy.Rational(1, 2), {k: 1, m: 0}


def _untouched() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield prod (1 - k_i/n) against the mean share of labels that no edit of 4, 2, 1 of 5 labels has touched."""
    n, counts = 5, (4, 2, 1)
    sets = [[set(each) for each in combinations(range(n), k)] for k in counts]
    touched = [len(set().union(*choice)) for choice in product(*sets)]
    left = Fraction(1)
    for k in counts:
        left *= 1 - Fraction(k, n)
    yield "5 labels, 4, 2 and 1 edited", left, 1 - Fraction(sum(touched), len(touched) * n)


POSITION = Source(document="schaeffer2025", where="section 4.3")

CLAIMS = (
    Claim(
        id="zhu2024.decay",
        title="Where edits decay geometrically (Frobenius norm of M) the test error stays bounded: the location model",
        source=THEOREM,
        says=r"\|M_i\| = \eta \|M_{i-1}\| \Rightarrow E_{\text{test}} \le \frac{\sigma^2 d}{T - d - 1} + "
        r"\sigma^2 \sqrt{E\,\mathrm{tr}(X^\top X)^{-2}} \frac{\sqrt{E\,\mathrm{tr} M_1}}{1 - \eta}",
        relation="upper",
        domain=DOMAIN,
        assumptions=(Assumption("k < n", lambda point: point["k"] < point["n"]),),
        checks=(_decay_check(),),
        proofs=(
            Inequality(statement="from q = n - 1 an edit leaves q <= n - 1", parts=_residual_ceiling, strict=False),
            Inequality(statement="q' increases with q, so q <= n - 1 for ever", parts=_residual_slope, strict=False),
            Inequality(
                statement="so an edit of k labels adds at most 2 k/n to n E m^2", parts=_increment, strict=False
            ),
            Identity(statement="the sum 2 k/(n (1 - eta^2)) of all edits against the bound", sides=_geometric),
            Inequality(statement="2 sqrt(k) <= 1 + k", parts=_root, strict=False),
            Inequality(statement="1 + k <= n (1 + eta)", parts=_room, strict=False),
        ),
        uses=("zhu2024.bound",),
        tags=("regression", "edit", "bound"),
        bibtex=BIBTEX,
        expected="BOUND HOLDS",
    ),
    Claim(
        id="zhu2024.needs-decay",
        title="Read: where the number of edits does not decay the test error is unbounded, whatever is edited",
        source=POSITION,
        says=r"\text{This geometric decay guarantees that the total number of edits } \dots "
        r"\text{ is finite, and their proof fails without this}",
        relation="limit",
        domain=DOMAIN,
        assumptions=(FEW,),
        checks=(),
        proofs=(
            Limit(statement="random positions: 1/(n E m^2) <= 1/(1 + g k/n) -> 0", parts=_random_limit),
            Limit(statement="the same labels each time: 1/(n E m^2) -> 0", parts=lambda: _same_limit("unbounded")),
            Limit(
                statement="the same labels each time: n E m^2 -> (1 + 2p)/(1 - p^2)",
                parts=lambda: _same_limit("bounded"),
                of="exact",
            ),
            Induction(statement="fresh noise, each step's shrunk by p", parts=_noises, of="exact"),
            Induction(statement="the weight of the labels that stay real", parts=_weights, of="exact"),
        ),
        enumerations=(Enumeration(statement="E theta_g^2, same labels edited", cases=fixed_by_choices, of="exact"),),
        uses=("zhu2024.identity", "zhu2024.bound"),
        tags=("regression", "edit"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
    Claim(
        id="zhu2024.mostly-real",
        title="Read: finitely many edits leave more than half of the labels real",
        source=POSITION,
        says=r"\text{if the number of edits is finite, each generation trains on mostly real data}",
        relation="lower",
        domain=DOMAIN,
        assumptions=(FEW,),
        proofs=(Inequality(statement="after one edit of k <= n labels more than n/2 are real", parts=_mostly),),
        enumerations=(
            Enumeration(
                statement="the share of real labels is prod (1 - k_i/n), with no floor of one half",
                cases=_untouched,
                of="exact",
            ),
        ),
        tags=("edit",),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
)
