"""Calibrate the verdict engine and print what it promises beside what it does: ``python -m benchmarks.calibration``.

It is called with the number of replicates (10 000) and names of estimands (all). Exit 0, or 1 where the counts show a
promise of the engine to be broken; the fixed-N tests that stand beside it are expected to fail and decide nothing.
"""

from __future__ import annotations

import json
import pathlib
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.estimands import ESTIMANDS, Estimand
from benchmarks.naive import naive
from benchmarks.rates import ENGINE, Rate, Row, broken, calibrate

__all__ = ["ALPHAS", "as_markdown", "main", "measure", "write"]

ALPHAS = (0.1, 0.01, 0.001)
REPLICATES = 10_000
FOLDER = pathlib.Path("build", "calibration")

#: Paths of the fixed-N tests; a heavy tail costs 250 draws a path, so it is given fewer replicates.
SIZES = (1_000, 10_000)
HEAVY_SHARE = 0.4

HEAD = (
    "estimand",
    "method",
    "paths",
    "alpha",
    "true claim refuted",
    "wrong by",
    "wrong claim refuted",
    "wrong claim passed",
    "in short",
)


def measure(estimand: Estimand, replicates: int, alphas: Sequence[float] = ALPHAS) -> list[Row]:
    """Return the rows of an estimand: the engine's first, then the fixed-N tests at the same alphas and errors."""
    rows = calibrate(estimand, alphas, replicates)
    deltas = {row.alpha: row.delta for row in rows}
    for paths in SIZES:
        scale = HEAVY_SHARE if estimand.name == "heavy tail" else 1.0
        rows += naive(estimand, deltas, paths, max(20, round(scale * replicates * SIZES[0] / paths)))
    return rows


def as_markdown(rows: Iterable[Row]) -> str:
    """Return the table: shares with their 99 % limits (Clopper and Pearson), the worse side of the two wrong claims."""
    lines = ["| " + " | ".join(HEAD) + " |", "|---|---|---:|---:|---:|---:|---:|---:|---|"]
    return "\n".join([*lines, *("| " + " | ".join(_cells(row)) + " |" for row in rows)]) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    found = min(row.found, key=lambda rate: rate.share)
    passed = max(row.passed, key=lambda rate: rate.share)
    return (
        row.estimand,
        row.method,
        f"{row.paths}",
        f"{row.alpha:g}",
        _words(row.refuted),
        f"{100 * row.delta:.1f} %" if row.estimand != "whole law" else f"{row.delta:.3f}",
        _words(found),
        _words(passed),
        _short(row),
    )


def _short(row: Row) -> str:
    """Return what is wrong with a row in a word or two."""
    said = broken(row)
    if row.method == ENGINE:
        return "**broken**" if said else "kept"
    wrong = [
        word for verb, word in (("refutes", "rejects truth"), ("passes", "passes errors")) if verb in " ".join(said)
    ]
    return f"**{' and '.join(wrong)}**" if wrong else "no fault seen"


def _words(rate: Rate) -> str:
    low, high = (f"{100 * limit:.3g}" for limit in (rate.low(0.005), rate.high(0.005)))
    return f"{100 * rate.share:.3g} % [{low}, {high}]"


def write(rows: Sequence[Row], folder: pathlib.Path = FOLDER) -> pathlib.Path:
    """Write calibration.md and calibration.json into a folder, and return the path of the second."""
    from sims.manifest import git_state, versions

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "calibration.md").write_text(as_markdown(rows), encoding="utf-8")
    content: dict[str, Any] = {
        "limits": "99 % two-sided, Clopper and Pearson",
        "versions": versions(),
        "git": git_state(),
        "estimands": {name: estimand.says for name, estimand in ESTIMANDS.items()},
        "rows": [row.as_dict() | {"broken": broken(row)} for row in rows],
    }
    path = folder / "calibration.json"
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    return path


def main(words: Sequence[str], folder: pathlib.Path = FOLDER) -> int:
    """Measure, print, write, and return the exit code; 2 for a word that is neither a number nor an estimand."""
    numbers = [int(word) for word in words if word.isdecimal() and int(word) > 0]
    names = [word for word in words if not word.isdecimal()]
    unknown = [word for word in names if word not in ESTIMANDS]
    if unknown or len(numbers) > 1 or len(numbers) + len(names) < len(words):
        known = ", ".join(repr(name) for name in ESTIMANDS)
        sys.stderr.write(f"calibration: {' '.join(words)}: allowed is a number of replicates and any of {known}\n")
        return 2
    rows: list[Row] = []
    for name in names or ESTIMANDS:
        rows += measure(ESTIMANDS[name], numbers[0] if numbers else REPLICATES)
        sys.stderr.write(f"calibration: {name} done\n")
    path = write(rows, folder)
    sys.stdout.write(as_markdown(rows))
    faults = [(row, said) for row in rows if row.method == ENGINE for said in broken(row)]
    for row, said in faults:
        sys.stderr.write(f"calibration: {row.estimand} at alpha = {row.alpha:g}: {said}\n")
    sys.stderr.write(f"calibration: {path}\n")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
