r"""A refitted discrete law whose real data stay: accumulated beside the synthetic ones, or kept in every fit.

One atom of the pool: :math:`y' = ((k - 1) y + x)/k` with n x binomial in y, so y(1 - y) is multiplied by 1 - 1/(n k^2)
in the mean. With n_real real draws kept and n_syn redrawn, a = n_syn/(n_real + n_syn), the variance V of a frequency
about that of the real sample obeys :math:`V' = a^2 [q(1 - q)/n_{syn} + (1 - 1/n_{syn}) V]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paper_checks import _chance
from paper_checks import schaeffer2025_timescales as timescales
from paper_checks._claim import Claim, Source
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
SOURCE = Source(document="tailfade", where="derived here")
LAW = timescales.LAW
FOUR: tuple[Point, ...] = tuple({"n": 4, "g": g, "p": [0.5, 0.25, 0.125, 0.125]} for g in (1, 6))
KEPT: tuple[Point, ...] = tuple({"n": 6, "g": g, "p": [0.375, 0.625]} for g in (2, 5))


def _loop(workflow: str, metric: str, outcome: Any = None) -> Loop:
    return Loop(process="wright_fisher(p={p})", workflow=workflow, metric=metric, n="n", at="g", outcome=outcome)


def _value(name: str, point: Point, **more: Any) -> float:
    from theory.quantity import find

    return find(name).evaluate(dict(point) | more)


def kept_form() -> Any:
    """Return E (1 - sum p^2) under accumulation over its start, the product of 1 - 1/(n k^2)."""
    from theory import forms
    from theory.symbols import symbol

    k = forms.index("k")
    return forms.multiply(1 - 1 / (symbol("n") * k**2), (k, 1, symbol("g")))


def _pool_step() -> tuple[Any, ...]:
    """Return E y'(1 - y') of y' = ((k - 1) y + x)/k, n x binomial in y, and y(1 - y)(1 - 1/(n k^2))."""
    import sympy

    from theory import forms
    from theory.symbols import symbol

    n, k, y = symbol("n"), forms.index("k"), sympy.Symbol("y", positive=True)
    square = y**2 + y * (1 - y) / n
    mean = y
    pooled = ((k - 1) ** 2 * y**2 + 2 * (k - 1) * y * mean + square) / k**2
    return y - pooled, y * (1 - y) * (1 - 1 / (n * k**2))


def _pool_product() -> tuple[Any, ...]:
    from theory.symbols import symbol

    n, g = symbol("n"), symbol("g")
    return kept_form(), g, lambda v, g: v * (1 - 1 / (n * g**2)), 1 - 1 / n


def _heterozygosity(point: Point) -> float:
    return _value("discrete.heterozygosity_mean", point, workflow="accumulate")


# A real sample that stays.


def fixed_form() -> Any:
    """Return the limit of E (p_g - p)^2 with n_real real draws kept and n_syn redrawn, in p and a = n_syn/(all)."""
    from theory.symbols import symbol

    real, synthetic, p = symbol("n_real"), symbol("n_syn"), symbol("p")
    square = (synthetic / (real + synthetic)) ** 2
    return p * (1 - p) * (1 / real + (1 - 1 / real) * square / (synthetic * (1 - square) + square))


def _fixed_step() -> tuple[Any, ...]:
    """Return the fixed point of V' = a^2 [q(1 - q)/n_syn + (1 - 1/n_syn) V], put into the recursion, and itself."""
    from theory.quantity import find
    from theory.symbols import symbol

    real, synthetic, q = symbol("n_real"), symbol("n_syn"), symbol("p")
    rest = find("discrete.partial_variance_limit").form({})
    square = (synthetic / (real + synthetic)) ** 2
    return square * (q * (1 - q) / synthetic + (1 - 1 / synthetic) * rest), rest


def _fixed_variance_step() -> tuple[Any, ...]:
    """Return E (p' - q)^2 with p' = (n_real q + n_syn x)/(all), x binomial in p, and the recursion in V."""
    import sympy

    real, synthetic, q, spread = sympy.symbols("n_real n_syn q V", positive=True)
    # E p(1 - p) = q(1 - q) - V, since E p = q and E p^2 = q^2 + V.
    within = (q * (1 - q) - spread) / synthetic
    share = synthetic / (real + synthetic)
    return share**2 * (within + spread), share**2 * (q * (1 - q) / synthetic + (1 - 1 / synthetic) * spread)


