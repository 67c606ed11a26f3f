"""Train on some pictures, predict the others: probabilities are kept, scores never."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from jaxtyping import Float

from affekt.errors import AffektError, PartError
from affekt.models import Model, Probabilities, Samples
from affekt.protocols import Fold, Protocol
from affekt.stage import Desk, Outcome, Progress, Stage
from affekt.tables import PICTURES, PREDICTIONS
from affekt.taxonomy import Taxonomy

MOST_OFF = 1e-6  # a row of probabilities may miss 1 by this much


class Predict(Stage):
    """Fit a model on the training rows of each fold and ask it about the test rows."""

    gives = PREDICTIONS
    takes = PICTURES
    conserves = False

    model: Model
    protocol: Protocol
    taxonomy: Taxonomy

    def run(
        self, desk: Desk, pictures: pl.DataFrame, vectors: pl.DataFrame | None = None, **_: Any
    ) -> Outcome:
        if vectors is None:  # a model that looks at nothing needs none
            nothing = pl.lit([], dtype=pl.List(pl.Float32))
            vectors = pictures.select("image_id", vector=nothing)
        seen = pictures.join(vectors, on="image_id").sort("image_id")
        samples = Samples(
            _matrix(seen, _feature(desk.history)),
            self._codes(seen),
            self.taxonomy.names,
            tuple(seen.select(pl.coalesce("group_id", "image_id")).to_series()),
        )
        folds = list(self.protocol.folds(seen.drop("vector")))
        answers, told = [PREDICTIONS.empty()], []
        for number, fold in enumerate(folds):
            answer, facts = self._predict(seen["image_id"], samples, fold)
            answers.append(answer)
            told.append(facts)
            desk.watch(Progress("predict", number + 1, len(folds)))
        notes = {
            "pictures": seen.height,
            "without_features": pictures.height - seen.height,
            "folds": told,
            "emotions": list(self.taxonomy.names),
        }
        return Outcome(pl.concat(answers), notes=notes)

    def _codes(self, seen: pl.DataFrame) -> np.ndarray:
        code_of = {name: code for code, name in enumerate(self.taxonomy.names)}
        strange = sorted(set(seen["emotion"].to_list()) - set(code_of), key=str)
        if strange:
            raise AffektError(
                f"predict: the label {strange[0]!r} is not in the taxonomy {self.taxonomy.name!r}; "
                f"known: {', '.join(code_of)}"
            )
        return np.array([code_of[name] for name in seen["emotion"]], dtype=int)

    def _predict(
        self, ids: pl.Series, samples: Samples, fold: Fold
    ) -> tuple[pl.DataFrame, dict[str, Any]]:
        """Give the predictions of one fold, and what is to be told about it."""
        train = Samples(
            samples.vectors[fold.train],
            samples.codes[fold.train],
            samples.emotions,
            tuple(samples.groups[row] for row in fold.train),
        )
        fitted = self.model.fit(train)
        said = self._checked(fitted.probabilities(samples.vectors[fold.test]), len(fold.test))
        facts = {
            "repeat": fold.repeat,
            "fold": fold.number,
            "train": len(fold.train),
            "test": len(fold.test),
            "note": fold.note,
            "not_trained": _absent(samples, fold.train),
            "not_tested": _absent(samples, fold.test),
            "model": dict(fitted.facts),
        }
        return _table(ids, said, samples.emotions, fold), facts

    def _checked(self, said: Probabilities, rows: int) -> Probabilities:
        wanted = (rows, len(self.taxonomy))
        if said.shape != wanted or not np.isfinite(said).all() or (said < 0).any():
            raise PartError(
                f"model {self.model.kind()!r} gave an array of shape {said.shape}, or values that "
                f"are no probabilities; shape {wanted} and numbers from 0 to 1 are needed"
            )
        if np.abs(said.sum(axis=1) - 1).max(initial=0.0) > MOST_OFF:
            raise PartError(
                f"model {self.model.kind()!r} gave a row of probabilities that sum to "
                f"{said.sum(axis=1).min():g}; 1 is needed; correct the model"
            )
        return said


def _matrix(seen: pl.DataFrame, feature: str) -> Float[np.ndarray, "image feature"]:
    """Give the vectors as one array.

    Raises:
        PartError: They differ in length, or one is not finite.
    """
    lengths = sorted(seen["vector"].list.len().unique())
    if len(lengths) > 1:
        raise PartError(f"feature {feature!r} gave vectors of lengths {lengths}; one is needed")
    flat = seen["vector"].explode(empty_as_null=False).cast(pl.Float32)
    matrix = flat.to_numpy().reshape(seen.height, lengths[0] if lengths else 0)
    broken = np.flatnonzero(~np.isfinite(matrix).all(axis=1))
    if broken.size:
        first = seen.row(int(broken[0]), named=True)
        raise PartError(
            f"feature {feature!r} gave a value that is not finite for {broken.size} pictures, "
            f"first {first['name']!r} ({first['image_id']}); correct it and raise its version"
        )
    return matrix


def _feature(history: tuple[Mapping[str, Any], ...]) -> str:
    """Kind of the feature the vectors come from, as the manifests tell."""
    kinds = [
        str(manifest["recipe"]["feature"]["kind"])
        for manifest in history
        if manifest.get("stage") == "extract"
    ]
    return kinds[-1] if kinds else "unknown"


def _absent(samples: Samples, rows: np.ndarray) -> list[str]:
    there = set(samples.codes[rows].tolist())
    return [name for code, name in enumerate(samples.emotions) if code not in there]


def _table(
    ids: pl.Series, said: Probabilities, emotions: tuple[str, ...], fold: Fold
) -> pl.DataFrame:
    names = ids.gather(fold.test)
    rows = {
        "repeat": [fold.repeat] * said.size,
        "fold": [fold.number] * said.size,
        "image_id": names.gather(np.repeat(np.arange(len(names)), len(emotions))),
        "emotion": list(emotions) * len(names),
        "probability": said.ravel(),
    }
    return pl.DataFrame(rows, schema=PREDICTIONS.types())
