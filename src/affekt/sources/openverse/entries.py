"""One record of Openverse as one row of the table of found pictures."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from affekt import licences

FORMATS = frozenset({"jpg", "jpeg", "png", "webp", "gif"})
FREE = {"cc0": "cc0", "pdm": "pdm"}
TITLE_LENGTH = 10_000
MOST_PX = 1 << 31  # of a side; beyond, it is no size
PASSING = ("fields_matched",)  # what depends on the question, not on the picture

Record = Mapping[str, Any]
Refused = tuple[str, str, str]


def name_of(record: Any) -> str | None:
    """Give the id of a record, None when it has none."""
    return _text(record.get("id")) if isinstance(record, Mapping) else None


def picture(record: Record) -> dict[str, Any] | Refused:
    """Give the row of a record, missing is None; or why it is no picture for us."""
    name, url = name_of(record) or "", _link(record.get("url"))
    if url is None:
        return (name, "no-address", "no url")
    kind = _text(record.get("filetype"))
    if kind is not None and kind.lower() not in FORMATS:
        return (name, "other-format", f"filetype is {kind[:50]!r}")
    given, made = _tags(record)
    lasting = {key: value for key, value in record.items() if key not in PASSING}
    raw = json.dumps(lasting, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {
        "source_id": name,
        "title": (_text(record.get("title")) or "")[:TITLE_LENGTH] or None,
        "tags": given,
        "machine_tags": made,
        "owner": _text(record.get("creator")),
        "owner_url": _link(record.get("creator_url")),
        "licence": licence_of(record),
        "url": url,
        "page_url": _link(record.get("foreign_landing_url")),
        "sizes": _sizes(record, url),
        "safety": _safety(record),
        "is_generated": False,
        "raw_sha256": sha256(raw.encode("utf-8", "surrogatepass")).hexdigest(),
    }


def licence_of(record: Record) -> str | None:
    """Give the canonical word of a licence; ``unknown`` for one that affekt does not know.

    >>> licence_of({"license": "by-sa", "license_version": "2.0"})
    'cc-by-sa-2.0'
    >>> licence_of({"license": "nc-sampling+", "license_version": "1.0"}), licence_of({})
    ('unknown', None)
    """
    word, version = _text(record.get("license")), _text(record.get("license_version"))
    link = _text(record.get("license_url"))
    if word is None and link is None:
        return None
    if word is not None and word.lower() in FREE:
        return FREE[word.lower()]
    # Without a version nobody knows which text was meant; the address may tell it.
    known = licences.of(f"cc-{word}-{version}") if word and version else licences.of(link)
    return known.word if known else "unknown"


def _tags(record: Record) -> tuple[list[str], list[str]]:
    """Give the tags that people gave, and those that Openverse says a program gave."""
    told = record.get("tags")
    given: list[str] = []
    made: list[str] = []
    for tag in told if isinstance(told, list) else ():
        name = _text(tag.get("name")) if isinstance(tag, Mapping) else None
        if name is not None:
            (made if _is_made(tag, record) else given).append(name)
    return list(dict.fromkeys(given)), list(dict.fromkeys(made))


def _is_made(tag: Mapping[str, Any], record: Record) -> bool:
    by = _text(tag.get("unstable__provider"))
    own = (record.get("provider"), record.get("source"))
    return tag.get("accuracy") is not None or (by is not None and by not in own)


def _sizes(record: Record, url: str) -> list[dict[str, Any]]:
    """Give thumbnail and original, smallest first."""
    sides = (_pixels(record.get("width")), _pixels(record.get("height")))
    width, height = sides if None not in sides else (None, None)
    original = {"name": "original", "url": url, "width_px": width, "height_px": height}
    thumb = _link(record.get("thumbnail"))
    if thumb is None:
        return [original]
    return [{"name": "thumbnail", "url": thumb, "width_px": None, "height_px": None}, original]


def _safety(record: Record) -> str | None:
    """Give how safe it is: what people reported is restricted, what a text hints at is moderate."""
    if record.get("mature") is True:
        return "restricted"
    if record.get("unstable__sensitivity"):
        return "moderate"
    return "safe" if record.get("mature") is False else None


def _pixels(value: Any) -> int | None:
    is_side = isinstance(value, int) and not isinstance(value, bool) and 0 < value < MOST_PX
    return value if is_side else None


def _link(value: Any) -> str | None:
    text = _text(value)
    return text if text is not None and text.startswith(("https://", "http://")) else None


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
