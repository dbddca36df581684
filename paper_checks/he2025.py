r"""He, Xu and Cheng 2025: how much weight fresh real data should have beside a model's own, and the golden ratio.

Fit t is w times the mean of n fresh real rows plus 1 - w times the mean of m = k n rows of fit t - 1, so that

.. math:: n v_t = w^2 + (1 - w)^2 \big(n v_{t-1} + 1/k\big), \quad n v_0 = 1.

With :math:`k w_*^2 + w_* = 1` the limit f(w) of n v is :math:`w_* + (1 + 1/k + w_*)(w - w_*)^2/(w(2 - w))`: its minimum
is at :math:`w_*`, and the risk there is the weight itself. Only abstracts were read, and the public code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from paper_checks._claim import Check, Claim, Source
from paper_checks._law_checks import law_checks, slips
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Limit

__all__ = ["CLAIMS", "best", "mse"]

Point = Mapping[str, Any]
#: g = t + 1 fits, the first one of real data alone.
EVEN: tuple[Point, ...] = ({"n": 5, "g": 2, "k": 1, "sigma": 1.0},)
UNEVEN: tuple[Point, ...] = ({"n": 5, "g": 2, "k": 3, "sigma": 1.5},)
DOMAIN = {"n": (1, None), "g": (1, None), "k": "k > 0", "sigma": "sigma > 0"}
BIBTEX = """@misc{he2025,
  author = {He, Hengzhi and Xu, Shirong and Cheng, Guang},
  title = {Golden Ratio Weighting Prevents Model Collapse},
  year = {2025}, eprint = {2502.18049}, archivePrefix = {arXiv}
}"""


def best(k: float) -> float:
    """Return w* = (sqrt(1 + 4k) - 1)/(2k).

    >>> best(2.0)
    0.5
    """
    return ((1 + 4 * k) ** 0.5 - 1) / (2 * k)


def mse(point: Point, w: float | None = None) -> float:
    """Return v_g at the weight w, by default the best one, by the recursion.

    >>> mse({"n": 1, "g": 2, "k": 2, "sigma": 1.0})
    0.625
    """
    w = best(point["k"]) if w is None else w
    v = 1.0
    for _ in range(point["g"] - 1):
        v = w**2 + (1 - w) ** 2 * (v + 1 / point["k"])
    return point["sigma"] ** 2 * v / point["n"]


def _process(weight: Callable[[float], float]) -> Callable[[Point], Any]:
    def build(point: Point) -> Any:
        from paper_checks._blend import Blend

        return Blend(sigma=point["sigma"], w=weight(point["k"]), ratio=point["k"])

    return build


def _checks(points: tuple[Point, ...]) -> tuple[Check, ...]:
    loop = Loop(process=_process(best), workflow="replace", metric="square_error", n="n", at="g", road="samples")

    def law(point: Point) -> Any:
        from scipy import special

        return lambda x: special.chdtr(1, x.clip(min=0) / mse(point))

    def wrong() -> tuple[Mutant, ...]:
        weights = {
            "weight and rest swapped": lambda p: 1 - best(p["k"]),
            "the ratio the other way round": lambda p: best(1 / p["k"]) if p["k"] != 1 else 0.9,
            "the weight of equal rows": lambda p: 1 / (1 + p["k"]) if p["k"] != 1 else 0.45,
            "all weight on the real rows": lambda p: 1.0,
        }
        made = tuple(Mutant(name=name, value=lambda p, w=w: mse(p, w(p))) for name, w in weights.items())
        return (*slips(mse, [("n", 1), ("g", -1)]), *made)

    return law_checks(
        loop,
        "E theta_g^2 of the mixed mean at the best weight",
        mean=mse,
        spread=lambda p: 2 * mse(p) ** 2,
        law=law,
        points=points,
        because="the square of a normal",
        wrong=wrong,
        planted=("generation off by one",),
        delta=0.03,
    )


def _symbols() -> tuple[Any, ...]:
    import sympy

    g = sympy.Symbol("g", integer=True, positive=True)
    t = sympy.Symbol("t", positive=True)
    # 1 - w = 1/(1 + t), so that every t > 0 is a weight inside (0, 1).
    return g, t, sympy.Symbol("k", positive=True), 1 - 1 / (1 + t)


def _limit_value(w: Any, k: Any) -> Any:
    return (w**2 + (1 - w) ** 2 / k) / (1 - (1 - w) ** 2)


def _closed() -> tuple[Any, ...]:
    """Return n v after g refits, g, its recursion from the process, and its value after one, from n v = 1."""
    g, _, k, w = _symbols()
    f = _limit_value(w, k)
    step = lambda v, g: w**2 + (1 - w) ** 2 * (v + 1 / k)  # noqa: E731
    return f + (1 - f) * (1 - w) ** (2 * g), g, step, step(1, 1)


def _settles() -> tuple[Any, ...]:
    """Return n v after g refits with the power as an exponential, g, and f(w)."""
    import sympy

    g, t, k, w = _symbols()
    f = _limit_value(w, k)
    return f + (1 - f) * sympy.exp(-2 * g * sympy.log(1 + t)), g, f


def _square(k: Any, weight: Any) -> tuple[Any, ...]:
    """Return f(w) - w* and the square it is, w* = ``weight``."""
    import sympy

    w = sympy.Symbol("w", positive=True)
    return _limit_value(w, k) - weight, (1 + 1 / sympy.sympify(k) + weight) * (w - weight) ** 2 / (w * (2 - w))


def _golden() -> tuple[Any, ...]:
    import sympy

    return _square(sympy.Integer(1), 1 / sympy.GoldenRatio.expand(func=True))


def _any_ratio() -> tuple[Any, ...]:
    """Return the same for every k, written through q = sqrt(1 + 4k), q > 1."""
    import sympy

    s = sympy.Symbol("s", positive=True)
    q = 1 + s
    k = (q**2 - 1) / 4
    return _square(k, (q - 1) / (2 * k))


def _code() -> tuple[Any, ...]:
    """Return w* and (sqrt(r^2 + 4r) - r)/2, r = real/synthetic = 1/k, as the public code has it."""
    import sympy

    s = sympy.Symbol("s", positive=True)
    k = ((1 + s) ** 2 - 1) / 4
    r = 1 / k
    # sqrt(r^2 + 4r) = r sqrt(1 + 4k)
    return s / (2 * k), (r * (1 + s) - r) / 2


def _repository() -> tuple[Any, ...]:
    """Return w* as ``tailfade value location.optimal_weight`` has it, and through q = sqrt(1 + 4 k)."""
    import sympy

    from theory.quantity import find

    form = find("location.optimal_weight").form({})
    k = sympy.Symbol("k", positive=True)
    names = {symbol.name: symbol for symbol in form.free_symbols}
    return form.subs(names["n_syn"], k * names["n_real"]), (sympy.sqrt(1 + 4 * k) - 1) / (2 * k)


LIMIT = (
    Induction(statement="n v after g refits, by the recursion of the mixed mean", parts=_closed),
    Limit(statement="n v -> f(w) = (w^2 + (1 - w)^2/k)/(1 - (1 - w)^2)", parts=_settles),
)

CLAIMS = (
    Claim(
        id="he2025.golden",
        title="With as many real as synthetic rows the best weight of the real ones is 1/golden ratio",
        source=Source(document="he2025", where="abstract", second_hand="He, Xu and Cheng 2025"),
        says=r"w^* = \frac{\sqrt 5 - 1}{2} \text{ where real and synthetic data are } 1 : 1",
        relation="equal",
        domain=DOMAIN,
        checks=_checks(EVEN),
        proofs=(
            *LIMIT,
            Identity(
                statement="f(w) - 1/phi = (2 + 1/phi)(w - 1/phi)^2/(w(2 - w)), so w = 1/phi is best", sides=_golden
            ),
        ),
        tags=("fresh", "location"),
        bibtex=BIBTEX,
        expected="HOLDS",
    ),
    Claim(
        id="he2025.every-ratio",
        title="One expression gives the best weight for every ratio of synthetic to real rows",
        source=Source(
            document="he2025",
            where="abstract; the expression from the public code",
            second_hand="He, Xu and Cheng 2025",
        ),
        says=r"w^* = \frac{\sqrt{k'^2 + 4k'} - k'}{2}, \quad k' = \text{real}/\text{synthetic}",
        relation="equal",
        domain=DOMAIN,
        checks=_checks(UNEVEN),
        proofs=(
            *LIMIT,
            Identity(statement="f(w) - w* is a square times a positive factor, for every k", sides=_any_ratio),
            Identity(statement="with r = 1/k the code's weight is (sqrt(1 + 4k) - 1)/(2k)", sides=_code),
            Identity(statement="location.optimal_weight", sides=_repository),
        ),
        uses=("he2025.golden",),
        tags=("fresh", "location"),
        bibtex=BIBTEX,
        expected="HOLDS",
    ),
)
