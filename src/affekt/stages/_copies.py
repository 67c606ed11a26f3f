"""Which rows show one picture, in which order pictures are preferred, and why rows go.

Millions of rows are held narrow: names of pictures as 32 bytes, words as numbers, one array a fact.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import daft
import numpy as np
import polars as pl
from jaxtyping import Bool, Int, UInt8

from affekt import licences
from affekt.pictures.alike import NO_LINKS, Limit, Links, Prints, alike_components, alike_keepers
from affekt.tables import CLEAN

KEY = list(CLEAN.key)
FACTS = ["emotion", "licence", "uploaded_at", "width_px", "height_px", "n_bytes", "phash", "dhash"]
OWNERS = ["owner", "owner_id", "taken_at"]
CLASSES = ("bytes", "bytes-noncommercial", "verbatim", "reference")  # the freest licence first
TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d")  # of the first 19 characters of ISO 8601
STAYS, EXACT, NEAR, DISAGREES = range(4)
REASONS = (None, "exact-copy", "near-copy", "copies-disagree")

Order = Literal["best", "first"]
Disagree = Literal["drop", "majority", "keep-first", "keep"]
Numbers = Int[np.ndarray, " picture"]


def narrow(clean: daft.DataFrame, *, with_owners: bool) -> pl.DataFrame:
    """Give one narrow row for each row, by key; ``image`` numbers the pictures by their names."""
    wanted = clean.select(*KEY, *FACTS, *(OWNERS if with_owners else []))
    pieces = [_narrowed(pl.DataFrame(piece), with_owners) for piece in wanted.to_arrow_iter()]
    empty = pl.DataFrame(schema={name: CLEAN.columns[name].dtype for name in wanted.column_names})
    rows = pl.concat([_narrowed(empty, with_owners), *pieces], rechunk=False)
    del pieces
    rows = rows.with_columns(_numbered(rows[name]) for name in ("source", "emotion"))
    is_new = (pl.col("image_id") != pl.col("image_id").shift()).fill_null(value=True)
    rows = rows if _is_sorted(rows) else rows.sort(KEY)
    return rows.with_columns(image=is_new.cast(pl.Int32).cum_sum() - 1)


def _numbered(words: pl.Series) -> pl.Series:
    """Give words as numbers that rise as the words do."""
    return words.cast(pl.Enum(words.drop_nulls().unique().cast(pl.String).sort()))


def _is_sorted(rows: pl.DataFrame) -> bool:
    """Tell whether rows are by key, as a table at rest is: sorting would hold all of it twice."""
    rises = pl.lit(value=True)
    for name in reversed(KEY):
        here, before = pl.col(name), pl.col(name).shift()
        rises = (here > before) | ((here == before) & rises)
    return bool(rows.select(rises.fill_null(value=True).all()).item())


def _narrowed(piece: pl.DataFrame, with_owners: bool) -> pl.DataFrame:
    words = piece["licence"].drop_nulls().unique()
    classes = pl.Series([_class_of(word) for word in words], dtype=pl.UInt8)
    name = pl.concat_str("source", pl.lit("\0"), pl.coalesce("owner_id", "owner"))
    owned = {
        # A number is enough, because it is compared with others of this run only.
        "owner": pl.when(name.is_not_null()).then(name.hash(seed=0)),
        "taken": _seconds("taken_at"),
        "number": pl.col("source_id").cast(pl.Int64, strict=False),
    }
    return piece.select(
        # What is added to is a copy. A column as it came would keep the engine's wide rows alive.
        pl.col("image_id").str.decode("hex"),
        pl.col("source_id") + "",
        pl.col("source", "emotion").cast(pl.Categorical),
        pl.col("n_bytes", "phash", "dhash") + 0,
        pixels=pl.col("width_px").cast(pl.Int64) * pl.col("height_px"),
        licence_class=pl.col("licence").replace_strict(
            words, classes, default=len(CLASSES), return_dtype=pl.UInt8
        ),
        uploaded=_seconds("uploaded_at"),
        **(owned if with_owners else {}),
    )


def _class_of(word: str) -> int:
    licence = licences.of(word)
    return CLASSES.index(licence.redistribution) if licence else len(CLASSES)


def _seconds(name: str) -> pl.Expr:
    """Give a time in ISO 8601 as seconds since 1970, null where it is none."""
    text = pl.col(name).str.slice(0, 19).str.replace("T", " ", literal=True)
    times = [text.str.to_datetime(form, time_unit="ms", strict=False) for form in TIMES]
    return pl.coalesce(times).dt.epoch("s")


@dataclass(frozen=True)
class Pictures:
    """Every picture once, the preferred one first.

    Attributes:
        rows: All narrow rows, by key.
        shown: Row that stands for each picture.
        place: Picture that each row shows.
    """

    rows: pl.DataFrame
    shown: Numbers
    place: Numbers

    @cached_property
    def hashed(self) -> Numbers:
        """Pictures that have both hashes."""
        both = self.rows.select(pl.col("phash").is_not_null() & pl.col("dhash").is_not_null())
        return np.flatnonzero(both.to_series().to_numpy()[self.shown])

    def prints(self, pictures: Numbers) -> Prints:
        """Give the hashes of some pictures that have them."""
        at = self.shown[pictures]
        return Prints(*(self.rows[name].gather(at).to_numpy() for name in ("phash", "dhash")))

    def codes(self, name: str) -> Int[np.ndarray, " row"]:
        """Give the number of each row's emotion or source, -1 where there is none."""
        return self.rows[name].to_physical().cast(pl.Int32).fill_null(-1).to_numpy()

    def names(self, pictures: Numbers) -> pl.Series:
        """Give the image_id of some pictures."""
        return self.rows["image_id"].gather(self.shown[pictures]).bin.encode("hex")


