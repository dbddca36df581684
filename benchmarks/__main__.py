"""Run the benchmarks named on the command line, or all: exit 0, or 1 if a goal is missed, 2 for an unknown name."""

from __future__ import annotations

import importlib
import pathlib
import pkgutil
import sys
from collections.abc import Callable, Sequence

from benchmarks import __path__ as here
from benchmarks.machine import settle

__all__ = ["found", "main"]

ROUNDS = 7
FOLDER = pathlib.Path("build", "bench")


def found() -> dict[str, str]:
    """Return the module of every benchmark by its name: the files that define ``cases``."""
    files = {entry.name: pathlib.Path(here[0], f"{entry.name}.py") for entry in pkgutil.iter_modules(here)}
    return {name: f"benchmarks.{name}" for name, file in files.items() if "\ndef cases(" in file.read_text()}


def main(words: Sequence[str], *, rounds: int = ROUNDS, folder: pathlib.Path = FOLDER) -> int:
    """Measure, print, write ``build/bench/NAME.json``, and return the exit code."""
    known = found()
    unknown = [word for word in words if word not in known]
    if unknown:
        sys.stderr.write(f"benchmarks: no benchmark {unknown[0]!r}; known are {', '.join(known)}\n")
        return 2
    pinned = settle()
    code = 0
    for name in words or known:
        code |= _run(name, importlib.import_module(known[name]).cases, rounds, folder, pinned)
    return code


def _run(name: str, cases: Callable[[], Sequence], rounds: int, folder: pathlib.Path, pinned: bool) -> int:
    from benchmarks import harness, report

    results = []
    for case in cases():
        timing = harness.measure(case, rounds=rounds)
        outcomes = harness.judge(case, timing)
        sys.stdout.write("\n".join(report.lines(case, timing, outcomes)) + "\n\n")
        sys.stdout.flush()
        results.append((case, timing, outcomes))
    report.write(folder, name, report.document(pinned, results))
    return report.exit_code([outcome for _, _, outcomes in results for outcome in outcomes])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
