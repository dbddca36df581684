"""Time to absorption of two atoms, n = 100 from 1/2: packing the waiting paths against carrying all of them.

Every variant returns the generation at which each path has lost an atom, (S,).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.harness import Case, Goal, Variant, optional

__all__ = ["cases", "early_stop_kernel", "while_loop"]

N, SEEDS, MOST = 100, 8192, 5000


def early_stop_kernel(rng: np.random.Generator, out: np.ndarray, n: int) -> None:
    """Fill the absorption times (S,) path by path; the reference once numba compiles it."""
    for s in range(out.shape[0]):
        count, g = rng.binomial(n, 0.5), 1
        while 0 < count < n:
            count = rng.binomial(n, count / n)
            g += 1
        out[s] = g


def while_loop(n: int, seeds: int) -> Any:
    """Return a call that steps all paths until the last one is absorbed; the draws are those of the engine."""
    import jax
    import jax.numpy as jnp

    from sims.keys import Purpose, draw_key, path_keys, root_key
    from sims.samplers import two_atom_step, two_atom_table

    table = two_atom_table(n)

    @jax.jit
    def run(table: Any, ids: Any) -> Any:
        paths = path_keys(root_key(0), ids)

        def one(path: Any, g: Any, state: Any) -> Any:
            return two_atom_step(draw_key(path, g, Purpose.STEP), table, state)

        step = jax.vmap(one, (0, None, 0))

        def body(carry: Any) -> Any:
            g, state, times = carry
            state = step(paths, g, state)
            ended = (times == 0) & ((state == 0) | (state == table.n))
            return g + 1, state, jnp.where(ended, g, times)

        start = (jnp.asarray(1), jnp.full(seeds, table.n + 1), jnp.zeros(seeds, jnp.int64))
        return jax.lax.while_loop(lambda carry: jnp.any(carry[2] == 0), body, start)[2]

    return lambda: np.asarray(run(table, jnp.arange(seeds)))


def ours(n: int, seeds: int) -> Any:
    """Return a call of ``hitting_times``."""
    from sims.hitting import hitting_times
    from sims.processes.wright_fisher import WrightFisher
    from sims.workflows.replace import Replace

    process = WrightFisher([0.5, 0.5])
    return lambda: hitting_times(process, Replace(), "collapsed", seeds=seeds, n=n, most=MOST)


def cases() -> list[Case]:
    """Return the one comparison."""
    rng = np.random.Generator(np.random.SFC64(0))

    def compiled(numba: Any) -> Any:
        kernel = numba.njit(early_stop_kernel)
        return lambda: kernel(rng, np.empty(SEEDS, np.int64), N)

    return [
        Case(
            f"absorption, two atoms, n={N}",
            "path",
            (
                Variant("while_loop", SEEDS, while_loop(N, SEEDS)),
                optional("numba early stop", SEEDS, "numba", compiled),
                Variant("our hitting_times", SEEDS, ours(N, SEEDS)),
            ),
            (Goal("our hitting_times", "numba early stop", 8), Goal("our hitting_times", "while_loop", 2.5)),
        )
    ]
