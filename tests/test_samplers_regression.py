"""Least squares without data: exact marginal laws, and raw rows put through lstsq as the witness."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh, PartitionSpec
from scipy import special, stats

from sims.samplers.chi_square import chi_square_table
from sims.samplers.regression import fixed_statistic, fresh_statistic, multivariate_t_step, shared_times
from sims.samplers.wishart import bartlett, bartlett_dofs
from tests.test_samplers_laws import P_LEAST, assert_same_bits_in_any_lane, draws, key_of, ks_p, rng_of, two_sample_p

SIZES = [(6, 1), (5, 3), (20, 4), (150, 6)]
SIGMA = 0.7


def setting(n, d):
    """Lopsided on purpose: a lower triangular C, a model and a direction."""
    rng = rng_of(f"setting {n} {d}")
    C = np.tril(rng.standard_normal((d, d))) + np.diag(1.0 + np.arange(d))
    return C, rng.standard_normal(d), rng.standard_normal(d)


def whitener(C):
    return jnp.asarray(np.linalg.inv(C).T)


def literal_rows(name, size, n, C, w):
    rng = rng_of(name)
    X = rng.standard_normal((size, n, w.size)) @ C.T
    return X, X @ w + SIGMA * rng.standard_normal((size, n))


def t_steps(n, d, size=100_000):
    C, w, _ = setting(n, d)
    row = chi_square_table(n - d + 1)
    return draws(f"t {n} {d}", size, multivariate_t_step, jnp.asarray(w), row, whitener(C), SIGMA) - w


def fresh(n, d, size=100_000):
    C, w, _ = setting(n, d)
    rows = chi_square_table(bartlett_dofs(n, d))
    return draws(f"fresh {n} {d}", size, fresh_statistic, jnp.asarray(w), rows, jnp.asarray(C), SIGMA)


def assert_multivariate_t(error, n, C, direction):
    d = C.shape[0]
    nu = n - d + 1
    for u in (direction, np.eye(d)[0], np.eye(d)[-1]):
        scale = SIGMA * np.linalg.norm(np.linalg.solve(C, u))
        assert ks_p(error @ u / scale * np.sqrt(nu), lambda x: special.stdtr(nu, x)) > P_LEAST
    squared = ((error @ C) ** 2).sum(1) / SIGMA**2
    assert ks_p(squared * nu / d, lambda x: special.fdtr(d, nu, x)) > P_LEAST


@pytest.mark.parametrize(("n", "d"), SIZES)
def test_the_replace_step_has_the_multivariate_t_law(n, d):
    C, _, direction = setting(n, d)
    assert_multivariate_t(t_steps(n, d), n, C, direction)


@pytest.mark.parametrize(("n", "d"), [(5, 3), (20, 4)])
def test_the_replace_step_has_the_law_of_least_squares_on_rows(n, d):
    C, w, direction = setting(n, d)
    error = t_steps(n, d, 40_000)
    X, y = literal_rows(f"t {n} {d}", 40_000, n, C, w)
    literal = (np.linalg.pinv(X) @ y[..., None])[..., 0] - w
    for one, other in (
        (error @ direction, literal @ direction),
        (error[:, 0], literal[:, 0]),
        (np.linalg.norm(error, axis=1), np.linalg.norm(literal, axis=1)),
    ):
        assert two_sample_p(one, other) > P_LEAST


@pytest.mark.parametrize(("n", "d"), SIZES)
def test_the_statistic_of_fresh_rows_has_the_laws_that_are_known(n, d):
    C, w, direction = setting(n, d)
    gram, moment = fresh(n, d)
    np.testing.assert_allclose(gram, gram.transpose(0, 2, 1), rtol=0, atol=1e-12 * np.abs(gram).max())
    for u in (direction, np.eye(d)[0], np.eye(d)[-1]):
        along = np.einsum("i,sij,j->s", u, gram, u) / (u @ C @ C.T @ u)
        assert ks_p(along, lambda x: special.gammainc(n / 2, x / 2)) > P_LEAST
    noise = np.linalg.solve(np.linalg.cholesky(gram), (moment - gram @ w)[..., None])[..., 0] / SIGMA
    for i in range(d):
        assert ks_p(noise[:, i], special.ndtr) > P_LEAST
    assert_multivariate_t(np.linalg.solve(gram, moment[..., None])[..., 0] - w, n, C, direction)


@pytest.mark.parametrize(("n", "d"), [(5, 3), (20, 4)])
def test_the_statistic_of_fresh_rows_has_the_law_of_rows(n, d):
    C, w, direction = setting(n, d)
    gram, moment = fresh(n, d, 40_000)
    X, y = literal_rows(f"fresh {n} {d}", 40_000, n, C, w)
    literal_gram, literal_moment = X.transpose(0, 2, 1) @ X, (X.transpose(0, 2, 1) @ y[..., None])[..., 0]
    for one, other in (
        (gram[:, -1, 0], literal_gram[:, -1, 0]),
        (np.linalg.slogdet(gram)[1], np.linalg.slogdet(literal_gram)[1]),
        (moment[:, 0], literal_moment[:, 0]),
        (moment @ direction, literal_moment @ direction),
        (np.linalg.norm(moment, axis=1), np.linalg.norm(literal_moment, axis=1)),
    ):
        assert two_sample_p(one, other) > P_LEAST


@pytest.mark.parametrize("root", ["cholesky", "spectral"])
@pytest.mark.parametrize(("n", "d"), [(2, 3), (20, 4)])
def test_the_statistic_of_kept_rows_is_normal_about_the_labels_of_the_model(n, d, root):
    C, w, direction = setting(n, d)
    X = rng_of("kept").standard_normal((n, d)) @ C.T
    gram = X.T @ X
    values, vectors = np.linalg.eigh(gram)
    if root == "spectral":
        factor = vectors * np.sqrt(np.maximum(values, 0))
    else:
        factor = np.linalg.cholesky(gram + (1e-13 * values[-1] if n < d else 0.0) * np.eye(d))
    moment = draws(f"kept {n} {d} {root}", 100_000, fixed_statistic, jnp.asarray(w), jnp.asarray(factor), SIGMA)
    for u in (direction, np.eye(d)[0], np.eye(d)[-1]):
        z = (moment @ u - u @ gram @ w) / (SIGMA * np.sqrt(u @ gram @ u))
        assert ks_p(z, special.ndtr) > P_LEAST
    if root == "spectral" and n >= d:
        white = (moment - gram @ w) @ vectors / np.sqrt(values) / SIGMA
        assert ks_p((white**2).sum(1), lambda x: stats.chi2.cdf(x, d)) > P_LEAST


def test_without_a_factor_the_rows_are_isotropic():
    key, w = key_of("isotropic"), jnp.array([1.0, -2.0, 0.5])
    rows, row, eye = chi_square_table(bartlett_dofs(9, 3)), chi_square_table(7), jnp.eye(3)
    np.testing.assert_allclose(
        multivariate_t_step(key, w, row, None, SIGMA),
        multivariate_t_step(key, w, row, eye, SIGMA),
        rtol=1e-14,
    )
    for one, other in zip(
        fresh_statistic(key, w, rows, None, SIGMA), fresh_statistic(key, w, rows, eye, SIGMA), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-13)


def test_without_noise_every_statistic_leads_back_to_the_model():
    C, w, _ = setting(20, 4)
    key, w, C = key_of("noiseless"), jnp.asarray(w), jnp.asarray(C)
    np.testing.assert_array_equal(multivariate_t_step(key, w, chi_square_table(17), whitener(C), 0.0), w)
    gram, moment = fresh_statistic(key, w, chi_square_table(bartlett_dofs(20, 4)), C, 0.0)
    np.testing.assert_allclose(jnp.linalg.solve(gram, moment), w, rtol=1e-10)
    np.testing.assert_allclose(fixed_statistic(key, w, C, 0.0), C @ C.T @ w, rtol=1e-12)


def every_statistic(n, d):
    C, w, _ = (jnp.asarray(x) for x in setting(n, d))
    rows, row, white = chi_square_table(bartlett_dofs(n, d)), chi_square_table(n - d + 1), whitener(C)

    def path(key):
        def step(g, w):
            return 0.5 * multivariate_t_step(jax.random.fold_in(key, g), w, row, white, SIGMA)

        late = jax.lax.fori_loop(0, 3, step, w)
        return late, fresh_statistic(key, late, rows, C, SIGMA), fixed_statistic(key, late, C, SIGMA)

    return path


@pytest.mark.parametrize(("n", "d"), [(9, 2), (6, 3), (40, 5), (60, 17), (120, 50)])
def test_the_lane_and_the_width_of_a_block_change_no_bit(n, d):
    assert_same_bits_in_any_lane(every_statistic(n, d))


@pytest.mark.parametrize("d", [3, 8, 10, 17])
def test_a_product_with_a_shared_matrix_has_the_assert_same_bits_in_any_lane(d):
    C, _, _ = setting(99, d)
    rows = chi_square_table(bartlett_dofs(99, d))
    assert_same_bits_in_any_lane(lambda key: shared_times(jnp.asarray(C), bartlett(key, rows)))
    np.testing.assert_allclose(shared_times(jnp.asarray(C), jnp.asarray(C)), C @ C, rtol=1e-13, atol=1e-12)


def test_a_device_more_changes_no_bit():
    path, root = every_statistic(40, 5), key_of("devices")

    def block(ids):
        return jax.vmap(lambda i: path(jax.random.fold_in(root, i)))(ids)

    mesh = Mesh(np.array(jax.devices()), ("paths",))
    spec = PartitionSpec("paths")
    spread = jax.jit(jax.shard_map(block, mesh=mesh, in_specs=spec, out_specs=spec, check_vma=False))
    ids = jnp.arange(512)
    for one, other in zip(jax.tree.leaves(spread(ids)), jax.tree.leaves(jax.jit(block)(ids)), strict=True):
        np.testing.assert_array_equal(one, other)
