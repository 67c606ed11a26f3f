"""Train on some pictures, predict the others: the model's answers are kept, scores never."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from pydantic import Field

from affekt.errors import AffektError
from affekt.features import Feature
from affekt.models import Fitted, Model, Ratings, Samples
from affekt.models._linear import on_one_thread
from affekt.protocols import Fold, Protocol
from affekt.stage import Desk, Outcome, Progress, Stage
from affekt.stages import _answers, _encoded, _studied
from affekt.stages._matrix import feature_of, matrix
from affekt.tables import ESTIMATES, PICTURES, PREDICTIONS, Pieces, Schema
from affekt.taxonomy import Taxonomy

Answer = tuple[pl.DataFrame, dict[str, Any]]
LONGEST_NAP = 0.5  # s between two looks whether a fold is done


class Predict(Stage):
    """Fit a model on the training rows of each fold and ask it about the test rows.

    What comes is what the model gives: probabilities of emotions, or estimates of ratings. A model
    of ratings is neither trained on pictures without them nor asked about such. What a fold keeps
    for choices gives the temperature at which the probabilities would suit those rows; the
    predictions stay as they are.
    """

    version = 2
    gives = PREDICTIONS
    takes = PICTURES
    conserves = False

    in_pieces = frozenset({"extract", "both"})
    idle = frozenset({"workers"})

    model: Model
    protocol: Protocol
    taxonomy: Taxonomy
    feature: Feature | None = Field(
        None, description="feature whose learned half is fitted in each fold; null: it has none"
    )

    workers: int = Field(2, ge=1, le=256, description="folds in work at once, one core each")

    def makes(self) -> Schema:
        return self.model.gives

    def run(
        self,
        desk: Desk,
        pictures: pl.DataFrame,
        vectors: pl.DataFrame | Pieces | None = None,
        *studied: pl.DataFrame,
        **_: Any,
    ) -> Outcome:
        given = _encoded.given(vectors, pictures["image_id"])
        shown = given.unread() if self.feature else given.whole()
        seen = pictures.join(shown, on="image_id").sort("image_id")
        rated = self._rated(seen)
        samples = self.samples(rated, feature_of(desk.history))
        folds = list(self.protocol.folds(rated.drop("vector")))
        _studied.check(rated, folds, studied, desk.history)
        if not (self.model.learns or self.model.reads):
            _studied.check_emotions(self.taxonomy.names, desk.history)
        answers, told = [self.makes().empty()], []
        for answer, facts in self._each(given, rated["image_id"], samples, folds):
            answers.append(answer)
            told.append(facts)
            desk.watch(Progress("predict", len(told), len(folds)))
        notes = {
            "pictures": seen.height,
            "without_features": pictures.height - seen.height,
            "without_ratings": seen.height - rated.height,
            "folds": told,
            "emotions": list(self.taxonomy.names),
            "scales": list(samples.scales),
            "is_leaky": self.model.is_leaky,
            **({"is_untrained": True} if self.model.reads else {}),
            "torn_groups": _torn(samples.groups, folds),
            "unreported": _unreported(folds),
        }
        return Outcome(pl.concat(answers), notes=notes)

    def _each(
        self, given: _encoded.Given, ids: pl.Series, samples: Samples, folds: Sequence[Fold]
    ) -> Iterator[Answer]:
        """Give the answers of each fold and what is to be told of it; several are in work."""

        def work(fold: Fold) -> Answer:
            inside = _encoded.inside(self.feature, given, ids, samples, fold)
            answer, facts = self._predict(ids, inside.samples, fold)
            return answer, facts | inside.facts

        # Each fold has one core: libraries that spread over all of them would fight for them.
        workers = 1 if self.model.is_alone else self.workers
        pool, may_wait = ThreadPoolExecutor(workers), True
        try:
            with on_one_thread():
                yield from map(_awaited, [pool.submit(work, fold) for fold in folds])
        except KeyboardInterrupt:
            may_wait = False  # a fold may take minutes, and nobody asks for it any more
            raise
        finally:
            pool.shutdown(may_wait, cancel_futures=True)

    def _rated(self, seen: pl.DataFrame) -> pl.DataFrame:
        """Give the pictures that this model can be asked about."""
        if self.makes() is not ESTIMATES:
            return seen
        rated = seen.filter(pl.col("ratings").list.len() > 0)
        if rated.is_empty() and not seen.is_empty():
            raise AffektError(
                f"predict: the model {self.model.kind()!r} estimates ratings, and this data set "
                "rates no picture; use one that does, such as 'oasis', or a model of emotions"
            )
        return rated

    def samples(self, rated: pl.DataFrame, feature: str) -> Samples:
        """Give vectors, codes and groups of the rows; with ratings where the model estimates them.

        Raises:
            AffektError: A label is not in the taxonomy, or two rows are rated on different scales.
            PartError: Vectors differ in length, or one is not finite.
        """
        samples = Samples(
            matrix(rated, feature),
            self._codes(rated),
            self.taxonomy.names,
            tuple(rated.select(pl.coalesce("group_id", "image_id")).to_series()),
        )
        if self.makes() is not ESTIMATES:
            return samples
        scales, ratings = _ratings(rated)
        return replace(samples, ratings=ratings, scales=scales)

    def _codes(self, seen: pl.DataFrame) -> np.ndarray:
        code_of = {name: code for code, name in enumerate(self.taxonomy.names)}
        strange = sorted(set(seen["emotion"].to_list()) - set(code_of), key=str)
        if strange:
            raise AffektError(
                f"predict: the label {strange[0]!r} is not in the taxonomy {self.taxonomy.name!r}; "
                f"known: {', '.join(code_of)}"
            )
        return np.array([code_of[name] for name in seen["emotion"]], dtype=int)

    def _shown(self, samples: Samples, fold: Fold) -> Samples:
        """Give what the model may see: training rows; a leaky one the vectors of tested rows, too.

        Labels of tested rows are shown to none.
        """
        train = samples.of(fold.train)
        if not self.model.is_leaky:
            return train
        rows = np.union1d(fold.train, fold.test)
        return replace(train, everything=samples.vectors[rows])

    def _predict(self, ids: pl.Series, samples: Samples, fold: Fold) -> Answer:
        """Give the answers of one fold, and what is to be told about it."""
        fitted = self.model.fit(self._shown(samples, fold))
        asked, kept = (
            _answers.Asked(self.model.kind(), fold, ids.gather(rows), samples.vectors[rows])
            for rows in (fold.test, fold.validate)
        )
        answers = (
            _answers.predictions(fitted, asked, samples.emotions)
            if isinstance(fitted, Fitted)
            else _answers.estimates(fitted, asked, samples.scales)
        )
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
        if isinstance(fitted, Fitted) and fold.validate.size:
            codes = samples.codes[fold.validate]
            facts["validate"] = len(codes)
            facts["temperature"] = _answers.temperature(fitted, kept, codes, samples.emotions)
        return answers, facts


def _awaited(future: "Future[Answer]") -> Answer:
    """Give what a fold gives; an interrupt is noticed meanwhile.

    Table engines set handlers of signals after which the system goes on with a wait by itself.
    """
    while not future.done():
        wait((future,), LONGEST_NAP)
    return future.result()


def _torn(groups: Sequence[str], folds: Sequence[Fold]) -> int:
    """Count the groups that are on both sides of a fold."""
    _, of_row = np.unique(np.array(groups, dtype=object), return_inverse=True)
    sides = [np.intersect1d(of_row[fold.train], of_row[fold.test]) for fold in folds]
    return len(np.unique(np.concatenate(sides))) if sides else 0


def _unreported(folds: Sequence[Fold]) -> list[str] | None:
    """Give the emotions that a protocol wants no scores of; None where it does not say."""
    told = [fold.unreported for fold in folds if fold.unreported is not None]
    return sorted({name for names in told for name in names}) if told else None


def _ratings(rated: pl.DataFrame) -> tuple[tuple[str, ...], Ratings]:
    """Give the scales, and the mean rating of each picture on each.

    Raises:
        AffektError: Two pictures are rated on different scales.
    """
    rows = rated["ratings"].to_list()
    scales = tuple(one["scale"] for one in rows[0]) if rows else ()
    for name, row in zip(rated["name"], rows, strict=True):
        if tuple(one["scale"] for one in row) != scales:
            raise AffektError(
                f"predict: {name!r} is rated on {[one['scale'] for one in row]}, others on "
                f"{list(scales)}; all rated pictures need the same scales in the same order"
            )
    means = [[one["mean"] for one in row] for row in rows]
    return scales, np.array(means, dtype=float).reshape(len(rows), len(scales))


def _absent(samples: Samples, rows: np.ndarray) -> list[str]:
    there = set(samples.codes[rows].tolist())
    return [name for code, name in enumerate(samples.emotions) if code not in there]
