"""Reading a formula that somebody typed: text in, a sympy expression over the alphabet out, and nothing is evaluated.

The text becomes tokens, the tokens a tree, the tree sympy. Only the names of `theory.symbols`, the functions listed
here and the bound index of a sum or product are known; the text never reaches an evaluator of Python. What could take
for ever (9**9**9, factorial(10**9), a sum of a million terms, gamma of a tower of powers) is refused before it is
computed, and every refusal quotes the token and its column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from groundwork.errors import BadInput, suggestion
from theory import forms
from theory._tokens import Tree, refuse, tree
from theory.symbols import ALPHABET, symbol

__all__ = ["FUNCTIONS", "SYMBOLS", "TERMS", "read"]

#: The parameters of the alphabet that are one number, and so can stand in a formula.
SYMBOLS = tuple(name for name, entry in ALPHABET.items() if entry.kind in ("integer", "schedule", "real", "reals"))
#: Most terms of a sum or product whose ends are numbers.
TERMS = 1000
#: Largest number a function that grows fast may be given, and largest exponent that is a number.
_LARGEST, _EXPONENT = 1000, 100
#: Most bits of a power of numbers; most of a degree in what grows fast.
_BITS, _DEGREE = 20_000, 100

_GREEK = {"σ": "sigma", "λ": "lam", "π": "pi"}


def read(text: str, known: Iterable[str] | None = None) -> Any:
    """Return the sympy expression that a text spells, in the symbols of the alphabet.

    Numbers are exact (0.1 is 1/10); ** and ^ are powers; E (or e) and pi are constants; Sum(term, i, a, b) and
    Product(term, i, a, b) have a bound index. ``known`` narrows the symbols to those a loop has. Source: derived here.

    >>> read("sigma^2*d*g/(n-d-1)")
    d*g*sigma**2/(-d + n - 1)
    >>> read("Sum(1/k**2, k, 1, g)/n - 0.5*c4(2)")
    -sqrt(2)/(2*sqrt(pi)) + Sum(k**(-2), (k, 1, g))/n
    >>> read("sigma**2*(g +* 1)")
    Traceback (most recent call last):
    groundwork.errors.BadInput: formula = 'sigma**2*(g +* 1)': allowed is a formula; '*' at column 14 is no value
    """
    import sympy

    names = tuple(SYMBOLS if known is None else known)
    expression = _Builder(text, names, () if known is None else names).build(tree(text), {})
    if expression.has(sympy.I):
        raise BadInput("formula", text, "a formula with real values", f"sympy reads it as {expression}")
    return expression


@dataclass(frozen=True)
class _Builder:
    """Turns trees into sympy; it knows the text for its refusals, and which symbols may occur or may not be bound."""

    text: str
    known: tuple[str, ...]
    reserved: tuple[str, ...]

    def build(self, node: Tree, scope: Mapping[str, Any]) -> Any:
        """Return the expression of a node; a value that is not finite is refused where it arises."""
        import sympy

        made = getattr(self, "_" + node.kind)(node, scope)
        if made in (sympy.zoo, sympy.nan, sympy.oo, -sympy.oo):
            raise refuse(self.text, node, "makes a value that is not finite")
        return made

    def _number(self, node: Tree, scope: Mapping[str, Any]) -> Any:
        import sympy

        return sympy.Rational(node.text)

    def _name(self, node: Tree, scope: Mapping[str, Any]) -> Any:
        import sympy

        name = _GREEK.get(node.text, node.text)
        if name in scope:
            return scope[name]
        if name in ("pi", "E", "e"):
            return sympy.pi if name == "pi" else sympy.E
        if name in self.known:
            return symbol(name)
        if name in FUNCTIONS or name in _LOOPS:
            raise refuse(self.text, node, f"is a function: write {name}(…)")
        if name in SYMBOLS:
            raise refuse(self.text, node, f"is not among the symbols here: {', '.join(self.known)}")
        raise refuse(self.text, node, f"is no symbol: {suggestion(name, self.known)}")

    def _add(self, node: Tree, scope: Mapping[str, Any]) -> Any:
        import sympy

        return sympy.Add(*(self.build(part, scope) for part in node.parts))

    def _multiply(self, node: Tree, scope: Mapping[str, Any]) -> Any:
        import sympy

        return sympy.Mul(*(self.build(part, scope) for part in node.parts))

    def _negative(self, node: Tree, scope: Mapping[str, Any]) -> Any:
        return -self.build(node.parts[0], scope)

    def _inverse(self, node: Tree, scope: Mapping[str, Any]) -> Any:
        inner = self.build(node.parts[0], scope)
        if inner == 0:
            raise refuse(self.text, node, "divides by zero")
        return 1 / inner

    def _power(self, node: Tree, scope: Mapping[str, Any]) -> Any:
        base, exponent = (self.build(part, scope) for part in node.parts)
        if exponent.free_symbols:
            self._tame(node, exponent)
            return base**exponent
        if abs(_size(exponent)) > _EXPONENT:
            raise refuse(self.text, node, f"has an exponent beyond {_EXPONENT}")
        if base.is_Rational and exponent.is_Rational and _bits(base) * abs(_size(exponent)) > _BITS:
            raise refuse(self.text, node, "makes a number that is too large")
        if base == 0 and exponent.is_negative:
            raise refuse(self.text, node, "divides by zero")
        made = base**exponent
        # (n**100)**100 becomes one power in sympy's hands.
        if made.is_Pow and made.exp.is_Rational and abs(made.exp) > _EXPONENT:
            raise refuse(self.text, node, f"has an exponent beyond {_EXPONENT}")
        return made

    def _call(self, node: Tree, scope: Mapping[str, Any]) -> Any:
        if node.text in _LOOPS:
            return self._loop(node, scope)
        if node.text not in FUNCTIONS:
            hint = suggestion(node.text, [*FUNCTIONS, *_LOOPS])
            raise refuse(self.text, node, f"is no function: {hint}")
        counts, grows, make = FUNCTIONS[node.text]
        if len(node.parts) not in counts:
            wanted = " or ".join(map(str, counts)) if len(counts) < 9 else "1 to 9"
            raise refuse(self.text, node, f"takes {wanted} arguments, not {len(node.parts)}")
        arguments = [self.build(part, scope) for part in node.parts]
        for argument in arguments if grows else ():
            if argument.free_symbols:
                self._tame(node, argument)
            elif abs(_size(argument)) > _LARGEST:
                raise refuse(self.text, node, f"has a number beyond {_LARGEST}")
        if node.text != "harmonic":
            return make(*arguments)
        if arguments[0].is_integer is not True:
            raise refuse(self.text, node, "needs a whole number")
        free = next(name for name in ("k", "j", "i", "i_1", "i_2", "i_3") if name not in (*scope, *self.reserved))
        return _harmonic(forms.index(free), *arguments)

    def _loop(self, node: Tree, scope: Mapping[str, Any]) -> Any:
        """Return a sum or product, left undone: its ends are whole, and known to be few where they are numbers."""
        if len(node.parts) != 4 or node.parts[1].kind != "name":
            raise refuse(self.text, node, f"is written {node.text}(term, i, first, last)")
        term, bound, *ends = node.parts
        if bound.text in (*self.reserved, "pi", "E", "e"):
            raise refuse(self.text, bound, "is a symbol already: choose another name for the index")
        first, last = (self.build(end, scope) for end in ends)
        for end, value in zip(ends, (first, last), strict=True):
            if value.is_integer is not True:
                raise refuse(self.text, end, "is no whole number, and an end has to be one")
            self._tame(end, value)
        if not (last - first).free_symbols and last - first > TERMS:
            raise refuse(self.text, node, f"has more than {TERMS} terms")
        index = forms.index(bound.text)
        body = self.build(term, {**scope, bound.text: index})
        return (forms.add_up if node.text == "Sum" else forms.multiply)(body, (index, first, last))

    def _tame(self, node: Tree, expression: Any) -> None:
        """Refuse what would make a number too large to hold: towers, and functions that grow inside one another."""
        import sympy

        growing = (sympy.exp, sympy.gamma, sympy.factorial, sympy.binomial, sympy.Product)
        for part in sympy.preorder_traversal(expression):
            if isinstance(part, growing) or (isinstance(part, sympy.Pow) and part.exp.free_symbols):
                raise refuse(self.text, node, "stacks one fast growing function on another")
        if _degree(expression) > _DEGREE:
            raise refuse(self.text, node, f"has a degree beyond {_DEGREE}")


def _size(number: Any) -> float:
    return float(number) if number.is_real else float("inf")


def _bits(number: Any) -> int:
    return max(int(number.p).bit_length(), int(number.q).bit_length())


def _degree(expression: Any) -> float:
    """Return a bound on how fast an expression grows as a power of its symbols."""
    parts = [_degree(part) for part in expression.args]
    if expression.is_Pow:
        return parts[0] * max(1.0, abs(_size(expression.exp)))
    if expression.is_Mul:
        return sum(parts)
    return max([1.0 if expression.is_Symbol else 0.0, *parts])


def _harmonic(k: Any, last: Any, power: Any = 1) -> Any:
    # Kept as a sum: mpmath has no generalised harmonic number.
    return forms.add_up(k ** (-power), (k, 1, last))


def _sympy(name: str) -> Callable[..., Any]:
    def make(*arguments: Any) -> Any:
        import sympy

        return getattr(sympy, name)(*arguments)

    return make


_ANY = tuple(range(1, 10))
_LOOPS = ("Product", "Sum")

#: Each function with its numbers of arguments, whether it grows so fast that its arguments must be tame, and itself.
FUNCTIONS: dict[str, tuple[tuple[int, ...], bool, Callable[..., Any]]] = {
    "binomial": ((2,), True, _sympy("binomial")),
    "c4": ((1,), True, forms.c4),
    "digamma": ((1,), True, _sympy("digamma")),
    "erf": ((1,), True, _sympy("erf")),
    "exp": ((1,), True, _sympy("exp")),
    "factorial": ((1,), True, _sympy("factorial")),
    "gamma": ((1,), True, _sympy("gamma")),
    "harmonic": ((1, 2), True, _harmonic),
    "ln": ((1,), False, _sympy("log")),
    "log": ((1,), False, _sympy("log")),
    "loggamma": ((1,), True, _sympy("loggamma")),
    "max": (_ANY, False, _sympy("Max")),
    "min": (_ANY, False, _sympy("Min")),
    "psi": ((1,), True, _sympy("digamma")),
    "sqrt": ((1,), False, _sympy("sqrt")),
    "zeta": ((1, 2), True, _sympy("zeta")),
}
