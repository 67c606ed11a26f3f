"""Made-up rows of a crawl, as `collect` gives them and as looking at the pictures ends.

Nothing is real, all follows from a seed: tags and owners as frequent as Zipf says, a few per cent
of pictures that name two emotions or were found twice, and as many exact copies as the paper met.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from affekt.stages._look import LOOKED
from affekt.tables import FOUND
from affekt.taxonomy import MIKELS8

PIECE = 100_000  # pictures made at a time
PER_FILE = 8_000  # rows of a file of looked-at pictures, as the stage writes them
FOUND_AGAIN = 0.05  # share of pictures that a second query returns, half of them another emotion
TWO_EMOTIONS = 0.035  # share whose tags name another emotion
COPIES = 0.15  # share with the bytes of an earlier picture, most of the same emotion
SAME_EMOTION = 0.7
NAMES = list(MIKELS8.names)
LICENCES = (
    "all-rights-reserved",
    "cc-by-2.0",
    "cc-by-nc-2.0",
    "cc-by-nc-nd-2.0",
    "cc-by-sa-2.0",
    "cc0",
)
SIZES = (("small", 240), ("medium", 500), ("large", 1024))
Numbers = Any  # an array of whole numbers, one a row


def found(n_rows: int) -> Iterator[pl.DataFrame]:
    """Give about so many rows of `FOUND`, in pieces and in no order."""
    n_pictures = round(n_rows / (1 + FOUND_AGAIN))
    words = _vocabulary()
    for start in range(0, n_pictures, PIECE):
        yield _piece(np.arange(start, min(start + PIECE, n_pictures)), words)


def looked(wanted: pl.DataFrame) -> pl.DataFrame:
    """Give what looking at pictures told; ``wanted`` has their key."""
    number = _number_of(wanted)
    content = _content(number)
    side = 240 + content % 800
    empty = dict.fromkeys(("reason", "detail", "host"), pl.lit(None, pl.String))
    return (
        wanted.select("source", "source_id", "query")
        .with_columns(
            **empty,
            image_id=_hex(content, 1),
            content=_hex(content, 1),
            shard=pl.lit("shard-") + pl.Series(number // 1000).cast(pl.String),
            row_group=pl.Series(number % 1000 // 64).cast(pl.Int32),
            row=pl.Series(number % 64).cast(pl.Int32),
            width_px=pl.Series(side).cast(pl.Int32),
            height_px=pl.Series(side * 3 // 4).cast(pl.Int32),
            n_bytes=pl.Series(side * 97).cast(pl.Int64),
            format=pl.lit("JPEG"),
            is_animated=pl.lit(False),
            phash=pl.Series(_mixed(content, 2)),
            dhash=pl.Series(_mixed(content, 3)),
        )
        .select(list(LOOKED))
    )


def write_looked(keys: Iterator[pl.DataFrame], folder: Path) -> None:
    """Write what looking told of each picture, in files as the stage writes them."""
    folder.mkdir(parents=True, exist_ok=True)
    n_files = 0
    for rows in keys:
        for part in rows.iter_slices(PER_FILE):
            looked(part).write_parquet(folder / f"{n_files:06d}.parquet")
            n_files += 1


def _vocabulary() -> pl.Series:
    """Give 60,000 words, the most frequent first; other emotions' words are a little rare."""
    parts = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"]
    words = [one + two + three for one in parts for two in parts for three in parts][:60_000]
    for at, word in enumerate(emotion for emotion in NAMES for _ in range(1)):
        words[900 + 211 * at] = word
    return pl.Series(words)


def _piece(number: Numbers, words: pl.Series) -> pl.DataFrame:
    dice = np.random.default_rng([2016, int(number[0])])
    emotion = _emotion(number)
    owner = np.minimum(dice.zipf(1.4, len(number)), 300_000)
    identity = _identity(number)
    ids = identity["source_id"]
    day = 1_200_000_000 + 86_400 * (_mixed(number, 5) % np.uint64(5_000)).astype(np.int64)
    stamp = pl.from_epoch(pl.Series(day)).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    names = pl.Series(NAMES)
    rows = identity.with_columns(
        emotion=names.gather(emotion),
        query=names.gather(emotion),
        tags=_tags(emotion, words, dice),
        title=_text(words, dice, len(number), 3),
        owner=pl.lit("person ") + pl.Series(owner).cast(pl.String),
        owner_id=pl.Series(owner).cast(pl.String) + "@N01",
        owner_url=pl.lit("https://photos.example/people/") + pl.Series(owner).cast(pl.String),
        licence=pl.Series(LICENCES).gather(_mixed(number, 6) % np.uint64(len(LICENCES))),
        url=pl.lit("https://live.photos.example/65535/") + ids + "_0a1b2c3d4e_b.jpg",
        page_url=pl.lit("https://photos.example/photos/") + ids,
        taken_at=stamp,
        uploaded_at=stamp,
        found_at=pl.lit("2016-02-12T00:00:00Z"),
        is_generated=pl.lit(False),
        truth=pl.lit(None, pl.String),
        description=_text(words, dice, len(number), 12),
        machine_tags=pl.lit(None, pl.List(pl.String)),
        safety=pl.lit("safe"),
        sizes=_sizes(ids),
        raw_sha256=_hex(number, 7),
    )
    again = rows.filter(pl.Series(dice.random(len(number)) < FOUND_AGAIN))
    shift = pl.Series(dice.integers(0, 2, again.height) * dice.integers(1, 8, again.height))
    place = again["emotion"].replace_strict({name: at for at, name in enumerate(NAMES)})
    other = names.gather((place + shift) % len(NAMES))
    again = again.with_columns(emotion=other, query=other + " again")
    return FOUND.shaped(pl.concat([rows, again]), "benchmark")


