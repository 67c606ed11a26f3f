"""One photo of Flickr's answer as one row of the table of found pictures."""

import html
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
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
PLACEHOLDERS = ("photo_unavailable", "spaceball.gif", "/images/en-us/")  # pictures of no picture
TAKEN_DIGITS = {"0": 19, "4": 7, "6": 4, "8": 4}  # granularity → how much of the date is meant
DESCRIPTION_LENGTH = 2000
TITLE_LENGTH = 10_000
_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"<(?:br|/p)\b[^<>]*>", re.IGNORECASE)
_TAKEN = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")

Photo = Mapping[str, Any]


def number(value: Any) -> int | None:
    """Give a whole number, be it written as a number or as text; None when it is neither."""
    if isinstance(value, str) and len(value) < 20:  # longer digits are no number of anything here
        return int(value) if re.fullmatch(r"-?\d+", value.strip(), re.ASCII) else None
    is_whole = isinstance(value, int | float) and value == value // 1
    return int(value) if is_whole and abs(value) < 1e19 else None


def name_of(photo: Photo) -> str | None:
    """Give the id of a photo as text, None when it has none."""
    value = photo.get("id")
    return str(value) if isinstance(value, int | str) and str(value).strip() else None


def uploaded(photo: Photo) -> int | None:
    """Give the second at which a photo was uploaded, since 1970."""
    return number(photo.get("dateupload"))


def refusal(photo: Photo) -> tuple[str, str] | None:
    """Give reason and detail why an entry is no picture for us, None when it is one."""
    media = photo.get("media")
    if media not in (None, "", "photo"):
        return "no-photo", f"media is {str(media)[:50]!r}"
    return None if sizes(photo) else ("no-address", "no size has an address")


def hit(photo: Photo, licences: Mapping[str, str], side_px: int) -> dict[str, Any]:
    """Give the row; missing is None."""
    offered = sizes(photo)
    person = quote(_text(photo.get("pathalias")) or _text(photo.get("owner")) or "", safe="@")
    name = name_of(photo)
    page = f"https://www.flickr.com/photos/{person}/{name}/" if person else None
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
        "page_url": page,
        "sizes": offered,
        "taken_at": _taken(photo),
        "uploaded_at": _moment(uploaded(photo)),
        "safety": SAFETY.get(str(photo.get("safety_level"))),
        "is_generated": False,
        "raw_sha256": sha256(raw.encode("utf-8", "surrogatepass")).hexdigest(),
    }


def sizes(photo: Photo) -> list[dict[str, Any]]:
    """Give every size that has an address, smallest first; the sides None where not told."""
    found: list[tuple[int, int, dict[str, Any]]] = []
    for suffix, side in SIDES.items():
        url = photo.get(f"url_{suffix}")
        if _is_address(url):
            width, height = _sides(photo, suffix)
            longer = max(width, height) if width and height else side
            size = {"name": suffix, "url": url, "width_px": width, "height_px": height}
            found.append((longer, len(found), size))
    return [size for _, _, size in sorted(found, key=lambda one: one[:2])]


def chosen(offered: list[dict[str, Any]], side_px: int) -> dict[str, Any]:
    """Give the smallest size whose longer side is at least so many pixels, else the largest."""
    enough = (
        size
        for size in offered
        if max(size["width_px"] or SIDES[size["name"]], size["height_px"] or 0) >= side_px
    )
    return next(enough, offered[-1])


def stripped(text: str) -> str | None:
    """Give a description without mark-up, at most 2,000 characters; None when nothing is left."""
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub("\n", text))
    if "&" in text:
        text = html.unescape(text)
    return text.strip()[:DESCRIPTION_LENGTH].rstrip() or None


def _sides(photo: Photo, suffix: str) -> tuple[int | None, int | None]:
    width, height = number(photo.get(f"width_{suffix}")), number(photo.get(f"height_{suffix}"))
    if suffix == "o" and not (width and height):
        width, height = number(photo.get("o_width")), number(photo.get("o_height"))
    known = width and height and 0 < width < 10**6 and 0 < height < 10**6
    return (width, height) if known else (None, None)


def _is_address(url: Any) -> bool:
    is_link = isinstance(url, str) and url.startswith(("https://", "http://"))
    return is_link and not any(part in url for part in PLACEHOLDERS)


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
