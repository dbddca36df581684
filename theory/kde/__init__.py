"""A Gaussian kernel density estimate of fixed bandwidth, fitted to its own draws: diffusion against drift."""

from theory.kde.accumulate import (
    accumulate_density,
    accumulate_mean_square,
    accumulate_nll_lower,
    accumulate_within_variance,
)
from theory.kde.replace import replace_marginal_variance, replace_within_variance

__all__ = [
    "accumulate_density",
    "accumulate_mean_square",
    "accumulate_nll_lower",
    "accumulate_within_variance",
    "replace_marginal_variance",
    "replace_within_variance",
]
