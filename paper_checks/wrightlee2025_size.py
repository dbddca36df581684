r"""Wright and Lee 2025 on Strong Model Collapse: a share of synthetic rows, and the role of model size.

n rows, n_s of them labelled by w + delta with :math:`c^2 = \mathrm{tr}\,\Sigma\Delta` (a large c^2 is bad data). The
``shift`` is the part of the mean excess risk that is linear in c^2; with D = d(d+2)(n-2)/((n+2)(n-d-1)) and q =
(n_s - 1)/(n - 1) it is

.. math:: \frac{c^2}{d}\,\frac{n_s}{n}\,[(1-q) D + q\,d]

for least squares on all d features, with further terms for m random features (``theory/strong`` and
``theory/projection``, derived there). The slides quote the abstract of the paper and draw two conclusions; the paper
itself was not read. No process of ``sims`` mixes teachers, so the evidence is proof and exact numbers; the closed forms
are held against literal fits in the tests of theory.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from paper_checks._claim import Claim, Source
from paper_checks._enumerate import Enumeration
from paper_checks._proof import Identity, Inequality, Limit
from paper_checks.wrightlee2025 import BIBTEX

__all__ = ["CLAIMS"]

SECOND = "Dohmatob et al. 2024, Strong Model Collapse"


def _form(name: str) -> tuple[Any, dict[str, Any]]:
    """Return a closed form of the repository with Min(m, d) read as m, and its symbols by name."""
    import sympy

    from theory.quantity import find

    form = find(name).form({})
    names = {symbol.name: symbol for symbol in form.free_symbols}
    lesser = sympy.Min(names["m"], names["d"]) if "m" in names else None
    return (form.xreplace({lesser: names["m"]}) if lesser is not None else form), names


# A share of synthetic rows.


def _shift_of(n: Any, synthetic: Any, d: Any) -> Any:
    """Return the shift of least squares in units of c^2."""
    alone = d * (d + 2) * (n - 2) / ((n + 2) * (n - d - 1))
    return (synthetic / n * alone + synthetic * (synthetic - 1) / (n * (n - 1)) * (d - alone)) / d


def _floor() -> tuple[Any, ...]:
    """Return shift + sigma^2 d/(n - d - 1) at n_s = p n, its n, and p^2 c^2."""
    import sympy

    n, d = sympy.symbols("n d", integer=True, positive=True)
    p, sigma, c = sympy.symbols("p sigma c", positive=True)
    return c**2 * _shift_of(n, p * n, d) + sigma**2 * d / (n - d - 1), n, p**2 * c**2


def _one_column() -> tuple[Any, ...]:
    """Return the shift at d = 1, and E b^2 of the synthetic share b ~ Beta(n_s/2, (n - n_s)/2) of the squares."""
    import sympy

    n, s = sympy.symbols("n n_s", integer=True, positive=True)
    half = s / 2, n / 2
    return _shift_of(n, s, sympy.Integer(1)), half[0] * (half[0] + 1) / (half[1] * (half[1] + 1))


def _per_thousand() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield strong.ols_shift against the rational form, one row in a thousand and others."""
    from theory.strong import ols_shift

    for n, s, d in ((1000, 1, 1), (100_000, 100, 2), (20, 5, 3)):
        exact = _shift_of(Fraction(n), Fraction(s), Fraction(d))
        yield f"n = {n}, n_s = {s}, d = {d}", float(ols_shift(n, s, [1.0] * d, [1.0 / d] * d)), exact


def _worse() -> tuple[Any, ...]:
    """Return the shift over c^2 n_s/(n d), times 1 + u with q = u/(1 + u): what bad rows add, n = d + 1 + m."""
    import sympy

    d, m = sympy.symbols("d m", integer=True, positive=True)
    u = sympy.Symbol("u", nonnegative=True)
    n = d + 1 + m
    return d * (d + 2) * (n - 2) / ((n + 2) * (n - d - 1)) + u * d, {d: 1, m: 1, u: 0}


def _bracket() -> tuple[Any, ...]:
    """Return the shift and its bracket, q = (n_s - 1)/(n - 1)."""
    import sympy

    n, s, d = sympy.symbols("n n_s d", integer=True, positive=True)
    alone = d * (d + 2) * (n - 2) / ((n + 2) * (n - d - 1))
    q = (s - 1) / (n - 1)
    return _shift_of(n, s, d), s / (n * d) * ((1 - q) * alone + q * d)


