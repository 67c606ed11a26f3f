"""Training rows as machines see them: scaled, and projected on their principal components.

Both are fitted on the training rows. The leaky reading fits them once on everything, tested rows
included, so that its effect can be shown; only vectors of tested rows are ever seen, never labels.
"""

from typing import Any, Literal, NamedTuple

import numpy as np
from jaxtyping import Float

from affekt.models import Samples, Vectors
from affekt.models._linear import scaling

SQUARE = 2_000  # features whose covariance costs less than random projection, and is exact
FittedOn = Literal["train", "everything"]
FITTED_ON = "rows that scaling and components see; `everything` shows what the leak would gain"


class View(NamedTuple):
    """Training rows as the machines see them, and the affine map that any row goes through."""

    directions: Float[np.ndarray, "feature component"]
    offset: Float[np.ndarray, " component"]
    points: Float[np.ndarray, "image component"]
    facts: dict[str, Any]


class Axes(NamedTuple):
    """Directions to project on, and what they keep."""

    directions: Float[np.ndarray, "feature component"]
    facts: dict[str, Any]


def basis(train: Samples, fitted_on: FittedOn) -> Vectors:
    """Give the rows that what needs no label is fitted on."""
    if fitted_on == "train":
        return train.vectors
    if train.everything is None:
        raise ValueError("fitted_on 'everything': the samples carry no `Samples.everything`")
    return train.everything


def leak(fitted_on: FittedOn) -> dict[str, Any]:
    """Give what is told of a fit that saw tested rows; nothing of one that did not."""
    return {} if fitted_on == "train" else {"fitted_on": fitted_on}


def view(
    train: Samples,
    *,
    components: int | None,
    standardise: bool,
    fitted_on: FittedOn,
    seed: int,
) -> View:
    """Scale the training rows and project them; ``components`` of None keeps every feature."""
    rows = basis(train, fitted_on)
    scale = scaling(rows, standardise=standardise)
    scaled = scale.of(rows)
    axes = axes_of(scaled, components, seed)
    own = scaled if fitted_on == "train" else scale.of(train.vectors)
    directions = axes.directions / scale.deviation[:, None]
    facts = {**axes.facts, **leak(fitted_on)}
    return View(directions, -scale.mean @ directions, own @ axes.directions, facts)


def axes_of(scaled: Vectors, components: int | None, seed: int) -> Axes:
    """Give the directions to project on, and what they keep."""
    from affekt.models import _solvers

    rows, features = scaled.shape
    if components is None:
        return Axes(np.eye(features), {"components": features, "variance_kept": 1.0})
    kept = min(components, features, max(rows - 1, 1))
    facts: dict[str, Any] = {"components": kept, "components_wanted": components}
    if not scaled.any():
        return Axes(np.eye(features)[:, :kept], {**facts, "variance_kept": 1.0})
    by_covariance = rows > 4 * features  # of features, which is small against the rows then
    is_drawn = 10 * kept <= min(rows, features) and not (by_covariance and features <= SQUARE)
    solver: _solvers.Solver = "randomized" if is_drawn else "full"
    if by_covariance and not is_drawn:
        solver = "covariance_eigh"
    facts["components_solver"] = "randomised" if is_drawn else "exact"
    found = _solvers.components(scaled, kept, solver, seed=seed)
    share = found.share if rows > 1 else 1.0
    return Axes(found.directions, {**facts, "variance_kept": round(share, 6)})
