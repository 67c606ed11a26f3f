"""All counts as files: one Parquet table each, and one JSON document of them all."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from affekt import durable
from affekt.census import choices, counts, links, origins, rows, tags
from affekt.store import Product
from affekt.taxonomy import Taxonomy


def taken(steps: Mapping[str, Product], taxonomy: Taxonomy) -> dict[str, pl.DataFrame]:
    """Give every table of the census by name; empty ones where a step does not stand yet."""
    made = rows.standing(steps)
    counted = counts.counts(made)
    return {
        "counts": counted,
        "figure_2": counts.figure_2(counted, taxonomy.names),
        "conflicts": choices.conflicts(steps),
        "copies": choices.copies(steps),
        "tag_cooccurrence": tags.cooccurrence(made, taxonomy),
        "common_tags": tags.common(made),
        "licences": origins.of_licences(made),
        "owners": origins.of_owners(made),
        "years": origins.of_years(made),
        "sizes": origins.of_sizes(made),
        "failures": links.failures(made),
        "servers": links.servers(made),
    }


def shown(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Give what a person wants to see first, by title; empty tables are left out."""
    left = tables["figure_2"].pivot("source", index="emotion", values="pictures")
    licences = tables["licences"].group_by("source", "licence", "redistribution")
    summed = licences.agg(pl.col("pictures").sum()).sort("source", "licence", nulls_last=True)
    found = {
        "pictures left, by emotion and source": left,
        "two emotions, by where and how they are looked for": _in_words(tables["conflicts"]),
        "copies and groups": tables["copies"],
        "what clean dropped": tables["failures"],
        "links by server": tables["servers"].head(10),
        "licences of what is left": summed,
        "owners of what is left": tables["owners"],
    }
    return {title: table for title, table in found.items() if table.height}


def _in_words(table: pl.DataFrame) -> pl.DataFrame:
    """Give a table with yes and no instead of true and false."""
    word = pl.col(pl.Boolean).replace_strict({True: "yes", False: "no"}, return_dtype=pl.String)
    return table.with_columns(word)


def write(tables: Mapping[str, pl.DataFrame], notes: Mapping[str, Any], folder: Path) -> Path:
    """Write the tables and ``statistics.json``, each whole or not at all, and give the folder.

    Args:
        tables: What `taken` gave.
        notes: What steps noted of their own, by step; goes into the JSON as it is.
        folder: Made when it is missing; files in it are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        with durable.replaced(folder / f"{name}.parquet") as beside:
            table.write_parquet(beside)
    whole = {**{name: table.to_dicts() for name, table in tables.items()}, "notes": dict(notes)}
    with durable.replaced(folder / "statistics.json") as beside:
        beside.write_text(
            json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False) + "\n",
            encoding="utf-8",
        )
    return folder
