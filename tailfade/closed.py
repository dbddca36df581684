"""Which quantity of theory/ is the mean of which metric of which loop: the front door's own little table."""

from __future__ import annotations

from typing import Any

import numpy as np

from groundwork.errors import BadInput

__all__ = ["closed_form"]

GAUSSIAN = {
    "w2": "gaussian.w2_mean",
    "mean_square_error": "gaussian.mean_mse",
    "variance": "gaussian.variance_mean",
    "sd": "gaussian.sd_mean",
    "log_sd": "gaussian.log_sd_mean",
}
DISCRETE = {
    "heterozygosity": "discrete.heterozygosity_mean",
    "surviving_symbols": "discrete.symbols_mean",
    "entropy": "discrete.entropy_mean",
    "collapsed": "discrete.collapse_probability",
}


def closed_form(process: Any, workflow: Any, metric: str, n: int, generations: int) -> list[float | None]:
    """Return the exact mean of the metric at each generation, None where theory/ does not have it."""
    from theory.quantity import find

    found = _request(process, _workflow_name(workflow), metric, n)
    nothing: list[float | None] = [None] * generations
    if found is None:
        return nothing
    name, params = found
    try:
        quantity = find(name)
        return [float(quantity.evaluate(params | {"g": g})) for g in range(1, generations + 1)]
    except BadInput:
        # The quantity exists, but not for this workflow or at this size: the column stays empty.
        return nothing


def _request(process: Any, workflow: str | None, metric: str, n: int) -> tuple[str, dict[str, Any]] | None:
    if workflow is None:
        return None
    if process.name == "gaussian" and process.d == 1 and process.lam == 1.0 and metric in GAUSSIAN:
        sigma = float(np.sqrt(process.cov[0, 0]))
        params: dict[str, Any] = {"n": n, "sigma": sigma, "estimator": process.estimator}
        if metric == "log_sd":
            return (GAUSSIAN[metric], params) if workflow == "replace" else None
        return GAUSSIAN[metric], params | {"workflow": workflow}
    if process.name == "wright_fisher" and metric in DISCRETE:
        params = {"n": n, "p": process.p.tolist()}
        if metric == "heterozygosity":
            params["workflow"] = workflow
        elif workflow != "replace":
            return None
        return DISCRETE[metric], params
    if process.name == "linear" and metric == "excess_risk" and not process.min_norm and process.ridge == 0.0:
        params = {
            "n": n,
            "d": process.d,
            "sigma": process.sigma,
            "design": process.design,
            "workflow": workflow,
        }
        return "linear.risk", params
    return None


def _workflow_name(workflow: Any) -> str | None:
    """Return theory's word for a workflow, None if it has none."""
    if workflow.name in ("replace", "accumulate"):
        return workflow.name
    if workflow.name != "subsample" or workflow.inner.name != "accumulate":
        return None
    if workflow.size is not None or workflow.share is not None or workflow.whole_first == workflow.replacement:
        return None
    return "subsample_replacement" if workflow.replacement else "subsample"
