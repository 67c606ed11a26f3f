"""Vectors laid out in two dimensions: principal components, then t-SNE.

Its import takes as long as all the rest of a command that only reads a plan, so that the stage
imports this file when it runs.
"""

from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float
from sklearn.manifold import TSNE

from affekt.models import Vectors
from affekt.models._axes import axes_of
from affekt.models._linear import scaling

FEWEST = 5  # points that t-SNE is asked about; fewer are shown by their components alone
SPREAD = 1e-4  # deviation of the first axis at the start, as t-SNE is usually begun
LARGEST_SEED = 2**32 - 1  # that scikit-learn accepts
Flat = Float[np.ndarray, "image 2"]


class How(NamedTuple):
    """Settings of a layout; ``is_large`` asks openTSNE."""

    components: int
    perplexity: float
    standardise: bool
    seed: int
    is_large: bool


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
    perplexity = min(how.perplexity, (len(points) - 1) / 3)
    facts = {**axes.facts, "perplexity": perplexity, "begun_at": "principal components"}
    solve = _by_opentsne if how.is_large else _by_sklearn
    flat, method = solve(points, start / spread * SPREAD, perplexity, how.seed % LARGEST_SEED)
    return Laid(flat, space, {**facts, "method": method})


def _by_sklearn(points: Vectors, start: Flat, perplexity: float, seed: int) -> tuple[Flat, str]:
    machine = TSNE(2, perplexity=perplexity, init=start, random_state=seed, n_jobs=1)
    flat = machine.fit_transform(points).astype(float)
    return flat, f"t-SNE by Barnes and Hut's trees, scikit-learn {version('scikit-learn')}"


def _by_opentsne(points: Vectors, start: Flat, perplexity: float, seed: int) -> tuple[Flat, str]:
    """Interpolate forces on a grid (Linderman et al. 2019, Nature Methods 16)."""
    import openTSNE

    machine = openTSNE.TSNE(
        perplexity=perplexity,
        initialization=start,
        negative_gradient_method="fft",
        neighbors="exact",
        random_state=seed,
        n_jobs=1,
    )
    flat = np.asarray(machine.fit(points), dtype=float)
    return flat, f"t-SNE by interpolation on a grid, openTSNE {version('openTSNE')}"
