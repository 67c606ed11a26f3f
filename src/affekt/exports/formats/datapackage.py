"""A Data Package: tables with their schemas, and the pictures in one zip file.

Data Package 1 and Table Schema 1 (Frictionless Data).
"""

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from affekt import cells, licences
from affekt.datasets.release import shape
from affekt.datasets.release.columns import OF_TABLE
from affekt.datasets.release.reading import groups_in
from affekt.durable import file_sha256
from affekt.exports.formats.source import Source

HOW = """\
```python
import frictionless

package = frictionless.Package("FOLDER/datapackage.json")
package.validate()  # sizes, hashes, types, patterns, and that each vote is on a question
```

`pictures.csv` has one row a picture, also for those that are not inside; `path` says where in
`images.zip` it lies. In a CSV file a text that a spreadsheet could take for a formula has an
apostrophe in front."""
PICTURES, VOTES, ASKED, IMAGES = "pictures.csv", "votes.csv", "asked.csv", "images.zip"
ID = "^[0-9a-f]{64}$"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first moment a zip file can tell
LEAST = {"votes": 0, "votes_yes": 0, "width_px": 1, "height_px": 1, "bytes": 1, "seconds": 0}
SCALARS = [
    name
    for name, one in shape.COLUMNS.items()
    if not pa.types.is_nested(one.kind)  # shares become one column an emotion
]


def write(place: Path, source: Source) -> None:
    """Write ``datapackage.json``, the tables and ``images.zip``."""
    columns = ["path", *SCALARS, *(f"share_{name}" for name in source.classes)]
    with zipfile.ZipFile(place / IMAGES, "w", zipfile.ZIP_STORED) as images:
        _csv(place / PICTURES, columns, _pictures(source, images))
    _csv(place / VOTES, list(shape.VOTE_COLUMNS), _votes(source))
    (place / ASKED).write_bytes(source.file(shape.ASKED).read_bytes())
    text = json.dumps(
        _package(place, source, columns), indent=1, sort_keys=True, ensure_ascii=False
    )
    (place / "datapackage.json").write_bytes(f"{text}\n".encode())


def _csv(path: Path, columns: list[str], rows: Iterable[Sequence[Any]]) -> None:
    path.write_bytes(cells.to_csv(columns, rows).encode())


def _pictures(source: Source, images: zipfile.ZipFile) -> Iterator[list[Any]]:
    """Give the rows of the table, after putting the picture of each into the zip file."""
    for split in source.splits:
        for row in source.rows(split):
            image, path = row["image"], None
            if image is not None and image["bytes"] is not None:
                path = f"images/{image['path']}"
                told = zipfile.ZipInfo(path, LONG_AGO)
                told.create_system, told.external_attr = 3, 0o100644 << 16
                images.writestr(told, image["bytes"])
            shares = row["share"] or [None] * len(source.classes)
            yield [path, *(row[name] for name in SCALARS), *shares]


def _votes(source: Source) -> Iterator[list[Any]]:
    for group in groups_in(source.file(shape.VOTES), shape.vote_schema()):
        for row in group.to_pylist():
            yield list(row.values())


def _package(place: Path, source: Source, columns: list[str]) -> dict[str, Any]:
    about = source.manifest.release
    words = [about.licence, *source.manifest.counts.licences]
    known = {one.word: one for one in map(licences.of, words) if one is not None and one.url}
    told = {
        "name": about.name.lower(),
        "title": about.title,
        "version": about.version,
        "description": about.description,
        "homepage": about.url,
        "licenses": [
            {"name": one.spdx or word, "title": one.title, "path": one.url}
            for word, one in sorted(known.items())
        ],
        "contributors": [{"title": name, "role": "author"} for name in about.creators],
        "resources": [
            _table(place / PICTURES, _schema(columns, source.classes)),
            _table(place / ASKED, _asked_schema(source.classes)),
            _table(place / VOTES, _vote_schema(source.classes)),
            {**_facts(place / IMAGES), "mediatype": "application/zip", "type": "file"},
        ],
    }
    return {key: one for key, one in told.items() if one}


def _facts(path: Path) -> dict[str, Any]:
    return {
        "name": path.stem,
        "path": path.name,
        "format": path.suffix[1:],
        "bytes": path.stat().st_size,
        "hash": f"sha256:{file_sha256(path)}",
    }


def _table(path: Path, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **_facts(path), "type": "table", "mediatype": "text/csv", "encoding": "utf-8",
        "schema": schema,
    }  # fmt: skip


def _schema(columns: list[str], classes: tuple[str, ...]) -> dict[str, Any]:
    must: dict[str, dict[str, Any]] = {
        "path": {"pattern": "^images/[0-9a-f]{64}\\.(jpg|png)$", "unique": True},
        "image_id": {"required": True, "unique": True, "pattern": ID},
        "label": {"required": True, "enum": list(classes)},
        "split": {"required": True, "enum": list(shape.SPLITS)},
        "original_sha256": {"required": True, "pattern": ID},
        "licence": {"required": True},
        **{f"share_{name}": {"minimum": 0, "maximum": 1} for name in classes},
    }
    fields = [_field(name, must.get(name, {})) for name in columns]
    return {"fields": fields, "primaryKey": ["image_id"], "missingValues": [""]}


def _field(name: str, must: Mapping[str, Any]) -> dict[str, Any]:
    one = {**shape.VOTE_COLUMNS, **shape.COLUMNS}.get(name)
    kind = "number" if name.startswith("share_") else _type(one.kind) if one else "string"
    if name in LEAST:
        must = {**must, "minimum": LEAST[name]}
    meaning = (
        one.meaning
        if one
        else "place in images.zip"
        if name == "path"
        else OF_TABLE[shape.ASKED].get(name, "share of votes that felt it")
    )
    return {"name": name, "type": kind, "description": meaning} | (
        {"constraints": dict(must)} if must else {}
    )


def _type(kind: Any) -> str:
    if pa.types.is_boolean(kind):
        return "boolean"
    return "integer" if pa.types.is_integer(kind) else "string"


def _asked_schema(classes: tuple[str, ...]) -> dict[str, Any]:
    must: dict[str, dict[str, Any]] = {
        "question_id": {"required": True, "unique": True},
        "emotion": {"required": True, "enum": list(classes)},
    }
    fields = [_field(name, must.get(name, {})) for name in shape.ASKED_COLUMNS]
    return {"fields": fields, "primaryKey": ["question_id"], "missingValues": [""]}


def _vote_schema(classes: tuple[str, ...]) -> dict[str, Any]:
    must: dict[str, dict[str, Any]] = {
        "question_id": {"required": True},
        "worker": {"required": True},
        "emotion": {"required": True, "enum": list(classes)},
        "felt": {"required": True},
    }
    question = {"resource": "asked", "fields": ["question_id"]}
    return {
        "fields": [_field(name, must.get(name, {})) for name in shape.VOTE_COLUMNS],
        "foreignKeys": [{"fields": ["question_id"], "reference": question}],
        "missingValues": [""],
    }
