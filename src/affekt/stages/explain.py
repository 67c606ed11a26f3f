"""Explain: which places of a tested picture speak for what was said of it."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple, Self

import numpy as np
import polars as pl
from pydantic import BaseModel, Field, PrivateAttr, model_validator

from affekt.models import Fitted, Model
from affekt.models._linear import FittedLinear
from affekt.models.own import Own
from affekt.nets.efficientnet_lite0 import SIDE_PX, read_weights
from affekt.nets.lite0_names import named_as_published
from affekt.nets.safetensors_file import read_safetensors
from affekt.nets.shuffled import LAYER, Weights
from affekt.pictures.decode import Decoders
from affekt.protocols import Fold, Protocol
from affekt.protocols.holdout import Holdout
from affekt.rank import ranks_of
from affekt.stage import Desk, Outcome, Progress, Stage
from affekt.stages import _studied
from affekt.stages._saliency import Eye, Seen
from affekt.stages.predict import Predict
from affekt.tables import EXPLAINED, PICTURES
from affekt.taxonomy import MIKELS8, Taxonomy
from affekt.training.extra import check_installed


class How(BaseModel, frozen=True, extra="forbid"):
    """Which answers are explained, and by what."""

    layer: Literal["head", "stage7", "stage6", "stage5", "stage4", "stage3", "stage2", "stage1"] = (
        Field(
            "head",
            description="head: class activation maps, 7×7; a stage: Grad-CAM there, extra `nets`",
        )
    )
    right: int = Field(8, ge=0, le=40, description="right answers shown")
    wrong: int = Field(8, ge=0, le=40, description="wrong answers shown")
    measured: int = Field(
        50, ge=1, le=2_000, description="answers of each kind that the numbers are taken over"
    )
    greyed: float = Field(0.2, gt=0, lt=1, description="share of the cells that are greyed out")
    seed: int

    @model_validator(mode="after")
    def _shows_what_is_measured(self) -> "How":
        if self.measured < max(self.right, self.wrong):
            raise ValueError(
                f"`measured` is {self.measured}, and those shown are among them; "
                f"{max(self.right, self.wrong)} or more are needed"
            )
        return self


class Explain(Stage):
    """Draw right and wrong answers about tested pictures, and map what speaks for each.

    The model is trained and asked as in the first fold of the protocol, and says the same. A class
    activation map is exact where pooling is followed by one affine map: the net's own last layer,
    or a linear model on the features that enter it.

    References:
        Zhou et al. (2016), Learning Deep Features for Discriminative Localization, CVPR. Adebayo
        et al. (2018), Sanity Checks for Saliency Maps, NeurIPS.
    """

    gives = EXPLAINED
    takes = PICTURES
    reasons: ClassVar[Mapping[str, str]] = {
        "not-tested": "the first fold of the protocol does not test it",
        "without-vector": "there is no vector of it, so nothing was said of it",
        "not-explained": "enough answers of its kind, right or wrong, were drawn before it",
    }

    model: Model
    protocol: Protocol
    taxonomy: Taxonomy
    how: How

    _net: Path | None = PrivateAttr(None)

    @classmethod
    def example(cls) -> Self:
        return cls(model=Own(), protocol=Holdout(), taxonomy=MIKELS8, how=How(seed=0))

    def with_net(self, weights: Path) -> "Explain":
        """Give the same stage for a net trained here, which must be an input: `model.safetensors`.

        Without one it is the published EfficientNet-Lite0.
        """
        copy = self.model_copy()
        copy._net = weights
        return copy

    def run(
        self,
        desk: Desk,
        pictures: pl.DataFrame,
        vectors: pl.DataFrame,
        *studied: pl.DataFrame,
        **_: Any,
    ) -> Outcome:
        if self.how.layer != LAYER:
            check_installed()
        seen = pictures.join(vectors, on="image_id").sort("image_id")
        folds = list(self.protocol.folds(seen.drop("vector")))[:1]
        _studied.check(seen, folds, studied, desk.history)
        if not self.model.learns:
            _studied.check_emotions(self.taxonomy.names, desk.history)
        if not folds:
            return Outcome(EXPLAINED.empty(), _lost(pictures, seen, [], []))
        weights = self._weights()
        asked = self._asked(seen, folds[0], weights)
        found = list(self._explained(desk, asked, weights))
        notes = {
            "tested": asked.rows.height,
            "tested_right": int(asked.rows["is_right"].sum()),
            "greatest_gap": max((one.gap for one in found), default=0.0),
        }
        table = pl.DataFrame([one.row for one in found], schema=EXPLAINED.types())
        lost = _lost(pictures, seen, asked.rows["image_id"], table["image_id"])
        return Outcome(table.sort("image_id"), lost, notes=notes)

    def _weights(self) -> Weights:
        """Give the net's weights under their published names."""
        if self._net is None:
            return read_weights()
        return named_as_published(read_safetensors(self._net))

    def _asked(self, seen: pl.DataFrame, fold: Fold, weights: Weights) -> "Asked":
        """Train as predict does, and ask about the test rows."""
        predict = Predict(model=self.model, protocol=self.protocol, taxonomy=self.taxonomy)
        samples = predict.samples(seen, "backbone")
        fitted = self.model.fit(samples.of(fold.train))
        assert isinstance(fitted, Fitted)  # a plan can name no model of ratings here
        said = fitted.probabilities(samples.vectors[fold.test])
        answers = said.argmax(axis=1)
        rows = seen[fold.test].with_columns(
            pl.Series("answer", answers, pl.Int64),
            pl.Series("probability", said[np.arange(len(said)), answers], pl.Float64),
            pl.Series("is_right", answers == samples.codes[fold.test], pl.Boolean),
        )
        return Asked(rows, fitted if isinstance(fitted, FittedLinear) else _own(weights))

    def _explained(self, desk: Desk, asked: "Asked", weights: Weights) -> Iterator["Explained"]:
        """Give what is kept of each answer that is drawn, in the order of the shelf."""
        eye = Eye(weights, asked.linear, self.how.layer, self.how.seed)
        drawn = _drawn(asked.rows, self.how).sort("shard", "row_group", "row", "image_id")
        with Decoders(workers=1) as decoders:
            read = desk.shelf.scan(drawn)
            for done, row in enumerate(drawn.iter_rows(named=True), 1):
                pixels = decoders.squashed(next(read)[1], SIDE_PX)
                saw = eye.at(row["image_id"], pixels, row["answer"], self.how.greyed)
                yield _explained(row, self.taxonomy.names[row["answer"]], saw)
                desk.watch(Progress("explain", done, drawn.height))