def in_order(rows: pl.DataFrame, keep: Order) -> Pictures:
    """Give the pictures in order of preference; the same order chooses among rows of one picture.

    Those with an emotion come before those without. ``best``: freest licence, most pixels, most
    bytes, earliest upload, smallest image_id, source and source_id. ``first``: source, source_id.
    """
    better: dict[Order, list[pl.Expr]] = {
        "best": [
            pl.col("licence_class"), -pl.col("pixels"), -pl.col("n_bytes"),
            pl.col("uploaded").fill_null(np.iinfo(np.int64).max),
        ],
        "first": [pl.col("source").to_physical(), pl.col("source_id").rank("dense")],
    }  # fmt: skip
    by = [pl.col("emotion").is_null(), *better[keep]]
    order = np.lexsort([rows.select(key).to_series().to_numpy() for key in reversed(by)])
    image = rows["image"].to_numpy()
    n = int(image[-1]) + 1 if len(image) else 0
    earliest = np.empty(n, np.int32)
    last_first = np.arange(len(order), dtype=np.int32)[::-1]
    earliest[image[order[last_first]]] = last_first  # of equals the last is written
    shown = order[np.sort(earliest)].astype(np.int32)
    place = np.empty(n, np.int32)
    place[image[shown]] = np.arange(n, dtype=np.int32)
    return Pictures(rows.drop("licence_class", "pixels", "n_bytes"), shown, place[image])


def crowd(prints: Prints, limit: Limit, links: Links) -> Numbers:
    """Give the rows that are joined to any other row: nearly nobody, and nobody else matters."""
    group = alike_components(prints, limit, links)
    return np.flatnonzero(np.bincount(group, minlength=len(group))[group] > 1)


def keepers(
    pictures: Pictures, crowded: Numbers, limit: Limit, links: Links, kinds: tuple[str, ...]
) -> Numbers:
    """Give the keeper of each picture.

    Args:
        pictures: All pictures.
        crowded: Those that can have a keeper besides themselves, rising.
        limit: What is a copy.
        links: Further pairs of crowded pictures that are copies.
        kinds: Columns in which a copy must agree with its keeper; unknown agrees with all.
    """
    keeper = np.arange(len(pictures.shown), dtype=np.int32)
    if len(crowded):
        at = pictures.shown[crowded]
        columns = [pictures.codes(kind)[at] for kind in kinds]
        table = np.stack(columns, axis=1) if columns else None
        found = alike_keepers(pictures.prints(crowded), limit, table, links)
        keeper[crowded] = crowded[found]
    return keeper


def among(some: Numbers, links: Links) -> Links:
    """Give the links between some rows, which are renumbered; others are left out."""
    if not len(links.left):
        return NO_LINKS
    place = np.full(max(links.left.max(), links.right.max(), some.max(initial=0)) + 1, -1, np.int32)
    place[some] = np.arange(len(some))
    left, right = place[links.left], place[links.right]
    are_in = (left >= 0) & (right >= 0)
    return Links(left[are_in], right[are_in])


