"""A project of drawn JPEGs that is ready to be released, and what its release is written from.

Every picture is a crop of its own of one drawn sheet, 448 × 336 px in a quality of its own, 28 to
60 kB each; a fifth is CC0, the others name their author. The stage is run once, and what it hands
to `write` is kept: tables, manifest, and the rebuilt pictures on a shelf. Beside them lie the same
pictures as plain files with the same rows, for the others.
"""

import hashlib
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import polars as pl
from PIL import Image

from affekt.datasets.release.shape import EXTENSIONS, Manifest
from affekt.datasets.release.write import Contents
from affekt.pictures.decode import Decoders
from affekt.pictures.shelf import PER_SHARD, Shelf
from affekt.stage import Desk, Outcome
from affekt.stages import release as stage
from affekt.stages.release import Release
from affekt.tables import IMAGES, LABELS, QUESTIONS, SPLITS, VOTES, Schema
from affekt.taxonomy import MIKELS8

SHEET_PX, WIDTH_PX, HEIGHT_PX = 1_600, 448, 336
QUALITIES = (70, 92)
VOTERS = 5
TABLES = ("labels", "images", "votes", "splits", "asked", "noisy")
HANDED = ("rows", "votes", "asked", "noisy", "removed")


def made(root: Path, n: int) -> None:
    """Draw the pictures, run the stage once, and keep what it writes from; once a folder."""
    if (root / "ready").exists():
        return
    shutil.rmtree(root, ignore_errors=True)
    (root / "tables").mkdir(parents=True)
    for name, table in zip(TABLES, _tables(root, n), strict=True):
        table.write_parquet(root / "tables" / f"{name}.parquet")
    with mock.patch.object(stage, "_written", lambda _, contents, __: _kept(root, contents)):
        released(root, root / "scratch")
    (root / "ready").touch()


def released(root: Path, scratch: Path) -> Outcome:
    """Run the whole stage on the tables of a project."""
    scratch.mkdir(parents=True, exist_ok=True)
    tables = [pl.read_parquet(root / "tables" / f"{name}.parquet") for name in TABLES]
    desk = Desk(Shelf(root / "pictures"), root / "journal", scratch)
    return Release(taxonomy=MIKELS8, name="drawn", creators=("A. Maker",)).run(desk, *tables)


def contents(root: Path) -> Contents:
    """Give what the stage handed to `write`."""
    tables = [pl.read_parquet(root / "handed" / f"{name}.parquet") for name in HANDED]
    rows, votes, asked, noisy, removed = tables
    manifest = Manifest.model_validate_json((root / "handed" / "manifest.json").read_bytes())
    shelf = Shelf(root / "scratch" / "rebuilt")
    return Contents(manifest, rows, shelf.scan, votes, asked, noisy, removed)


def _kept(root: Path, given: Contents) -> Path:
    """Stand in for the stage's writing: keep what it was given, also as plain files."""
    (root / "handed").mkdir()
    for name in HANDED:
        getattr(given, name).write_parquet(root / "handed" / f"{name}.parquet")
    manifest = given.manifest.model_dump(mode="json")
    (root / "handed" / "manifest.json").write_text(json.dumps(manifest))
    (root / "plain").mkdir()
    endings = dict(given.rows.select("image_id", "format").iter_rows())
    for image_id, data in given.pictures(given.rows):
        ending = EXTENSIONS[endings[image_id]]
        (root / "plain" / f"{image_id}.{ending}").write_bytes(data)
    told = given.rows.drop("format", "shard", "row_group", "row")
    told.write_parquet(root / "plain" / "rows.parquet")
    return root


