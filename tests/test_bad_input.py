"""Bad input at every public entry point: the project's error, naming the parameter, its value and what is allowed."""

# ruff: noqa: E501 (a row of the table is a line)

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import tailfade
from groundwork.errors import BadInput
from sims.catalog import make_process, make_workflow

ROOT = pathlib.Path(__file__).resolve().parents[1]
#: Untyped on purpose: half of the calls below have arguments of a wrong type.
tf: Any = tailfade
NAN, INF = float("nan"), float("inf")


def run(process: Any = None, workflow: Any = None, metric: Any = None, **settings: Any) -> Any:
    """Run a small loop with one thing wrong."""
    process = tf.Gaussian() if process is None else process
    given: dict[str, Any] = {"seeds": 2, "n": 9, "generations": 2} | settings
    return tf.trajectories(process, workflow or tf.Replace(), metric or process.metrics[0], **given)


def moments(**settings: Any) -> Any:
    process = settings.pop("process", tf.Gaussian())
    given: dict[str, Any] = {"seeds": 2, "n": 9, "generations": 2} | settings
    return tf.summary(process, tf.Replace(), process.metrics[0], **given)


#: What is called, and the parameter that the error must name.
TABLE: list[tuple[str, Callable[[], Any], str]] = [
    # counts
    *[(f"n = {n!r}", lambda n=n: run(n=n), "n") for n in (0, -1, 2.0, True, "9", None, NAN, 1 + 0j, [9], 2**31)],
    ("n <= ddof", lambda: run(n=1), "process and workflow"),
    ("n <= d", lambda: run(tf.Gaussian(d=3), n=3), "process and workflow"),
    *[(f"g = {g!r}", lambda g=g: run(generations=g), "generations") for g in (0, -3, 1.0, False, "2", None)],
    *[(f"seeds = {s!r}", lambda s=s: run(seeds=s), "seeds") for s in (0, -1, 1.5, True, "many", [], [1.5], [[1]], [-1])],
    ("seed id 2^32", lambda: run(seeds=[2**32]), "seeds"),
    ("stepped range in a store", lambda: run(seeds=range(0, 9, 2), store="x"), "seeds"),
    ("n past its room", lambda: run(n=65, most_rows=64), "most_rows"),
    ("g past its room", lambda: run(workflow=tf.Accumulate(), generations=9, most_generations=8), "most_generations"),
    ("sizes overflow", lambda: run(workflow=tf.Schedule(tf.Replace(), factor=1e9), generations=9), "Schedule"),
    # roots, devices, roads
    *[(f"root = {r!r}", lambda r=r: run(root=r), "root") for r in (-1, 2**63, 0.5, True, "0")],
    ("an old key", lambda: run(root=jax.random.PRNGKey(0)), "root"),
    ("an array of keys", lambda: run(root=jax.random.split(jax.random.key(0))), "root"),
    *[(f"devices = {d!r}", lambda d=d: run(devices=d), "devices") for d in (0, 99, True, [])],
    ("unknown road", lambda: run(road="sampels"), "road"),
    ("a road without data", lambda: run(workflow=tf.Subsample(), road="law"), "road"),
    ("the chain when accumulating", lambda: run(workflow=tf.Accumulate(), road="chain"), "road"),
    ("block 0", lambda: run(block=0), "block"),
    # what is no process, workflow, metric
    ("a class for a process", lambda: tf.trajectories(tf.Gaussian, tf.Replace(), "w2", seeds=1, n=9, generations=1), "process"),
    ("a string for a process", lambda: tf.trajectories("gaussian", tf.Replace(), "w2", seeds=1, n=9, generations=1), "process"),
    ("a class for a workflow", lambda: run(workflow=tf.Accumulate), "workflow"),
    ("a string for a workflow", lambda: run(workflow="replace"), "workflow"),
    ("an unknown metric", lambda: run(metric="w3"), "metric"),
    ("another process's metric", lambda: run(metric="excess_risk"), "metric"),
    ("a number for a metric", lambda: run(metric=3), "metric"),
    # Gaussian
    *[(f"sigma = {s!r}", lambda s=s: tf.Gaussian(sigma=s), "sigma") for s in (0, -1, NAN, INF, 1e200, "1", True, [1.0], 1j)],
    *[(f"d = {d!r}", lambda d=d: tf.Gaussian(d=d), "d") for d in (0, -1, 1.0, True, "2")],
    *[(f"lam = {v!r}", lambda v=v: tf.Gaussian(lam=v), "lam") for v in (0, -0.5, 1.5, NAN)],
    ("unknown estimator", lambda: tf.Gaussian(estimator="unbiassed"), "estimator"),
    ("mu of a wrong shape", lambda: tf.Gaussian(d=2, mu=[0.0, 1.0, 2.0]), "mu"),
    ("mu that would broadcast", lambda: tf.Gaussian(d=2, mu=[[0.0], [1.0]]), "mu"),
    ("mu with NaN", lambda: tf.Gaussian(d=2, mu=[0.0, NAN]), "mu"),
    ("cov not symmetric", lambda: tf.Gaussian(d=2, cov=[[1, 0.5], [0, 1]]), "cov"),
    ("cov not definite", lambda: tf.Gaussian(d=2, cov=[[1, 2], [2, 1]]), "cov"),
    ("cov singular", lambda: tf.Gaussian(d=2, cov=[[1, 1], [1, 1]]), "cov"),
    ("cov of a wrong size", lambda: tf.Gaussian(d=2, cov=np.eye(3)), "cov"),
    ("cov of objects", lambda: tf.Gaussian(d=2, cov=[[1, "x"], ["x", 1]]), "cov"),
    ("cov complex", lambda: tf.Gaussian(d=2, cov=np.eye(2) * 1j), "cov"),
    ("sigma and cov", lambda: tf.Gaussian(d=2, sigma=2.0, cov=np.eye(2)), "sigma"),
    # WrightFisher
    *[(f"p = {p!r}", lambda p=p: tf.WrightFisher(p), "p")
      for p in ([0.5, 0.6], [1.5, -0.5], [1.0], [], 0.5, [[0.5, 0.5]], [NAN, 1.0], "half", [True, False], None)],
    ("no atoms", lambda: tf.WrightFisher.uniform(0), "atoms"),
    ("one atom", lambda: tf.WrightFisher.uniform(1), "atoms"),
    # Linear
    *[(f"linear d = {d!r}", lambda d=d: tf.Linear(d=d), "d") for d in (0, 2.0, True)],
    *[(f"ridge = {r!r}", lambda r=r: tf.Linear(d=2, ridge=r), "ridge") for r in (-1, NAN, "1")],
    ("noise < 0", lambda: tf.Linear(d=2, sigma=-1), "sigma"),
    ("unknown design", lambda: tf.Linear(d=2, design="fresch"), "design"),
    ("signal of a wrong length", lambda: tf.Linear(d=2, signal=[1.0]), "signal"),
    ("signal that would broadcast", lambda: tf.Linear(d=2, signal=1.0), "signal"),
    ("min_norm with a ridge", lambda: tf.Linear(d=2, ridge=0.1, min_norm=True), "ridge"),
    ("min_norm no truth value", lambda: tf.Linear(d=2, min_norm=1), "min_norm"),
    ("n < d", lambda: run(tf.Linear(d=5), n=4), "process and workflow"),
    ("a later fit with too few rows", lambda: run(tf.Linear(d=5, design="fresh"), tf.Schedule(tf.Replace(), sizes=(50, 3))), "process and workflow"),
    ("a subsample with too few rows", lambda: run(tf.Linear(d=5, design="fresh"), tf.Subsample(size=3), n=50), "process and workflow"),
    ("a later Gaussian fit with one row", lambda: run(workflow=tf.Schedule(tf.Replace(), sizes=(9, 1))), "process and workflow"),
    ("a later infinite mean", lambda: tf.summary(tf.Linear(d=5, design="fresh"), tf.Schedule(tf.Replace(), sizes=(50, 6)), "excess_risk", seeds=2, n=9, generations=2), "metric"),
    ("more rows than memory", lambda: run(n=10**9, road="samples"), "n"),
    ("a window beyond memory", lambda: run(workflow=tf.Window(10**9), road="samples"), "n"),
    ("generations beyond the keys", lambda: run(generations=2**28), "generations"),
    ("an unknown setting", lambda: run(foo=1), "foo"),
    ("a device by name", lambda: run(devices=["cpu"]), "devices"),
    ("a number for a store", lambda: run(store=5), "store"),
    ("a vector for an event", lambda: tf.hitting_times(tf.Location(), tf.Replace(), lambda w, t: jnp.stack([t, t]), seeds=1, n=3, most=2), "event"),
    ("a fixed design that grows", lambda: run(tf.Linear(d=2), tf.Schedule(tf.Accumulate(), sizes=(9, 8))), "process and workflow"),
    ("an infinite mean", lambda: moments(process=tf.Linear(d=5), n=6), "metric"),
    ("Location noise", lambda: tf.Location(sigma=-1), "sigma"),
    # workflows
    *[(f"window {w!r}", lambda w=w: tf.Window(w), "width") for w in (0, 1.0, True)],
    *[(f"rho = {r!r}", lambda r=r: tf.Discount(r), "rho") for r in (-0.1, 1.1, NAN, True)],
    ("weights all zero", lambda: tf.Weighted([[1, 0], [0, 0]]), "matrix"),
    ("weights above the diagonal", lambda: tf.Weighted([[1, 1], [1, 1]]), "matrix"),
    ("negative weights", lambda: tf.Weighted([[1, 0], [-1, 2]]), "matrix"),
    ("weights of a wrong shape", lambda: tf.Weighted([1, 2]), "matrix"),
    ("weights with NaN", lambda: tf.Weighted([[NAN]]), "matrix"),
    ("too few weights", lambda: run(workflow=tf.Weighted([[1.0]]), generations=2), "generations"),
    *[(f"share = {s!r}", lambda s=s: tf.Fresh(tf.Replace(), share=s), "share") for s in (-0.1, 1.5, NAN, "half", True)],
    *[(f"count = {c!r}", lambda c=c: tf.Fresh(tf.Replace(), count=c), "count") for c in (-1, 0.5, True)],
    ("neither share nor count", lambda: tf.Fresh(tf.Replace()), "Fresh"),
    ("share and count", lambda: tf.Fresh(tf.Replace(), share=0.1, count=1), "Fresh"),
    ("Fresh around an edit", lambda: tf.Fresh(tf.Edit(tf.Replace(), count=1), share=0.1), "inner"),
    ("Fresh around a class", lambda: tf.Fresh(tf.Replace, share=0.1), "inner"),
    ("Fresh around nothing", lambda: tf.Fresh(None, share=0.1), "inner"),
    ("FixedReal twice", lambda: tf.FixedReal(tf.FixedReal(tf.Replace())), "inner"),
    ("FixedReal size", lambda: tf.FixedReal(tf.Replace(), size=0), "size"),
    ("Edit too many", lambda: run(workflow=tf.Edit(tf.Replace(), count=10)), "count"),
    ("Edit of a growing set", lambda: run(workflow=tf.Edit(tf.Schedule(tf.Replace(), sizes=(9, 8)), count=1)), "n"),
    ("Edit twice", lambda: tf.Edit(tf.Edit(tf.Replace(), count=1), count=1), "inner"),
    ("Edit nothing said", lambda: tf.Edit(tf.Replace()), "Edit"),
    ("decay", lambda: tf.Edit(tf.Replace(), count=1, decay=1.5), "decay"),
    ("Subsample size", lambda: tf.Subsample(size=0), "size"),
    ("Subsample share 0", lambda: tf.Subsample(share=0), "share"),
    ("Subsample both", lambda: tf.Subsample(size=1, share=0.5), "Subsample"),
    ("Subsample of weights", lambda: tf.Subsample(tf.Discount(0.5)), "inner"),
    ("Subsample of nothing", lambda: run(workflow=tf.Subsample(share=0.01)), "share"),
    ("replacement", lambda: tf.Subsample(replacement="yes"), "replacement"),
    ("Schedule of nothing", lambda: tf.Schedule(tf.Replace()), "Schedule"),
    ("Schedule of two", lambda: tf.Schedule(tf.Replace(), power=1, factor=2), "Schedule"),
    ("Schedule sizes", lambda: tf.Schedule(tf.Replace(), sizes=[]), "sizes"),
    ("Schedule size", lambda: tf.Schedule(tf.Replace(), sizes=[2.5]), "sizes"),
    ("Schedule factor", lambda: tf.Schedule(tf.Replace(), factor=0), "factor"),
    ("no first batch", lambda: run(workflow=tf.Schedule(tf.Replace(), sizes=(0, 9))), "n"),
    # grids, summaries, waiting
    ("grid upside down", lambda: tf.Grid(1, 0), "Grid"),
    ("grid with NaN", lambda: tf.Grid(NAN, 1), "Grid"),
    ("grid without bins", lambda: tf.Grid(0, 1, bins=0), "bins"),
    ("logarithm of 0", lambda: tf.Grid(0, 1, log=True), "low"),
    ("grid of another length", lambda: moments(grid=tf.Grid([0, 0, 0], [1, 1, 1])), "Grid"),
    ("a pair for a grid", lambda: moments(grid=(0, 1)), "grid"),
    ("quantile without a grid", lambda: moments().quantile(0.5), "quantile"),
    ("quantile 2", lambda: moments(grid=tf.Grid(0, 1)).quantile(2), "level"),
    ("interval of level 1", lambda: moments().interval(1), "level"),
    ("waiting for ever", lambda: tf.hitting_times(tf.WrightFisher([0.5, 0.5]), tf.Replace(), "collapsed", seeds=1, n=3, most=0), "most"),
    ("part out of range", lambda: tf.contribute("summary", tf.Gaussian(), tf.Replace(), "w2", part=(2, 2), seeds=1, n=9, generations=1, store="build/none"), "part"),
    ("unknown kind", lambda: tf.contribute("paths", tf.Gaussian(), tf.Replace(), "w2", part=(0, 1), seeds=1, n=9, generations=1, store="build/none"), "kind"),
    # names on the command line
    ("unknown process", lambda: make_process("gausian"), "process"),
    ("unknown parameter", lambda: make_process("gaussian(dim=2)"), "dim"),
    ("missing parameter", lambda: make_process("linear"), "process"),
    ("unknown workflow", lambda: make_workflow("acumulate"), "workflow"),
    ("unknown inner workflow", lambda: make_workflow("fresh(acumulate, share=0.1)"), "workflow"),
    ("code for a workflow", lambda: make_workflow("__import__('os').getcwd()"), "expression"),
    ("deep nesting", lambda: make_workflow("(" * 10_000), "expression"),
    ("an attribute", lambda: make_workflow("replace.name"), "expression"),
    # records and quantities
    ("no record", lambda: tf.load("build/no-such-run"), "folder"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "call", "parameter"), TABLE, ids=[row[0] for row in TABLE])
