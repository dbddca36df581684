"""Tokens and trees of a typed formula: numbers, names, operators, calls, each with the column where it stands.

Chains of + and * become one node with many parts, and brackets nest to a limit, so no recursion runs deep.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from groundwork.errors import BadInput

__all__ = ["DEPTH", "LENGTH", "Tree", "refuse", "tree"]

#: Most characters of a formula, and how deep brackets and powers may nest.
LENGTH, DEPTH = 2000, 40

_TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+(?![A-Za-z_\d]))?)"
    r"|(?P<name>[A-Za-zσλπ_][A-Za-z_0-9]*)|(?P<sign>\*\*|[-+*/^(),])"
)
_DIGITS = 40
_TENS = 300


@dataclass(frozen=True)
class Tree:
    """A node: its kind (number, name, add, multiply, negative, inverse, power, call), text, column and parts."""

    kind: str
    text: str
    column: int
    parts: tuple[Tree, ...] = ()


def refuse(text: str, node: Tree, why: str) -> BadInput:
    """Return the error that quotes a token, where it stands and what is wrong with it."""
    token = f"{node.text[:30]!r} at column {node.column}" if node.text else "its end"
    return BadInput("formula", text, "a formula", f"{token} {why}")


def tree(text: str) -> Tree:
    """Return the tree of a formula: powers bind first and to the right, then signs, then * and /, then + and -.

    >>> tree("-n**2").kind, [part.kind for part in tree("1 - n").parts]
    ('negative', ['number', 'negative'])
    """
    if not isinstance(text, str) or not text.strip():
        raise BadInput("formula", text, "a formula", "for example sigma**2*g/n")
    if len(text) > LENGTH:
        raise BadInput("formula", text, f"at most {LENGTH} characters", f"it has {len(text)}")
    parser = _Parser(text)
    found = parser.add(0)
    if parser.now.text:
        raise refuse(text, parser.now, "is one too many" if parser.now.text in ",)" else "needs an operator before it")
    return found


class _Parser:
    """One pass over the tokens, one method a level of precedence; ``depth`` counts what is still open."""

    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.at = text, _tokens(text), 0

    @property
    def now(self) -> Tree:
        return self.tokens[self.at]

    def take(self) -> Tree:
        self.at += 1
        return self.tokens[self.at - 1]

    def add(self, depth: int) -> Tree:
        return self._chain(depth, ("+", "-"), "add", "negative", self.multiply)

    def multiply(self, depth: int) -> Tree:
        return self._chain(depth, ("*", "/"), "multiply", "inverse", self.signed)

    def _chain(self, depth: int, signs: tuple[str, str], kind: str, opposite: str, below) -> Tree:
        parts, start = [below(depth)], self.now
        while self.now.kind == "sign" and self.now.text in signs:
            sign = self.take()
            part = below(depth)
            parts.append(part if sign.text == signs[0] else Tree(opposite, sign.text, sign.column, (part,)))
        return parts[0] if len(parts) == 1 else Tree(kind, start.text, start.column, tuple(parts))

    def signed(self, depth: int) -> Tree:
        first, minus = self.now, False
        while self.now.kind == "sign" and self.now.text in ("+", "-"):
            minus ^= self.take().text == "-"
        found = self.power(depth)
        return Tree("negative", first.text, first.column, (found,)) if minus else found

    def power(self, depth: int) -> Tree:
        base = self.value(depth)
        if self.now.kind == "sign" and self.now.text in ("**", "^"):
            sign = self.take()
            return Tree("power", sign.text, sign.column, (base, self.signed(self._deeper(depth, sign))))
        return base

    def value(self, depth: int) -> Tree:
        token = self.take()
        if token.kind in ("number", "name"):
            is_call = token.kind == "name" and self.now.kind == "sign" and self.now.text == "("
            return self._call(depth, token) if is_call else token
        if token.kind == "sign" and token.text == "(":
            found = self.add(self._deeper(depth, token))
            self._close(token)
            return found
        raise refuse(self.text, token, "is no value" if token.text else "is missing a value")

    def _call(self, depth: int, name: Tree) -> Tree:
        bracket = self.take()
        inner = self._deeper(depth, bracket)
        parts = []
        while not (self.now.kind == "sign" and self.now.text == ")" and not parts):
            parts.append(self.add(inner))
            if self.now.kind != "sign" or self.now.text != ",":
                break
            self.take()
        self._close(bracket)
        return Tree("call", name.text, name.column, tuple(parts))

    def _close(self, bracket: Tree) -> None:
        if self.now.kind == "sign" and self.now.text == ")":
            self.take()
            return
        if self.now.text:
            raise refuse(self.text, self.now, f"stands where the bracket of column {bracket.column} should close")
        raise refuse(self.text, bracket, "is never closed")

    def _deeper(self, depth: int, token: Tree) -> int:
        if depth >= DEPTH:
            raise refuse(self.text, token, f"opens a level beyond {DEPTH}")
        return depth + 1


def _tokens(text: str) -> list[Tree]:
    found, at = [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = _TOKEN.match(text, at)
        if not match:
            raise refuse(text, Tree("", text[at], at + 1), "is no part of a formula")
        token = Tree(str(match.lastgroup), match.group(), at + 1)
        if token.kind == "number":
            _check_number(text, token)
        found.append(token)
        at = match.end()
    # The end is a token of its own, without text.
    return [*found, Tree("end", "", len(text) + 1)]


def _check_number(text: str, token: Tree) -> None:
    digits, _, tens = token.text.lower().partition("e")
    if len(digits) > _DIGITS or (tens and (len(tens) > 5 or abs(int(tens)) > _TENS)):
        raise refuse(text, token, f"has more than {_DIGITS} digits or an exponent beyond {_TENS}")
