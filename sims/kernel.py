"""The compiled program: up to ``CHUNK`` generations of a tile of paths, one path a lane.

Lanes never meet inside it (no reduction across lanes, no batch-dependent order within one), the tile has a fixed
shape, and each device runs the same tile program on its own lanes: that is why a path's bits depend on the root
and its seed id and on nothing else.
"""

from __future__ import annotations

import collections
import functools
from typing import Any

import jax
import jax.numpy as jnp
from jax.sharding import PartitionSpec
from jaxtyping import Array, Bool, Int

from sims.corpus import add_batch, add_statistic, empty, fit_samples, fit_statistics, newest
from sims.keys import Purpose, draw_key, path_keys
from sims.plan import CHUNK
from sims.process import Layout, Process, Size
from sims.trees import bytes_of
from sims.workflow import Workflow

__all__ = ["LANES", "TRACES", "begin", "lanes_per_device", "run_chunk"]

#: Tiles are as wide as a share of the cache allows: wide ones amortise dispatch, narrow ones stay in it.
LANES = (4096, 2048, 1024, 512, 256)
TILE_BYTES = 4 * 2**20

#: How often each road was traced: a new number must not add to it.
TRACES: collections.Counter[str] = collections.Counter()


def begin(
    process: Process,
    workflow: Workflow,
    layout: Layout,
    path: Array,
    tables: Any,
    first: Array,
    start_rows: Array,
) -> tuple[Any, Any, Any]:
    """Return the world, the model (or chain state) and the corpus of one path before generation 1."""
    size = Size(start_rows, tables, first, layout.rows, layout.road in ("samples", "moments"))
    world = process.init(draw_key(path, 0, Purpose.WORLD), size)
    truth = process.truth(world)
    if layout.road == "chain":
        return world, process.enter(draw_key(path, 1, Purpose.STEP), world, size), ()
    key = draw_key(path, 0, Purpose.SAMPLE)
    if layout.road == "law":
        item = jax.eval_shape(lambda: process.law(key, world, truth, size))
    else:
        item = jax.eval_shape(lambda: process.sample(key, world, truth, layout.rows))
        if layout.road == "moments":
            batch = item
            weight = jax.ShapeDtypeStruct((layout.rows,), jnp.float64)
            item = jax.eval_shape(lambda rows, each: process.moments(world, rows, each), batch, weight)
    return world, truth, empty(item, layout.slots)


def _batch(
    process: Process, workflow: Workflow, layout: Layout, path: Array, world: Any, theta: Any, corpus: Any, g: Array,
    sizes: Int[Array, 2],
) -> Any:  # fmt: skip
    """Return the rows that enter the corpus of one path at generation g."""
    key = draw_key(path, g, Purpose.SAMPLE)
    made = process.sample(key, world, theta, layout.rows)
    if layout.real:
        real = process.sample(draw_key(path, g, Purpose.REAL), world, process.truth(world), layout.rows)
        made = _select(jnp.arange(layout.rows) < sizes[0], made, real)
    if workflow.rewrites:
        old = newest(corpus, workflow, g)
        live = jnp.arange(layout.rows) < jnp.sum(sizes)
        chosen = workflow.rewrite(draw_key(path, g, Purpose.REWRITE), g, live)
        edited = _select(chosen, process.relabel(key, world, theta, old), old)
        made = _select(jnp.broadcast_to(g == 1, (layout.rows,)), made, edited)
    return made


def _select(chosen: Bool[Array, " rows"], yes: Any, no: Any) -> Any:
    return jax.tree.map(lambda a, b: jnp.where(chosen.reshape(-1, *[1] * (a.ndim - 1)), a, b), yes, no)


def _generation(
    process: Process, workflow: Workflow, layout: Layout, tables: Any, path: Array, world: Any, theta: Any, corpus: Any,
    g: Array, sizes: Int[Array, 2], which: Int[Array, 2],
) -> tuple[Any, Any]:  # fmt: skip
    """Return model and corpus of one path after generation g."""
    model_size = Size(sizes[0], tables, which[0], layout.rows, layout.road in ("samples", "moments"))
    if layout.road == "chain":
        # Generation 1 was made when the chain was entered; g is no lane's own, so this stays a branch.
        key = draw_key(path, g, Purpose.STEP)
        return jax.lax.cond(g == 1, lambda: theta, lambda: process.step(key, world, theta, model_size)), corpus

    total = jnp.sum(sizes)
    if layout.road == "law":
        item = process.law(draw_key(path, g, Purpose.LAW), world, theta, model_size)
        if layout.real:
            real_size = Size(sizes[1], tables, which[1], layout.rows, False)
            real = process.law(draw_key(path, g, Purpose.REAL_LAW), world, process.truth(world), real_size)
            both = jax.tree.map(lambda a, b: jnp.stack([a, b]), item, real)
            item = process.merge(both, jnp.ones(2))
    else:
        item = _batch(process, workflow, layout, path, world, theta, corpus, g, sizes)
        if layout.road == "samples":
            corpus = add_batch(corpus, workflow, g, item, total)
            return fit_samples(process, workflow, layout, path, world, corpus, g, theta), corpus
        present = jnp.where(jnp.arange(layout.rows) < total, 1.0, 0.0)
        item = process.moments(world, item, present)
    if layout.folded:
        corpus = add_statistic(process, corpus, workflow, g, item, total)
    else:
        corpus = add_batch(corpus, workflow, g, item, total)
    return fit_statistics(process, workflow, layout, path, world, corpus, g, theta), corpus