# Model size.


def _small_bracket(m: Any, n: Any, d: Any, u: Any) -> Any:
    """Return the bracket of projection.shift times 1 + u, q = (n_s - 1)/(n - 1) = u/(1 + u)."""
    return m * (m + 2) * (n - 2) / ((n + 2) * (n - m - 1)) + u * m + (1 + u) * m * (d - m) / (n - m - 1)


def _small_form() -> tuple[Any, ...]:
    """Return projection.shift and c^2 n_s/(n d (1 + u)) times the bracket."""
    form, names = _form("projection.shift")
    m, d, n, s, c2 = (names[name] for name in ("m", "d", "n", "n_syn", "c2"))
    q = (s - 1) / (n - 1)
    return form, c2 * s / (n * d) * (1 - q) * _small_bracket(m, n, d, q / (1 - q))


def _amplifies() -> tuple[Any, ...]:
    """Return what one feature more adds to the bracket below the threshold, m + 1 <= n - 2 and d >= n - 1."""
    import sympy

    m = sympy.Symbol("m", integer=True, positive=True)
    a, b = sympy.symbols("a b", integer=True, nonnegative=True)
    u = sympy.Symbol("u", nonnegative=True)
    n = m + 3 + b
    d = n - 1 + a
    more = _small_bracket(m + 1, n, d, u) - _small_bracket(m, n, d, u)
    return sympy.together(more), {m: 1, a: 0, b: 0, u: 0}


def _large(name: str) -> tuple[Any, ...]:
    """Return a closed form beyond the threshold at m + 1 less m features: m = n + 2 + b, d = n + 2 + a, n = n_s + r."""
    import sympy

    form, names = _form(name)
    a, b, r = sympy.symbols("a b r", integer=True, nonnegative=True)
    s = sympy.Symbol("s", integer=True, positive=True)
    n = s + r
    given = {names["d"]: n + 2 + a, names["n"]: n, names["n_syn"]: s}
    # A shift, a noise and a signal that are there at all.
    given |= {names[each]: sympy.Symbol(each, positive=True) for each in ("c2", "sigma", "signal") if each in names}
    now, more = (form.subs(given | {names["m"]: n + 2 + b + step}, simultaneous=True) for step in (0, 1))
    return sympy.together(more - now), {a: 0, b: 0, r: 0, s: 1}


def _exacerbates() -> tuple[Any, ...]:
    return _large("projection.interpolating_shift")


def _mitigates(name: str) -> tuple[Any, ...]:
    change, lows = _large(name)
    return -change, lows


def _largest() -> tuple[Any, ...]:
    """Return the shift of ever more features, m, and its limit (c^2/d) n_s (d - n_s - 1)/(d - n - 1)."""
    form, names = _form("projection.interpolating_shift")
    d, n, s, c2 = (names[name] for name in ("d", "n", "n_syn", "c2"))
    return form, names["m"], c2 / d * s * (d - s - 1) / (d - n - 1)


def _remains() -> tuple[Any, ...]:
    """Return the limit over c^2/d for d = n + 2 + a, n = n_s + r."""
    import sympy

    a, r = sympy.symbols("a r", integer=True, nonnegative=True)
    s = sympy.Symbol("s", integer=True, positive=True)
    n = s + r
    d = n + 2 + a
    return s * (d - s - 1) / (d - n - 1), {a: 0, r: 0, s: 1}


