"""Holds what a release ships against licences: what may be passed on, and who must be named."""

from collections.abc import Iterator

import polars as pl

from affekt import licences
from affekt.datasets.release.agreement import at_picture
from affekt.datasets.release.finding import Finding
from affekt.datasets.release.shape import Manifest


def licensed(shipped: pl.DataFrame, manifest: Manifest) -> Iterator[Finding]:
    """Find pictures that may not be passed on, and missing credits."""
    words, pictures = manifest.release.permitted, manifest.release.permitted_pictures
    columns = (
        "image_id", "original_sha256", "licence", "licence_url", "author", "is_generated",
    )  # fmt: skip
    for image_id, original, word, url, author, is_generated in shipped.select(columns).iter_rows():
        licence = licences.of(word)
        is_permitted = word in words or original in pictures
        if not is_permitted and (licence is None or not licence.may_rebuild):
            text = f"is under {str(word)[:60]!r} and may not be passed on"
            yield at_picture(image_id, "licence-forbids", text)
        if licence is None:
            continue
        is_owed = licence.needs_attribution and not is_generated and not is_permitted
        if (is_owed and not author) or (url or "") != licence.url:
            text = f"lacks the author or link that {licence.title} demands"
            yield at_picture(image_id, "author-missing", text)


def names(rows: pl.DataFrame) -> Iterator[Finding]:
    """Find authors who are named, or whose page is, though no licence demands it."""
    columns = ("image_id", "licence", "author", "author_url")
    for image_id, word, author, page in rows.select(columns).iter_rows():
        licence = licences.of(word)
        if (author or page) and licence is not None and not licence.needs_attribution:
            text = "names its author, which its licence does not demand"
            yield at_picture(image_id, "author-named", text)