@dataclass(frozen=True)
class Verdicts:
    """What becomes of each row.

    Attributes:
        pictures: Their pictures.
        keeper: Picture that stands for each picture.
        code: Why each row goes: an index of `REASONS`.
        emotions: Emotion that each picture's copies were mostly found for where they are many and
            that is asked for, its own elsewhere; -1 for none.
    """

    pictures: Pictures
    keeper: Numbers
    code: UInt8[np.ndarray, " row"]
    emotions: Numbers

    @cached_property
    def kept(self) -> Numbers:
        """Pictures that stay, in order of preference."""
        return np.flatnonzero(self.code[self.pictures.shown] == STAYS)

    def dropped(self) -> pl.DataFrame:
        """Give the rows that go: key, reason, and a detail that names their keeper."""
        rows = self.pictures.rows
        gone = np.flatnonzero(self.code != STAYS)
        keeper = self.keeper[self.pictures.place[gone]]
        told = rows.select(KEY)[gone].with_columns(
            pl.col("image_id").bin.encode("hex"),
            pl.col("source").cast(pl.String),
            reason=pl.Series(self.code[gone]).replace_strict(
                list(range(len(REASONS))), list(REASONS), return_dtype=pl.String
            ),
            keeper=pl.Series(keeper, dtype=pl.Int64),
            detail=pl.format("keeper {}", self.pictures.names(keeper)),
        )
        if not (self.code[gone] == DISAGREES).any():
            return told.drop("keeper")
        told = told.join(self._quarrels(keeper[self.code[gone] == DISAGREES]), "keeper", how="left")
        both = pl.concat_str("emotions", pl.lit("; "), "detail")
        return told.with_columns(detail=pl.coalesce(both, "detail")).drop("keeper", "emotions")

    def _quarrels(self, keepers: Numbers) -> pl.DataFrame:
        """Give the emotions that the copies of some keepers were found for, in words."""
        rows = pl.DataFrame(
            {"keeper": self.keeper[self.pictures.place], "emotion": self.pictures.rows["emotion"]}
        )
        rows = rows.filter(
            pl.col("keeper").is_in(pl.Series(np.unique(keepers)).implode()),
            pl.col("emotion").is_not_null(),
        )
        words = pl.col("emotion").cast(pl.String).unique().sort().str.join(", ")
        return rows.group_by("keeper").agg(emotions=words)

    def relabelled(self) -> pl.DataFrame:
        """Give image_id and emotion of pictures that stay and take another emotion."""
        own = self.pictures.codes("emotion")[self.pictures.shown[self.kept]]
        new = self.emotions[self.kept]
        changed = new != own
        words = self.pictures.rows.schema["emotion"]
        assert isinstance(words, pl.Enum)
        return pl.DataFrame(
            {
                "image_id": self.pictures.names(self.kept[changed]),
                "emotion": words.categories.gather(new[changed]),
            }
        )


def judged(pictures: Pictures, keeper: Numbers, disagree: Disagree) -> Verdicts:
    """Decide about each row, knowing its keeper."""
    place, shown = pictures.place, pictures.shown
    votes = _votes(pictures, keeper)
    emotions = pictures.codes("emotion")[shown]
    drops = np.zeros(len(shown), bool)
    quarrels = np.bincount(votes["keeper"].to_numpy(), minlength=len(shown)) > 1
    if disagree == "drop":
        drops = quarrels
    elif disagree == "majority":
        most = votes.filter(pl.col("n") == pl.col("n").max().over("keeper"))
        tied = np.bincount(most["keeper"].to_numpy(), minlength=len(shown)) > 1
        clear = most.filter(~pl.Series(tied).gather(most["keeper"]))
        drops = tied
        emotions[clear["keeper"].to_numpy()] = clear["emotion"].to_numpy()
    rules: tuple[tuple[Bool[np.ndarray, " row"], int], ...] = (
        (keeper[place] != place, NEAR),
        (shown[place] != np.arange(len(place)), EXACT),
        (drops[keeper[place]], DISAGREES),
    )
    code = np.full(len(place), STAYS, np.uint8)
    for holds, reason in rules:  # the last that holds is told
        code[holds] = reason
    return Verdicts(pictures, keeper, code, emotions)


def _votes(pictures: Pictures, keeper: Numbers) -> pl.DataFrame:
    """Give, for each keeper and emotion, the number of rows."""
    emotion = pictures.codes("emotion")
    has_one = emotion >= 0
    n_emotions = int(emotion.max(initial=0)) + 1
    pairs = keeper[pictures.place[has_one]].astype(np.int64) * n_emotions + emotion[has_one]
    pair, n = np.unique(pairs, return_counts=True)
    return pl.DataFrame({"keeper": pair // n_emotions, "emotion": pair % n_emotions, "n": n})
