r"""Zhu et al. 2024 on edited labels: the identity behind the proof, and the bound of twice the first error.

One data set stays; a 0/1 diagonal M picks labels, which become the fit plus noise: with H = X X^+,

.. math:: \tilde Y' = \tilde Y - M(I - H)\tilde Y + M E.

The paper was not read: what it says is taken from Schaeffer et al. 2025, section 4.3, and from public summaries of its
theorem 2. Decided in the location model (``_edits``), and the bound in the regression loop itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import Any

from paper_checks._chosen_rows import after_edit, edited
from paper_checks._claim import Assumption, Check, Claim, Source
from paper_checks._edits import RANDOM, SAME, edited_checks, fixed_by_choices, moments, residuals, symbols
from paper_checks._enumerate import Enumeration
from paper_checks._law_checks import LOOKS
from paper_checks._licence import Binary
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality

__all__ = ["CLAIMS", "line_design"]

Point = Mapping[str, Any]
#: n labels of which k are edited at each of g - 1 steps.
POINTS: tuple[Point, ...] = ({"n": 6, "k": 4, "g": 3, "sigma": 1.5},)
FIXED: tuple[Point, ...] = ({"n": 6, "k": 4, "g": 3, "sigma": 1.5},)
DOMAIN = {"n": (2, None), "k": (1, None), "g": (1, None), "sigma": "sigma > 0"}
FEW = Assumption("k <= n", lambda point: point["k"] <= point["n"])
BIBTEX = """@misc{zhu2024,
  author = {Zhu, Xuekai and Cheng, Daixuan and Li, Hengli and Zhang, Kaiyan and Hua, Ermo and others},
  title = {How to Synthesize Text Data without Model Collapse?},
  year = {2024}, eprint = {2412.14689}, archivePrefix = {arXiv}
}"""


def _one_edit() -> tuple[Any, ...]:
    """Return X+ Y after one edit, X+ (E_1 + M E_2), and the term X+ M (H - I) E_1, for three rows and one column."""
    import sympy

    x = sympy.Matrix(sympy.symbols("x1:4", positive=True))
    mask = sympy.diag(*sympy.symbols("m1:4"))
    first, second = (sympy.Matrix(sympy.symbols(f"{name}1:4")) for name in "ef")
    inverse = x.T / (x.T * x)[0]
    hat = x * inverse
    edited_labels = mask * (hat * first + second) + (sympy.eye(3) - mask) * first
    return tuple(
        (inverse * rows)[0] for rows in (edited_labels, first + mask * second, mask * (hat - sympy.eye(3)) * first)
    )


def _printed_identity() -> tuple[Any, ...]:
    """Return both sides of the printed identity where the first of the three labels is edited."""
    fit, printed, _ = _one_edit()
    import sympy

    first = dict(zip(sympy.symbols("m1:4"), (1, 0, 0), strict=True))
    return fit.subs(first), printed.subs(first)


def _full_identity() -> tuple[Any, ...]:
    fit, printed, missing = _one_edit()
    return fit, printed + missing


def _commutes() -> tuple[Any, ...]:
    """Return ||HM - MH||^2 and 2 ||HM(I - H)||^2 (Frobenius) for the projection on a column of three rows."""
    import sympy

    x = sympy.Matrix(sympy.symbols("x1:4", positive=True))
    mask, hat = sympy.diag(*sympy.symbols("m1:4")), x * x.T / (x.T * x)[0]
    bracket, lost = hat * mask - mask * hat, hat * mask * (sympy.eye(3) - hat)
    return (bracket * bracket.T).trace(), 2 * (lost * lost.T).trace()


@lru_cache(maxsize=1)
def line_design() -> tuple[Fraction, Fraction]:
    """Return (true risk, risk without the missing term) of X = (1, x), 20 rows equally spaced on [-1, 1].

    The rows with i + g even are edited at steps g = 0, …, 5; the risk is tr X+ C X+'. Exact.

    >>> [round(float(risk), 5) for risk in line_design()]
    [1.15187, 0.74286]
    """
    n = 20
    rows = [(Fraction(1), Fraction(2 * i, n - 1) - 1) for i in range(n)]
    scales = [sum((row[c] ** 2 for row in rows), Fraction(0)) for c in range(2)]
    # The columns are orthogonal, so the inverse is a division and H_ij a sum of two products.
    hat = [[sum((a[c] * b[c] / scales[c] for c in range(2)), Fraction(0)) for b in rows] for a in rows]
    held = [[Fraction(i == j) for j in range(n)] for i in range(n)]
    dropped = [Fraction(1)] * n
    for g in range(6):
        chosen = {i for i in range(n) if (i + g) % 2 == 0}
        half = [_times(hat, held, i) if i in chosen else held[i] for i in range(n)]
        turned = [list(column) for column in zip(*half, strict=True)]
        held = [_times(hat, turned, i) if i in chosen else turned[i] for i in range(n)]
        for i in chosen:
            held[i][i] += 1
            dropped[i] += 1

    def risk(entry: Any) -> Fraction:
        pairs = ((i, j) for i in range(n) for j in range(n))
        return sum(
            (rows[i][c] * rows[j][c] * v / scales[c] ** 2 for i, j in pairs if (v := entry(i, j)) for c in range(2)),
            Fraction(0),
        )

    return risk(lambda i, j: held[i][j]), risk(lambda i, j: dropped[i] if i == j else Fraction(0))


def _times(hat: list[list[Fraction]], matrix: list[list[Fraction]], i: int) -> list[Fraction]:
    return [sum((h * line[j] for h, line in zip(hat[i], matrix, strict=True)), Fraction(0)) for j in range(len(hat))]


def _line() -> Iterator[tuple[str, Any, Fraction]]:
    true, without = line_design()
    yield "X = (1, x), 20 rows, 6 steps", without, true


def _squares() -> tuple[Any, ...]:
    """Return n E m^2 after g steps as ``tailfade value linear.edited_risk_location`` has it, and its recursion."""
    from theory.quantity import find

    n, k, g = symbols()
    form = find("linear.edited_risk_location").form({})
    own = {symbol.name: symbol for symbol in (n, k, g)}
    # With k >= 1 only one piece of the form is left.
    closed = form.xreplace({symbol: own[symbol.name] for symbol in form.free_symbols})
    q, scale = residuals()[0], k * (1 - k / n) / (n - 1)
    return closed, g, lambda v, g: v + (k + scale * q.subs(g, g - 1)) / n, 1 + (k + scale * (n - 1)) / n


def _one_step() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield the recursion's n^2 E m'^2 and q' against an average over all edited sets, from labels already edited."""
    for n, k in ((3, 1), (4, 2), (5, 3)):
        before = after_edit(tuple(tuple(Fraction(i == j) for j in range(n)) for i in range(n)), range(k))
        sets = list(combinations(range(n), k))
        after = [after_edit(before, chosen) for chosen in sets]
        square, rest = moments(before)
        c = Fraction(k) * (1 - Fraction(k, n)) / (n - 1)
        found = [moments(each) for each in after]
        yield (
            f"n = {n}, k = {k}: E m^2",
            square + (k + c * rest) / n**2,
            sum((m for m, _ in found), Fraction(0)) / len(sets),
        )
        wanted = (1 - Fraction(k, n) - c / n) * rest + k - Fraction(k, n)
        yield f"n = {n}, k = {k}: q", wanted, sum((q for _, q in found), Fraction(0)) / len(sets)


