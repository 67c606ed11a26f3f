"""``croissant.json``: what the release is, which files it has, and how their records are read.

Croissant 1.1 with the RAI vocabulary 1.0 (MLCommons, "Croissant Format Specification" and
"Croissant RAI Specification").
"""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl
import pyarrow as pa

from affekt import licences
from affekt.datasets.release import shape
from affekt.datasets.release.columns import OF_TABLE
from affekt.datasets.release.papers.citing import NAMELESS, TOPICS, cited, is_person
from affekt.datasets.release.papers.rai import responsible
from affekt.datasets.release.shape import Manifest

CONFORMS_TO = ("http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0")
PICTURES, LINKS = "picture-files", "link-files"
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    **{
        term: f"cr:{term}"
        for term in (
            "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract",
            "field", "fileObject", "fileProperty", "fileSet", "format", "includes", "isArray",
            "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet",
            "references", "regex", "repeated", "replace", "samplingRate", "separator", "source",
            "subField", "transform",
        )
    },
}  # fmt: skip
FORMATS = {
    ".parquet": "application/x-parquet",
    ".csv": "text/csv",
    ".json": "application/json",
    ".md": "text/markdown",
    ".cff": "application/yaml",
    ".zip": "application/zip",
}
SPLIT_URLS = {"train": "Training", "validation": "Validation", "test": "Test"}


def document(
    manifest: Manifest, rows: pl.DataFrame, files: Mapping[str, tuple[str, int]]
) -> dict[str, Any]:
    """Give the document.

    ``files`` has the SHA-256 and the size in bytes of every file it tells of, by name.
    """
    about = manifest.release
    own = licences.of(about.licence)
    told: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": list(CONFORMS_TO),
        "name": about.title,
        "description": about.description or f"{about.title}: no description was given.",
        "license": own.url if own and own.url else "unknown",
        "version": about.version,
        "citeAs": cited(manifest),
        "keywords": [*TOPICS, *manifest.taxonomy.names],
        "inLanguage": "en",
        "isLiveDataset": False,
        "creator": [
            {"@type": "sc:Person" if is_person(name) else "sc:Organization", "name": name}
            for name in about.creators or (NAMELESS,)
        ],
        "distribution": list(_distribution(files)),
        "recordSet": _record_sets(manifest, files),
        **responsible(manifest, rows),
    }
    if about.url:
        told["url"] = about.url
    if about.published:
        told["datePublished"] = about.published
    return told


def _distribution(files: Mapping[str, tuple[str, int]]) -> Iterator[dict[str, Any]]:
    for name, (digest, size) in sorted(files.items()):
        yield {
            "@type": "cr:FileObject",
            "@id": name,
            "name": name,
            "contentUrl": name,
            "contentSize": f"{size} B",
            "encodingFormat": FORMATS["." + name.rpartition(".")[2]],
            "sha256": digest,
        }
    if _has(files, "data/"):
        yield _file_set(PICTURES, "data/*.parquet", "The files of pictures, one row a picture.")
    if _has(files, "links/"):
        yield _file_set(LINKS, "links/*.parquet", "What is only linked, one row a picture.")


def _has(files: Mapping[str, object], below: str) -> bool:
    return any(name.startswith(below) for name in files)


def _file_set(name: str, includes: str, meaning: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": name,
        "name": name,
        "description": meaning,
        "encodingFormat": FORMATS[".parquet"],
        "includes": includes,
    }


def _record_sets(manifest: Manifest, files: Mapping[str, object]) -> list[dict[str, Any]]:
    """Give `examples`, of what is inside or else of what is linked; `linked` beside the former."""
    has_data, has_links = _has(files, "data/"), _has(files, "links/")
    sets = [_emotions(manifest), _splits()]
    sets.append(_examples("examples", PICTURES if has_data else LINKS))
    if has_data and has_links:
        sets.append(_examples("linked", LINKS))
    return [*sets, _votes()]


