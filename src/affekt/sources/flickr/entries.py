"""One photo of Flickr's answer as one row of the table of found pictures."""

import html
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import quote

from affekt.sources.flickr.rights import UNKNOWN

# Suffix → longer side by the vendor's naming, where an answer leaves the sides out.
SIDES: dict[str, int] = {
    "s": 240, "n": 320, "m": 500, "z": 640, "c": 800, "l": 1024, "h": 1600, "k": 2048, "o": 2049,
}  # fmt: skip
EXTRAS = (
    "license,date_upload,date_taken,owner_name,tags,machine_tags,description,media,path_alias,"
    "o_dims,safety_level," + ",".join(f"url_{suffix}" for suffix in SIDES)
)
SAFETY = {"0": "safe", "1": "moderate", "2": "restricted"}
MOST_PX = 10**6  # of a side; beyond, it is no size
TAKEN_DIGITS = {"0": 19, "4": 7, "6": 4, "8": 4}  # granularity → how much of the date is meant
DESCRIPTION_LENGTH = 2000
TITLE_LENGTH = 10_000
_KEYS = [(suffix, f"url_{suffix}", f"width_{suffix}", f"height_{suffix}") for suffix in SIDES]
_PLACEHOLDER = re.compile(r"photo_unavailable|spaceball\.gif")  # pictures of no picture
_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_BREAK = re.compile(r"<(?:br|/p)\b[^<>]*>", re.IGNORECASE)
_TAKEN = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")

Photo = Mapping[str, Any]


class Refusal(NamedTuple):
    """Why an entry is no picture for us."""

    reason: str
    detail: str


def number(value: Any) -> int | None:
    """Give a whole number, be it written as a number or as text; None when it is neither."""
    if value is None:
        return None
    if isinstance(value, str):
        digits = value.strip()
        # Longer digits are no number of anything here.
        is_plain = digits.isascii() and digits.isdigit() and len(digits) < 20
        return int(digits) if is_plain else None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e19 else None
    return value if isinstance(value, int) else None


def name_of(photo: Photo) -> str | None:
    """Give the id of a photo as text, None when it has none."""
    value = photo.get("id")
    return str(value) if isinstance(value, int | str) and str(value).strip() else None


def uploaded(photo: Photo) -> int | None:
    """Give the second at which a photo was uploaded, since 1970."""
    return number(photo.get("dateupload"))


def row(photo: Photo, licences: Mapping[str, str], side_px: int) -> dict[str, Any] | Refusal:
    """Give the row of the table, missing is None; or why the entry is no picture for us."""
    media = photo.get("media")
    if media not in (None, "", "photo"):
        return Refusal("no-photo", f"media is {str(media)[:50]!r}")
    offered = sizes(photo)
    if not offered:
        return Refusal("no-address", "no size has an address")
    name, person = name_of(photo), _person(photo)
    raw = json.dumps(photo, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {
        "source_id": name,
        "title": _text(photo.get("title"), TITLE_LENGTH),
        "description": stripped(_text(photo.get("description")) or ""),
        "tags": _tags(photo.get("tags")),
        "machine_tags": _tags(photo.get("machine_tags")),
        "owner": _text(photo.get("ownername")),
        "owner_id": _text(photo.get("owner")),
        "owner_url": f"https://www.flickr.com/people/{person}/" if person else None,
        "licence": licences.get(str(photo.get("license")), UNKNOWN),
        "url": chosen(offered, side_px)["url"],
        "page_url": f"https://www.flickr.com/photos/{person}/{name}/" if person else None,
        "sizes": offered,
        "taken_at": _taken(photo),
        "uploaded_at": _moment(uploaded(photo)),
        "safety": SAFETY.get(str(photo.get("safety_level"))),
        "is_generated": False,
        "raw_sha256": sha256(raw.encode("utf-8", "surrogatepass")).hexdigest(),
    }


def sizes(photo: Photo) -> list[dict[str, Any]]:
    """Give every size that has an address, smallest first; the sides None where not told."""
    found: list[dict[str, Any]] = []
    for suffix, url_key, width_key, height_key in _KEYS:
        url = photo.get(url_key)
        if url is not None and _is_address(url):
            width, height = number(photo.get(width_key)), number(photo.get(height_key))
            if suffix == "o" and not (width and height):
                width, height = number(photo.get("o_width")), number(photo.get("o_height"))
            if not (width and height and 0 < width < MOST_PX and 0 < height < MOST_PX):
                width = height = None
            found.append({"name": suffix, "url": url, "width_px": width, "height_px": height})
    return sorted(found, key=_longer)


def chosen(offered: list[dict[str, Any]], side_px: int) -> dict[str, Any]:
    """Give the smallest size whose longer side is at least so many pixels, else the largest."""
    return next((size for size in offered if _longer(size) >= side_px), offered[-1])


def stripped(text: str) -> str | None:
    """Give a description without mark-up, at most 2,000 characters; None when nothing is left."""
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub("\n", text))
    if "&" in text:
        text = html.unescape(text)
    return text.strip()[:DESCRIPTION_LENGTH].rstrip() or None


def _longer(size: Mapping[str, Any]) -> int:
    """Give the longer side, by the vendor's naming where it was not told."""
    longer: int = max(size["width_px"] or SIDES[size["name"]], size["height_px"] or 0)
    return longer


def _is_address(url: Any) -> bool:
    is_link = isinstance(url, str) and url.startswith(("https://", "http://"))
    return is_link and not _PLACEHOLDER.search(url)


def _person(photo: Photo) -> str:
    """Give how the owner's pages are called, as a piece of an address; ``""`` when not told."""
    return quote(_text(photo.get("pathalias")) or _text(photo.get("owner")) or "", safe="@")


def _text(value: Any, longest: int = 1_000_000) -> str | None:
    """Give a text that came bare or as ``{"_content": text}``; None when it is empty."""
    content = value.get("_content") if isinstance(value, Mapping) else value
    return content.strip()[:longest] or None if isinstance(content, str) else None


def _tags(value: Any) -> list[str] | None:
    """Give the tags, which Flickr writes with spaces between them; None when that was left out."""
    text = value.get("_content") if isinstance(value, Mapping) else value
    return text.split() if isinstance(text, str) else None


def _moment(second: int | None) -> str | None:
    if second is None or not 0 <= second < 253_402_300_800:  # the year 10,000
        return None
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _taken(photo: Photo) -> str | None:
    """Give when it was taken, by the camera's clock and as exactly as it is known."""
    text = photo.get("datetaken")
    is_known = str(photo.get("datetakenunknown", "0")) in ("0", "False")
    if not is_known or not isinstance(text, str) or not _TAKEN.fullmatch(text):
        return None
    digits = TAKEN_DIGITS.get(str(photo.get("datetakengranularity")), 19)
    return None if text.startswith("0000") else text.replace(" ", "T")[:digits]