def _drawn(n: int) -> Iterator[bytes]:
    dice = np.random.default_rng(2016)
    rough = dice.integers(256, size=(SHEET_PX // 8, SHEET_PX // 8, 3), dtype=np.uint8)
    sheet = Image.fromarray(rough).resize((SHEET_PX, SHEET_PX), Image.Resampling.BICUBIC)
    grain = dice.integers(-5, 6, size=(SHEET_PX, SHEET_PX, 1))
    pixels = np.clip(np.asarray(sheet) + grain, 0, 255).astype(np.uint8)
    span = SHEET_PX - HEIGHT_PX, SHEET_PX - WIDTH_PX
    places = dice.choice(span[0] * span[1], size=n, replace=False)
    tops, lefts = np.unravel_index(places, span)
    for top, left, quality in zip(tops, lefts, dice.integers(*QUALITIES, size=n), strict=True):
        file = io.BytesIO()
        crop = Image.fromarray(pixels[top : top + HEIGHT_PX, left : left + WIDTH_PX])
        crop.save(file, "JPEG", quality=int(quality))
        yield file.getvalue()


def _tables(root: Path, n: int) -> tuple[pl.DataFrame, ...]:
    """Give labels, images, votes, splits, asked and noisy of n drawn pictures."""
    images = _images(root, n)
    ids, emotions = images["image_id"].to_list(), images["emotion"].to_list()
    asked = [hashlib.sha256(one.encode()).hexdigest()[:32] for one in ids]
    votes = {
        "question_id": [one for one in asked for _ in range(VOTERS)],
        "worker": [f"worker {at * 7 % 97 + voter}" for at in range(n) for voter in range(VOTERS)],
        "emotion": [one for one in emotions for _ in range(VOTERS)],
        "felt": [voter < VOTERS - 1 for _ in range(n) for voter in range(VOTERS)],
        "seconds": [3.0] * n * VOTERS,
    }
    shares = [[0.8 if name == one else None for name in MIKELS8.names] for one in emotions]
    labels = {
        "image_id": ids, "question_id": asked, "emotion": emotions, "votes": [VOTERS] * n,
        "votes_yes": [VOTERS - 1] * n, "shares": shares,
    }  # fmt: skip
    parts = [("train", "train", "train", "train", "validate", "test")[at % 6] for at in range(n)]
    splits = {"image_id": ids, "group_id": ids, "part": parts}
    questions = {
        "question_id": asked, "image_id": ids, "emotion": emotions, "role": ["task"] * n,
        "group_id": ids, "source": ["drawn"] * n, "source_id": images["source_id"].to_list(),
    }  # fmt: skip
    given = ((LABELS, labels), (VOTES, votes), (SPLITS, splits), (QUESTIONS, questions))
    label_rows, vote_rows, split_rows, question_rows = (_filled(*one) for one in given)
    return label_rows, images, vote_rows, split_rows, question_rows, question_rows.clear()


def _images(root: Path, n: int) -> pl.DataFrame:
    """Put the pictures on the shelf and give their rows."""
    shelf, pictures, rows = Shelf(root / "pictures"), _drawn(n), list[dict[str, Any]]()
    with Decoders(1) as decoders:
        for start in range(0, n, PER_SHARD):
            with shelf.writer(f"drawn-{start:06d}") as writer:
                for at in range(start, min(n, start + PER_SHARD)):
                    data = next(pictures)
                    image_id = hashlib.sha256(data).hexdigest()
                    spot = writer.add(image_id, data)._asdict()
                    phash = decoders.facts(data).phash
                    rows.append({**_row(at), **spot, "phash": phash, "n_bytes": len(data),
                                 "image_id": image_id, "group_id": image_id})  # fmt: skip
    return _filled(IMAGES, {name: [row[name] for row in rows] for name in rows[0]})


def _row(at: int) -> dict[str, Any]:
    return {
        "source": "drawn", "source_id": f"{at:06d}", "title": f"Drawing {at}",
        "emotion": MIKELS8.names[at % len(MIKELS8)], "owner": f"Painter {at % 500}",
        "licence": "cc-by-4.0" if at % 5 else "cc0", "tags": ["drawing", f"{at % 50}"],
        "width_px": WIDTH_PX, "height_px": HEIGHT_PX, "format": "JPEG",
        "url": f"https://example.org/{at}.jpg", "page_url": f"https://example.org/{at}",
        "found_at": "2026-01-01T00:00:00+00:00", "is_generated": True,
    }  # fmt: skip


def _filled(schema: Schema, given: dict[str, list[Any]]) -> pl.DataFrame:
    """Give a whole table, null where nothing was given."""
    n = len(next(iter(given.values())))
    columns = {name: given.get(name, [None] * n) for name in schema.columns}
    return schema.conform(pl.DataFrame(columns, schema=schema.types(), strict=False), "benchmark")
