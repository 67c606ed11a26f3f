"""Holds the papers of a release against its manifest and files."""

import json
import re
from collections.abc import Generator, Iterator, Mapping
from hashlib import sha256
from typing import Any

from affekt.datasets.release import shape
from affekt.datasets.release.finding import Finding
from affekt.datasets.release.papers import croissant, datasheet
from affekt.datasets.release.papers.answers import is_stable
from affekt.datasets.release.shape import Manifest

REPORT = "tell the maker of the release"
CARD, CITATION = "README.md", "CITATION.cff"
RECORDS = ("emotions", "splits", "examples", "votes")


def papers(
    texts: Mapping[str, str], manifest: Manifest, digests: Mapping[str, str]
) -> Iterator[Finding]:
    """Find papers that leave something unsaid, or say something else than manifest and files.

    ``texts`` has the papers that could be read; ``digests`` the SHA-256 of every file, as the
    checksums state it.
    """
    plan = manifest.plan
    if plan.text and sha256(plan.text.encode()).hexdigest() != plan.sha256:
        yield _wrong(shape.MANIFEST, "has a text of the plan that its hash does not fit")
    of_text = ((shape.DATASHEET, _datasheet), (CITATION, _citation), (CARD, _card))
    for name, judge in of_text:
        if name in texts:
            yield from judge(texts[name], manifest)
    if shape.DATACITE in texts:
        found = yield from _json(shape.DATACITE, texts[shape.DATACITE])
        yield from () if found is None else _datacite(found, manifest)
    if shape.CROISSANT in texts:
        found = yield from _json(shape.CROISSANT, texts[shape.CROISSANT])
        yield from () if found is None else _croissant(found, manifest, digests)


def _json(name: str, text: str) -> Generator[Finding, None, Mapping[str, Any] | None]:
    """Give an object of JSON; None, with a finding, where it is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as trouble:
        yield _wrong(name, f"is no JSON ({str(trouble)[:200]})")
        return None
    if not isinstance(found, dict):
        yield _wrong(name, "is no object of JSON")
        return None
    return found


def _wrong(name: str, text: str) -> Finding:
    return Finding("papers", name, text, REPORT)


def _datasheet(text: str, manifest: Manifest) -> Iterator[Finding]:
    lines = set(text.split("\n"))
    for title in datasheet.SECTIONS:
        if f"## {title}" not in lines:
            yield _wrong(shape.DATASHEET, f"lacks the part {title!r}")
    left = datasheet.open_questions(text)
    if left and is_stable(manifest.release.version):
        told = f"leaves {left} questions open, and the version is {manifest.release.version}"
        yield Finding("unsaid", shape.DATASHEET, told, "answer them, or publish it below 1.0.0")


def _citation(text: str, manifest: Manifest) -> Iterator[Finding]:
    about = manifest.release
    lines = set(text.split("\n"))
    for key, value in (("type", "dataset"), ("title", about.title), ("version", about.version)):
        if f"{key}: {json.dumps(value, ensure_ascii=False)}" not in lines:
            yield _wrong(CITATION, f"does not say that {key} is {value!r}")


def _card(text: str, manifest: Manifest) -> Iterator[Finding]:
    head = text.split("\n---\n")[0]
    for split, n in manifest.counts.splits.items():
        told = re.search(rf'- name: "{split}"\n +num_bytes: \d+\n +num_examples: (\d+)\n', head)
        if (int(told[1][:18]) if told else 0) != n:
            yield _wrong(CARD, f"does not say that {split!r} has {n:,} pictures")


def _datacite(found: Mapping[str, Any], manifest: Manifest) -> Iterator[Finding]:
    about = manifest.release
    needed = ["creators", "publisher", "titles", "types", "schemaVersion"]
    if is_stable(about.version):
        needed.append("publicationYear")
    for key in needed:
        if not found.get(key):
            yield _wrong(shape.DATACITE, f"lacks {key!r}")
    for key, value in (("titles", [{"title": about.title}]), ("version", about.version)):
        if found.get(key) not in (None, value):
            yield _wrong(shape.DATACITE, f"does not have {value!r} under {key!r}")


def _croissant(
    found: Mapping[str, Any], manifest: Manifest, digests: Mapping[str, str]
) -> Iterator[Finding]:
    about = manifest.release
    wanted = {
        "conformsTo": list(croissant.CONFORMS_TO),
        "name": about.title,
        "version": about.version,
    }
    for key, value in wanted.items():
        if found.get(key) != value:
            yield _wrong(shape.CROISSANT, f"does not have {value!r} under {key!r}")
    records = _by_id(found.get("recordSet"))
    for name in RECORDS:
        if name not in records:
            yield _wrong(shape.CROISSANT, f"lacks the record set {name!r}")
    emotions = [{"emotions/name": name} for name in manifest.taxonomy.names]
    if "emotions" in records and records["emotions"].get("data") != emotions:
        yield _wrong(shape.CROISSANT, "does not list the emotions of the taxonomy in order")
    if digests:
        yield from _hashes(found, digests)


def _hashes(found: Mapping[str, Any], digests: Mapping[str, str]) -> Iterator[Finding]:
    """Find files that the document does not name with the hash they have."""
    told = _by_id(found.get("distribution"))
    for name, digest in sorted(digests.items()):
        if name != shape.CROISSANT and told.get(name, {}).get("sha256") != digest:
            yield _wrong(shape.CROISSANT, f"does not have the SHA-256 of {name}")
    for name in sorted(told.keys() - digests.keys() - {croissant.PICTURES, croissant.LINKS}):
        yield _wrong(shape.CROISSANT, f"names {name[:100]!r}, which is no file of the release")


def _by_id(given: Any) -> dict[str, Mapping[str, Any]]:
    items = given if isinstance(given, list) else []
    return {str(one.get("@id")): one for one in items if isinstance(one, dict)}