def test_it_is_refused_in_words(what: str, call: Callable[[], Any], parameter: str) -> None:
    with pytest.raises(BadInput) as caught:
        call()
    error = caught.value
    assert error.parameter == parameter
    sentence = str(error)
    assert "allowed is" in sentence
    assert "\n" not in sentence
    assert len(sentence) < 400


def test_a_suggestion_is_made() -> None:
    with pytest.raises(BadInput, match=r"did you mean accumulate\?"):
        make_workflow("acumulate")
    with pytest.raises(BadInput, match=r"did you mean unbiased\?"):
        tf.Gaussian(estimator="unbiassed")


def test_the_way_out_has_the_numbers() -> None:
    with pytest.raises(BadInput, match=r"Linear\(d=5, n=6\): the mean risk is infinite unless n >= d \+ 2 = 7"):
        moments(process=tf.Linear(d=5), n=6)
    assert np.isnan(moments(process=tf.Linear(d=5), n=6, means=False).mean).all()


def test_without_float64_nothing_starts() -> None:
    script = (
        "from sims.processes.gaussian import Gaussian\n"
        "from sims.workflows.replace import Replace\n"
        "from sims.trajectories import trajectories\n"
        "trajectories(Gaussian(), Replace(), 'w2', seeds=1, n=9, generations=1)\n"
    )
    env = os.environ | {"JAX_ENABLE_X64": "0", "PYTHONPATH": str(ROOT)}
    answer = subprocess.run(
        [sys.executable, "-c", script], env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "BadInput: jax_enable_x64 = False" in answer.stderr


def test_tracers_pass_the_checks() -> None:
    def made(sigma: Any) -> Any:
        return tf.Gaussian(sigma=sigma).cov[0, 0]

    assert jax.jit(made)(jnp.asarray(2.0)) == 4.0


@pytest.mark.parametrize("n", [np.int64(9), np.int32(9), np.uint8(9)])
def test_numpy_integers_are_counts(n: Any) -> None:
    assert run(n=n).shape == (2, 2)
