"""A run that is killed, torn or interrupted goes on to the bits of one that was not."""

from __future__ import annotations

import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time
from typing import Any

import numpy as np
import pytest

from groundwork.errors import BadInput
from sims.parts import contribute
from sims.processes.gaussian import Gaussian
from sims.streaming import summary
from sims.trajectories import trajectories
from sims.workflows.replace import Replace
from tests.test_bits import ROOT, SIZES, bits, digest, moments, paths

KILLS = 12

WORKER = """
import sys, conftest
from tests.test_bits import moments, paths
paths("gaussian chain", 40_000, store=sys.argv[1] + "/paths", resume=True, block=256)
moments(80_000, store=sys.argv[1] + "/moments", resume=True, block=256)
"""


def finished_blocks(folder: pathlib.Path) -> int:
    return sum(journal.read_bytes().count(b"\n") for journal in folder.glob("*/journal-*.jsonl"))


@pytest.mark.parametrize("kills", [3, pytest.param(KILLS, marks=pytest.mark.slow)])
def test_killed_at_random_moments(kills: int, tmp_path: pathlib.Path) -> None:
    chance = random.Random(0)
    for _ in range(kills):
        before = finished_blocks(tmp_path)
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(tmp_path)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        # Wait until it has written something new, then strike at no moment in particular.
        wanted = before + chance.randint(1, 6)
        while finished_blocks(tmp_path) < wanted and worker.poll() is None:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.03))
        worker.send_signal(signal.SIGKILL)
        assert worker.wait() == -signal.SIGKILL, "the run ended before it could be killed: make it longer"
    assert finished_blocks(tmp_path) >= kills
    resumed = paths("gaussian chain", 40_000, store=tmp_path / "paths", resume=True, block=1000)
    assert digest(resumed) == digest(paths("gaussian chain", 40_000))
    assert bits(moments(80_000, store=tmp_path / "moments", resume=True, block=1024)) == bits(moments(80_000))


def test_torn_lines_and_lost_files_are_computed_again(tmp_path: pathlib.Path) -> None:
    whole = bits(moments(3000))
    moments(3000, store=tmp_path, block=512)
    journal = tmp_path / "journal-0.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    (tmp_path / json.loads(lines[1])["file"]).unlink()
    journal.write_bytes(b"".join(lines[:-1]) + lines[-1][:17])
    assert bits(moments(3000, store=tmp_path, resume=True, block=512)) == whole
    # The line torn above must not have swallowed the one written after it.
    assert bits(moments(3000, store=tmp_path, resume=True, block=512, progress=_refuse)) == whole


def test_a_stored_run_can_grow_and_shrink(tmp_path: pathlib.Path) -> None:
    assert bits(moments(1000, store=tmp_path, resume=True)) == bits(moments(1000))
    assert bits(moments(3000, store=tmp_path, resume=True)) == bits(moments(3000))
    assert bits(moments(1000, store=tmp_path, resume=True)) == bits(moments(1000))
    assert bits(moments(range(512, 1500), store=tmp_path, resume=True)) == bits(moments(range(512, 1500)))


def test_parts_that_run_one_after_the_other_leave_no_hole(tmp_path: pathlib.Path) -> None:
    loop: dict[str, Any] = {"seeds": 3000, "store": tmp_path, "block": 256, **SIZES}
    for index in (0, 1, 2):
        contribute("trajectories", Gaussian(), Replace(), "w2", part=(index, 3), **loop)
    whole = trajectories(Gaussian(), Replace(), "w2", resume=True, progress=_refuse, **loop)
    assert digest(whole) == digest(trajectories(Gaussian(), Replace(), "w2", seeds=3000, **SIZES))


def test_overlapping_summaries_do_not_block_one_another(tmp_path: pathlib.Path) -> None:
    for ids in (range(256, 1024), range(512), range(1024)):
        assert bits(moments(ids, store=tmp_path, resume=True)) == bits(moments(ids))


def test_a_part_of_a_stored_range_can_be_read(tmp_path: pathlib.Path) -> None:
    whole = paths("gaussian chain", 100, store=tmp_path)
    again = paths("gaussian chain", range(40, 100), store=tmp_path, resume=True)
    assert digest(again) == digest(whole[40:])


def test_a_function_written_anew_is_another_run(tmp_path: pathlib.Path) -> None:
    def written(factor: str) -> Any:
        scope: dict[str, Any] = {"__name__": __name__}
        exec(f"def metric(world, theta):\n    return {factor} * theta.mean[0]", scope)
        return scope["metric"]

    trajectories(Gaussian(), Replace(), written("1.0"), seeds=3, store=tmp_path, **SIZES)
    trajectories(Gaussian(), Replace(), written("1.0"), seeds=3, store=tmp_path, resume=True, **SIZES)
    with pytest.raises(BadInput, match="the folder of this very run"):
        trajectories(Gaussian(), Replace(), written("2.0"), seeds=3, store=tmp_path, resume=True, **SIZES)


#: Lines that no run of this project wrote; some name a file that is there.
FOREIGN = [
    b'{"start": "a"}',
    b'{"start": 0, "stop": 9, "file": "../x", "sha256": ""}',
    b'{"start": 0, "stop": 300, "file": "config.json", "sha256": ""}',
    b'{"start": "a", "stop": 300, "file": "config.json", "sha256": ""}',
    b"\xff\xfe",
    b"[]",
]


@pytest.mark.parametrize("line", FOREIGN)
def test_a_foreign_line_in_the_journal_is_passed_over(tmp_path: pathlib.Path, line: bytes) -> None:
    moments(300, store=tmp_path)
    with (tmp_path / "journal-0.jsonl").open("ab") as journal:
        journal.write(line + b"\n")
    assert bits(moments(300, store=tmp_path, resume=True, progress=_refuse)) == bits(moments(300))


def test_a_changed_block_is_refused(tmp_path: pathlib.Path) -> None:
    moments(300, store=tmp_path)
    block = next(tmp_path.glob("block-*.npz"))
    data = bytearray(block.read_bytes())
    data[-30] ^= 1
    block.write_bytes(bytes(data))
    with pytest.raises(BadInput, match="a block as it was written"):
        moments(300, store=tmp_path, resume=True)


def test_another_run_is_refused(tmp_path: pathlib.Path) -> None:
    moments(300, store=tmp_path)
    with pytest.raises(BadInput, match="pass resume=True"):
        moments(300, store=tmp_path)
    with pytest.raises(BadInput, match="the folder of this very run"):
        summary(Gaussian(sigma=2.0), Replace(), "w2", seeds=300, n=17, generations=5, store=tmp_path, resume=True)
    with pytest.raises(BadInput, match="a function with a name of its own"):
        trajectories(Gaussian(), Replace(), lambda w, t: t.mean[0], seeds=3, n=9, generations=2, store=tmp_path / "b")


def test_an_interrupt_keeps_finished_blocks(tmp_path: pathlib.Path) -> None:
    def stop(done: int, total: int) -> None:
        if done >= 1024:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moments(5000, store=tmp_path, block=512, progress=stop)
    assert finished_blocks(tmp_path.parent) >= 2
    assert bits(moments(5000, store=tmp_path, resume=True)) == bits(moments(5000))


def _refuse(done: int, total: int) -> None:
    raise AssertionError(f"computed again: {done} of {total}")


def test_paths_read_back_are_float64(tmp_path: pathlib.Path) -> None:
    assert paths("gaussian chain", 10, store=tmp_path).dtype == np.float64
