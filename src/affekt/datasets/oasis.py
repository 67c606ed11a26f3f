"""OASIS: photographs with valence and arousal as felt by about a hundred people each."""

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from pydantic import Field

from affekt.datasets import Dataset, Facts, Labelled
from affekt.errors import AffektError
from affekt.taxonomy import VALENCE2, Emotion, Taxonomy

TABLES = ("oasis_ratings.csv", "OASIS.csv")  # the second as published, without the column `file`
NEEDED = ("Theme", "Category", "Valence_mean", "Arousal_mean")
NEUTRAL = 4.0  # middle of the rating scale from 1 to 7
PHRASES: Mapping[str, tuple[str, ...]] = {  # none of the categories, which nobody feels
    "oasis-quadrant.pleasant_calm": ("calm pleasant feelings", "peace"),
    "oasis-quadrant.pleasant_aroused": ("lively pleasant feelings", "delight"),
    "oasis-quadrant.unpleasant_calm": ("dull unpleasant feelings", "gloom"),
    "oasis-quadrant.unpleasant_aroused": ("strong unpleasant feelings", "alarm"),
    "oasis-third.unpleasant": ("unpleasant feelings", "distress"),
    "oasis-third.neutral": ("nothing in particular", "no emotion"),
    "oasis-third.pleasant": ("pleasant feelings", "happiness"),
}


def _taxonomy(name: str, **valences: Literal[-1, 0, 1]) -> Taxonomy:
    emotions = tuple(
        Emotion(
            name=word.replace("_", "-"), valence=valence, phrases=PHRASES.get(f"{name}.{word}", ())
        )
        for word, valence in valences.items()
    )
    return Taxonomy(name=name, emotions=emotions)


TAXONOMIES: Mapping[str, Taxonomy] = {
    "polarity": VALENCE2,
    "quadrant": _taxonomy(
        "oasis-quadrant",
        pleasant_calm=1,
        pleasant_aroused=1,
        unpleasant_calm=-1,
        unpleasant_aroused=-1,
    ),
    "third": _taxonomy("oasis-third", unpleasant=-1, neutral=0, pleasant=1),
    "category": _taxonomy("oasis-category", animal=0, object=0, person=0, scenery=0),
}


class Oasis(Dataset):
    """A user's copy of OASIS: a table of ratings beside the folder ``images``.

    ``polarity`` is positive above the middle of the scale. ``quadrant`` cuts valence and arousal at
    their medians, ``third`` cuts valence at its terciles, both over the rows of this copy's table;
    a value at a median belongs below it, at a tercile above it. ``category`` is what is shown, for
    control. Groups are the themes: names without their number. Whatever the target, each picture
    carries its mean ratings of valence and arousal, from 1 to 7.
    """

    facts = Facts(
        title="OASIS, the Open Affective Standardized Image Set",
        citation="Kurdi, Lozano and Banaji (2017), Behavior Research Methods 49",
        licence="free use in research; each picture under the licence of its source",
        images=900,
    )
    target: Literal["polarity", "quadrant", "third", "category"] = Field(
        "polarity", description="what the labels say"
    )

    @property
    def taxonomy(self) -> Taxonomy:
        return TAXONOMIES[self.target]

    def load(self) -> Iterator[Labelled]:
        table = self._table()
        ratings = sorted(_ratings(table), key=lambda rating: rating.theme)
        for rating, label in zip(ratings, self._labels(ratings), strict=True):
            path = table.parent / rating.file
            if not path.resolve().is_relative_to(table.parent.resolve()):
                raise AffektError(
                    f"{table}: {rating.file!r} leads out of the folder; correct the table"
                )
            group = re.sub(r"\s*\d+$", "", rating.theme)
            means = {"valence": rating.valence, "arousal": rating.arousal}
            yield Labelled(rating.theme, path, label, group, ratings=means)

    def _table(self) -> Path:
        root = self.root.path
        found = next((root / name for name in TABLES if (root / name).is_file()), None)
        if not found or not (root / "images").is_dir():
            raise AffektError(
                f"data set 'oasis': {str(root)!r} holds no copy; it needs {' or '.join(TABLES)} "
                "and the folder 'images'; get one from the authors and set `root` to it"
            )
        return found

    def _labels(self, ratings: list["_Rating"]) -> list[str]:
        """Give the name of each rating's label."""
        if self.target == "category":
            return [rating.category.lower() for rating in ratings]
        valence = np.array([rating.valence for rating in ratings])
        arousal = np.array([rating.arousal for rating in ratings])
        if self.target == "polarity":
            code = (valence <= NEUTRAL).astype(int)
        elif self.target == "third":
            code = np.digitize(valence, np.quantile(valence, [1 / 3, 2 / 3]))
        else:
            code = 2 * (valence <= np.median(valence)) + (arousal > np.median(arousal))
        return [self.taxonomy.names[one] for one in code]


class _Rating(NamedTuple):
    theme: str
    file: str
    category: str
    valence: float
    arousal: float


def _ratings(table: Path) -> list[_Rating]:
    """Give the rows of the table.

    Raises:
        AffektError: A column or a number is missing, or two rows have one theme.
    """
    with table.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in NEEDED if name not in (reader.fieldnames or [])]
        if missing:
            raise AffektError(
                f"{table}: the columns {missing} are missing; is it the table of OASIS?"
            )
        ratings = [_rating(table, reader.line_num, row) for row in reader]
    themes = [rating.theme for rating in ratings]
    twice = sorted({theme for theme in themes if themes.count(theme) > 1})
    if twice or not ratings:
        raise AffektError(
            f"{table}: {f'{twice[0]!r} stands twice' if twice else 'there is no row'}; "
            "one row a picture is needed"
        )
    return ratings


def _rating(table: Path, line: int, row: Mapping[str, str | None]) -> _Rating:
    theme = (row["Theme"] or "").strip()
    try:
        valence, arousal = float(row["Valence_mean"] or ""), float(row["Arousal_mean"] or "")
    except ValueError as trouble:
        raise AffektError(
            f"{table}:{line}: the ratings of {theme!r} are {row['Valence_mean']!r} and "
            f"{row['Arousal_mean']!r}; numbers from 1 to 7 are needed"
        ) from trouble
    file = row.get("file") or f"images/{theme}.jpg"
    return _Rating(theme, file, (row["Category"] or "").strip(), valence, arousal)
