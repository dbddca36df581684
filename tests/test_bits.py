"""A path is a function of (root, seed id), to the bit: not of its company, order, block, device or process."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import subprocess
import sys
from typing import Any

import jax
import numpy as np
import pytest

from sims.collect import Grid
from sims.hitting import hitting_times
from sims.parts import contribute
from sims.processes.gaussian import Gaussian
from sims.processes.linear import Linear
from sims.processes.wright_fisher import WrightFisher
from sims.streaming import summary
from sims.summary import Summary
from sims.trajectories import trajectories
from sims.workflows.accumulate import Accumulate
from sims.workflows.replace import Replace
from sims.workflows.subsample import Subsample

ROOT = pathlib.Path(__file__).resolve().parents[1]

LOOPS = {
    "gaussian chain": (Gaussian(), Replace(), "w2", "chain"),
    "gaussian literal": (Gaussian(), Accumulate(), "w2", "samples"),
    "gaussian subsample": (Gaussian(d=2), Subsample(), "w2", "samples"),
    "discrete chain": (WrightFisher([0.2, 0.3, 0.5]), Replace(), "entropy", "chain"),
    "regression law": (Linear(d=3, design="fresh"), Accumulate(), "excess_risk", "law"),
    "regression kept": (
        Linear(d=3, cov=[[2.0, 0.8, 0.0], [0.8, 1.0, 0.1], [0.0, 0.1, 1.0]]),
        Accumulate(),
        "excess_risk",
        "law",
    ),
    "regression step": (Linear(d=3, design="fresh", cov=[2.0, 1.0, 0.5]), Replace(), "excess_risk", "chain"),
    "plane law": (Gaussian(d=2, cov=[[2.0, 0.8], [0.8, 1.0]]), Accumulate(), "log_det", "law"),
    "regression literal": (Linear(d=3), Accumulate(), "excess_risk", "samples"),
}
SIZES: dict[str, Any] = {"n": 17, "generations": 5}


def paths(name: str, seeds: Any, **more: Any) -> np.ndarray:
    process, workflow, metric, road = LOOPS[name]
    return trajectories(process, workflow, metric, seeds=seeds, road=road, **SIZES, **more)


def digest(array: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


#: Loops whose programs are the dearest to compile: the long suite runs them.
DEAR = ("gaussian subsample", "plane law")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in DEAR else name for name in LOOPS]
)
def test_company_order_block_and_device_do_not_matter(name: str) -> None:
    whole = paths(name, 10_000)
    shuffled = np.random.default_rng(0).permutation(10_000)[:5000]
    assert digest(paths(name, 1)) == digest(whole[:1])
    assert digest(paths(name, 333)) == digest(whole[:333])
    assert digest(paths(name, range(777, 4999))) == digest(whole[777:4999])
    assert digest(paths(name, shuffled)) == digest(whole[shuffled])
    assert digest(paths(name, 10_000, devices=1)) == digest(whole)
    assert digest(paths(name, 700, devices=[jax.local_devices()[1]])) == digest(whole[:700])


def test_another_root_is_another_path() -> None:
    assert not np.isin(paths("gaussian chain", 300, root=1), paths("gaussian chain", 300)).any()


def test_fewer_generations_are_a_prefix() -> None:
    process, workflow, metric, road = LOOPS["gaussian chain"]
    long = trajectories(process, workflow, metric, seeds=300, n=17, generations=150, road=road)
    for g in (1, 64, 65, 128, 149):
        short = trajectories(process, workflow, metric, seeds=300, n=17, generations=g, road=road)
        assert digest(short) == digest(long[:, :g])


def bits(result: Summary) -> str:
    arrays = [result.count, result.lost, result.mean, result.m2, result.m3, result.m4, result.min, result.max]
    return digest(np.concatenate([array.astype(np.float64).reshape(-1) for array in [*arrays, result.histogram]]))


def moments(seeds: Any, **more: Any) -> Summary:
    return summary(Gaussian(), Replace(), "w2", seeds=seeds, grid=Grid(1e-6, 50, bins=64, log=True), **SIZES, **more)


def test_summaries_do_not_depend_on_block_order_or_device(tmp_path: pathlib.Path) -> None:
    whole = bits(moments(20_000))
    assert bits(moments(20_000, block=256)) == whole
    assert bits(moments(20_000, block=3000)) == whole
    assert bits(moments(20_000, devices=1)) == whole
    assert bits(moments(np.random.default_rng(0).permutation(20_000))) == whole
    assert bits(moments(20_000, store=tmp_path / "a", block=4096)) == whole


def test_a_summary_is_the_moments_of_the_paths() -> None:
    chosen = np.random.default_rng(1).permutation(5000)[:1234]
    values = trajectories(Gaussian(), Replace(), "w2", seeds=chosen, **SIZES)
    result = moments(chosen)
    offset = values - values.mean(0)
    np.testing.assert_allclose(result.mean, values.mean(0), rtol=1e-13)
    for name, power in (("m2", 2), ("m3", 3), ("m4", 4)):
        np.testing.assert_allclose(getattr(result, name), (offset**power).sum(0), rtol=1e-11)
    np.testing.assert_array_equal(result.min, values.min(0))
    np.testing.assert_array_equal(result.max, values.max(0))
    assert result.grid is not None
    assert result.histogram is not None
    edges = result.grid.edges()
    for g in range(SIZES["generations"]):
        counts, _ = np.histogram(values[:, g], edges[g])
        np.testing.assert_array_equal(result.histogram[g, 1:-1], counts)
    assert (result.histogram.sum(1) == 1234).all()
    np.testing.assert_allclose(result.quantile(0.5), np.median(values, axis=0), rtol=0.35)


def test_two_processes_give_the_bits_of_one(tmp_path: pathlib.Path) -> None:
    script = "import sys, conftest\nfrom tests.test_bits import half\nhalf(sys.argv[1], int(sys.argv[2]))\n"
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path), str(part)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        for part in (0, 1)
    ]
    assert [worker.wait(timeout=300) for worker in workers] == [0, 0]
    assert len(list((tmp_path / "moments").glob("journal-*.jsonl"))) == 2
    assert bits(moments(20_000, store=tmp_path / "moments", resume=True, progress=_nothing_left)) == bits(
        moments(20_000)
    )
    again = paths("gaussian literal", 3000, store=tmp_path / "paths", resume=True, progress=_nothing_left)
    assert digest(again) == digest(paths("gaussian literal", 3000))


def half(folder: str, index: int) -> None:
    """Contribute every second block of two stored runs; called in a process of its own."""
    process, workflow, metric, road = LOOPS["gaussian literal"]
    common = {"part": (index, 2), **SIZES}
    grid = Grid(1e-6, 50, bins=64, log=True)
    contribute(
        "summary",
        Gaussian(),
        Replace(),
        "w2",
        seeds=20_000,
        store=f"{folder}/moments",
        grid=grid,
        block=2048,
        **common,
    )
    contribute(
        "trajectories",
        process,
        workflow,
        metric,
        seeds=3000,
        store=f"{folder}/paths",
        road=road,
        block=512,
        **common,
    )


def _nothing_left(done: int, total: int) -> None:
    raise AssertionError(f"computed again: {done} of {total}")


def test_compaction_changes_no_path() -> None:
    process = WrightFisher([0.25, 0.25, 0.5])
    settings: dict[str, Any] = {"n": 20, "road": "chain"}
    times = hitting_times(process, Replace(), "collapsed", seeds=3000, most=400, **settings)
    full = trajectories(process, Replace(), "collapsed", seeds=3000, generations=400, **settings)
    expected = np.where(full.any(1), np.argmax(full, axis=1) + 1, 0)
    np.testing.assert_array_equal(times, expected)


def test_the_stored_config_says_what_ran(tmp_path: pathlib.Path) -> None:
    moments(300, store=tmp_path / "run")
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert config["process"]["class"] == "Gaussian"
    assert config["kind"] == "summary"
