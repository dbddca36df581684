"""The mean of a corpus, or any linear fit: noise variance 1 per sample, every workflow in closed form."""

from theory.location.real_share import (
    accumulate_fresh_mse,
    fixed_real_mse,
    fixed_real_ratio_limit,
    fresh_real_ratio_limit,
    gain_mse,
    optimal_schedule_mse,
    optimal_weight,
)
from theory.location.schedules import (
    gaussian_process_correlation,
    growth_limit,
    one_at_a_time_limit,
    schedule_mse,
    zeta_pathway_limit,
    zeta_pathway_mse,
)
from theory.location.subsample import (
    subsample_fraction_limit,
    subsample_limit,
    subsample_mse,
    subsample_ratio_limit,
    subsample_replacement_limit,
    subsample_replacement_mse,
    subsample_replacement_ratio_limit,
)
from theory.location.window import window_mse, window_slope

__all__ = [
    "accumulate_fresh_mse",
    "fixed_real_mse",
    "fixed_real_ratio_limit",
    "fresh_real_ratio_limit",
    "gain_mse",
    "gaussian_process_correlation",
    "growth_limit",
    "one_at_a_time_limit",
    "optimal_schedule_mse",
    "optimal_weight",
    "schedule_mse",
    "subsample_fraction_limit",
    "subsample_limit",
    "subsample_mse",
    "subsample_ratio_limit",
    "subsample_replacement_limit",
    "subsample_replacement_mse",
    "subsample_replacement_ratio_limit",
    "window_mse",
    "window_slope",
    "zeta_pathway_limit",
    "zeta_pathway_mse",
]
