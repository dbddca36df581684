"""Counts and other one-parameter families refitted by their mean: extinction, absorption, one product law."""

from theory.counting.bernoulli import (
    bernoulli_absorption_time,
    bernoulli_fixation_at_one,
    bernoulli_heterozygosity,
)
from theory.counting.branching import (
    poisson_extinction,
    poisson_mean_alive,
    poisson_variance,
    poisson_w,
    poisson_w_lower,
    poisson_w_upper,
)
from theory.counting.families import nef_mse, nef_mse_limit, nef_ratio_limit, nef_variance_ratio

__all__ = [
    "bernoulli_absorption_time",
    "bernoulli_fixation_at_one",
    "bernoulli_heterozygosity",
    "nef_mse",
    "nef_mse_limit",
    "nef_ratio_limit",
    "nef_variance_ratio",
    "poisson_extinction",
    "poisson_mean_alive",
    "poisson_variance",
    "poisson_w",
    "poisson_w_lower",
    "poisson_w_upper",
]
