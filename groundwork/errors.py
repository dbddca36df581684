"""The project's one error for bad input, and its cousin for a missing extra."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["BadInput", "MissingExtra", "suggestion"]


class BadInput(ValueError):
    """An argument outside its allowed set, said in words: the parameter, its value, what is allowed.

    >>> raise BadInput("n", 1, "an integer >= 2")
    Traceback (most recent call last):
    groundwork.errors.BadInput: n = 1: allowed is an integer >= 2
    """

    def __init__(self, parameter: str, value: object, allowed: str, way_out: str = "") -> None:
        self.parameter = parameter
        self.value = value
        self.allowed = allowed
        self.way_out = way_out
        sentence = f"{parameter} = {_short(value)}: allowed is {allowed}"
        super().__init__(f"{sentence}; {way_out}" if way_out else sentence)

    def __reduce__(self) -> tuple[type[BadInput], tuple[str, object, str, str]]:
        """Cross a process boundary whole; the default would call the class with the sentence alone."""
        return type(self), (self.parameter, self.value, self.allowed, self.way_out)


class MissingExtra(BadInput):
    """A package of an optional extra is wanted and not installed."""

    def __init__(self, package: str, extra: str) -> None:
        ValueError.__init__(self, f"{package} is not installed: it comes with  make EXTRA={extra}")
        self.parameter, self.value, self.allowed, self.way_out = package, None, "installed", extra

    def __reduce__(self) -> tuple[type[MissingExtra], tuple[str, str]]:  # type: ignore[override]
        """Cross a process boundary whole."""
        return type(self), (self.parameter, self.way_out)


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean …?`` for a word near a known one, else the known words.

    >>> suggestion("acumulate", ["replace", "accumulate"])
    'did you mean accumulate?'
    >>> suggestion("zzz", ["replace", "accumulate"])
    'known are accumulate, replace'
    """
    known = sorted(known)
    near = difflib.get_close_matches(str(word), known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"


def _short(value: object, most: int = 80) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= most else text[: most - 1] + "…"
