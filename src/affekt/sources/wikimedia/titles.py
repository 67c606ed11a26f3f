"""Files of Commons asked about by their titles, many at once: are they there, and how licensed."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from unicodedata import normalize
from urllib.parse import quote, unquote

from affekt.sources import Today
from affekt.sources.wikimedia.asking import FIRST
from affekt.sources.wikimedia.entries import licence_of

AT_ONCE, LONGEST = 50, 4_000  # titles of one question, and bytes: servers cut longer addresses
PAGE = re.compile(r"https?://commons\.(?:m\.)?wikimedia\.org/wiki/(File:[^?#]+)")
FILE = re.compile(
    r"https?://upload\.wikimedia\.org/wikipedia/commons/(?:thumb/)?[0-9a-f]/[0-9a-f]{2}/([^/?#]+)"
)
RIGHTS = ("License", "LicenseShortName", "LicenseUrl", "NonFree", "UsageTerms")


def name_at(page_url: str | None, url: str | None) -> str | None:
    """Give the title of a file by its page, else by its address.

    >>> name_at("https://commons.wikimedia.org/wiki/File:A_b%20c.jpg", None)
    'File:A b c.jpg'
    >>> name_at(None, "https://upload.wikimedia.org/wikipedia/commons/thumb/0/0a/D_e.png/250px-D_e.png")
    'File:D e.png'
    """
    page, file = PAGE.match(page_url or ""), FILE.match(url or "")
    found = page[1] if page else f"File:{file[1]}" if file else None
    # As MediaWiki writes titles; what it had to compose it would tell under another spelling.
    title = normalize("NFC", unquote(found)).replace("_", " ") if found else None
    return None if title is None or "|" in title or not title.isprintable() else title


def batches(titles: Sequence[str]) -> Iterator[list[str]]:
    """Give the titles in portions that one question holds."""
    batch: list[str] = []
    for title in titles:
        longer = quote("|".join([*batch, title]))
        if batch and (len(batch) == AT_ONCE or len(longer) > LONGEST):
            yield batch
            batch = []
        batch.append(title)
    if batch:
        yield batch


def asked(titles: Sequence[str]) -> dict[str, str]:
    """Give the question about files."""
    kept = ("action", "format", "formatversion", "errorformat", "maxlag", "iiextmetadatalanguage")
    return {
        **{name: FIRST[name] for name in kept},
        "prop": "imageinfo",
        "iiprop": "url|extmetadata",
        "iiextmetadatafilter": "|".join(RIGHTS),
        "redirects": "1",
        "titles": "|".join(titles),
    }


def today(pages: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Today]]:
    """Give what is said of each file that is spoken of, by the title as the server writes it."""
    for page in pages:
        title, told = page.get("title"), page.get("imageinfo")
        about = told[0] if isinstance(told, list) and told and isinstance(told[0], Mapping) else {}
        if not isinstance(title, str):
            continue
        # A file that is known may lack a page of its own: it lies on another wiki, or has no text.
        is_missing = page.get("missing") and not page.get("known")
        if is_missing or page.get("invalid") or about.get("filemissing"):
            yield title, Today("not-shown")
        elif about.get("filehidden"):
            yield title, Today("private")
        elif about:
            meta = about.get("extmetadata")
            named = meta.items() if isinstance(meta, Mapping) else ()
            words = {name: one.get("value") for name, one in named if isinstance(one, Mapping)}
            yield title, Today("", licence_of(words))