def _identity(number: Numbers) -> pl.DataFrame:
    """Give source and source_id; the factors are odd, so that no two numbers meet."""
    flickr = (number * 2_654_435_761) % (1 << 36) + 1_000_000_000
    instagram = (number * 11_400_714_819) % (1 << 40) + 17_800_000_000_000_000
    is_flickr = number % 5 != 0
    return pl.DataFrame(
        {
            "source": pl.Series(is_flickr).replace_strict({True: "flickr", False: "instagram"}),
            "source_id": pl.Series(np.where(is_flickr, flickr, instagram)).cast(pl.String),
        }
    )


def _number_of(rows: pl.DataFrame) -> Numbers:
    """Give the number that a source_id was made from."""
    ids = rows["source_id"].cast(pl.Int64).to_numpy().astype(object)
    from_flickr = (rows["source"] == "flickr").to_numpy()
    flickr = (ids - 1_000_000_000) * pow(2_654_435_761, -1, 1 << 36) % (1 << 36)
    instagram = (ids - 17_800_000_000_000_000) * pow(11_400_714_819, -1, 1 << 40) % (1 << 40)
    return np.where(from_flickr, flickr, instagram).astype(np.int64)


def _emotion(number: Numbers) -> Numbers:
    return (_mixed(number, 8) % np.uint64(8)).astype(np.int64)


def _content(number: Numbers) -> Numbers:
    """Give the number of the picture whose bytes each one has."""
    share = _mixed(number, 4) / 2.0**64
    near = number - 1 - (_mixed(number, 9) % np.uint64(64)).astype(np.int64)
    for _ in range(64):  # most copies were found for the same emotion
        differs = _emotion(near) != _emotion(number)
        near = np.where(differs & (share < COPIES * SAME_EMOTION), near - 1, near)
    return np.where((share < COPIES) & (near >= 0), np.maximum(near, 0), number)


def _mixed(number: Numbers, salt: int) -> Numbers:
    """Give 64 bits that look random, by the finaliser of splitmix64."""
    bits = number.astype(np.uint64) * np.uint64(16) + np.uint64(salt)
    with np.errstate(over="ignore"):
        bits = (bits + np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def _hex(number: Numbers, salt: int) -> pl.Series:
    """Give 64 hexadecimal digits for each number."""
    parts = [_mixed(number * 4 + part, salt) for part in range(4)]
    data = np.stack(parts, axis=1).tobytes()
    array = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(32), len(number), [None, pa.py_buffer(data)]
    )
    return pl.Series(array.cast(pa.large_binary())).bin.encode("hex")


def _tags(emotion: Numbers, words: pl.Series, dice: np.random.Generator) -> pl.Series:
    """Give lists of tags: Zipf's words, mostly the emotion's own, sometimes another's."""
    n = len(emotion)
    lists = _words(words, dice, np.minimum(dice.geometric(0.12, n) - 1, 60))
    names = pl.Series(NAMES)
    own = pl.Series(emotion)
    other = pl.Series((emotion + dice.integers(1, 8, n)) % 8)
    has_own = pl.Series(dice.random(n) < 0.8)
    has_other = pl.Series(dice.random(n) < TWO_EMOTIONS)
    shape = pl.Series(dice.integers(0, 3, n))
    frame = pl.DataFrame({"tags": lists, "own": names.gather(own), "other": names.gather(other)})
    written = (
        pl.when(shape == 0)
        .then("own")
        .when(shape == 1)
        .then(pl.col("own").str.to_titlecase())
        .otherwise(pl.lit("#") + pl.col("own"))
    )
    mine = pl.when(has_own).then(pl.concat_list(written)).otherwise(pl.lit([], pl.List(pl.String)))
    theirs = (
        pl.when(has_other).then(pl.concat_list("other")).otherwise(pl.lit([], pl.List(pl.String)))
    )
    return frame.select(pl.concat_list("tags", mine, theirs)).to_series()


def _words(words: pl.Series, dice: np.random.Generator, lengths: Numbers) -> pl.Series:
    flat = words.gather(np.minimum(dice.zipf(1.25, lengths.sum()), len(words)) - 1)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    values = flat.to_arrow(compat_level=pl.CompatLevel.oldest())
    return pl.Series(pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), values))


def _text(words: pl.Series, dice: np.random.Generator, n: int, mean: int) -> pl.Series:
    """Give texts of words; two fifths have none."""
    lengths = np.where(dice.random(n) < 0.6, dice.poisson(mean, n) + 1, 0)
    text = _words(words, dice, lengths).list.join(" ")
    return text.replace("", None)


def _sizes(ids: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"id": ids})
    each = [
        pl.struct(
            name=pl.lit(name),
            url=pl.lit("https://live.photos.example/65535/") + pl.col("id") + f"_{name[0]}.jpg",
            width_px=pl.lit(side, pl.Int32),
            height_px=pl.lit(side * 3 // 4, pl.Int32),
        )
        for name, side in SIZES
    ]
    return frame.select(pl.concat_list(each)).to_series()
