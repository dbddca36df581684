"""The journal of ``tailfade verify``: what was found answers for the very same question, and for no other."""

from __future__ import annotations

import json
import math
import pathlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tailfade.gathering
from groundwork.errors import BadInput
from paper_checks import _sources
from paper_checks._claim import Check
from paper_checks._evidence import Evidence
from paper_checks._journal import Journal
from paper_checks._mutants import Blind, Equivalent, Kill, MutantReport
from paper_checks._outcome import Outcome, Status
from paper_checks._pack import pack, unpack
from tailfade.gathering import scaled
from tests.inprocess import Desk
from tests.test_verdict_examine import LAW, MEAN, second_moment

COINS = '''
"""Two coins of nobody; where they are thrown, a line is left in a file."""

import os
import pathlib

import numpy as np

import SIDE
from paper_checks._claim import Check, Claim, Source
from paper_checks._licence import Binary, Variance
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity

CALLS = pathlib.Path(__file__).resolve().parents[1] / "calls"


def sampler(name):
    def made(seed, point):
        with CALLS.open("a") as calls:
            calls.write(name + "\\n")
        if os.environ.get("STOP") == name:
            raise KeyboardInterrupt
        if os.environ.get("FAIL") == name:
            raise OSError("the disk is full")
        if os.environ.get("EDIT") == name:
            pathlib.Path(__file__).write_text(pathlib.Path(__file__).read_text() + "# edited\\n")
        return lambda ids: np.random.default_rng(seed).random(2**17)[ids] ** (1 / point["power"])

    return made


def check(name, power, value):
    return Check(id=name, estimand="E U^(1/power)", licence=Variance(of=0.09, because="it lies in [0, 1]"),
                 value=lambda p: value, sampler=sampler(name), points=({"power": power},), delta=0.04, budget=2**17,
                 mutants=(Mutant(name="x 1.1", value=lambda p: 1.1 * value),
                          Mutant(name="same", value=lambda p: value, equivalent="the same number", killed_by="x/y")),
                 blind={"spread": "other2000.claim/law"})


CLAIMS = (
    Claim(id="nobody1900.heads", source=Source(document="nobody1900", where="p. 1"), says="1/2", relation="equal",
          domain={"power": (1, None)}, expected="HOLDS",
          checks=(check("first", 1, CONSTANT), check("second", 2, 2 / 3)),
          proofs=(Identity(statement="1 = 1", sides=lambda: (SIDE.ONE, 1)),)),
)
'''


class Bench(Desk):
    """A desk with the two coins, and a helper module beside their package."""

    def coins(self, constant: str = "0.5", one: str = "1") -> None:
        side = f"side_{self.package}"
        (self.folder / f"{side}.py").write_text(f"ONE = {one}\n")
        self.write(COINS.replace("SIDE", side).replace("CONSTANT", constant))
        self.forget(side)

    def thrown(self) -> list[str]:
        """Return which coins were thrown since the last call."""
        file = self.folder / "calls"
        calls = sorted(set(file.read_text().split())) if file.exists() else []
        file.unlink(missing_ok=True)
        return calls

    def verify(self, *words: str) -> tuple[int, Any]:
        """Run verify and return the exit code with the document, if there is one."""
        answer = self("verify", *words, "--json")
        return answer.code, json.loads(answer.out) if answer.out else answer.err


BOTH = ["first", "second"]
EVIDENCE = ["proofs", *BOTH]
JOURNAL = pathlib.Path("build", "verify", "journal.jsonl")


def rooms(folder: pathlib.Path) -> pathlib.Path:
    """Return a folder with one file in each room."""
    for room in _sources.ROOMS:
        (folder / room / "deep").mkdir(parents=True)
        (folder / room / "deep" / "file.py").write_text("ONE = 1\n")
    return folder


