"""Bartlett's factor: the exact marginal laws of a Wishart matrix, its moments, and raw data as a witness."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special

from groundwork.errors import BadInput
from sims.samplers.chi_square import chi_square_table
from sims.samplers.wishart import bartlett, bartlett_dofs
from tests.test_samplers_laws import (
    P_LEAST,
    Z_MOST,
    assert_same_bits_in_any_lane,
    draws,
    ks_p,
    mean_z,
    rng_of,
    two_sample_p,
)

SIZES = [(1, 1), (3, 3), (8, 3), (12, 5), (30, 4), (120, 6)]


def chi_square_cdf(dof):
    return lambda x: special.gammainc(dof / 2, x / 2)


def factors(name, nu, d, size=100_000):
    rows = chi_square_table(bartlett_dofs(nu, d))
    return draws(f"{name} {nu} {d}", size, bartlett, rows)


@pytest.mark.parametrize(("nu", "d"), SIZES)
def test_the_factor_is_lower_triangular_with_a_positive_diagonal(nu, d):
    A = factors("shape", nu, d, 256)
    np.testing.assert_array_equal(A, np.tril(A))
    assert (np.diagonal(A, axis1=1, axis2=2) > 0).all()
    assert (A[:, *np.tril_indices(d)] != 0).all()


@pytest.mark.parametrize(("nu", "d"), SIZES)
def test_the_marginal_laws_of_the_matrix_are_exact(nu, d):
    # u'Wu/u'u ~ chi-square of nu, u'u/(u'W^-1 u) of nu - d + 1, tr W of nu d; the first entry and the last
    # tell A A' from A' A.
    A = factors("marginal", nu, d)
    u = rng_of("direction").standard_normal(d)
    for direction in (u, np.eye(d)[0], np.eye(d)[-1]):
        Au = direction @ A
        assert ks_p((Au**2).sum(1) / (direction @ direction), chi_square_cdf(nu)) > P_LEAST
        solved = np.linalg.solve(A, np.broadcast_to(direction[:, None], (A.shape[0], d, 1)))[..., 0]
        inverse = (direction @ direction) / (solved**2).sum(1)
        assert ks_p(inverse, chi_square_cdf(nu - d + 1)) > P_LEAST
    assert ks_p((A**2).sum((1, 2)), chi_square_cdf(nu * d)) > P_LEAST


@pytest.mark.parametrize(("nu", "d"), SIZES)
def test_all_first_and_second_moments_are_those_of_the_wishart_law(nu, d):
    A = factors("moments", nu, d)
    W = A @ A.transpose(0, 2, 1)
    kinds = {"mean": (nu, 2 * nu), "cross": (0.0, nu)}
    for i in range(d):
        for j in range(i + 1):
            mean, variance = kinds["mean" if i == j else "cross"]
            assert abs(mean_z(W[:, i, j], mean, variance)) < Z_MOST
    log_det = 2 * np.log(np.diagonal(A, axis1=1, axis2=2)).sum(1)
    halves = (nu - np.arange(d)) / 2
    mean = (special.digamma(halves) + np.log(2)).sum()
    assert abs(mean_z(log_det, mean, special.polygamma(1, halves).sum())) < Z_MOST


def test_the_entries_of_the_factor_are_uncorrelated():
    A = factors("independent", 40, 4)
    entries = np.concatenate([A, A**2], axis=0)[:, *np.tril_indices(4)]
    for half in np.split(entries, 2):
        off = np.abs(np.corrcoef(half.T) - np.eye(10)).max()
        assert off < 5.7 / np.sqrt(100_000)


@pytest.mark.parametrize(("n", "d"), [(8, 3), (40, 2)])
def test_the_matrix_has_the_law_of_the_scatter_of_raw_data(n, d):
    A = factors("literal", n - 1, d, 40_000)
    W = A @ A.transpose(0, 2, 1)
    x = rng_of(f"literal {n} {d}").standard_normal((40_000, n, d))
    x -= x.mean(axis=1, keepdims=True)
    V = x.transpose(0, 2, 1) @ x
    for one, other in (
        (np.linalg.det(W), np.linalg.det(V)),
        (W[:, 1, 0], V[:, 1, 0]),
        (np.linalg.eigvalsh(W)[:, -1], np.linalg.eigvalsh(V)[:, -1]),
        (np.linalg.eigvalsh(W)[:, 0], np.linalg.eigvalsh(V)[:, 0]),
    ):
        assert two_sample_p(one, other) > P_LEAST


@pytest.mark.parametrize(("nu", "d"), [(5, 3), (12, 6), (60, 10)])
def test_the_lane_and_the_width_of_a_block_change_no_bit(nu, d):
    rows = chi_square_table(bartlett_dofs(nu, d))
    assert_same_bits_in_any_lane(lambda key: bartlett(key, rows))


def test_a_singular_wishart_is_refused():
    with pytest.raises(BadInput, match="nu"):
        bartlett_dofs(2, 3)
    with pytest.raises(BadInput, match="d = 0"):
        bartlett_dofs(2, 0)
    assert jnp.isfinite(chi_square_table(bartlett_dofs(8.5, 1)).coefficients).all()
