"""The report of a run of ``tailfade verify`` as files: JSON for programs, Markdown for people, JUnit for CI."""

from __future__ import annotations

import json
import math
import pathlib
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from tailfade.verification import Report

__all__ = ["JOURNAL", "as_junit", "as_markdown", "write"]

#: The file beside the report that keeps the evidence.
JOURNAL = "journal.jsonl"


def write(report: Report, folder: pathlib.Path) -> None:
    """Write report.json, report.md and junit.xml into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    document = json.dumps(_plain(report.as_dict()), ensure_ascii=False, indent=1, allow_nan=False, default=str)
    (folder / "report.json").write_text(document + "\n", encoding="utf-8")
    (folder / "report.md").write_text(as_markdown(report), encoding="utf-8")
    (folder / "junit.xml").write_text(as_junit(report), encoding="utf-8")


def as_markdown(report: Report) -> str:
    """Return the report in Markdown: a table of all verdicts, then each with its evidence.

    >>> from tailfade.verification import Report
    >>> as_markdown(Report((), "quick")).splitlines()[0]
    '# Verdicts'
    """
    rows = report.rows()
    good = sum(row["as_expected"] for row in rows)
    lines = [
        "# Verdicts",
        "",
        f"{good} of {len(rows)} as expected, budget {report.budget}.",
        "",
        "| claim | verdict | evidence | paths | expected? |",
        "|---|---|---|---:|---|",
    ]
    for row in rows:
        mark = "yes" if row["as_expected"] else "**no**"
        cells = (row["claim"], row["words"], ", ".join(row["grades"]), f"{row['paths']:,}", mark)
        lines.append("| " + " | ".join(cells) + " |")
    for row, verdict in zip(rows, report.verdicts, strict=True):
        lines += ["", f"## {row['claim']}", "", f"{row['words']}. {verdict.conclusion.reason}", ""]
        if row["corrected_formula"]:
            lines += [f"The exact formula: `{row['corrected_formula']}`", ""]
        for step in (*verdict.proofs, *verdict.enumerated):
            lines.append(f"- {step.grade}, {step.answer}: {step.statement} ({step.tool})")
        for name, outcomes in verdict.outcomes.items():
            for outcome in outcomes:
                where = ", ".join(f"{key} = {value}" for key, value in (outcome.point or {}).items())
                lines.append(f"- sampled, {name} at {where}: {outcome.sentence()}")
            lines += _mutants(name, outcomes)
        lines += ["", f"    {row['command']}"]
    return "\n".join(lines) + "\n"


def _mutants(name: str, outcomes: Any) -> list[str]:
    report = outcomes[0].mutants if outcomes else None
    if report is None:
        return []
    killed = len({kill.name for kill in report.killed})
    below = "; ".join(f"{blind.name} needs {blind.wanted_paths} paths" for blind in report.below)
    said = f"- planted errors of {name}: {killed} refuted, {len(report.below)} below the resolution"
    return [said + (f" ({below})" if below else "")]


def as_junit(report: Report) -> str:
    """Return the report as JUnit XML: a test case a claim; not as expected is a failure, an ERROR an error.

    >>> from tailfade.verification import Report
    >>> as_junit(Report((), "quick"))
    '<testsuite name="tailfade verify" tests="0" failures="0" errors="0" />\\n'
    """
    rows = report.rows()
    failures = sum(row["exit_code"] in (1, 3) for row in rows)
    errors = sum(row["exit_code"] == 4 for row in rows)
    counts = {"tests": str(len(rows)), "failures": str(failures), "errors": str(errors)}
    suite = ElementTree.Element("testsuite", {"name": "tailfade verify", **counts})
    for row, verdict in zip(rows, report.verdicts, strict=True):
        paper, _, label = row["claim"].partition(".")
        seconds = sum(max((o.seconds for o in outcomes), default=0.0) for outcomes in verdict.outcomes.values())
        case = ElementTree.SubElement(suite, "testcase", {"classname": paper, "name": label, "time": f"{seconds:.3f}"})
        if row["exit_code"]:
            kind = "error" if row["exit_code"] == 4 else "failure"
            said = ElementTree.SubElement(case, kind, {"message": row["words"]})
            said.text = f"expected {verdict.expected.value}. {verdict.conclusion.reason}\n{row['command']}"
    return ElementTree.tostring(suite, encoding="unicode") + "\n"


def _plain(thing: Any) -> Any:
    if isinstance(thing, dict):
        return {str(key): _plain(value) for key, value in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [_plain(each) for each in thing]
    return None if isinstance(thing, float) and not math.isfinite(thing) else thing
