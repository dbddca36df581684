"""The chi-square sampler: its series by other arithmetic, its draws by the law and by a literal sampler."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from groundwork.errors import BadInput
from sims.samplers.bits import normals
from sims.samplers.chi_square import (
    chi_square,
    chi_square_of,
    chi_square_table,
    log_chi_square_over_dof,
    log_ratio_of,
    row,
)
from sims.samplers.chi_square_series import HALF_WIDTH, REACH, certify, degree_of, series
from sims.samplers.quantiles import chi_square_quantile
from tests.test_samplers_laws import (
    P_LEAST,
    Z_MOST,
    assert_same_bits_in_any_lane,
    draws,
    key_of,
    ks_p,
    mean_z,
    rng_of,
    two_sample_p,
)

LAWS = [1, 2, 3, 5, 8, 8.5, 9, 12, 18, 19, 50, 98.5, 99, 1000, 1e7]
LARGE_LAWS = st.floats(np.nextafter(8.0, 9.0), 2.0**32 - 1)


def one(dof):
    return chi_square_table(float(dof))


@pytest.mark.parametrize("dof", [8.25, 9.0, 19.0, 99.0, 1000.0, 99_999.0, 100_001.0, 1e6])
@pytest.mark.parametrize("z", [-8.3, -4.0, -0.5, 0.0, 1e-9, 2.0, 8.3])
def test_the_quantile_is_right_in_forty_digits(dof, z):
    with mpmath.workdps(40):
        half, tail = mpmath.mpf(dof) / 2, mpmath.ncdf(-abs(mpmath.mpf(z)))
        quantile = float(chi_square_quantile(dof, np.array(z)))
        x = mpmath.mpf(quantile) / 2
        ends = (0, x) if z < 0 else (x, mpmath.inf)
        miss = mpmath.gammainc(half, *ends, regularized=True) - tail
        slope = mpmath.exp((half - 1) * mpmath.log(x) - x - mpmath.loggamma(half))
        assert abs(miss / slope / x) < 2e-15


@given(dof=LARGE_LAWS)
@settings(deadline=None)
def test_every_series_keeps_the_promised_bound(dof):
    assert certify(dof, series(dof)) <= (1e-13 if dof >= 19 else 1e-12)


@given(dof=st.floats(np.nextafter(8.0, 9.0), 1e5))
@settings(deadline=None)
def test_the_series_is_the_inverse_of_the_incomplete_gamma_function(dof):
    z = np.linspace(-REACH, REACH, 333)
    x = dof * np.polynomial.chebyshev.chebval(z / HALF_WIDTH, series(dof)) ** 3 / 2
    tail = np.where(z < 0, special.gammainc(dof / 2, x), special.gammaincc(dof / 2, x))
    # A relative error of x is one of the tail times x f(x)/tail, which is below 9 + 9 sqrt(dof).
    np.testing.assert_allclose(
        tail, special.ndtr(-np.abs(z)), rtol=(1e-13 if dof >= 19 else 1e-12) * 9 * (1 + dof**0.5)
    )


@given(dof=LARGE_LAWS)
@settings(deadline=None)
def test_a_draw_is_the_quantile_of_its_normal(dof):
    z = np.linspace(-REACH, REACH, 333)
    drawn = chi_square_of(one(dof), [jnp.asarray(z)])
    np.testing.assert_allclose(drawn, chi_square_quantile(dof, z), rtol=2e-13 if dof >= 19 else 2e-12)


@pytest.mark.parametrize("dof", [9.0, 30.0, 500.0])
def test_a_series_of_the_wrong_law_or_degree_is_refused(dof):
    with pytest.raises(ArithmeticError, match="degrees of freedom"):
        certify(dof + 1e-9, series(dof))
    with pytest.raises(ArithmeticError, match="degrees of freedom"):
        certify(dof, series(dof)[:9])


@pytest.mark.parametrize("dof", LAWS)
def test_draws_have_the_chi_square_law(dof):
    drawn = draws(f"law {dof}", 200_000, chi_square, one(dof))
    assert ks_p(drawn, lambda x: special.gammainc(dof / 2, x / 2)) > P_LEAST
    assert abs(mean_z(drawn, dof, 2 * dof)) < Z_MOST
    fourth = 12 * dof**2 + 48 * dof
    assert abs(mean_z((drawn - dof) ** 2, 2 * dof, fourth - 4 * dof**2)) < Z_MOST


@pytest.mark.parametrize("dof", LAWS)
def test_logs_have_the_moments_of_the_logarithm(dof):
    drawn = draws(f"log {dof}", 200_000, log_chi_square_over_dof, one(dof))
    mean = special.digamma(dof / 2) - np.log(dof / 2)
    assert abs(mean_z(drawn, mean, special.polygamma(1, dof / 2))) < Z_MOST


@pytest.mark.parametrize("n", [2, 9, 10, 30, 120])
def test_draws_have_the_law_of_a_literal_sum_of_squares(n):
    drawn = draws(f"literal {n}", 100_000, chi_square, one(n - 1))
    literal = rng_of(f"literal {n}").standard_normal((100_000, n)).var(axis=1) * n
    assert two_sample_p(drawn, literal) > P_LEAST


@given(dofs=st.lists(st.integers(1, 8) | LARGE_LAWS, min_size=1, max_size=4), seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=30)
def test_the_logarithm_is_that_of_the_draw(dofs, seed):
    rows = chi_square_table(dofs)
    key = jax.random.key(seed)
    ratio = np.asarray(chi_square(key, rows) / rows.dofs)
    np.testing.assert_allclose(np.log(ratio), log_chi_square_over_dof(key, rows), rtol=0, atol=1e-13)


def test_a_larger_normal_makes_a_larger_chi_square():
    for dof in (8.5, 9, 19, 99, 1e4, 1e9):
        drawn = np.asarray(chi_square_of(one(dof), [jnp.linspace(-REACH, REACH, 2001)]))
        assert (np.diff(drawn) > 0).all()
        assert drawn[0] > 0


def test_no_degree_of_freedom_is_no_spread():
    for rows in (one(0), row(chi_square_table([0, 9]), 0)):
        key = key_of("zero")
        assert chi_square(key, rows) == 0.0
        assert log_chi_square_over_dof(key, rows) == -jnp.inf


def test_the_laws_of_a_mixed_table_are_told_apart():
    rows = chi_square_table([0, 3, 8, 8.5, 40, 400])
    assert (rows.normals, rows.degree, rows.squares) == (8, 48, True)
    drawn = draws("mixed", 200_000, chi_square, rows)
    assert (drawn[:, 0] == 0).all()
    for place, dof in enumerate([3, 8, 8.5, 40, 400], start=1):
        assert ks_p(drawn[:, place], lambda x, dof=dof: special.gammainc(dof / 2, x / 2)) > P_LEAST
    correlation = np.corrcoef(drawn[:, 1:].T) - np.eye(5)
    assert np.abs(correlation).max() < 5.6 / np.sqrt(200_000)


def test_a_draw_does_not_depend_on_the_company_of_its_law():
    z = normals(key_of("company"), 1, (512,))
    alone = jax.jit(jax.vmap(lambda z: chi_square_of(one(99), [z])))(z[0])
    among = jax.jit(jax.vmap(lambda z: chi_square_of(row(chi_square_table([9, 99]), 1), [z])))(z[0])
    np.testing.assert_allclose(among, alone, rtol=2e-15)
    np.testing.assert_array_equal(chi_square_table([9, 99]).coefficients[1, :17], one(99).coefficients)


def test_the_lane_and_the_width_of_a_block_change_no_bit():
    table = chi_square_table([5, 30, 9.5])

    def path(key):
        def step(g, total):
            rows = row(table, g % 3)
            return total + log_ratio_of(rows, normals(jax.random.fold_in(key, g), rows.normals))

        return jax.lax.fori_loop(0, 6, step, 0.0), chi_square(key, one(19)), chi_square(key, table)

    assert_same_bits_in_any_lane(path)


def test_another_law_of_the_same_class_compiles_nothing():
    traces = []

    @jax.jit
    def drawn(key, rows):
        traces.append(rows.degree)
        return chi_square(key, rows)

    for dof in (99, 100.5, 1e6, 20, 98, 9, 18.5, 1, 8):
        drawn(key_of("compile"), one(dof))
    assert traces == [16, 32, 48, 0]
    assert [degree_of(dof) for dof in (99, 98.9, 19, 18.9)] == [16, 32, 32, 48]


@pytest.mark.parametrize("dofs", [-1, 2.5, np.nan, np.inf, 2.0**32, [5, 7.5], []])
def test_degrees_of_freedom_that_have_no_sampler_are_refused(dofs):
    with pytest.raises(BadInput, match="dofs"):
        chi_square_table(dofs)
