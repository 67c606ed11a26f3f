"""The fate of one picture: what every step of the line kept or dropped it for."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from affekt.errors import UsageError
from affekt.store import Product

FOLLOWED = ("image_id", "original_id", "source_id", "question_id")
TOLD = ("emotion", "votes_yes", "votes", "part")  # what a kept row says for itself
SHORT_ID = re.compile(r"^[0-9a-f]{6,64}$")


@dataclass(frozen=True)
class Fate:
    """What one step did with a picture.

    Attributes:
        step: Section of the plan.
        verdict: ``kept`` or ``dropped``.
        reason: Word of the reason when dropped, else ``""``.
        text: The reason in a sentence, with its detail.
        row: The row itself.
    """

    step: str
    verdict: str
    reason: str
    text: str
    row: Mapping[str, Any]


def fate(
    word: str,
    steps: Mapping[str, Product],
    meanings: Mapping[str, Mapping[str, str]],
) -> list[Fate]:
    """Give what each step did with a picture, in the order of the line.

    Args:
        word: A file of the picture, its name at the source with or without folders, or six or more
            digits of its id.
        steps: Product of each step that stands.
        meanings: Step → reason word → sentence.

    Raises:
        UsageError: No step has met such a picture, or the word fits several.
    """
    known = _start(word, steps)
    told: list[Fate] = []
    for step, product in steps.items():
        kept = _rows(product.table(), known)
        told += _votes(step, kept) if "felt" in product.table().columns else _kept(step, kept)
        told += _dropped(step, _rows(product.dropped(), known), meanings.get(step, {}))
        for row in kept:
            known |= {row[name] for name in FOLLOWED if row.get(name)}
    return told


def _kept(step: str, rows: list[dict[str, Any]]) -> list[Fate]:
    facts = [
        ", ".join(f"{name} {row[name]}" for name in TOLD if row.get(name) is not None)
        for row in rows
    ]
    return [Fate(step, "kept", "", text, row) for text, row in zip(facts, rows, strict=True)]


def _votes(step: str, rows: list[dict[str, Any]]) -> list[Fate]:
    """One line for all votes on a picture."""
    yes = sum(bool(row["felt"]) for row in rows)
    return [Fate(step, "kept", "", f"{yes} of {len(rows)} votes are yes", rows[0])] if rows else []


def _dropped(step: str, rows: list[dict[str, Any]], meanings: Mapping[str, str]) -> list[Fate]:
    told = []
    for row in rows:
        meaning = meanings.get(row["reason"], "")
        text = f"{meaning} ({row['detail']})" if row["detail"] else meaning
        told.append(Fate(step, "dropped", row["reason"], text, row))
    return told


def _start(word: str, steps: Mapping[str, Product]) -> set[str]:
    """Give the identifiers that a word means: of one picture, or of all with the same name."""
    names = {word}
    path = Path(word)
    if path.is_file():
        names.add(hashlib.sha256(path.read_bytes()).hexdigest())
    met: set[str] = set()
    for product in steps.values():
        for frame in (product.table(), product.dropped()):
            for name in [name for name in FOLLOWED if name in frame.columns]:
                met |= set(frame.filter(_matches(pl.col(name), word, names))[name].to_list())
    met = met & names or _nearest(word, met)
    if not met:
        raise UsageError(
            f"no step of this line has met {word!r}; give a file, a name at its source, "
            "or six or more digits of its id"
        )
    return met


def _matches(column: pl.Expr, word: str, names: set[str]) -> pl.Expr:
    """The word itself, digits an id begins with, or a path that ends as the name does."""
    found = column.is_in(list(names)) | column.str.ends_with(f"/{word}")
    found |= pl.lit(f"/{word}").str.ends_with(pl.concat_str(pl.lit("/"), column))
    return found | column.str.starts_with(word) if SHORT_ID.match(word) else found


def _nearest(word: str, met: set[str]) -> set[str]:
    """Give what a part of a name or of an id can mean.

    Raises:
        UsageError: It can mean several pictures.
    """
    ids = {one for one in met if SHORT_ID.match(one) and one.startswith(word)}
    longest = max((len(one) for one in met - ids), default=0)
    named = {one for one in met - ids if len(one) == longest or one.endswith(f"/{word}")}
    found = ids or named
    if len(found) > 1:
        raise UsageError(
            f"{word!r} fits {len(found)} pictures; give more of it, such as {min(found)!r}"
        )
    return found


def _rows(frame: pl.DataFrame, known: set[str]) -> list[dict[str, Any]]:
    columns = [name for name in FOLLOWED if name in frame.columns]
    matches = pl.any_horizontal(pl.col(name).is_in(list(known)) for name in columns)
    return frame.filter(matches).to_dicts() if columns else []
