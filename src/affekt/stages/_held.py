"""Which earlier attempts to fetch a picture still answer, so that nobody is asked again."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import polars as pl

from affekt.fetch.reasons import PASSING, REASONS
from affekt.forgotten import Forgotten
from affekt.parts import canonical
from affekt.pictures.limits import Limits

BY_LIMITS = ("too-many-bytes",)  # final, and yet not under other limits


class Terms(NamedTuple):
    """What decides how a picture is fetched and what of it is stored.

    Attributes:
        opt_outs: Words in the headers of an answer that forbid its use.
        limits: What one picture may take.
        side_px: Longest side that is stored; None for the bytes as they came.
        placeholders: SHA-256 of pictures that stand for missing ones.
        min_side_px: Shorter side a picture needs.
        max_aspect: Longer side over shorter side at most.
        forgotten: What was removed on request.
    """

    opt_outs: tuple[str, ...]
    limits: Limits
    side_px: int | None
    placeholders: tuple[str, ...]
    min_side_px: int
    max_aspect: float
    forgotten: Forgotten = Forgotten()

    def said(self) -> dict[str, Any]:
        """Give what the journal says of every attempt."""
        return {
            "opt_outs": " ".join(sorted(self.opt_outs)),
            "limits": canonical(self.limits.model_dump()).decode(),
        }


def still_answer(
    latest: pl.DataFrame, terms: Terms, *, again: frozenset[str] | None = None
) -> pl.DataFrame:
    """Give the attempts (columns of the journal, and ``keeps_bytes``) that need not be repeated.

    A picture on the shelf answers when it was fetched with regard to every opt-out that counts
    now, and is stored as is wanted now. A refusal answers unless it is for a reason in ``again``:
    by default, one that may pass. What decoding or a limit refused answers under the same limits.
    """
    reason = pl.col("reason")
    is_fetching = reason.is_in(list(REASONS)) & ~reason.is_in(BY_LIMITS)
    is_wanted = reason.is_in(sorted(PASSING if again is None else again))
    refusal = (
        pl.when(reason == "opted-out")
        .then(_words(latest, terms, _still_kept_back))
        .when(is_fetching)
        .then(pl.lit(True))
        .otherwise(pl.col("limits") == terms.said()["limits"])
    )
    picture = _words(latest, terms, _was_asked_for) & _is_stored_as(terms) & _is_within(terms)
    answers = pl.when(reason.is_null()).then(picture).otherwise(refusal & ~is_wanted)
    return latest.filter(answers)


def _was_asked_for(then: set[str], now: set[str]) -> bool:
    return now <= then


def _still_kept_back(then: set[str], now: set[str]) -> bool:
    return then <= now


def _words(latest: pl.DataFrame, terms: Terms, holds: Any) -> pl.Expr:
    """Give whether a claim about opt-outs then and now holds."""
    now = set(terms.opt_outs)
    each = latest["opt_outs"].unique()
    told: Mapping[str, bool] = {text: holds(set(text.split()), now) for text in each}
    return pl.col("opt_outs").replace_strict(told, default=False, return_dtype=pl.Boolean)


def _is_stored_as(terms: Terms) -> pl.Expr:
    is_whole = pl.col("image_id") == pl.col("content")
    if terms.side_px is None:
        return is_whole
    fits = pl.max_horizontal("came_width_px", "came_height_px") <= terms.side_px
    is_small = pl.col("side_px") == terms.side_px
    return pl.when(pl.col("keeps_bytes") | fits).then(is_whole).otherwise(is_small.fill_null(False))


def _is_within(terms: Terms) -> pl.Expr:
    limits = terms.limits
    pixels = pl.col("came_width_px").cast(pl.Int64) * pl.col("came_height_px")
    longer = pl.max_horizontal("came_width_px", "came_height_px")
    return (
        (pl.col("came_bytes") <= limits.max_bytes)
        & (pixels <= limits.max_pixels)
        & (longer <= limits.max_side_px)
    )
