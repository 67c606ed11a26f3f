"""From the record of a page of Commons to a hit."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urljoin

from affekt import licences
from affekt.errors import PictureError
from affekt.parts import canonical
from affekt.sources.wikimedia.plain import first_link, plain

Record = Mapping[str, Any]
FORMATS = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
MAX_DESCRIPTION = 2_000  # characters
# Visible categories that say how a file came about, not what it shows.
UPKEEP = re.compile(
    r"cc[- ]|pd[- ]|gfdl|self-published|uploaded |all media |[^ ]+ needing |"
    r"(?:files?|media|images?|pictures?|photographs?|pages?) "
    r"(?:with|from|by|using|created|uploaded|needing) |"
    r"(?:photographs? )?taken (?:with|on) ",
    re.IGNORECASE,
)
VERSIONED = re.compile(r"(cc-by(?:-nc)?(?:-nd|-sa)?)-(\d\.\d)")
WHEN = re.compile(r"(\d{4})[-:](\d\d)(?:[-:](\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?)?(?!\d)|(\d{4})$")


def sorted_out(
    records: Iterable[Record],
) -> tuple[tuple[dict[str, Any], ...], tuple[tuple[str, str, str], ...]]:
    """Give the hits among some records, and the refusals."""
    hits: list[dict[str, Any]] = []
    refused: list[tuple[str, str, str]] = []
    for record in records:
        try:
            hits.append(hit_of(record))
        except PictureError as trouble:
            name = str(record.get("title") or record.get("pageid") or "a page without a name")
            refused.append((name, trouble.reason, trouble.detail))
    return tuple(hits), tuple(refused)


def hit_of(record: Record) -> dict[str, Any]:
    """Give the hit of a page.

    Raises:
        PictureError: Its file is not there, or no picture that is read.
    """
    about = _file(record)
    told = {
        name: one.get("value") for name, one in _meta(about).items() if isinstance(one, Mapping)
    }
    page_url = _text(about.get("descriptionurl"))
    sizes = _sizes(about)
    artist = _text(told.get("Artist"))
    return {
        "source_id": str(record["pageid"]),
        "tags": _tags(record),
        "title": _title(record),
        "description": plain(_text(told.get("ImageDescription")) or "")[:MAX_DESCRIPTION] or None,
        "owner": plain(artist or "") or _text(about.get("user")),
        "owner_id": str(about["userid"]) if about.get("userid") else None,
        "owner_url": _owner_url(artist, about, page_url),
        "licence": licence_of(told),
        "url": _text(about.get("thumburl")) or sizes[-1]["url"],
        "page_url": page_url,
        "sizes": sizes,
        "taken_at": taken_at(plain(_text(told.get("DateTimeOriginal")) or "")),
        "uploaded_at": _text(about.get("timestamp")),
        # Holds the SHA-1 of the file too, so a file that is replaced is noticed by it.
        "raw_sha256": hashlib.sha256(canonical(_lasting(record))).hexdigest(),
        "is_generated": False,
    }


def licence_of(told: Mapping[str, Any]) -> str | None:
    """Give the canonical word of a licence as Commons writes it; None where it writes none.

    >>> licence_of({"License": "cc-by-sa-3.0-migrated"}), licence_of({"License": "pd"})
    ('cc-by-sa-3.0', 'pdm')
    """
    if told.get("NonFree"):
        return "all-rights-reserved"
    given = (plain(str(told.get(name) or "")) for name in _LICENCE)
    written = [one for one in given if one]
    for one in written:
        word = re.sub(r"[\s_]+", "-", one.casefold())
        version = VERSIONED.match(word)
        known = licences.of(f"{version[1]}-{version[2]}" if version else _FREE.get(word, one))
        if known is not None:
            return known.word
    return "unknown" if written else None


_LICENCE = ("License", "LicenseUrl", "LicenseShortName", "UsageTerms")
_FREE = {"pd": "pdm", "no-restrictions": "no-known-restrictions"}


def taken_at(text: str) -> str | None:
    """Give a date as ISO 8601, None where it is none that a program can read.

    >>> taken_at("2009-09-30 07:19:49"), taken_at("1935"), taken_at("circa 1900, in May")
    ('2009-09-30T07:19:49', '1935', None)
    """
    found = WHEN.match(text)
    if found is None:
        return None
    year, month, day, clock, only_year = found.groups()
    return only_year or "-".join(filter(None, (year, month, day))) + (f"T{clock}" if clock else "")


def _file(record: Record) -> Mapping[str, Any]:
    """Give what is told of the newest version of a file."""
    told = record.get("imageinfo")
    about = told[0] if isinstance(told, list) and told and isinstance(told[0], Mapping) else {}
    if not record.get("pageid") or record.get("missing") or not _text(about.get("url")):
        why = next(
            (word for word in ("filehidden", "filemissing") if about.get(word)), "no address"
        )
        raise PictureError("no-file", why)
    if about.get("mime") not in FORMATS:
        raise PictureError("other-format", str(about.get("mime")))
    return about


def _meta(about: Mapping[str, Any]) -> Mapping[str, Any]:
    told = about.get("extmetadata")
    return told if isinstance(told, Mapping) else {}  # PHP writes an empty table as a list


def _tags(record: Record) -> list[str]:
    told = record.get("categories")
    titles = [one.get("title", "") for one in told or () if isinstance(one, Mapping)]
    names = (title.partition(":")[2] for title in titles if isinstance(title, str))
    return [name for name in names if name and not UPKEEP.match(name)]


def _title(record: Record) -> str | None:
    name = str(record.get("title") or "").partition(":")[2]
    return name.rpartition(".")[0] or name or None


def _owner_url(artist: str | None, about: Mapping[str, Any], page_url: str | None) -> str | None:
    """Give the page of who made it, else of who put it there."""
    link = first_link(artist or "")
    if link is not None:
        whole = urljoin(page_url or "https://commons.wikimedia.org/", link)
        return whole if whole.startswith(("http://", "https://")) else None
    if not (about.get("user") and page_url):
        return None
    user = quote(str(about["user"]).replace(" ", "_"), safe="")
    return f"{page_url.rpartition('/')[0]}/User:{user}"


def _sizes(about: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give thumbnail and original, smallest first; one where they are the same file."""
    sides = ("url", "width", "height")
    original = _size("original", *(about.get(side) for side in sides))
    thumb = _size("thumbnail", *(about.get(f"thumb{side}") for side in sides))
    is_other = thumb["url"] and thumb["url"] != original["url"]
    return [thumb, original] if is_other else [original]


def _size(name: str, url: Any, width: Any, height: Any) -> dict[str, Any]:
    return {
        "name": name,
        "url": _text(url),
        "width_px": _pixels(width),
        "height_px": _pixels(height),
    }


def _pixels(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 < value < 1 << 31 else None


def _lasting(record: Record) -> dict[str, Any]:
    """Give a record without its place in the answer."""
    return {name: value for name, value in record.items() if name != "index"}


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
