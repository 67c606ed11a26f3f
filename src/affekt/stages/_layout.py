"""Vectors laid out in two dimensions: principal components, then t-SNE or PaCMAP.

Its import takes as long as all the rest of a command that only reads a plan, so that the stage
imports this file when it runs.
"""

import logging
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any, Literal, NamedTuple

import numpy as np
from jaxtyping import Float
from sklearn.manifold import TSNE

from affekt.errors import MissingExtra
from affekt.models import Vectors
from affekt.models._axes import axes_of
from affekt.models._linear import scaling

FEWEST = 5  # points that are laid out; fewer are shown by their components alone
SPREAD = 1e-4  # deviation of the first axis at the start, as t-SNE is usually begun
LARGEST_SEED = 2**32 - 1  # that scikit-learn accepts
LARGEST_SEED_OF_PACMAP = 2**31 - 1  # it counts in 32 bits with a sign
By = Literal["scikit-learn", "openTSNE", "PaCMAP"]
Flat = Float[np.ndarray, "image 2"]


class How(NamedTuple):
    """Settings of a layout; ``by`` names the library."""

    components: int
    perplexity: float
    standardise: bool
    seed: int
    by: By


class Laid(NamedTuple):
    """A map, the scaled vectors that it is to be held against, and how it came about."""

    flat: Flat
    space: Vectors
    facts: dict[str, Any]


def laid_out(vectors: Vectors, how: How) -> Laid:
    """Lay out vectors; very few, those on a line, or all alike, lie where their components are.

    References:
        van der Maaten and Hinton (2008), Visualizing data using t-SNE, Journal of Machine Learning
        Research 9. Begun at the principal components, as in Kobak and Linderman (2021),
        Initialization is critical for preserving global data structure in both t-SNE and UMAP,
        Nature Biotechnology 39.
    """
    if not vectors.size:
        nowhere = np.zeros((len(vectors), 2))
        return Laid(nowhere, vectors.astype(float), {"method": "none: there is nothing to lay out"})
    space = scaling(vectors, standardise=how.standardise).of(vectors)
    axes = axes_of(space, how.components, how.seed)
    points = space @ axes.directions
    start = np.zeros((len(points), 2))
    start[:, : min(2, points.shape[1])] = points[:, :2]
    spread = float(start[:, 0].std())
    if len(points) < FEWEST or points.shape[1] < 2 or not spread > 0:
        return Laid(start, space, {**axes.facts, "method": "principal components alone"})
    done = SOLVERS[how.by](points, start / spread * SPREAD, how)
    facts = {**axes.facts, "begun_at": "principal components", **done.facts}
    return Laid(done.flat, space, facts)


class Done(NamedTuple):
    """Places, and what is to be told of how they were found."""

    flat: Flat
    facts: dict[str, Any]


def _by_sklearn(points: Vectors, start: Flat, how: How) -> Done:
    perplexity = _perplexity(points, how)
    seed = how.seed % LARGEST_SEED
    machine = TSNE(2, perplexity=perplexity, init=start, random_state=seed, n_jobs=1)
    flat = machine.fit_transform(points).astype(float)
    method = f"t-SNE by Barnes and Hut's trees, scikit-learn {version('scikit-learn')}"
    return Done(flat, {"perplexity": perplexity, "method": method})


def _by_opentsne(points: Vectors, start: Flat, how: How) -> Done:
    """Interpolate forces on a grid (Linderman et al. 2019, Nature Methods 16)."""
    import openTSNE

    perplexity = _perplexity(points, how)
    machine = openTSNE.TSNE(
        perplexity=perplexity,
        initialization=start,
        negative_gradient_method="fft",
        neighbors="exact",
        random_state=how.seed % LARGEST_SEED,
        n_jobs=1,
    )
    flat = np.asarray(machine.fit(points), dtype=float)
    method = f"t-SNE by interpolation on a grid, openTSNE {version('openTSNE')}"
    return Done(flat, {"perplexity": perplexity, "method": method})


def _perplexity(points: Vectors, how: How) -> float:
    return min(how.perplexity, (len(points) - 1) / 3)


def _by_pacmap(points: Vectors, start: Flat, how: How) -> Done:
    """Pull near pairs together, hold mid-near ones and push far ones.

    Near pairs are looked for by a graph that may miss some, on one thread; every pair of the other
    two kinds is drawn from the seed and the point's number, so that threads change nothing.

    References:
        Wang, Huang, Rudin and Shaposhnik (2021), Understanding how dimension reduction tools work,
        Journal of Machine Learning Research 22, algorithm 1.
    """
    try:
        import numba
        import pacmap
    except ImportError as trouble:
        raise MissingExtra(
            "a map of method 'quick' needs PaCMAP: pip install 'affekt[quick]', or write "
            'method = "tsne"'
        ) from trouble
    said, threads = logging.getLogger("pacmap.pacmap"), numba.get_num_threads()
    level = said.level
    said.setLevel(logging.ERROR)  # it warns of having been given a seed
    numba.set_num_threads(1)
    try:
        seed = how.seed % LARGEST_SEED_OF_PACMAP
        machine = pacmap.PaCMAP(n_neighbors=None, random_state=seed, apply_pca=False)
        flat = np.asarray(machine.fit_transform(points, init=start), dtype=float)
    finally:
        numba.set_num_threads(threads)
        said.setLevel(level)
    method = f"PaCMAP {version('pacmap')}, {int(machine.n_neighbors)} near pairs a picture"
    return Done(flat, {"method": method})


SOLVERS: Mapping[By, Callable[[Vectors, Flat, How], Done]] = {
    "scikit-learn": _by_sklearn,
    "openTSNE": _by_opentsne,
    "PaCMAP": _by_pacmap,
}
