"""Small products written as the store writes them, to try the report without running a line."""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from PIL import Image

from affekt import tables
from affekt.pictures.shelf import Shelf
from affekt.plan import Result
from affekt.report import ReportInput
from affekt.stages._conflicts import CHOICES
from affekt.store import Failure, Product, product, rows
from affekt.store.product import FORMAT
from affekt.tables import Schema
from affekt.taxonomy import MIKELS8, Taxonomy

NOTHING: Mapping[str, Any] = {}

WAYS = [choice._asdict() for choice in CHOICES]
COPIES: dict[str, Any] = {
    "max_hamming_bits": 0, "group_bits": 8,
    "copies": {
        "exact-copy": 9, "near-copy": 0, "copies-disagree": 3, "near_across_emotions": 0,
        "relabelled": 1,
    },
    "groups": {
        "pictures": 14, "shared": 4, "largest": 5, "across_emotions": 2, "across_sources": 1,
    },
    "chains": {"cut": 1, "pictures": 7},
}  # fmt: skip


def ways() -> list[dict[str, Any]]:
    """What clean notes about every way to look for two emotions, the first looking nowhere."""
    return [{"conflicts": "off", "two_emotions": {"awe": 0}, "two_queries": 12}] + [
        {**way, "two_emotions": {"awe": at, "fear": 2}, "two_queries": 12 - at // 3}
        for at, way in enumerate(WAYS)
    ]


def sha(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def filled(schema: Schema, given: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows with null where nothing was given."""
    frame = pl.DataFrame(
        [{name: row.get(name) for name in schema.columns} for row in given], schema=schema.types()
    )
    return frame.sort(schema.key)


@dataclass
class World:
    """A folder in which products and pictures are made."""

    root: Path
    shelf: Shelf = field(init=False)

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.root / "pictures")

    def product(
        self,
        stage: str,
        schema: Schema,
        given: Sequence[Mapping[str, Any]],
        dropped: pl.DataFrame | None = None,
        recipe: Mapping[str, Any] = NOTHING,
        notes: Mapping[str, Any] = NOTHING,
    ) -> Product:
        """Write a table, its drops and a manifest, and read them back."""
        table = filled(schema, given)
        if dropped is None:
            keys = {name: schema.columns[name].dtype for name in schema.key}
            dropped = pl.DataFrame(schema={**keys, "reason": pl.String, "detail": pl.String})
        address = sha(f"{stage} {table.write_ndjson()} {recipe}")
        folder = self.root / "products" / f"{stage}-{address[:16]}"
        folder.mkdir(parents=True, exist_ok=True)
        manifest = {
            "format": FORMAT,
            "stage": stage,
            "address": address,
            "recipe": {"kind": stage, **recipe},
            "recipe_sha256": sha(f"{stage} {recipe}"),
            "inputs": [],
            "came_in": table.height + dropped.height,
            "kept": table.height,
            "dropped": dropped.height,
            "reasons": rows.reasons(dropped),
            "table_sha256": rows.write(table, folder / "table.parquet"),
            "dropped_sha256": rows.write(dropped, folder / "dropped.parquet"),
            "published": "",
            "notes": dict(notes),
            "seconds": 0.0,
            "made_at": "2026-01-01T00:00:00+00:00",
            "versions": {},
        }
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        return product.read(folder)

    def pictures(self, names: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Paint one small picture a name, put it on the shelf, and tell where it lies."""
        found = {}
        for start in range(0, len(names), 500):
            with self.shelf.writer(f"made-{start}") as writer:
                for name in names[start : start + 500]:
                    data = painted(name)
                    image_id = hashlib.sha256(data).hexdigest()
                    spot = writer.add(image_id, data)
                    found[name] = {"image_id": image_id, **spot._asdict()}
        return found


def painted(name: str) -> bytes:
    """A PNG of a few soft spots whose colours and places follow from the name."""
    dice = np.random.default_rng(int(sha(name)[:12], 16))
    row, column = np.mgrid[0:60, 0:80] / 60
    picture = np.zeros((60, 80, 3))
    for _ in range(5):
        y, x, width = dice.random(), dice.random() * 1.3, 0.1 + 0.4 * dice.random()
        spot = np.exp(-((row - y) ** 2 + (column - x) ** 2) / width**2)
        picture += spot[..., None] * dice.random(3)
    out = io.BytesIO()
    Image.fromarray((255 * np.clip(picture, 0, 1)).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def build(world: World, taxonomy: Taxonomy = MIKELS8, each: int = 20) -> dict[str, Product]:
    """A whole build line: of each emotion some found, fewer clean, unique, asked and kept."""
    found = hits(taxonomy, each)
    spots = world.pictures([str(row["source_id"]) for row in found])
    clean = [{**row, **spots[str(row["source_id"])]} for at, row in enumerate(found) if at % 10]
    images = [{**row, "group_id": row["image_id"]} for at, row in enumerate(clean) if at % 12]
    asked = [question(row) for at, row in enumerate(images) if at % 5]
    labels = [
        {**row, "votes": 5, "votes_yes": 4}
        for at, row in enumerate(asked)
        if int(row["question_id"][:4], 16) % 5 < 2 + at % 3
    ]
    parts = [{**row, "original_id": row["image_id"], "part": "train"} for row in labels]
    made = world.product
    return {
        "collect": made("collect", tables.FOUND, found),
        "clean": made(
            "clean", tables.CLEAN, clean, gone(tables.FOUND, found, clean, "small"),
            recipe={**WAYS[2], "two_queries": "drop"}, notes={"conflicts": ways()},
        ),
        "dedupe": made(
            "dedupe", tables.IMAGES, images, gone(tables.CLEAN, clean, images, "copy"), notes=COPIES
        ),
        "sample": made(
            "sample", tables.QUESTIONS, asked, gone(tables.IMAGES, images, asked, "rest")
        ),
        "verify": made(
            "verify", tables.VOTES, votes_on(asked), recipe={"crowd": {"kind": "simulated"}}
        ),
        "decide": made(
            "decide", tables.LABELS, labels, gone(tables.QUESTIONS, asked, labels, "no")
        ),
        "split": made("split", tables.SPLITS, parts),
        "release": made("release", tables.RELEASED, parts, gone(tables.LABELS, labels, parts, "")),
    }  # fmt: skip


def hits(taxonomy: Taxonomy, each: int) -> list[dict[str, Any]]:
    """What a source of paintings returns; every seventh under a closed licence."""
    names = [f"{emotion}-{at:03d}" for emotion in taxonomy.names for at in range(each)]
    return [
        {
            "source": "generated", "source_id": name, "query": name.rpartition("-")[0],
            "emotion": name.rpartition("-")[0], "title": f"Study {name}", "owner": "A. Painter",
            "licence": "cc-by-4.0" if at % 7 else "all-rights-reserved", "tags": ["art"],
            "page_url": f"https://example.org/{name}", "is_generated": True,
        }
        for at, name in enumerate(names)
    ]  # fmt: skip


def question(row: Mapping[str, Any]) -> dict[str, Any]:
    """A task about one picture."""
    image_id = str(row["image_id"])
    return {
        "question_id": sha(image_id)[:32], "image_id": image_id, "emotion": row["emotion"],
        "role": "task", "group_id": image_id,
    }  # fmt: skip


def votes_on(asked: Sequence[Mapping[str, Any]], each: int = 5) -> list[dict[str, Any]]:
    """Answers of seven workers in turn, each question with its own number of YES."""
    return [
        {
            "question_id": row["question_id"], "worker": f"w{(at + vote) % 7}",
            "emotion": row["emotion"], "felt": vote < int(row["question_id"][:4], 16) % (each + 1),
            "seconds": 1.0 + vote,
        }
        for at, row in enumerate(asked)
        for vote in range(each)
    ]  # fmt: skip


def gone(
    schema: Schema,
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
    reason: str,
) -> pl.DataFrame:
    """The dropped rows of a stage: key of its first table, reason, detail."""
    by = schema.key[0] if schema.name != "found" else "source_id"
    kept = {row[by] for row in after}
    lost = [row for row in before if row[by] not in kept]
    keys = {name: schema.columns[name].dtype for name in schema.key}
    return pl.DataFrame(
        [{**{key: row[key] for key in keys}, "reason": reason, "detail": None} for row in lost],
        schema={**keys, "reason": pl.String, "detail": pl.String},
    )


def cell(
    world: World,
    truth: Sequence[str],
    said: np.ndarray,
    *,
    dataset: str = "small",
    entry: str = "colours, SVM",
    protocol: str = "kfold",
    taxonomy: Taxonomy = MIKELS8,
    groups: Sequence[str] | None = None,
    folds: int = 1,
    claims: np.ndarray | None = None,
    facts: Sequence[Mapping[str, Any]] = (),
    known: Sequence[Mapping[str, Any]] = (),
    recipe: Mapping[str, Any] = NOTHING,
    learned: Sequence[int] = (),
) -> Result:
    """One result: labels, and probabilities (repeat, image, emotion) for them, and claims.

    What is `known` of a picture besides goes into its row; `learned` are the labels before each
    repeat.
    """
    ids = [sha(f"{dataset} {at}") for at in range(len(truth))]
    if known and "image_id" in known[0]:
        ids = [str(one["image_id"]) for one in known]
    pictures = [
        {"image_id": one, "name": one[:6], "emotion": label,
         "group_id": groups[at] if groups else one, "is_generated": False,
         **(known[at] if known else NOTHING)}
        for at, (one, label) in enumerate(zip(ids, truth, strict=True))
    ]  # fmt: skip
    predictions = [
        {"repeat": repeat, "fold": at % folds, "image_id": one, "emotion": name,
         "probability": float(said[repeat, at, code]),
         "is_claimed": None if claims is None else bool(claims[repeat, at, code])}
        for repeat in range(said.shape[0])
        for at, one in enumerate(ids)
        for code, name in enumerate(taxonomy.names)
    ]  # fmt: skip
    return Result(
        dataset,
        entry,
        protocol,
        taxonomy,
        world.product("load", tables.PICTURES, pictures),
        world.product(
            "predict",
            tables.PREDICTIONS,
            predictions,
            recipe={"entry": entry, **recipe},
            notes={
                "folds": [{"model": one} for one in facts]
                + [
                    {"repeat": at, "fold": fold, "train": n, "model": {}}
                    for at, n in enumerate(learned)
                    for fold in range(folds)
                ]
            },
        ),
    )


def seen(world: World, result: Result, vectors: np.ndarray) -> Result:
    """The same result with what the entry saw in its pictures, in the order of their names."""
    assert isinstance(result.pictures, Product)
    ids = result.pictures.table()["image_id"]
    rows = [
        {"image_id": one, "vector": row}
        for one, row in zip(ids, np.asarray(vectors, dtype=float).tolist(), strict=True)
    ]
    return result._replace(vectors=world.product("extract", tables.FEATURES, rows))


def estimated(
    world: World,
    truth: Mapping[str, Sequence[float]],
    said: Mapping[str, np.ndarray],
    *,
    entry: str = "colours, ridge",
    groups: Sequence[str] | None = None,
) -> Result:
    """One result of a model of ratings: means by scale, and estimates (repeat, image) of them."""
    n = len(next(iter(truth.values())))
    ids = [sha(f"rated {at}") for at in range(n)]
    pictures = [
        {"image_id": one, "name": one[:6], "emotion": "awe", "is_generated": False,
         "group_id": groups[at] if groups else one,
         "ratings": [{"scale": scale, "mean": means[at]} for scale, means in truth.items()]}
        for at, one in enumerate(ids)
    ]  # fmt: skip
    rows = [
        {"repeat": repeat, "fold": 0, "image_id": ids[at], "scale": scale,
         "estimate": float(values[repeat, at])}
        for scale, values in said.items()
        for repeat, at in np.ndindex(values.shape)
    ]  # fmt: skip
    return Result(
        "rated",
        entry,
        "kfold",
        MIKELS8,
        world.product("load", tables.PICTURES, pictures),
        world.product("predict", tables.ESTIMATES, rows, recipe={"entry": entry}),
        is_rating=True,
    )


def guessed(
    truth: Sequence[str], taxonomy: Taxonomy, skill: float, seed: int, repeats: int = 1
) -> np.ndarray:
    """Probabilities of somebody with skill, wrong more often on later emotions."""
    dice = np.random.default_rng(seed)
    code = np.array([taxonomy.names.index(name) for name in truth], dtype=int)
    score = dice.normal(size=(repeats, len(truth), len(taxonomy)))
    score[:, np.arange(len(truth)), code] += skill * (1.3 - code / len(taxonomy))
    powers = np.exp(score)
    return np.asarray(powers / powers.sum(axis=2, keepdims=True))


def whole(world: World, results: tuple[Result, ...] = (), **changes: Any) -> ReportInput:
    """The input of a report on a made world."""
    facts: dict[str, Any] = {
        "title": "Small wonders",
        "plan_name": "plan.toml",
        "plan_sha256": sha("plan"),
        "taxonomy": MIKELS8,
        "seed": 2016,
        "results": results,
        "shelf": world.shelf,
        "hardware": {"processor": "two cores", "memory": "8 GB"},
    }
    return ReportInput(**{**facts, **changes})


def failed(dataset: str = "small", entry: str = "broken") -> Result:
    """A cell that could not be made."""
    why = Failure("predict", "the vector of 'a.jpg' holds NaN", "PartError")
    return Result(dataset, entry, "kfold", MIKELS8, why, why)


def benchmark(world: World, taxonomy: Taxonomy = MIKELS8, each: int = 12) -> tuple[Result, ...]:
    """Two contenders and both floors on one small set."""
    truth = [name for name in taxonomy.names for _ in range(each)]
    k = len(taxonomy)
    flat = np.full((1, len(truth), k), 1 / k)
    said = {
        "net": guessed(truth, taxonomy, 2, 1),
        "colours": guessed(truth, taxonomy, 1, 2),
        "majority": flat + 0.1 * (np.arange(k) == 0),
        "chance": flat,
    }
    return tuple(
        cell(world, truth, one, entry=name, taxonomy=taxonomy) for name, one in said.items()
    )
