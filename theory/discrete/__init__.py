"""A discrete law refitted to its own draws: collapse times, surviving atoms, entropy, lost frequency."""

from theory.discrete.collapse import (
    collapse_probability,
    collapse_time_mean,
    collapse_time_mean_distinct,
    collapse_time_second_moment,
    common_ancestor_time_mean,
    excess_symbols_sum,
)
from theory.discrete.losses import (
    lost_mass_mean,
    lost_symbols_mean,
    real_share_lost_mass_mean,
    real_share_lost_symbols_mean,
    zipf,
)
from theory.discrete.partial import partial_variance, partial_variance_limit
from theory.discrete.survivors import entropy_mean, heterozygosity_mean, loss_probability, symbols_mean

__all__ = [
    "collapse_probability",
    "collapse_time_mean",
    "collapse_time_mean_distinct",
    "collapse_time_second_moment",
    "common_ancestor_time_mean",
    "entropy_mean",
    "excess_symbols_sum",
    "heterozygosity_mean",
    "loss_probability",
    "lost_mass_mean",
    "lost_symbols_mean",
    "partial_variance",
    "partial_variance_limit",
    "real_share_lost_mass_mean",
    "real_share_lost_symbols_mean",
    "symbols_mean",
    "zipf",
]
