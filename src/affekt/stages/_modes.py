"""Which pictures a release ships, which it names by a link, and why the others stay out."""

import re
from collections.abc import Mapping
from typing import Any

import polars as pl

from affekt import parts
from affekt.stages import _credits

REASONS = {
    "no-link": "the release ships links only, and the picture has no lasting address on the web",
    "withdrawn": "it was withdrawn, or is a near copy of what was",
    "no-split": "the picture is in no part of the split",
}


def judged(
    rows: pl.DataFrame, mode: str, licences: Mapping[str, str], pictures: Mapping[str, str]
) -> pl.DataFrame:
    """Give the rows with ``shipped``, and ``reason`` where a picture is neither shipped nor linked.

    Args:
        rows: Columns ``original_id``, ``licence``, ``owner``, ``is_generated``, ``source``,
            ``source_url`` and ``split``; ``reason`` where something speaks against one already.
        mode: ``full``, ``links`` or ``mixed``.
        licences: Licence words that are permitted all the same, and why.
        pictures: Originals that are permitted all the same, and why.
    """
    barred = _credits.with_reasons(rows, licences)["reason"]
    rows = rows.with_columns(barred=barred).with_columns(
        barred=pl.when(~pl.col("original_id").is_in(list(pictures))).then("barred"),
        is_online=pl.col("source_url").str.contains(f"(?i)^{_credits.ON_THE_WEB.pattern}")
        & ~pl.col("source").is_in([one for one in rows["source"].unique() if _is_fleeting(one)]),
    )
    may_link = pl.lit(mode != "full") & pl.col("is_online").fill_null(value=False)
    ships = pl.lit(mode != "links") & pl.col("barred").is_null()
    without = pl.coalesce("barred", pl.lit("no-link")) if mode != "links" else pl.lit("no-link")
    lost = pl.when(~ships & ~may_link).then(without)
    is_nowhere = pl.col("split").is_null()
    reason = pl.coalesce("reason", lost, pl.when(is_nowhere).then(pl.lit("no-split")))
    return rows.with_columns(shipped=ships, reason=reason).drop("barred", "is_online")


def _is_fleeting(source: str | None) -> bool:
    """Tell whether the links of a source, by its name in the tables, end after some days."""
    kind = re.match(r"\w*", source or "")
    if kind is None or kind[0] not in parts.kinds("sources"):
        return False
    found: Any = parts.find("sources", kind[0])
    return bool(found.is_fleeting)


def linked(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the rows of what is linked with the facts of its original as the published ones."""
    is_link = ~pl.col("shipped") & pl.col("reason").is_null()
    facts = {"image_id": "original_id", "bytes": "n_bytes", "format": "format_found"}
    facts |= {name: f"{name}_found" for name in ("width_px", "height_px")}
    return rows.with_columns(
        pl.when(is_link).then(found).otherwise(name).alias(name) for name, found in facts.items()
    )
