"""Which labelled pictures may be passed on, and which names may stand beside them."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import polars as pl

from affekt import licences

MISSING = "missing"  # stands for no licence where a word is needed
REASONS = {
    "licence-missing": "no licence is known",
    "licence-unknown": "the licence word is not one that affekt knows, or says unknown",
    "licence-forbids": "the licence does not allow a picture rebuilt from its pixels to be "
    "passed on",
    "author-missing": "the licence demands the author's name, and none is known",
}
ON_THE_WEB = re.compile(r"https?://", re.IGNORECASE)
NAMED = ("title", "source_url", "landing_url")  # columns that may hold an owner's name


def word_of(licence: str | None) -> str:
    """Give the word under which a licence is counted and may be permitted."""
    known = licences.of(licence)
    return known.word if known else licence or MISSING


def barred(row: Mapping[str, Any], permitted: Mapping[str, str]) -> str | None:
    """Give the reason why a picture must stay out, or None.

    ``row`` has licence, owner and is_generated.
    """
    if word_of(row["licence"]) in permitted:
        return None
    if row["licence"] is None:
        return "licence-missing"
    licence = licences.of(row["licence"])
    if licence is None or licence.word == "unknown":
        return "licence-unknown"
    if not licence.may_rebuild:
        return "licence-forbids"
    needs_author = licence.needs_attribution and not row["is_generated"]
    return "author-missing" if needs_author and not row["owner"] else None


def with_reasons(rows: pl.DataFrame, permitted: Mapping[str, str]) -> pl.DataFrame:
    """Give the rows with the column ``reason``: why a picture must stay out, or null."""
    asked = rows.select("licence", "owner", "is_generated").iter_rows(named=True)
    reasons = [barred(row, permitted) for row in asked]
    return rows.with_columns(reason=pl.Series(reasons, dtype=pl.String))


def pseudonym(salt: str, kind: str, name: str) -> str:
    """Give a name that says nothing, the same for one person inside one release."""
    return sha256(f"{salt}\n{kind}\n{name}".encode()).hexdigest()[:16]


def credited(rows: pl.DataFrame, salt: str) -> pl.DataFrame:
    """Give the rows with author, their page, owner_id, licence and its text as may be published.

    An author is named where the licence demands it and nowhere else, not in a title or link.
    """
    made = [_credit(row, salt) for row in rows.iter_rows(named=True)]
    columns = ("author", "author_url", "owner_id", "licence", "licence_url", *NAMED)
    fresh = pl.DataFrame(made, schema=dict.fromkeys(columns, pl.String))
    return rows.drop(columns, strict=False).hstack(fresh)


def _credit(row: Mapping[str, Any], salt: str) -> dict[str, str | None]:
    licence, owner, page = licences.of(row["licence"]), row["owner"], row["owner_url"]
    is_named = _is_named(licence, is_shipped=row["shipped"])
    texts = {name: row[name] for name in NAMED}
    if not ON_THE_WEB.match(row["source_url"] or ""):
        texts["source_url"] = None  # the name of a file on somebody's machine
    if owner and not is_named:
        texts = {name: _without(text, owner) for name, text in texts.items()}
        if not row["shipped"]:  # a link is all that there is of the picture
            texts["source_url"] = row["source_url"]
    return {
        "author": owner if is_named else None,
        "author_url": page if is_named and owner and ON_THE_WEB.match(page or "") else None,
        "owner_id": pseudonym(salt, "owner", owner) if owner else None,
        "licence": word_of(row["licence"]),
        "licence_url": licence.url or None if licence else None,
        **texts,
    }


def _is_named(licence: licences.Licence | None, *, is_shipped: bool) -> bool:
    """Tell whether the owner is named: where the terms demand it, and there are terms."""
    if licence is None or licence.redistribution == "reference":
        return is_shipped  # permitted for a reason of its own, so whose it is must be told
    return licence.needs_attribution


def _without(text: str | None, name: str) -> str | None:
    return None if text is None or name.casefold() in text.casefold() else text
