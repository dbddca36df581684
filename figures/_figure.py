"""A figure as data: what it says, which loops it needs the records of, and the function that draws them.

A module of this room without a leading underscore that exports ``FIGURE`` is found by ``discover``; nothing lists
them. The room draws no random number: the front door runs the loops and hands their records over.
"""

from __future__ import annotations

import importlib
import json
import pathlib
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from groundwork.checks import choice, count
from groundwork.errors import BadInput, suggestion

__all__ = ["Figure", "Record", "Run", "discover", "find"]

KINDS = ("summary", "paths", "times")

#: The half-width, in standard errors, of the intervals that are drawn (99.7 %).
WIDTH = 3.0


@dataclass(frozen=True, kw_only=True)
class Run:
    """A loop that a figure needs: written as on the command line, with what is kept of it.

    ``summary`` keeps moments and medians of each generation, ``paths`` every path at the generations ``keep`` (all,
    if it is empty), ``times`` the first generation at which the metric is not 0, of at most ``generations``.
    """

    process: str
    metric: str
    n: int
    generations: int
    workflow: str = "replace"
    seeds: int = 20_000
    kind: str = "summary"
    keep: tuple[int, ...] = ()
    medians: bool = False

    def __post_init__(self) -> None:
        choice("kind", self.kind, KINDS)
        count("generations", self.generations)
        count("seeds", self.seeds, least=2)
        count("n", self.n)
        if any(not 1 <= g <= self.generations for g in self.keep):
            raise BadInput("keep", self.keep, f"generations from 1 to {self.generations}")


@dataclass(frozen=True)
class Record:
    """What a run left in its folder: its own words (``record.json``) and its arrays."""

    words: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray]

    @classmethod
    def read(cls, folder: pathlib.Path) -> Record:
        """Return the record in a folder."""
        path = folder / "record.json"
        if not path.is_file():
            raise BadInput("folder", str(folder), "the folder of a record: one with record.json in it")
        words = json.loads(path.read_text())
        stored = next((folder / name for name in ("summary.npz", "paths.npz") if (folder / name).is_file()), None)
        if stored is None:
            raise BadInput("folder", str(folder), "a record with its arrays beside it", "run it again")
        with np.load(stored, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return cls(words, arrays | _columns(words, arrays))

    def __getitem__(self, name: str) -> np.ndarray:
        """Return an array: generation, mean, half, median, closed_form, pull, heavy; values; times."""
        if name not in self.arrays:
            raise BadInput("array", name, f"one of {', '.join(sorted(self.arrays))}")
        return self.arrays[name]

    @property
    def title(self) -> str:
        """The loop in words."""
        return str(self.words["title"])


def _columns(words: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the columns behind a figure of a summary.

    The pull is (mean - closed form) over the standard error of the mean, NaN where one of them is missing. Where
    the tail is too heavy for a normal interval to be believed (``heavy``) a point is drawn hollow.
    """
    rows = words.get("rows")
    if not rows:
        return {}
    names = ("generation", "mean", "median", "closed_form")
    columns = {name: np.array([np.nan if row[name] is None else row[name] for row in rows]) for name in names}
    number, m2 = arrays["count"], arrays["m2"]
    error = np.sqrt(m2 / np.maximum(number - 1, 1) / np.maximum(number, 1))
    distance = columns["mean"] - columns["closed_form"]
    pull = np.divide(distance, error, out=np.full_like(error, np.nan), where=error > 0)
    heavy = np.array([not row["normal_enough"] for row in rows])
    return columns | {"half": WIDTH * error, "pull": pull, "heavy": heavy}


Draw = Callable[[Any, Mapping[str, Record]], Any]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure: ``draw(plt, records)`` returns a matplotlib figure; ``caption`` says what a reader should see.

    ``source`` names the statement or the printed figure it belongs to, ``claims`` the claims that decide it.
    """

    id: str
    title: str
    caption: str
    source: str
    draw: Draw
    runs: Mapping[str, Run] = field(default_factory=dict)
    claims: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", self.id):
            raise BadInput("figure id", self.id, "lower case words joined by -")
        for name in ("title", "caption", "source"):
            if not getattr(self, name).strip():
                raise BadInput(name, getattr(self, name), "a sentence")


def discover() -> dict[str, Figure]:
    """Return every figure of the room by id, in alphabetical order.

    >>> all(name == figure.id for name, figure in discover().items())
    True
    """
    import figures

    found: dict[str, Figure] = {}
    for module in pkgutil.iter_modules(figures.__path__):
        if module.name.startswith("_"):
            continue
        figure = getattr(importlib.import_module(f"figures.{module.name}"), "FIGURE", None)
        if figure is None:
            continue
        if figure.id in found:
            raise BadInput("figure id", figure.id, "an id that no other figure has")
        found[figure.id] = figure
    return dict(sorted(found.items()))


def find(name: str) -> Figure:
    """Return the figure with an id; an unknown one is answered with the nearest.

    >>> find("nothing")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    groundwork.errors.BadInput: figure = 'nothing': allowed is the id of a figure; ...
    """
    known = discover()
    if name not in known:
        raise BadInput("figure", name, "the id of a figure", suggestion(name, known))
    return known[name]