def _closed_form() -> Iterator[tuple[str, Any, Fraction]]:
    from theory.quantity import find

    for n, k, s in ((4, 2, 3), (6, 4, 2), (5, 1, 3)):
        value = find("linear.edited_risk_location").evaluate({"n": n, "k": k, "g": s})
        yield f"n = {n}, k = {k}, {s} steps", value, n * edited(n, (k,) * s).mean_square()


def _twice() -> tuple[Any, ...]:
    """Return 2 - n E m^2 after 3 steps that edit half of n = 2 m labels."""
    import sympy

    closed, g, _, _ = _squares()
    n, k, _ = symbols()
    m = sympy.Symbol("m", integer=True, positive=True)
    return sympy.together(2 - closed.subs(g, 3).subs({n: 2 * m, k: m})), {m: 2}


#: The least-squares loop itself: P(risk > level), which is at most bound/level where the mean is at most the bound.
REGRESSION: tuple[Point, ...] = ({"n": 16, "d": 4, "g": 11, "k": 8, "sigma": 1.0, "level": 1.6},)


def _markov(point: Point) -> float:
    return 2 * point["sigma"] ** 2 * point["d"] / (point["n"] - point["d"] - 1) / point["level"]


def _regression() -> Check:
    loop = Loop(
        process="linear(d={d}, sigma={sigma}, design=fixed)",
        workflow="edit(replace, count={k})",
        metric="excess_risk",
        n="n",
        at="g",
        outcome=lambda x, point: (x[:, -1] > point["level"]).astype(float),
    )
    return Check(
        id="regression",
        estimand="P(risk > level) of least squares on edited labels, at most bound/level by Markov's inequality",
        licence=Binary(),
        value=_markov,
        sampler=loop.sampler(),
        points=REGRESSION,
        mutants=(Mutant(name="4 for 2", value=lambda p: 2 * _markov(p)),),
        gap=0.03,
        side="upper",
        looks=LOOKS,
        budget=2**18,
    )


