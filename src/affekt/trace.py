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
    word: str, steps: Mapping[str, Product], meanings: Mapping[str, Mapping[str, str]]
) -> list[Fate]:
    """Give what each step did with a picture, in the order of the line.

    Args:
        word: A file of the picture, its name at the source, or six or more digits of its id.
        steps: Product of each step that stands.
        meanings: Step → reason word → sentence.

    Raises:
        UsageError: No step has met such a picture, or the digits fit several.
    """
    known = _start(word, steps)
    told: list[Fate] = []
    for step, product in steps.items():
        kept = _rows(product.table(), known)
        told += [Fate(step, "kept", "", "", row) for row in kept]
        for row in _rows(product.dropped(), known):
            meaning = meanings.get(step, {}).get(row["reason"], "")
            text = f"{meaning} ({row['detail']})" if row["detail"] else meaning
            told.append(Fate(step, "dropped", row["reason"], text, row))
        for row in kept:
            known |= {row[name] for name in FOLLOWED if row.get(name)}
    return told


def _start(word: str, steps: Mapping[str, Product]) -> set[str]:
    names = {word}
    path = Path(word)
    if path.is_file():
        names |= {hashlib.sha256(path.read_bytes()).hexdigest(), path.name}
    met: set[str] = set()
    for product in steps.values():
        for frame in (product.table(), product.dropped()):
            for name in [name for name in FOLLOWED if name in frame.columns]:
                column = pl.col(name)
                matches = column.is_in(list(names))
                if SHORT_ID.match(word):
                    matches |= column.str.starts_with(word)
                met |= set(frame.filter(matches)[name].to_list())
    ids = {one for one in met if SHORT_ID.match(one) and one.startswith(word)}
    if len(ids) > 1:
        raise UsageError(
            f"{word!r} is the beginning of {len(ids)} ids; give more digits, such as "
            f"{sorted(ids)[0][:16]!r}"
        )
    if not met:
        raise UsageError(
            f"no step of this line has met {word!r}; give a file, a name at its source, or six "
            "or more digits of its id"
        )
    return met


def _rows(frame: pl.DataFrame, known: set[str]) -> list[dict[str, Any]]:
    columns = [name for name in FOLLOWED if name in frame.columns]
    matches = pl.any_horizontal(pl.col(name).is_in(list(known)) for name in columns)
    return frame.filter(matches).to_dicts() if columns else []
