"""The table of every process under every workflow: which roads the pair can take, written by hand.

C chain, L law, M moments, S samples. The engine must agree with each entry, refusals included.
"""

from __future__ import annotations

import numpy as np

from sims.processes.exponential_family import ExponentialFamily
from sims.processes.gaussian import Gaussian
from sims.processes.kde import Kde
from sims.processes.labelled_mixture import LabelledMixture
from sims.processes.linear import Linear
from sims.processes.location import Location
from sims.processes.mixture import GaussianMixture
from sims.processes.wright_fisher import WrightFisher
from sims.workflows.accumulate import Accumulate
from sims.workflows.discount import Discount
from sims.workflows.edit import Edit
from sims.workflows.fixed_real import FixedReal
from sims.workflows.fresh import Fresh
from sims.workflows.replace import Replace
from sims.workflows.schedule import Schedule
from sims.workflows.subsample import Subsample
from sims.workflows.weighted import Weighted
from sims.workflows.window import Window

N, GENERATIONS = 12, 4
TRIANGLE = np.tril(1.0 / (1.0 + np.arange(GENERATIONS)[:, None] - np.minimum(*np.indices((GENERATIONS,) * 2))))

PROCESSES = {
    "gaussian": Gaussian(),
    "gaussian plane": Gaussian(d=2, estimator="mle", cov=[[2.0, 0.5], [0.5, 1.0]], lam=0.9),
    "two atoms": WrightFisher([0.3, 0.7]),
    "five atoms": WrightFisher([0.1, 0.15, 0.2, 0.25, 0.3]),
    "fixed": Linear(d=3, cov=[1.0, 2.0, 0.5], signal=[1.0, -1.0, 0.5]),
    "fixed ridge": Linear(d=3, ridge=0.2, signal=[1.0, -1.0, 0.5]),
    "fresh": Linear(d=3, design="fresh", sigma=0.5),
    "fresh ridge": Linear(d=3, design="fresh", ridge=0.1, signal=[1.0, -1.0, 0.5]),
    "location": Location(sigma=2.0),
    "least norm": Linear(d=20, design="fresh", min_norm=True, signal=np.ones(20)),
    "poisson": ExponentialFamily("poisson", mean=3.0),
    "trials": ExponentialFamily("binomial", r=3, mean=1.2),
    "secant": ExponentialFamily("hyperbolic", r=2),
    "labels": LabelledMixture([-1.0, 0.0, 2.0]),
    "no labels": GaussianMixture([-2.0, 2.0], steps=5),
    "kernels": Kde(h=0.5),
}

WORKFLOWS = {
    "replace": Replace(),
    "accumulate": Accumulate(),
    "window": Window(2),
    "discount": Discount(0.7),
    "weighted": Weighted(TRIANGLE),
    "subsample": Subsample(),
    "subsample again": Subsample(replacement=True),
    "subsample share": Subsample(Window(3), share=0.5),
    "fresh share": Fresh(Accumulate(), share=0.25),
    "fresh count": Fresh(Replace(), count=5),
    "real first": Fresh(Schedule(Replace(), sizes=(0, N)), count=5),
    "fixed real": FixedReal(Replace(), size=15),
    "fixed real sum": FixedReal(Discount(0.5)),
    "edit": Edit(Replace(), count=4),
    "edit fading": Edit(Replace(), share=0.5, decay=0.6, fixed=True),
    "growing": Schedule(Accumulate(), factor=1.5),
}

#: Columns as in PROCESSES. A fixed design has the same rows always; its real rows only the samples can tell.
ROADS = {
    "replace": "CLMS CLMS CLMS CLMS CLMS LMS CLMS LMS CLMS MS CLMS CLMS MS CLMS S S",
    "accumulate": "LMS LMS LMS LMS LMS LMS LMS LMS LMS MS LMS LMS MS LMS S S",
    "window": "LMS LMS LMS LMS LMS LMS LMS LMS LMS MS LMS LMS MS LMS S S",
    "discount": "LMS LMS LMS LMS LMS LMS LMS LMS LMS MS LMS LMS MS LMS S S",
    "weighted": "LMS LMS LMS LMS LMS LMS LMS LMS LMS MS LMS LMS MS LMS S S",
    "subsample": "S S S S S S S S S S S S S S S S",
    "subsample again": "S S S S S S S S S S S S S S S S",
    "subsample share": "S S S S S S S S S S S S S S S S",
    "fresh share": "LMS LMS LMS LMS MS MS LMS LMS LMS MS LMS LMS MS LMS S S",
    "fresh count": "LMS LMS LMS LMS MS MS LMS LMS LMS MS LMS LMS MS LMS S S",
    "real first": "LMS LMS LMS LMS - - LMS LMS LMS MS LMS LMS MS LMS S S",
    "fixed real": "LMS LMS LMS LMS - - LMS LMS LMS MS LMS LMS MS LMS S S",
    "fixed real sum": "LMS LMS LMS LMS LMS LMS LMS LMS LMS MS LMS LMS MS LMS S S",
    "edit": "S S S S S S S S S S S S S S S S",
    "edit fading": "S S S S S S S S S S S S S S S S",
    "growing": "LMS LMS LMS LMS - - LMS LMS LMS MS LMS LMS MS LMS S S",
}

LETTERS = {"C": "chain", "L": "law", "M": "moments", "S": "samples"}


def table() -> dict[tuple[str, str], list[str]]:
    """Return the roads of each (process, workflow)."""
    found = {}
    for workflow, row in ROADS.items():
        for process, cell in zip(PROCESSES, row.split(), strict=True):
            found[process, workflow] = [LETTERS[letter] for letter in cell if letter != "-"]
    return found