def _sweep() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield the sign of the change from m to the next size, 1 below the threshold n = 72 and -1 beyond; d = 120."""
    from theory.projection import size_effect

    sizes = [4, 16, 48, 70, 90, 120, 200, 1000]
    values = size_effect(sizes, d=120, n=72, n_syn=18, c2=1.0)
    for m, more, v, w in zip(sizes, sizes[1:], values, values[1:], strict=False):
        if (m < 72) == (more < 72):
            yield f"m = {m} to {more}", int(w > v) - int(w < v), Fraction(1 if m < 72 else -1)


ABSTRACT = "By natural standards, model collapse still occurs, quoted abstract"
SIZE = "On the role of model size"

CLAIMS = (
    Claim(
        id="wrightlee2025.share",
        title="Read: at a constant share of synthetic rows, however small, the risk does not tend to 0",
        source=Source(document="slides-wright-lee", where=ABSTRACT, second_hand=SECOND),
        says=r"\text{even the smallest fraction of synthetic data (e.g., as little as 1 per 1000) can still lead to "
        r"model collapse: larger and larger training sets do not enhance performance}",
        relation="limit",
        domain={},
        proofs=(
            Limit(statement="the risk of least squares tends to p^2 c^2 at share p", parts=_floor),
            Identity(statement="one column: the shift is E b^2, b ~ Beta(n_s/2, (n - n_s)/2)", sides=_one_column),
        ),
        enumerations=(Enumeration(statement="strong.ols_shift, also at one row in a thousand", cases=_per_thousand),),
        tags=("regression", "mixture"),
        bibtex=BIBTEX,
        expected="ASYMPTOTIC",
    ),
    Claim(
        id="wrightlee2025.quality",
        title="Rows of a shifted teacher in place of real ones raise the risk, in proportion to c^2",
        source=Source(document="slides-wright-lee", where="By natural standards"),
        says=r"\text{If synthetic data is not high quality, then mixing real+synthetic data still has a noticeable} "
        r"\dots \text{ suboptimality in test error}",
        relation="lower",
        domain={},
        proofs=(
            Identity(statement="the shift is c^2/d n_s/n [(1 - q) D + q d]", sides=_bracket),
            Inequality(statement="its bracket is positive for every q = (n_s - 1)/(n - 1) < 1", parts=_worse),
        ),
        uses=("wrightlee2025.share",),
        tags=("regression", "mixture", "bound"),
        bibtex=BIBTEX,
        expected="BOUND HOLDS",
    ),
    Claim(
        id="wrightlee2025.amplify",
        title="Below the interpolation threshold each random feature more raises the effect of synthetic rows",
        source=Source(document="slides-wright-lee", where=ABSTRACT, second_hand=SECOND),
        says=r"\text{larger models can amplify model collapse}",
        relation="monotone",
        domain={},
        proofs=(
            Identity(statement="projection.shift through its bracket", sides=_small_form),
            Inequality(statement="one feature more raises it, m + 1 <= n - 2 and d >= n - 1", parts=_amplifies),
        ),
        enumerations=(Enumeration(statement="up below the threshold, down beyond it", cases=_sweep),),
        tags=("projection", "mixture"),
        bibtex=BIBTEX,
        expected="EXACT",
    ),
    Claim(
        id="wrightlee2025.mitigate",
        title="Beyond the threshold larger models lower the effect of synthetic rows, to a limit above 0",
        source=Source(document="slides-wright-lee", where=ABSTRACT, second_hand=SECOND),
        says=r"\text{beyond the interpolation threshold} \dots \text{ larger models may mitigate the collapse, "
        r"although they do not entirely prevent it}",
        relation="limit",
        domain={},
        proofs=(
            Inequality(
                statement="one feature more lowers the shift",
                parts=lambda: _mitigates("projection.interpolating_shift"),
            ),
            Limit(statement="the shift tends to (c^2/d) n_s (d - n_s - 1)/(d - n - 1)", parts=_largest),
            Inequality(statement="which is positive", parts=_remains),
        ),
        tags=("projection", "mixture"),
        bibtex=BIBTEX,
        expected="ASYMPTOTIC",
    ),
    Claim(
        id="wrightlee2025.size",
        title="Read: beyond the threshold each random feature more raises the effect of synthetic rows",
        source=Source(document="slides-wright-lee", where=SIZE),
        says=r"\text{Past the interpolation threshold, If quality of synthetic data is bad, then larger models will "
        r"exacerbate the problem.}",
        relation="monotone",
        domain={},
        proofs=(
            Inequality(statement="one feature more raises the shift, m >= n + 2, d >= n + 2", parts=_exacerbates),
            Inequality(
                statement="one feature more lowers the shift, whatever c^2 is",
                parts=lambda: _mitigates("projection.interpolating_shift"),
                of="exact",
            ),
            Inequality(
                statement="and the whole risk",
                parts=lambda: _mitigates("projection.interpolating_risk"),
                of="exact",
            ),
        ),
        uses=("wrightlee2025.mitigate", "wrightlee2025.amplify"),
        tags=("projection", "mixture"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
)
