"""Figures as data: found without a list, drawn from records that are run once, told apart by the loop they hold."""

from __future__ import annotations

import json
import pathlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from figures._figure import Figure, Record, Run, discover, find
from figures._marks import pulls, simulated
from groundwork.errors import BadInput
from paper_checks._discovery import claims
from tailfade.drawing import draw

SMALL = Run(process="gaussian", metric="log_sd", n=10, generations=4, seeds=300, kind="paths")


def plain(plt: Any, records: Any) -> Any:
    figure, axes = plt.subplots()
    axes.plot(records["paths"]["values"].mean(axis=0))
    return figure


SKETCH = Figure(
    id="a-sketch", title="A sketch", caption="One line.", source="nobody", draw=plain, runs={"paths": SMALL}
)


def test_a_record_is_run_once_and_again_for_another_loop(tmp_path: pathlib.Path) -> None:
    told: list[str] = []
    picture = draw(SKETCH, tmp_path, told=told.append)
    first = picture.read_bytes()
    assert picture.with_suffix(".svg").is_file()
    assert picture.with_suffix(".pdf").is_file()
    assert len(told) == 1
    assert draw(SKETCH, tmp_path, told=told.append).read_bytes() == first
    assert len(told) == 1
    wider = replace(SKETCH, runs={"paths": replace(SMALL, n=11)})
    assert draw(wider, tmp_path, told=told.append).read_bytes() != first
    assert len(told) == 2
    words = json.loads((picture.parent / "figure.json").read_text())
    assert words["caption"] == "One line."
    assert words["runs"]["paths"]["n"] == 11


def test_an_interrupted_record_is_run_again(tmp_path: pathlib.Path) -> None:
    told: list[str] = []
    draw(SKETCH, tmp_path, told=told.append)
    (tmp_path / "a-sketch" / "paths" / "run.json").unlink()
    draw(SKETCH, tmp_path, told=told.append)
    assert len(told) == 2


def test_kept_generations_are_those_of_the_paths(tmp_path: pathlib.Path) -> None:
    draw(SKETCH, tmp_path)
    whole = Record.read(tmp_path / "a-sketch" / "paths")
    draw(replace(SKETCH, runs={"paths": replace(SMALL, keep=(2, 4))}), tmp_path)
    part = Record.read(tmp_path / "a-sketch" / "paths")
    np.testing.assert_array_equal(part["values"], whole["values"][:, [1, 3]])
    np.testing.assert_array_equal(part["kept"], [2, 4])


def test_every_figure_names_claims_that_exist() -> None:
    known = claims()
    for name, figure in discover().items():
        assert set(figure.claims) <= set(known), name


@pytest.mark.slow
@pytest.mark.parametrize("name", list(discover()))
def test_every_figure_draws(name: str, tmp_path: pathlib.Path) -> None:
    picture = draw(find(name), tmp_path, seeds=300)
    assert picture.stat().st_size > 10_000


def test_pulls_and_points_are_those_of_the_record() -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    rows = [
        {"generation": g, "mean": 1.0 * g, "median": 1.0, "closed_form": 1.0, "normal_enough": g < 3} for g in (1, 2, 3)
    ]
    arrays = {"count": np.array([100] * 3), "m2": np.array([99.0] * 3)}
    from figures._figure import _columns

    record = Record({"rows": rows, "title": "t"}, arrays | _columns({"rows": rows}, arrays))
    np.testing.assert_allclose(record["pull"], [0, 10, 20])
    np.testing.assert_allclose(record["half"], 0.3)
    figure, axes = plt.subplots()
    simulated(axes, record, colour="k")
    assert [line.get_label() for line in axes.containers] == ["mean", "mean, heavy tail"]
    pulls(axes, (record, "k"))
    assert axes.get_ylim()[1] == pytest.approx(23)
    plt.close(figure)
    with pytest.raises(BadInput, match="array = 'men'"):
        record["men"]


@pytest.mark.parametrize(
    "call",
    [
        lambda: find("gaussian-rusk"),
        lambda: replace(SMALL, kind="movie"),
        lambda: replace(SMALL, n=0),
        lambda: replace(SMALL, keep=(5,)),
        lambda: replace(SKETCH, id="A sketch"),
        lambda: replace(SKETCH, caption=" "),
        lambda: Record.read(pathlib.Path("nowhere")),
    ],
)
def test_refusals(call: Any) -> None:
    with pytest.raises(BadInput):
        call()