def fixed(point: Point) -> float:
    """Return E (p_g - p)^2 at fit g (g = 1 real only), n rows real and n synthetic, averaged over the real sample.

    >>> fixed({"n": 2, "g": 1, "p": [0.5, 0.5]})
    0.125
    """
    n, p = point["n"], point["p"][0]
    more = _value("discrete.partial_variance", {"n_real": n, "n_syn": n, "p": p, "g": point["g"] - 1})
    # The inner variance has q(1 - q) for p(1 - p), whose mean over the real sample is (1 - 1/n) of it.
    return p * (1 - p) / n + (1 - 1 / n) * more


def _squared_miss(x: Any, point: Point) -> Any:
    return (x[:, -1] - point["p"][0]) ** 2


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
        "heterozygosity-accumulate",
        "Accumulation keeps diversity: the mean heterozygosity falls by 1 - 1/(n k^2) at step k",
        r"E\Big(1 - \sum_i p_{g,i}^2\Big) = \Big(1 - \sum_i p_i^2\Big) \prod_{k=1}^g \Big(1 - \frac{1}{n k^2}\Big)",
        "equal",
        "HOLDS",
        {"n": (1, None), "g": (1, None), "p": LAW},
        formula=kept_form,
        checks=(
            _chance.bounded(
                "mean",
                "the mean heterozygosity of model g, accumulate",
                _loop("accumulate", "heterozygosity"),
                _heterozygosity,
                FOUR,
                ends=lambda p: (-1e-9, 1 - 1 / len(p["p"]) + 1e-9),
                because="1 less a sum of squares of N shares",
                delta=0.03,
                discrete=True,
                planted=("workflow swapped",),
                slips=(
                    Mutant(
                        name="replaced",
                        value=lambda p: _value("discrete.heterozygosity_mean", p, workflow="replace"),
                    ),
                ),
            ),
        ),
        proofs=(
            Identity(statement="E y'(1 - y') = y(1 - y)(1 - 1/(n k^2)) for the pool", sides=_pool_step),
            Induction(statement="the product of the steps", parts=_pool_product),
        ),
        tags=("discrete", "accumulate"),
    ),
    _claim(
        "kept-real-sample",
        "A real sample that stays in every fit holds the frequencies: their variance has a limit below p(1 - p)",
        r"E(p_g - p)^2 = \frac{p(1-p)}{n_r} + \Big(1 - \frac{1}{n_r}\Big) V_{g-1}, \quad V_0 = 0, \quad "
        r"V_{k+1} = a^2 \Big[\frac{p(1-p)}{n_s} + \Big(1 - \frac{1}{n_s}\Big) V_k\Big], "
        r"\quad a = \frac{n_s}{n_r + n_s}",
        "equal",
        "HOLDS",
        {"n": (1, None), "g": (1, None), "p": LAW},
        # What g -> infinity leaves: the statement's fixed point.
        formula=fixed_form,
        checks=(
            _chance.bounded(
                "mean",
                "E (p_g - p)^2 of an atom, the real sample kept",
                _loop("fixed_real(replace)", "frequency", _squared_miss),
                fixed,
                KEPT,
                ends=lambda p: (0.0, max(p["p"][0], 1 - p["p"][0]) ** 2),
                because="the atom has a share",
                delta=0.08,
                discrete=True,
                planted=(),
                steps=("n",),
                slips=(
                    Mutant(
                        name="the data replaced",
                        value=lambda p: p["p"][0] * (1 - p["p"][0]) * (1 - (1 - 1 / p["n"]) ** p["g"]),
                    ),
                    Mutant(name="the real sample alone", value=lambda p: p["p"][0] * (1 - p["p"][0]) / p["n"]),
                ),
            ),
        ),
        proofs=(
            Identity(statement="E (p' - q)^2 = a^2 [q(1-q)/n_s + (1 - 1/n_s) V]", sides=_fixed_variance_step),
            Identity(statement="the limit of discrete.partial_variance is the fixed point", sides=_fixed_step),
        ),
        tags=("discrete", "real-share"),
    ),
)