def _tile(
    layout: Layout, metric: Any, process: Process, workflow: Workflow, tables: Any, first: Array, collector: Any,
    root: Array, ids: Int[Array, " lanes"], counted: Bool[Array, " lanes"], state: Any, start: Array, steps: Array,
    sizes: Int[Array, "C 2"], which: Int[Array, "C 2"],
) -> tuple[Any, Any]:  # fmt: skip
    """Return the state of a tile after ``steps`` more generations and what was collected of them."""
    TRACES[layout.road] += 1
    paths = path_keys(root, ids)
    if state is None:
        opening = functools.partial(begin, process, workflow, layout)
        state = jax.vmap(opening, in_axes=(0, None, None, None))(paths, tables, first, jnp.sum(sizes[0]))
    world, theta, corpus = state
    one = functools.partial(_generation, process, workflow, layout, tables)
    every = jax.vmap(one, in_axes=(0, 0, 0, 0, None, None, None))

    def measure(world: Any, theta: Any, size: Any) -> Any:
        model = process.read(world, theta, size) if layout.road == "chain" else theta
        return jnp.asarray(metric(world, model)).astype(jnp.float64)

    def size_of(i: Array) -> Size:
        return Size(sizes[i, 0], tables, which[i, 0], layout.rows, False)

    def body(i: Array, carry: Any) -> Any:
        theta, corpus, out = carry
        theta, corpus = every(paths, world, theta, corpus, start + i + 1, sizes[i], which[i])
        value = jax.vmap(measure, in_axes=(0, 0, None))(world, theta, size_of(i))
        return theta, corpus, collector.store(out, i, value, counted)

    shape = jax.eval_shape(jax.vmap(measure, in_axes=(0, 0, None)), world, theta, size_of(jnp.asarray(0)))
    carry = (theta, corpus, collector.start(shape, CHUNK))
    theta, corpus, out = jax.lax.fori_loop(0, steps, body, carry)
    return (world, theta, corpus), out


@functools.partial(jax.jit, static_argnames=("layout", "metric", "mesh"), donate_argnames=("state",))
def run_chunk(
    layout: Layout, metric: Any, mesh: Any, process: Process, workflow: Workflow, tables: Any, first: Array,
    collector: Any, root: Array, ids: Int[Array, " lanes"], counted: Bool[Array, " lanes"], state: Any, start: Array,
    steps: Array, sizes: Int[Array, "C 2"], which: Int[Array, "C 2"],
) -> tuple[Any, Any]:  # fmt: skip
    """Return state and collection of a tile on every device of the mesh, the lanes split among them."""
    lanes, whole = PartitionSpec("seeds"), PartitionSpec()
    program = jax.shard_map(
        functools.partial(_tile, layout, metric),
        mesh=mesh,
        in_specs=(*[whole] * 6, lanes, lanes, lanes, *[whole] * 4),
        out_specs=(lanes, PartitionSpec(None, "seeds")),
        check_vma=False,
    )
    return program(process, workflow, tables, first, collector, root, ids, counted, state, start, steps, sizes, which)


def lanes_per_device(process: Process, workflow: Workflow, layout: Layout, tables: Any, root: Array) -> tuple[int, int]:
    """Return the width of a tile, the widest whose state and rows stay within ``TILE_BYTES``, and its bytes."""
    opening = functools.partial(begin, process, workflow, layout)
    world, theta, corpus = jax.eval_shape(opening, root, tables, jnp.asarray(0), jnp.asarray(1))
    each = bytes_of((world, theta, corpus))
    if layout.road in ("samples", "moments"):
        batch = jax.eval_shape(lambda w, t: process.sample(root, w, t, layout.rows), world, process.truth(world))
        each += 3 * bytes_of(batch) + 2 * bytes_of(corpus)
    lanes = next((lanes for lanes in LANES if lanes * each <= TILE_BYTES), LANES[-1])
    return lanes, lanes * each