THEOREM = Source(
    document="schaeffer2025",
    where="section 4.3 on theorem 2; the formula from public summaries of arXiv 2412.14689, not read",
    second_hand="Zhu et al. 2024",
)

CLAIMS = (
    Claim(
        id="zhu2024.identity",
        title="The edited fit is the truth plus the noises that entered; the residuals of kept labels are forgotten",
        source=THEOREM,
        says=r"\hat w_{n+1} = w^* + X^+ \left( E_1 + \sum_i M_i E_{i+1} \right)",
        relation="equal",
        domain=DOMAIN,
        assumptions=(FEW,),
        checks=edited_checks(SAME, FIXED, fixed=True),
        proofs=(
            Identity(statement="X+ Y_2 = X+ (E_1 + M E_2), three rows", sides=_printed_identity),
            Identity(statement="X+ Y_2 = X+ (E_1 + M E_2) + X+ M (H - I) E_1", sides=_full_identity, of="exact"),
            Identity(
                statement="||HM - MH||^2 = 2 ||HM(I - H)||^2: the term vanishes just where M commutes with H",
                sides=_commutes,
                of="exact",
            ),
        ),
        enumerations=(
            Enumeration(statement="the risk on a line of 20 rows, labels edited in turn", cases=_line),
            Enumeration(statement="E theta_g^2 with the same labels edited", cases=fixed_by_choices, of="exact"),
        ),
        tags=("regression", "edit"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
    Claim(
        id="zhu2024.bound",
        title="Read without the decay that its theorem assumes: the test error stays below twice the first",
        source=THEOREM,
        says=r"E_{\text{test}}(\hat w_n) \le \frac{2 \sigma^2 d}{T - d - 1}",
        relation="upper",
        domain={"n": (2, None), "k": (1, None), "g": (1, None), "sigma": "sigma > 0"},
        assumptions=(FEW,),
        checks=(_regression(), *edited_checks(RANDOM, POINTS, fixed=False)),
        proofs=(
            Inequality(statement="n E m^2 <= 2 after 3 edits of half the labels", parts=_twice, strict=False),
            Induction(statement="q after g edits at random positions", parts=residuals, of="exact"),
            Induction(statement="linear.edited_risk_location by the same recursion", parts=_squares, of="exact"),
        ),
        enumerations=(
            Enumeration(
                statement="one step of the recursion is the average over all edited sets", cases=_one_step, of="exact"
            ),
            Enumeration(statement="linear.edited_risk_location", cases=_closed_form, of="exact"),
        ),
        tags=("regression", "edit", "bound"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
)
