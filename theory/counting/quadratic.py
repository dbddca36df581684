r"""The algebra behind the product law and behind "pi^2/6 if and only if v2 = 0", as sides to be compared.

With e = v2/n and Q_k = prod_{j <= k} (1 + e/j^2), accumulate gives mse_g/mse_1 = R_g = sum_{k <= g}
Q_{k-1}/k^2 = (Q_g - 1)/e. The gap to the sum of 1/k^2 is

    R_g - H2(g) = sum_{k = 2}^{g} (Q_{k-1} - 1)/k^2,        Q_k - 1 = (Q_{k-1} - 1)(1 + e/k^2) + e/k^2,

and 1 + e/k^2 >= 0 for e >= -1, so every Q_k - 1 has the sign of e (Q_0 - 1 = 0) and so has every term of
the gap. Its first term, e/4, bounds it from 0: lim R_g >= pi^2/6 + e/4 for e > 0, <= pi^2/6 + e/4 for
e < 0, and equality with pi^2/6 only at e = 0. Nothing here decides anything: a caller compares the sides.
"""

from __future__ import annotations

from typing import Any

from theory import forms
from theory.symbols import symbol

__all__ = [
    "gap_step",
    "gap_term_step",
    "limit_parts",
    "product_induction",
    "ratio_induction",
    "sign_pieces",
    "variance_step",
]


def variance_step() -> tuple[Any, Any]:
    """Return E[V(m + X)] and V(m)(1 + v2/n) for V = v0 + v1 mu + v2 mu^2, X of mean 0 and variance V(m)/n.

    Only the two moments of X are used, so that the sides agree for every family. Replace; under
    accumulate n is the pool's N_k^2/n_k.

    >>> import sympy
    >>> left, right = variance_step()
    >>> sympy.expand(left - right)
    0
    """
    import sympy

    n, mu, v2 = symbol("n"), symbol("mu"), symbol("v2")
    v0, v1, step = sympy.symbols("v0 v1 X", real=True)

    def spread(m: Any) -> Any:
        return v0 + v1 * m + v2 * m**2

    powers = sympy.Poly(sympy.expand(spread(mu + step)), step).all_coeffs()[::-1]
    moments = (sympy.Integer(1), sympy.Integer(0), spread(mu) / n)
    mean = sum((power * moment for power, moment in zip(powers, moments, strict=True)), sympy.Integer(0))
    return mean, spread(mu) * (1 + v2 / n)


def _quotient(last: Any) -> Any:
    """Return Q_last as Gamma functions of a = sqrt(-e)."""
    import sympy

    a = sympy.sqrt(-symbol("v2") / symbol("n"))
    return forms.gamma_ratio([last + 1 - a, last + 1 + a], [1 - a, 1 + a, last + 1, last + 1])


def product_induction() -> tuple[Any, Any, Any, Any]:
    """Return (Q_g, g, step, Q_1): the Gamma quotient is the product of the factors 1 + v2/(n k^2).

    >>> import sympy
    >>> closed, g, step, base = product_induction()
    >>> sympy.gammasimp(step(closed, g + 1) - closed.subs(g, g + 1))
    0
    """
    e, g = symbol("v2") / symbol("n"), symbol("g")
    return _quotient(g), g, lambda before, k: before * (1 + e / k**2), 1 + e


def limit_parts() -> tuple[Any, Any, Any]:
    """Return (Q_g, g, sin(pi a)/(pi a)) with a = sqrt(-v2/n): the product over all k.

    For v2 > 0 the root is imaginary and the sine is sinh(x)/x, x = pi sqrt(v2/n).

    >>> import sympy
    >>> quotient, g, sine = limit_parts()
    >>> at = {symbol("v2"): -1, symbol("n"): 4}
    >>> sine.subs(at), bool(abs(sympy.N(quotient.subs(at).subs(g, 200) - sine.subs(at))) < 1e-3)
    (2/pi, True)
    """
    import sympy

    x = sympy.pi * sympy.sqrt(-symbol("v2") / symbol("n"))
    return _quotient(symbol("g")), symbol("g"), sympy.sin(x) / x


def ratio_induction() -> tuple[Any, Any, Any, Any]:
    """Return (R_g, g, step, R_1): (Q_g - 1)/e is the sum of Q_{k-1}/k^2, mse_g over mse_1.

    >>> ratio_induction()[3]
    1
    """
    import sympy

    e, g = symbol("v2") / symbol("n"), symbol("g")
    return (_quotient(g) - 1) / e, g, lambda before, k: before + _quotient(k - 1) / k**2, sympy.Integer(1)


def gap_step() -> tuple[Any, Any]:
    """Return Q_{k-1}/k^2 - 1/k^2 and (Q_{k-1} - 1)/k^2: what a step adds to the gap, in a letter for Q_{k-1}.

    >>> import sympy
    >>> left, right = gap_step()
    >>> sympy.expand(left - right)
    0
    """
    import sympy

    k, before = forms.index("k"), sympy.Symbol("Q", real=True)
    return before / k**2 - 1 / k**2, (before - 1) / k**2


def gap_term_step() -> tuple[Any, Any]:
    """Return Q_k - 1 and (Q_{k-1} - 1)(1 + e/k^2) + e/k^2 in a letter for Q_{k-1}: the sign is inherited.

    >>> import sympy
    >>> left, right = gap_term_step()
    >>> sympy.expand(left - right)
    0
    """
    import sympy

    k, before = forms.index("k"), sympy.Symbol("Q", real=True)
    factor = symbol("v2") / symbol("n") / k**2
    return before * (1 + factor) - 1, (before - 1) * (1 + factor) + factor


def sign_pieces() -> tuple[tuple[Any, dict[Any, int]], ...]:
    """Return what must be >= 0 for the sign to be inherited, each with the least values of its symbols.

    For e = v2/n > 0: e/k^2. For e = -s with 0 < s <= 1, written s = 1/(1 + t): the factor 1 - s/k^2,
    and s/k^2, which is what Q_k - 1 loses.

    >>> [str(piece) for piece, _ in sign_pieces()]
    ['e/k**2', '1 - 1/(k**2*(t + 1))', '1/(k**2*(t + 1))']
    """
    import sympy

    k, e, t = forms.index("k"), sympy.Symbol("e", positive=True), sympy.Symbol("t", nonnegative=True)
    loss = 1 / (1 + t) / k**2
    return (e / k**2, {e: 0, k: 1}), (1 - loss, {t: 0, k: 1}), (loss, {t: 0, k: 1})
