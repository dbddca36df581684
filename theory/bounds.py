"""Products of growing errors: the slide's inequality, how loose it is, and the product that stays bounded."""

from __future__ import annotations

from typing import Any

from theory import forms
from theory.numerics import mp
from theory.quantity import quantity
from theory.symbols import domain, symbol

__all__ = ["product", "product_asymptotic", "product_lower", "square_product", "square_product_limit"]

_DOMAINS = {
    "n": domain("n", kind="integer", meaning="number of factors"),
    "c": domain("c", reason="a factor would be negative otherwise"),
}


def _product() -> Any:
    c, n = symbol("c"), symbol("n")
    return forms.gamma_ratio([n + 1 + c], [n + 1, 1 + c])


@quantity(
    formula=_product,
    source="""the left side of the inequality in the slides of Wright and Lee; the Gamma quotient is derived
    here""",
    domains=_DOMAINS,
)
def product(c: float, n: int) -> Any:
    """Return prod_{i <= n} (1 + c/i), the growth of an error multiplied by 1 + c/i at step i, a float.

    Gamma(n + 1 + c)/(Gamma(n + 1) Gamma(1 + c)), for c >= -1, and 0 at c = -1.

    >>> product(1, 9), product(-1, 9)
    (10.0, 0.0)
    """
    ctx = mp()
    strength = ctx.mpf(c)
    return ctx.gammaprod([n + 1 + strength], [n + 1, 1 + strength]) if strength > -1 else ctx.mpf(0)


def _product_lower() -> Any:
    i = forms.index("i")
    return 1 + symbol("c") * forms.add_up(1 / i, (i, 1, symbol("n")))


@quantity(
    formula=_product_lower,
    source="the right side of the inequality in the slides of Wright and Lee",
    domains=_DOMAINS,
)
def product_lower(c: float, n: int) -> Any:
    """Return 1 + c H_n, the slide's lower bound of `product`, a float; H_n = 1 + 1/2 + … + 1/n.

    A product of factors 1 + x_i with all x_i of one sign and none below -1 is at least 1 + sum x_i. The
    bound grows like ln n where the product grows like n^c.

    >>> product_lower(1, 2)
    2.5
    """
    return 1 + mp().mpf(c) * mp().harmonic(n)


def _product_asymptotic() -> Any:
    import sympy

    return symbol("n") ** symbol("c") / sympy.gamma(1 + symbol("c"))


@quantity(formula=_product_asymptotic, source="derived here", status="asymptotic", domains=_DOMAINS)
def product_asymptotic(c: float, n: int) -> Any:
    """Return n^c/Gamma(1 + c), what `product` tends to as n grows, a float.

    The relative gap is c (c + 1)/(2n) to first order.

    >>> product_asymptotic(2, 10)
    50.0
    """
    ctx = mp()
    strength = ctx.mpf(c)
    return ctx.mpf(n) ** strength * ctx.rgamma(1 + strength)


def _square_product() -> Any:
    i = forms.index("i")
    return forms.multiply(1 + symbol("c") / i**2, (i, 1, symbol("n")))


@quantity(formula=_square_product, source="derived here", domains=_DOMAINS)
def square_product(c: float, n: int) -> Any:
    """Return prod_{i <= n} (1 + c/i^2), the growth of a second moment under unbiased noise c/i^2, a float.

    The fit of accumulated data moves by 1/i of its new block; when the spread of that block is proportional
    to the fit itself and its mean is right, squares grow by these factors, and stay bounded.

    >>> square_product(1, 2)
    2.5
    """
    ctx = mp()
    root = ctx.sqrt(ctx.mpf(c))  # imaginary when c < 0: the two conjugate factors multiply to a real number
    if c == -1:
        return ctx.mpf(0)
    return ctx.re(ctx.gammaprod([n + 1 + 1j * root, n + 1 - 1j * root], [n + 1, n + 1]) * _infinite(root))


def _square_product_limit() -> Any:
    import sympy

    root = sympy.sqrt(symbol("c"))
    return sympy.sinh(sympy.pi * root) / (sympy.pi * root)


@quantity(
    formula=_square_product_limit,
    source="Euler's product for the sine",
    domains={"c": domain("c", reason="a factor would be negative otherwise")},
)
def square_product_limit(c: float) -> Any:
    """Return prod_{i >= 1} (1 + c/i^2) = sinh(pi sqrt c)/(pi sqrt c), a float.

    >>> square_product_limit(0), square_product_limit(-1)
    (1.0, 0.0)
    """
    ctx = mp()
    return ctx.mpf(0) if c == -1 else ctx.re(_infinite(ctx.sqrt(ctx.mpf(c))))


def _infinite(root: Any) -> Any:
    ctx = mp()
    return ctx.sinh(ctx.pi * root) / (ctx.pi * root) if root else ctx.mpf(1)
