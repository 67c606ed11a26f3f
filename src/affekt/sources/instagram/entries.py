"""One post of Instagram as rows of the table of found pictures."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from affekt.sources.instagram.hashtags import hashtags

FIELDS = "id,caption,media_type,media_url,permalink,timestamp,children{id,media_type,media_url}"
PICTURE, ALBUM, VIDEO = "IMAGE", "CAROUSEL_ALBUM", "VIDEO"
DESCRIPTION_LENGTH = 2000

Post = Mapping[str, Any]
Refused = tuple[str, str, str]


def name_of(post: Any) -> str | None:
    """Give the id of a post as text, None when it has none."""
    value = post.get("id") if isinstance(post, Mapping) else None
    return str(value) if isinstance(value, int | str) and str(value).strip() else None


def pictures(post: Post) -> Iterator[dict[str, Any] | Refused]:
    """Give a row for each picture of a post, or why there is none.

    Of a carousel every picture is one, under the name of the post and its own.
    """
    name = name_of(post) or ""
    if post.get("media_type") != ALBUM:
        yield _picture(post, post, name)
        return
    children = post.get("children")
    listed = children.get("data") if isinstance(children, Mapping) else None
    if not isinstance(listed, list) or not listed:
        yield (name, "no-address", "a carousel of which no picture is told")
        return
    for place, child in enumerate(listed):
        about = child if isinstance(child, Mapping) else {}
        yield _picture(post, about, f"{name}_{name_of(about) or place + 1}")


def _picture(post: Post, part: Post, name: str) -> dict[str, Any] | Refused:
    kind = part.get("media_type")
    # The API gives no still of a video today; where it does, it is a picture like any other.
    url = _link(part.get("thumbnail_url" if kind == VIDEO else "media_url"))
    if kind not in (None, PICTURE, VIDEO) or (kind == VIDEO and url is None):
        return (name, "other-media", f"media_type is {str(kind)[:50]!r}")
    if url is None:
        return (name, "no-address", "no media_url")
    caption = post.get("caption")
    caption = caption if isinstance(caption, str) else ""
    raw = json.dumps(post, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {
        "source_id": name,
        "title": None,
        "description": caption.strip()[:DESCRIPTION_LENGTH].rstrip() or None,
        "tags": hashtags(caption),
        "machine_tags": [],
        "owner": None,
        "owner_id": None,
        "owner_url": None,
        "licence": None,
        "url": url,
        "page_url": _link(post.get("permalink")),
        "sizes": [{"name": "media", "url": url, "width_px": None, "height_px": None}],
        "taken_at": None,
        "uploaded_at": _moment(post.get("timestamp")),
        "safety": None,
        "is_generated": False,
        "raw_sha256": sha256(raw.encode("utf-8", "surrogatepass")).hexdigest(),
    }


def _link(value: Any) -> str | None:
    is_link = isinstance(value, str) and value.startswith(("https://", "http://"))
    return value if is_link else None


def _moment(value: Any) -> str | None:
    """Give a moment such as ``2020-02-14T10:00:00+0000`` as UTC, None when it is none."""
    try:
        when = datetime.fromisoformat(value) if isinstance(value, str) else None
        return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if when else None
    except (ValueError, OverflowError):
        return None
