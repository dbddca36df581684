"""A Gaussian refitted to its own samples: mean, spread, distances, and the rates of their decay."""

from theory.gaussian.biased import (
    biased_sampling_mean_mse,
    biased_sampling_variance_mean,
    biased_sampling_w2_mean,
)
from theory.gaussian.centre import marginal_variance, mean_fourth_moment, mean_mse
from theory.gaussian.determinant import det_mean_ratio, logdet_mean
from theory.gaussian.directions import lyapunov_exponent, w2_leading, w2_lower_bound
from theory.gaussian.kl import kl_fit_true, kl_true_fit
from theory.gaussian.logs import chernoff_exponent, log_sd_mean, log_sd_variance, sd_tail
from theory.gaussian.mixed import (
    augmentation_mean_mse,
    augmentation_variance_mean,
    fresh_effective_sample,
    fresh_mean_mse,
    fresh_variance_limit,
    fresh_variance_mean,
)
from theory.gaussian.resting import resting_mean_abs, resting_tail_constant, resting_w2_median
from theory.gaussian.resting_law import resting_mean_tail
from theory.gaussian.spread import sd_mean, variance_mean, variance_mean_limit, variance_square_mean
from theory.gaussian.w2 import w2_covariance_term, w2_mean, w2_variance
from theory.gaussian.w2_limits import w2_mean_plane_one_fit, w2_mean_power_limit

__all__ = [
    "augmentation_mean_mse",
    "augmentation_variance_mean",
    "biased_sampling_mean_mse",
    "biased_sampling_variance_mean",
    "biased_sampling_w2_mean",
    "chernoff_exponent",
    "det_mean_ratio",
    "fresh_effective_sample",
    "fresh_mean_mse",
    "fresh_variance_limit",
    "fresh_variance_mean",
    "kl_fit_true",
    "kl_true_fit",
    "log_sd_mean",
    "log_sd_variance",
    "logdet_mean",
    "lyapunov_exponent",
    "marginal_variance",
    "mean_fourth_moment",
    "mean_mse",
    "resting_mean_abs",
    "resting_mean_tail",
    "resting_tail_constant",
    "resting_w2_median",
    "sd_mean",
    "sd_tail",
    "variance_mean",
    "variance_mean_limit",
    "variance_square_mean",
    "w2_covariance_term",
    "w2_leading",
    "w2_lower_bound",
    "w2_mean",
    "w2_mean_plane_one_fit",
    "w2_mean_power_limit",
    "w2_variance",
]
