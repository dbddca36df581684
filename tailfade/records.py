"""Reading records in a notebook: ``load`` gives xarray."""

from __future__ import annotations

import json
import os
import pathlib
from typing import TYPE_CHECKING, Any

import numpy as np

from groundwork.errors import BadInput, MissingExtra

if TYPE_CHECKING:
    import xarray

__all__ = ["load"]


def load(folder: str | os.PathLike[str]) -> xarray.Dataset:
    """Return the record of a run as an xarray Dataset over ``generation``, its manifest in the attributes.

    Variables are count, lost, mean, standard_error, median, min, max and, where theory has it, closed_form.
    """
    try:
        import xarray
    except ModuleNotFoundError:
        raise MissingExtra("xarray", "results") from None
    path = pathlib.Path(folder)
    if not (path / "record.json").is_file():
        raise BadInput("folder", str(folder), "the folder of a record: one with record.json in it")
    record: dict[str, Any] = json.loads((path / "record.json").read_text())
    rows = record["rows"]
    with np.load(path / "summary.npz", allow_pickle=False) as arrays:
        count, m2 = arrays["count"], arrays["m2"]
        variance = np.divide(m2, count - 1, out=np.full_like(m2, np.nan), where=count > 1)
        columns = {name: arrays[name] for name in ("count", "lost", "mean", "min", "max")}
    columns["standard_error"] = np.sqrt(variance / np.maximum(count, 1))
    for name in ("median", "closed_form"):
        columns[name] = np.array([np.nan if row[name] is None else row[name] for row in rows])
    return xarray.Dataset(
        {name: ("generation", values) for name, values in columns.items()},
        coords={"generation": [row["generation"] for row in rows]},
        attrs={
            "title": record["title"],
            "metric": record["metric"],
            "manifest": json.dumps(record["manifest"]),
        },
    )