@pytest.fixture
def bench(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bench:
    """Return a bench with the coins on it, on which nobody edits the rooms while a test runs."""
    monkeypatch.setattr(_sources, "ROOT", rooms(tmp_path / "rooms"))
    made = Bench(tmp_path, monkeypatch, capsys)
    made.coins()
    return made


def timeless(document: Any) -> Any:
    """Return a report without its wall time and without the field that says what was at hand."""
    (row,) = document["verdicts"]
    manifest = {name: value for name, value in document["manifest"].items() if name not in ("wall_seconds", "argv")}
    return document | {"manifest": manifest, "verdicts": [row | {"reused": None}]}


def reused(document: Any) -> list[str]:
    return document["verdicts"][0]["reused"]


def test_a_second_run_throws_no_coin_and_gives_the_same_report(bench: Bench) -> None:
    code, first = bench.verify()
    assert (code, bench.thrown(), reused(first)) == (0, BOTH, [])
    assert first["verdicts"][0]["finding"] == "HOLDS"
    written = json.loads(pathlib.Path("build/verify/report.json").read_text())
    bench.forget()
    code, second = bench.verify()
    assert (code, bench.thrown(), reused(second)) == (0, [], EVIDENCE)
    assert timeless(second) == timeless(first)
    assert timeless(json.loads(pathlib.Path("build/verify/report.json").read_text())) == timeless(written)
    digests = first["verdicts"][0]["evidence"]
    assert sorted(digests) == sorted(EVIDENCE)
    assert all(len(each) == 64 for each in digests.values())

    code, third = bench.verify("--fresh")
    assert (code, bench.thrown(), reused(third)) == (0, BOTH, [])
    assert third["verdicts"][0]["evidence"] == digests


def test_what_has_changed_is_never_answered_from_the_journal(bench: Bench) -> None:
    assert bench.verify()[0] == 0
    bench.thrown()
    bench.coins(constant="0.6")
    code, document = bench.verify()
    assert (code, bench.thrown(), reused(document)) == (1, BOTH, [])
    bench.coins(one="2")
    code, document = bench.verify()
    assert (code, bench.thrown(), reused(document)) == (1, BOTH, [])
    assert document["verdicts"][0]["finding"] == "REFUTED"
    bench.coins()
    code, document = bench.verify()
    assert (code, bench.thrown(), reused(document)) == (0, [], EVIDENCE)
    for words in (["--budget", "quick"], ["--resolution", "3%"], ["--fresh-seeds"]):
        assert bench.verify(*words)[0] == 0
        assert bench.thrown() == BOTH


def test_every_file_of_every_room_is_a_source(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert all((_sources.ROOT / room / "__init__.py").exists() for room in _sources.ROOMS)
    assert {"paper_checks", "sims", "theory"} <= set(_sources.ROOMS)
    monkeypatch.setattr(_sources, "ROOT", rooms(tmp_path))
    seen = [_sources.source_digest()]
    for room in _sources.ROOMS:
        (tmp_path / room / "deep" / "file.py").write_text("ONE = 2\n")
        seen.append(_sources.source_digest())
        (tmp_path / room / "table.csv").write_text("1")
        seen.append(_sources.source_digest())
    assert len(set(seen)) == len(seen)
    (tmp_path / "theory" / "__pycache__").mkdir()
    (tmp_path / "theory" / "__pycache__" / "file.pyc").write_bytes(b"1")
    assert _sources.source_digest() == seen[-1]


def test_a_source_that_changes_under_the_run_leaves_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDIT", "first")
    assert bench.verify()[0] == 0
    assert len(JOURNAL.read_bytes().splitlines()) == 1


def test_an_interrupted_run_goes_on(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = bench.verify("--resume")
    assert (code, said.count("\n")) == (2, 1)
    assert "evidence of this very run" in said
    monkeypatch.setenv("STOP", "second")
    code, said = bench.verify()
    assert (code, bench.thrown()) == (130, BOTH)
    assert said.count("\n") == 1
    assert "--resume goes on" in said
    assert not pathlib.Path("build/verify/report.json").exists()
    monkeypatch.delenv("STOP")
    code, document = bench.verify("--resume")
    assert (code, bench.thrown(), reused(document)) == (0, ["second"], EVIDENCE[:2])
    code, said = bench.verify("--resume", "--fresh")
    assert (code, bench.thrown()) == (2, [])
    assert "without --fresh" in said


def test_an_error_is_not_kept(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIL", "second")
    code, document = bench.verify()
    assert code == 4
    assert document["verdicts"][0]["reason"].startswith("sampling failed: OSError: the disk is full")
    monkeypatch.delenv("FAIL")
    bench.thrown()
    code, document = bench.verify()
    assert (code, bench.thrown(), reused(document)) == (0, ["second"], EVIDENCE[:2])


def test_torn_and_altered_lines_are_dropped(bench: Bench) -> None:
    _, first = bench.verify()
    whole = JOURNAL.read_bytes()
    lines = whole.splitlines(keepends=True)
    torn = len(whole) - len(lines[-1]) // 2
    altered = lines[0] + lines[1].replace(b"0x1.", b"0x2.", 1) + lines[2]
    assert altered != whole
    for damaged, again, kept in [
        (whole[:torn], ["second"], ["proofs", "first"]),
        (whole[:-1], ["second"], ["proofs", "first"]),
        (altered, ["first"], ["proofs", "second"]),
        (b"{}\n\xff\n" + whole, [], EVIDENCE),
        (b"", BOTH, []),
    ]:
        JOURNAL.write_bytes(damaged)
        bench.thrown()
        code, document = bench.verify()
        assert (code, bench.thrown(), reused(document)) == (0, again, kept)
        assert document["verdicts"][0]["evidence"] == first["verdicts"][0]["evidence"]
        code, document = bench.verify()
        assert (code, bench.thrown(), reused(document)) == (0, [], EVIDENCE)


def test_no_altered_byte_is_believed(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "journal.jsonl"
    journal = Journal(file)
    journal.recall(journal.key("a"), lambda: [STEP])
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        kept = journal._read(journal.key("a"))
        assert kept is None or kept.evidence == (STEP,)


def test_two_writers_share_a_file(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "deep" / "journal.jsonl"
    one, two = Journal(file), Journal(file)
    steps = {name: [STEP, replace(STEP, detail=name)] for name in ("a", "b", "c")}
    for journal, name in ((one, "a"), (two, "b"), (one, "c"), (two, "a")):
        journal.recall(journal.key(name), lambda name=name: steps[name])
    third = Journal(file)
    for name, evidence in steps.items():
        kept = third.recall(third.key(name), list)
        assert (list(kept.evidence), kept.reused) == (evidence, True)
    assert one.recall(one.key("a"), list).reused


STEP = Evidence(statement="1 = 1", kind="identity", answer="shown", grade="proved", tool="x", seconds=0.1)
REPORT = MutantReport(
    killed=(Kill("x 1.1", "n = 3", 4096, 0.1), Kill("y", "", 0, None)),
    below=(Blind("z", -1e-9, None),),
    equivalent=(Equivalent("w", "the same", "a/b"),),
    survived=("v",),
)


@given(x=st.floats(), y=st.floats(allow_nan=False), name=st.text(), count=st.integers())
def test_evidence_comes_back_to_the_bit(x: float, y: float, name: str, count: int) -> None:
    outcome = Outcome(
        status=Status.UNDECIDED, licence=name, alpha=y, looks_planned=count, gap=x, power=0.99, mutants=REPORT,
        point={"n": 3, "p": (0.1, y), "w": [name, None, True]}, seconds=y,
    )  # fmt: skip
    back = unpack(json.loads(json.dumps(pack(outcome))))
    assert repr(back) == repr(outcome)
    assert type(back.status) is Status
    assert math.copysign(1, back.alpha) == math.copysign(1, y)


def test_what_is_no_evidence_is_not_kept(tmp_path: pathlib.Path) -> None:
    for strange in (object(), b"bytes", {1, 2}, 1j):
        with pytest.raises(TypeError):
            pack(strange)
    file = tmp_path / "journal.jsonl"
    journal = Journal(file)
    odd: Any = replace(STEP, tool=bytes(1))
    assert journal.recall(journal.key("odd"), lambda: [odd]).evidence == (odd,)
    assert not file.exists()


def designed(check: Check) -> int:
    """Return the paths that a check needs for its precision at all its points."""
    tests: Any = [
        check.licence.test(second_moment(point), point, alpha=1e-8, delta=check.delta, looks=check.looks)
        for point in check.points
    ]
    return max(test.design.paths for test in tests)


@pytest.mark.parametrize("asked", [0.003, 0.0051, 0.0099, 0.02, 0.05])
def test_the_budget_grows_with_the_resolution_that_is_asked_for(asked: float) -> None:
    tight = replace(MEAN, budget=designed(MEAN))
    check = scaled(tight, 1.0, asked)
    last = check.looks.last(check.budget)
    assert (check.delta, last is None) == (asked, False)
    assert designed(check) <= check.budget == check.looks.paths(last or 0)
    assert check.budget <= 4 * designed(check)


def test_a_law_has_no_relative_resolution() -> None:
    assert scaled(LAW, 4.0, 0.001) == scaled(LAW, 4.0)


def test_a_resolution_is_reached_or_exit_3(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    code, document = bench.verify("--resolution", "3 %")
    row = document["verdicts"][0]
    assert (code, document["resolution"]) == (0, 0.03)
    assert row["resolution"] <= 0.03
    assert row["command"].startswith("tailfade verify nobody1900.heads --budget standard --resolution 0.03 --package")
    monkeypatch.setattr(tailfade.gathering, "MOST_PATHS", 2**13)
    code, document = bench.verify("--resolution", "0.03")
    assert (code, document["verdicts"][0]["finding"]) == (3, "UNDECIDED")
    assert document["verdicts"][0]["words"].startswith("UNDECIDED at resolution ")


@pytest.mark.parametrize("asked", ["0", "1", "100%", "-1%", "nan", "half", ""])
def test_a_resolution_that_is_none_is_refused(bench: Bench, asked: str) -> None:
    code, said = bench.verify("--resolution", asked)
    assert (code, said.count("\n")) == (2, 1)
    assert "0.5% or 0.005" in said
    with pytest.raises(BadInput, match="resolution"):
        tailfade.gathering.Gathering(["nobody1900"], resolution=2.0, package=bench.package)


def test_each_claim_is_said_as_it_finishes(bench: Bench) -> None:
    answer = bench("verify")
    assert answer.err.startswith("nobody1900.heads: HOLDS at resolution ")
    assert answer.err.rstrip().endswith("s)")
    assert bench("verify").err.rstrip().endswith("(from the journal)")
