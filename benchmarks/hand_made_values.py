"""Which values of a feature set go with what people felt, beyond chance: a look behind accuracies.

    affekt new plan.toml --template handmade     # and set `root` to a copy of OASIS
    affekt bench plan.toml
    python -m benchmarks.hand_made_values work

Reads the products of that plan. For each set and scale it prints the greatest correlation of a
single value with the mean rating, how great the greatest of the set is in 19 of 20 draws in which
whole themes exchange their mean ratings, so that the values say nothing, and how many values lie
beyond that. The values that lie farthest beyond it are named. A second table holds the plan's
logistic regression on the values as they are beside the same on their normal scores, which have no
heavy tails; both see training rows only. Vectors of a set that learns in each fold are left out:
they exist in folds only.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Float, Int
from sklearn.preprocessing import QuantileTransformer

from affekt.features import Feature
from affekt.measures import scores
from affekt.models import Samples
from affekt.models.logistic import Logistic
from affekt.parts import find
from affekt.protocols.kfold import KFold
from benchmarks._turns import tell

DRAWS = 1_000
LEVEL = 0.95
NAMED = 4
QUANTILES = 100
PROTOCOL = KFold(n_folds=5, repeats=5, grouped=True, stratified=True, seed=2016)  # the plan's

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
    pictures = pl.read_parquet(_only(products, "load") / "table.parquet").sort("image_id")
    rated = _rated(pictures)
    for scale, ratings in rated.ratings.items():
        between = _of_themes(rated.themes, ratings).var() / ratings.var()
        tell(f"{scale}: share of the variance between {rated.themes.max() + 1} themes",
             f"{between:.2f}")  # fmt: skip
    tell("set, scale", "greatest |r|", "by chance", "beyond", "which")
    sets = [(feature, _values(folder, rated.ids)) for feature, folder in _extracted(products)]
    for feature, values in sets:
        for scale, ratings in rated.ratings.items():
            _tell(feature, scale, values, rated.themes, ratings)

    tell("set", "farthest value", "macro recall", "on normal scores")
    for feature, values in sets:
        told = [_macro_recall(values, pictures, is_scored=one) for one in (False, True)]
        far = np.abs(values - values.mean(axis=0)).max(axis=0)
        deviations = far / np.where(values.std(axis=0) > 0, values.std(axis=0), np.inf)
        tell(feature.kind(), f"{deviations.max():.0f} deviations", *(f"{one:.3f}" for one in told))


def _macro_recall(values: Matrix, pictures: pl.DataFrame, *, is_scored: bool) -> float:
    """Give the mean recall of the labels over all folds."""
    names = tuple(sorted(set(pictures["emotion"])))
    codes = np.array([names.index(one) for one in pictures["emotion"]])
    groups = tuple(pictures["group_id"])
    matrix = np.zeros((len(names), len(names)))
    for fold in PROTOCOL.folds(pictures):
        train, test = values[fold.train], values[fold.test]
        if is_scored:
            ranks = QuantileTransformer(n_quantiles=QUANTILES, output_distribution="normal")
            train, test = ranks.fit_transform(train), ranks.transform(test)
        mine = tuple(groups[row] for row in fold.train)
        samples = Samples(train.astype(np.float32), codes[fold.train], names, mine)
        fitted = Logistic(seed=2016).fit(samples)
        said = fitted.probabilities(test.astype(np.float32))
        matrix += scores.confusion_of(codes[fold.test], said)
    return float(np.mean(scores.recalls(matrix)))


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


def _values(folder: Path, ids: list[str]) -> Matrix:
    vectors = pl.read_parquet(folder / "table.parquet")
    rows = pl.DataFrame({"image_id": ids}).join(vectors, on="image_id", how="left")
    return np.array(rows["vector"].to_list(), float)


def _rated(table: pl.DataFrame) -> Rated:
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