def _emotions(manifest: Manifest) -> dict[str, Any]:
    """Give the enumeration of labels, in taxonomy order."""
    return {
        "@type": "cr:RecordSet",
        "@id": "emotions",
        "name": "emotions",
        "description": "The emotions a label may be, in the order of the shares.",
        "dataType": "sc:Enumeration",
        "key": {"@id": "emotions/name"},
        "field": [_field("emotions", "name", "sc:Text", "name of the emotion")],
        "data": [{"emotions/name": name} for name in manifest.taxonomy.names],
    }


def _splits() -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "description": "The splits, each with the term of Croissant that says what it is for.",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [
            _field("splits", "name", "sc:Text", "name of the split"),
            _field("splits", "url", "sc:URL", "what it is for"),
        ],
        "data": [
            {
                "splits/name": split,
                "splits/url": f"http://mlcommons.org/croissant/{SPLIT_URLS[split]}Split",
            }
            for split in shape.SPLITS
        ],
    }


def _examples(records: str, files: str) -> dict[str, Any]:
    """Give the pictures; their one join is with the credits."""
    fields = [
        _column(records, name, one.kind, one.meaning, {"fileSet": {"@id": files}})
        for name, one in shape.COLUMNS.items()
        if name != "image" or files == PICTURES
    ]
    for field in fields:
        if field["name"] == "image":
            field["source"]["transform"] = {"jsonPath": "bytes"}
        if field["name"] == "image_id":
            field["references"] = _from(shape.ATTRIBUTION, "image_id")
    credit = _field(records, "text", "sc:Text", OF_TABLE[shape.ATTRIBUTION]["text"])
    return {
        "@type": "cr:RecordSet",
        "@id": records,
        "name": records,
        "description": "One record a picture, with its label, votes, split, licence and credit.",
        "key": {"@id": f"{records}/image_id"},
        "field": [*fields, {**credit, "source": _from(shape.ATTRIBUTION, "text")}],
    }


def _votes() -> dict[str, Any]:
    """Give the single votes; their one join is with what was asked."""
    votes = {"fileObject": {"@id": shape.VOTES}}
    fields = [
        _column("votes", name, one.kind, one.meaning, votes)
        for name, one in shape.VOTE_COLUMNS.items()
    ]
    for field in fields:
        if field["@id"] == "votes/question_id":
            field["references"] = _from(shape.ASKED, "question_id")
    of_asked = OF_TABLE[shape.ASKED]
    return {
        "@type": "cr:RecordSet",
        "@id": "votes",
        "name": "votes",
        "description": "One record a vote of a worker on one emotion, with the picture it is on.",
        "field": [
            *fields,
            *(
                {
                    **_field("votes", name, "sc:Text", of_asked[name]),
                    "source": _from(shape.ASKED, name),
                }
                for name in ("image_id", "outcome")
            ),
        ],
    }


def _from(file: str, column: str) -> dict[str, Any]:
    return {"fileObject": {"@id": file}, "extract": {"column": column}}


def _column(
    records: str, name: str, kind: Any, meaning: str, place: Mapping[str, Any]
) -> dict[str, Any]:
    """Give the field of one column of a Parquet file."""
    source = {**place, "extract": {"column": name}}
    if pa.types.is_list(kind):
        inner = _field(records, name, _type(kind.value_type), meaning)
        return {**inner, "isArray": True, "arrayShape": "-1", "source": source}
    return {**_field(records, name, _type(kind), meaning), "source": source}


def _field(records: str, name: str, kind: str, meaning: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{records}/{name}",
        "name": name,
        "description": meaning,
        "dataType": kind,
    }


def _type(kind: Any) -> str:
    if kind == shape.IMAGE:
        return "sc:ImageObject"
    if pa.types.is_boolean(kind):
        return "sc:Boolean"
    if pa.types.is_integer(kind):
        return "sc:Integer"
    return "sc:Float" if pa.types.is_floating(kind) else "sc:Text"
