"""What the rules before fetching say of every row: worth it, or dropped for a reason."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import daft
import polars as pl

from affekt.forgotten import Forgotten
from affekt.licences import TABLE, of
from affekt.stages._conflicts import LOOKED_AT, Choice, conflicts_of
from affekt.stages._tags import names_of
from affekt.stages._windows import PICTURE, Window
from affekt.tables import FOUND
from affekt.taxonomy import Taxonomy

KEY = list(FOUND.key)
NEEDED = [*KEY, "emotion", "licence", "url", "owner", "owner_id"]


class Rules(NamedTuple):
    """What decides whether a picture is worth fetching.

    Attributes:
        taxonomy: The emotions and their words.
        choice: What is looked at for two emotions; None for nothing.
        drops_shared: Whether a picture found for two emotions is dropped.
        licences: Canonical licence words that are kept; None for all.
        owners: Owners, by name or by their unchanging name, who asked not to be used.
        opt_outs: Tags by which owners ask for that, as lower-case letters and digits.
        forgotten: What was removed on request.
    """

    taxonomy: Taxonomy
    choice: Choice | None
    drops_shared: bool
    licences: frozenset[str] | None
    owners: frozenset[str]
    opt_outs: tuple[str, ...] = ()
    forgotten: Forgotten = Forgotten()


def judged(
    found: daft.DataFrame, windows: Iterable[Window], rules: Rules
) -> Iterator[pl.DataFrame]:
    """Give all rows, window by window, sorted by key.

    Columns: the key, ``emotion``, ``url``, ``keeps_bytes`` (its licence allows no other copy),
    ``reason`` (null where it is worth fetching), ``detail``, ``code`` and ``n_emotions`` (see
    `affekt.stages._conflicts.Effects`).
    """
    conflict = conflicts_of(rules.taxonomy, rules.choice, rules.opt_outs)
    rows = found.select(*NEEDED, *(found[name] for name in LOOKED_AT if name not in NEEDED))
    rows = rows.select(*NEEDED, conflict(*(rows[name] for name in LOOKED_AT)).alias("conflict"))
    for window in windows:
        yield _judged(_sorted(window.of(rows).unnest("conflict")), rules)


def _sorted(rows: pl.DataFrame) -> pl.DataFrame:
    """Sort by key, unless that is so already: looking is much cheaper."""
    is_later = pl.lit(False)
    for name in reversed(KEY):
        this, before = pl.col(name), pl.col(name).shift()
        is_later = (this > before) | ((this == before) & is_later)
    is_sorted = rows.select(is_later.slice(1).all()).item()
    return rows if is_sorted else rows.sort(KEY)


def _judged(rows: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    rows = rows.with_columns(is_forgotten=rules.forgotten.among(rows))
    is_shared = pl.lit(rules.drops_shared) & (pl.col("n_emotions") > 1)
    reason = (
        pl.when(pl.col("rivals") != 0)
        .then(pl.lit("two-emotions"))
        .when(is_shared)
        .then(pl.lit("two-queries"))
        .when("is_forgotten")
        .then(pl.lit("forgotten"))
        .when("opted_out")
        .then(pl.lit("opted-out"))
        .when(pl.col("owner").is_in(rules.owners) | pl.col("owner_id").is_in(rules.owners))
        .then(pl.lit("opted-out"))
        .when(~_is_allowed(rows, rules.licences))
        .then(pl.lit("licence"))
    )
    rows = _with_emotions_of_picture(rows).with_columns(reason=reason)
    rows = _without_second_finds(rows)
    detail = (
        pl.when(reason="two-emotions")
        .then(_rivals(rows, rules.taxonomy))
        .when("opted_out", reason="opted-out")
        .then(pl.lit("by one of its tags"))
        .when(reason="opted-out")
        .then(pl.coalesce("owner", "owner_id"))
        .when(reason="licence")
        .then("licence")
    )
    verbatim = [word for word, one in TABLE.items() if one.redistribution == "verbatim"]
    return rows.select(
        *KEY,
        "emotion",
        "url",
        "reason",
        "code",
        "n_emotions",
        keeps_bytes=pl.col("licence").is_in(verbatim).fill_null(False),
        detail=detail,
    )


def _is_allowed(rows: pl.DataFrame, licences: frozenset[str] | None) -> pl.Expr:
    if licences is None:
        return pl.lit(True)
    named = [(word, of(word)) for word in rows["licence"].drop_nulls().unique()]
    known = [word for word, one in named if one is not None and one.word in licences]
    return pl.col("licence").is_in(known).fill_null(False)


def _with_emotions_of_picture(rows: pl.DataFrame) -> pl.DataFrame:
    """Add how many emotions each picture was found for; most are found once."""
    rows = rows.with_columns(is_again=_is_again())
    is_several = pl.col("is_again") | pl.col("is_again").shift(-1, fill_value=False)
    rows = rows.with_columns(picture=pl.when(is_several).then((~pl.col("is_again")).cum_sum()))
    several = rows.filter(pl.col("picture").is_not_null()).group_by("picture")
    counts = several.agg(n_emotions=pl.col("emotion").drop_nulls().n_unique())
    rows = rows.join(counts, on="picture", how="left", maintain_order="left")
    alone = pl.col("emotion").is_not_null().cast(pl.UInt32)
    return rows.with_columns(pl.coalesce("n_emotions", alone))


def _is_again() -> pl.Expr:
    """Tell whether a row is of the same picture as the one before."""
    same = [pl.col(name) == pl.col(name).shift() for name in PICTURE]
    return (same[0] & same[1]).fill_null(False)


def _without_second_finds(rows: pl.DataFrame) -> pl.DataFrame:
    """Give a reason to all rows of a picture still in, but the first query's.

    A query for an emotion comes before one for everything.
    """
    rows = rows.with_row_index("at")
    still_in = rows.filter(pl.col("picture").is_not_null(), pl.col("reason").is_null())
    ranked = still_in.sort("picture", pl.col("emotion").is_null(), "query")
    second = ranked.filter(~pl.col("picture").is_first_distinct())["at"]
    is_second = pl.col("at").is_in(second.implode())
    return rows.with_columns(
        reason=pl.when(is_second).then(pl.lit("found-twice")).otherwise("reason")
    )


def _rivals(rows: pl.DataFrame, taxonomy: Taxonomy) -> pl.Expr:
    """Give the names of the emotions that a row names; one not of the taxonomy is its own."""
    foreign = 1 << len(taxonomy)
    several = rows.filter(pl.col("rivals") != 0).select("rivals", "emotion").unique()
    told: dict[str, str] = {}
    for found, emotion in several.iter_rows():
        names = names_of(found, taxonomy) + [emotion] * bool(found & foreign)
        told[f"{found} {emotion}"] = ", ".join(sorted(names))
    kind = pl.format("{} {}", "rivals", pl.col("emotion").fill_null("None"))
    return kind.replace_strict(told, default=None, return_dtype=pl.String)
