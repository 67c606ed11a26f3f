"""Map: pictures laid out on a plane so that what a feature sees alike lies together."""

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import polars as pl
from pydantic import Field

from affekt.models._linear import on_one_thread
from affekt.rank import ranks_of
from affekt.stage import Desk, Outcome, Stage
from affekt.stages import _studied
from affekt.stages._matrix import feature_of, matrix
from affekt.tables import MAPPED, PICTURES, STUDIED

if TYPE_CHECKING:
    from affekt.stages._layout import By

NEIGHBOURS = 10  # that a map is held against its feature by
MANY = ("openTSNE",)  # lays out many pictures by t-SNE
QUICK = ("pacmap", "faiss-cpu")  # the second finds the neighbours that the first asks for


class Map(Stage):
    """Lay out pictures by a feature, and hold the map against the feature, picture by picture.

    Up to ``most`` pictures are laid out by scikit-learn. More are laid out by openTSNE (extra
    ``maps``); where that is not installed, ``most`` of them are drawn by rank. The method ``quick``
    is PaCMAP (extra ``quick``) for any number. A picture that the net behind a feature has learned
    from is left out: it lies with its label because the net was told so. Nothing is learned from a
    label here, and no model sees what comes out.
    """

    gives = MAPPED
    takes = PICTURES
    reasons: ClassVar[Mapping[str, str]] = {
        "other-part": "the data set names parts, and the picture is not of the part test",
        "studied": "the net behind the feature learned from it, or from a near copy of it",
        "no-features": "there is no vector of it",
        "not-drawn": "there are more pictures than are laid out, and it was not among those drawn",
    }

    method: Literal["tsne", "quick"] = Field(
        "tsne",
        description="`tsne`, or `quick`: PaCMAP, sooner, with fewer true neighbours; extra `quick`",
    )
    part: Literal["test", "all"] = Field(
        "test", description="pictures shown: the part test where the data set names parts, or all"
    )
    components: int = Field(50, ge=2, le=1000, description="principal components that are laid out")
    perplexity: float = Field(
        30.0, gt=1, le=1000, description="how many pictures count as near, by t-SNE"
    )
    standardise: bool = Field(True, description="divide each feature by its deviation first")
    most: int = Field(
        5_000,
        ge=10,
        le=50_000,
        description="pictures; more need the extra `maps` or `quick`, or so many are drawn by rank",
    )
    seed: int

    def witness(self) -> str:
        """Versions of what lays out, or ``""``: what it makes, a machine without cannot.

        Of t-SNE that is openTSNE, of PaCMAP also what finds the neighbours. They are looked up
        without an import.
        """
        try:
            libraries = QUICK if self.method == "quick" else MANY
            return ", ".join(f"{name} {version(name)}" for name in libraries)
        except PackageNotFoundError:
            return ""

    def run(
        self,
        desk: Desk,
        pictures: pl.DataFrame,
        vectors: pl.DataFrame,
        *studied: pl.DataFrame,
        **_: Any,
    ) -> Outcome:
        every = pl.concat([STUDIED.empty(), *studied])
        kept, dropped = self._shown(pictures, vectors, every)
        seen = kept.join(vectors, on="image_id").sort("image_id")
        with on_one_thread():
            table, facts = self._laid(seen, feature_of(desk.history))
        notes = {**facts, "pictures": seen.height, "seed": self.seed, "most": self.most}
        return Outcome(table, dropped, notes=notes)

    def _shown(
        self, pictures: pl.DataFrame, vectors: pl.DataFrame, studied: pl.DataFrame
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Give the pictures that are laid out, and why the others are not."""
        names_parts = self.part == "test" and pictures["part"].is_not_null().any()
        is_other = pl.lit(names_parts) & pl.col("part").ne_missing("test")
        is_seen = pl.col("image_id").is_in(vectors["image_id"].implode())
        marked = pictures.with_columns(
            reason=pl.when(is_other)
            .then(pl.lit("other-part"))
            .when(_studied.is_seen(studied))
            .then(pl.lit("studied"))
            .when(~is_seen)
            .then(pl.lit("no-features"))
        )
        here = marked.filter(pl.col("reason").is_null())
        if here.height > self.most and self.method == "tsne" and not self.witness():
            drawn = self._drawn(here["image_id"])
            is_drawn = pl.col("image_id").is_in(drawn.implode())
            lost = pl.when(pl.col("reason").is_null() & ~is_drawn).then(pl.lit("not-drawn"))
            marked = marked.with_columns(reason=pl.coalesce("reason", lost))
        is_kept = pl.col("reason").is_null()
        return (
            marked.filter(is_kept).drop("reason"),
            marked.filter(~is_kept).select("image_id", "reason"),
        )

    def _drawn(self, image_ids: pl.Series) -> pl.Series:
        ranks = pl.Series(ranks_of(image_ids, self.seed, "map"))
        return image_ids.gather(ranks.arg_sort()[: self.most])

    def library(self, pictures: int) -> "By":
        """Name what lays out so many pictures."""
        if self.method == "quick":
            return "PaCMAP"
        return "openTSNE" if pictures > self.most else "scikit-learn"

    def _laid(self, seen: pl.DataFrame, feature: str) -> tuple[pl.DataFrame, dict[str, Any]]:
        from affekt.measures.neighbours import compared
        from affekt.stages._layout import How, laid_out

        by = self.library(seen.height)
        how = How(self.components, self.perplexity, self.standardise, self.seed, by)
        laid = laid_out(matrix(seen, feature), how)
        k = max(0, min(NEIGHBOURS, (seen.height - 1) // 2))
        found = compared(laid.space, laid.flat, k)
        table = pl.DataFrame(
            {
                "image_id": seen["image_id"],
                "x": laid.flat[:, 0],
                "y": laid.flat[:, 1],
                "near": _lists(found.near),
                "near_on_map": _lists(found.near_on_map),
                "recall": found.recall,
                "trust": found.trust,
            }
        )
        return table, {**laid.facts, "neighbours": k, "features": laid.space.shape[1]}


def _lists(near: np.ndarray) -> pl.Series:
    return pl.Series(near.tolist(), dtype=pl.List(pl.Int32))