class Asked(NamedTuple):
    """Tested pictures with ``answer``, its ``probability`` and ``is_right``, and what said so."""

    rows: pl.DataFrame
    linear: FittedLinear


class Explained(NamedTuple):
    """A row of the table, and how far the answer is from that of the net the map was made of."""

    row: dict[str, Any]
    gap: float


def _own(weights: Weights) -> FittedLinear:
    """Give the last layer of a trained net."""
    biases = weights["_fc.bias"].astype(float)
    return FittedLinear(weights["_fc.weight"].T.astype(float), biases, np.ones(len(biases), bool))


def _drawn(rows: pl.DataFrame, how: How) -> pl.DataFrame:
    """Draw answers by rank, right and wrong ones each in an order of their own."""
    ranks = pl.Series("rank", ranks_of(rows["image_id"], how.seed, "explain"), pl.Int64)
    place = pl.int_range(pl.len(), dtype=pl.Int32).over("is_right")
    ranked = rows.with_columns(ranks).sort("rank", "image_id").with_columns(place=place)
    return ranked.filter(pl.col("place") < how.measured)


def _explained(row: Mapping[str, Any], emotion: str, saw: Seen) -> Explained:
    told = {name: row[name] for name in ("image_id", "probability", "is_right", "place")}
    maps = {
        "map": saw.map.ravel(),
        "map_shuffled": saw.shuffled.ravel(),
        "map_all_shuffled": saw.all_shuffled.ravel(),
    }
    without = {"without_marked": saw.without_marked, "without_random": saw.without_random}
    return Explained(
        {**told, "emotion": emotion, **maps, **without}, abs(saw.probability - row["probability"])
    )


def _lost(
    pictures: pl.DataFrame,
    seen: pl.DataFrame,
    tested: Collection[str],
    explained: Collection[str],
) -> pl.DataFrame:
    """Say of each picture that is not explained why."""
    ids = pl.col("image_id")
    reason = (
        pl.when(~ids.is_in(seen["image_id"].implode()))
        .then(pl.lit("without-vector"))
        .when(~ids.is_in(list(tested)))
        .then(pl.lit("not-tested"))
        .otherwise(pl.lit("not-explained"))
    )
    others = pictures.filter(~ids.is_in(list(explained)))
    return others.select("image_id", reason=reason)
