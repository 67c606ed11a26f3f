"""Turns votes into labels, and says of every other question why it has none."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import polars as pl

from affekt.errors import TableError
from affekt.parts import find
from affekt.rules import Rule
from affekt.stage import Desk, Outcome, Stage
from affekt.tables import DECISIONS, LABELS, QUESTIONS
from affekt.taxonomy import MIKELS8, Taxonomy


class Decide(Stage):
    """Turn votes into labels.

    A picture gets one label: where the rule keeps several emotions, the one with the highest share,
    of equal ones the first in the taxonomy. Nothing is concluded about emotions nobody was asked
    about; their share is null.
    """

    gives = LABELS
    takes = QUESTIONS
    reasons: ClassVar[Mapping[str, str]] = {
        "too-few-yes": "the crowd was asked and does not feel the emotion",
        "too-few-votes": "the votes do not decide: there are too few of them",
    }

    taxonomy: Taxonomy
    rule: Rule

    @classmethod
    def example(cls) -> Self:
        rule = find("rules", "at_least").example()
        return cls.model_validate({"taxonomy": MIKELS8, "rule": rule})

    def run(self, desk: Desk, asked: pl.DataFrame, votes: pl.DataFrame, **_: Any) -> Outcome:
        decided = self.rule.decide(votes.join(asked, on="question_id", how="semi"))
        decided = DECISIONS.conform(decided, self.rule.kind())
        self._check_names(decided)
        labels = asked.select("question_id", "image_id").join(
            self._labels(decided), on="question_id", how="left"
        )
        kept = labels.filter(pl.col("emotion").is_not_null())
        lost = labels.filter(pl.col("emotion").is_null()).select("question_id")
        return Outcome(
            kept.join(self._shares(decided), on="question_id"),
            dropped=lost.join(_why_not(decided), on="question_id", how="left").with_columns(
                pl.col("reason").fill_null("too-few-votes"), pl.col("detail").fill_null("no votes")
            ),
            notes={"votes": votes.height, "labels": kept.height},
        )

    def _check_names(self, decided: pl.DataFrame) -> None:
        strange = sorted(set(decided["emotion"]) - set(self.taxonomy.names))
        if strange:
            raise TableError(
                f"decide: votes speak of {strange}, the taxonomy {self.taxonomy.name!r} has "
                f"{list(self.taxonomy.names)}; give the stages of a line one taxonomy"
            )

    def _labels(self, decided: pl.DataFrame) -> pl.DataFrame:
        """Give the best emotion the rule keeps, a question."""
        order = {name: place for place, name in enumerate(self.taxonomy.names)}
        place = pl.col("emotion").replace_strict(order, return_dtype=pl.Int64)
        best = pl.struct(-pl.col("share"), place)
        return (
            decided.filter(pl.col("is_label"))
            .sort("question_id", best)
            .unique("question_id", keep="first", maintain_order=True)
            .select("question_id", "emotion", "votes", "votes_yes")
        )

    def _shares(self, decided: pl.DataFrame) -> pl.DataFrame:
        """Give the shares of a question as one list in the order of the taxonomy."""
        one_each = [
            pl.col("share").filter(pl.col("emotion") == name).first().alias(name)
            for name in self.taxonomy.names
        ]
        wide = decided.group_by("question_id").agg(one_each)
        return wide.select("question_id", shares=pl.concat_list(self.taxonomy.names))


def _why_not(decided: pl.DataFrame) -> pl.DataFrame:
    """Give reason and detail a question, as if it had no label."""
    reason = (
        pl.when(pl.col("is_label").is_null().any())
        .then(pl.lit("too-few-votes"))
        .otherwise(pl.lit("too-few-yes"))
    )
    said = pl.format("{} of {} YES", "votes_yes", "votes")
    return (
        decided.sort("question_id", "emotion")
        .group_by("question_id")
        .agg(reason=reason, detail=said.str.join("; "))
    )
