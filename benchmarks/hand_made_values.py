"""Which values of a feature set go with what people felt, beyond chance: a look behind accuracies.

    affekt new plan.toml --template handmade     # and set `root` to a copy of OASIS
    affekt bench plan.toml
    python -m benchmarks.hand_made_values work

Reads the products of that plan. For each set and scale it prints the greatest correlation of a
single value with the mean rating, how great the greatest of the set is in 19 of 20 draws in which
whole themes exchange their mean ratings, so that the values say nothing, and how many values lie
beyond that. The values that lie farthest beyond it are named. Vectors of a set that learns in each
fold are left out: they exist in folds only.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Float, Int

from affekt.features import Feature
from affekt.parts import find
from benchmarks._turns import tell

DRAWS = 1_000
LEVEL = 0.95
NAMED = 4

Matrix = Float[np.ndarray, "image value"]
PerImage = Float[np.ndarray, " image"]
PerValue = Float[np.ndarray, " value"]


class Rated(NamedTuple):
    """Rated pictures: their names, the theme of each as a number, and the mean ratings."""

    ids: list[str]
    themes: Int[np.ndarray, " image"]
    ratings: dict[str, PerImage]


def main() -> None:
    """Print one line a set and scale."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("project", type=Path)
    products = words.parse_args().project / "products"
    rated = _rated(_only(products, "load"))
    for scale, ratings in rated.ratings.items():
        between = _of_themes(rated.themes, ratings).var() / ratings.var()
        tell(f"{scale}: share of the variance between {rated.themes.max() + 1} themes",
             f"{between:.2f}")  # fmt: skip
    tell("set, scale", "greatest |r|", "by chance", "beyond", "which")
    for feature, folder in _extracted(products):
        vectors = pl.read_parquet(folder / "table.parquet")
        rows = pl.DataFrame({"image_id": rated.ids}).join(vectors, on="image_id", how="left")
        values = np.array(rows["vector"].to_list(), float)
        for scale, ratings in rated.ratings.items():
            _tell(feature, scale, values, rated.themes, ratings)


def _tell(
    feature: Feature, scale: str, values: Matrix, themes: Int[np.ndarray, " image"], of: PerImage
) -> None:
    found = _correlations(values, of)
    limit = _by_chance(values, themes, of)
    order = np.argsort(-np.abs(found))[:NAMED]
    beyond = [f"{feature.names[at]} {found[at]:+.2f}" for at in order if abs(found[at]) > limit]
    tell(f"{feature.kind()}, {scale}", f"{np.abs(found).max():.3f}", f"{limit:.3f}",
         f"{(np.abs(found) > limit).sum()} of {found.size}", "; ".join(beyond))  # fmt: skip


def _correlations(values: Matrix, ratings: PerImage) -> PerValue:
    """Give Pearson's r of each value; 0 for one that never changes."""
    spread = values.std(axis=0)
    centred = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    correlations: PerValue = centred.T @ ((ratings - ratings.mean()) / ratings.std()) / ratings.size
    return correlations


def _of_themes(themes: Int[np.ndarray, " image"], ratings: PerImage) -> PerImage:
    """Give each picture the mean rating of its theme."""
    means: PerImage = (np.bincount(themes, ratings) / np.bincount(themes))[themes]
    return means


def _by_chance(values: Matrix, themes: Int[np.ndarray, " image"], ratings: PerImage) -> float:
    """Give what the greatest correlation of the set stays below in 19 of 20 draws."""
    means = np.bincount(themes, ratings) / np.bincount(themes)
    inside = ratings - means[themes]
    draw = np.random.default_rng(2016)
    greatest = [
        np.abs(_correlations(values, means[draw.permutation(means.size)][themes] + inside)).max()
        for _ in range(DRAWS)
    ]
    return float(np.quantile(greatest, LEVEL))


def _rated(folder: Path) -> Rated:
    table = pl.read_parquet(folder / "table.parquet").sort("image_id")
    scales = [one["scale"] for one in table["ratings"][0]]
    means = np.array([[one["mean"] for one in row] for row in table["ratings"].to_list()])
    _, themes = np.unique(table["group_id"].to_numpy(), return_inverse=True)
    return Rated(table["image_id"].to_list(), themes, dict(zip(scales, means.T, strict=True)))


def _extracted(products: Path) -> Iterator[tuple[Feature, Path]]:
    """Give the feature sets whose values stand, and where."""
    for folder in sorted(products.glob("extract-*")):
        told = _recipe(folder)["feature"]
        part = find("features", told["kind"])
        settings = {name: value for name, value in told.items() if name in part.model_fields}
        unlearned = {"seed": 0} if "seed" in part.model_fields else {}
        feature = part.model_validate(unlearned | settings)
        if isinstance(feature, Feature) and not feature.is_learned:
            yield feature, folder


def _only(products: Path, stage: str) -> Path:
    (folder,) = products.glob(f"{stage}-*")
    return folder


def _recipe(folder: Path) -> dict[str, Any]:
    recipe: dict[str, Any] = json.loads((folder / "manifest.json").read_text())["recipe"]
    return recipe


if __name__ == "__main__":
    main()
