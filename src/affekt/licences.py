"""Licences as one table: what each word means, and what may be done with a picture under it.

What is not in the table may not be passed on; neither may a picture without a licence. The classes:

- ``bytes``: pictures may be passed on, also rebuilt from their pixels;
- ``bytes-noncommercial``: the same, for purposes that earn no money;
- ``verbatim``: only the original bytes may be passed on, not a picture rebuilt from its pixels;
- ``reference``: nothing but a link may be passed on.

A reading of the licence texts for this purpose, no legal advice.
"""

import re
from dataclasses import dataclass
from typing import Literal

Redistribution = Literal["bytes", "bytes-noncommercial", "verbatim", "reference"]


@dataclass(frozen=True)
class Licence:
    """One licence.

    Attributes:
        word: Canonical word, as it stands in tables.
        title: Name people know it by.
        url: Its text; ``""`` when there is none.
        redistribution: What may be passed on.
        needs_attribution: Whether the author must be named.
        spdx: Identifier in the SPDX licence list; ``""`` when it has none.
    """

    word: str
    title: str
    url: str
    redistribution: Redistribution
    needs_attribution: bool
    spdx: str = ""

    @property
    def may_rebuild(self) -> bool:
        """Whether a picture rebuilt from its pixels may be passed on."""
        return self.redistribution in ("bytes", "bytes-noncommercial")


_CLASSES: dict[str, Redistribution] = {
    "by": "bytes",
    "by-sa": "bytes",
    "by-nd": "verbatim",
    "by-nc": "bytes-noncommercial",
    "by-nc-sa": "bytes-noncommercial",
    "by-nc-nd": "verbatim",
}
_NAMES = {"by": "Attribution", "nc": "NonCommercial", "nd": "NoDerivatives", "sa": "ShareAlike"}
_VERSIONS = ("1.0", "2.0", "2.5", "3.0", "4.0")


def _creative_commons() -> tuple[Licence, ...]:
    made = []
    for terms, redistribution in _CLASSES.items():
        for version in _VERSIONS:
            # The first version called this one by-nd-nc; its address still does.
            path = "by-nd-nc" if (terms, version) == ("by-nc-nd", "1.0") else terms
            name = "-".join(_NAMES[term] for term in terms.split("-"))
            made.append(
                Licence(
                    word=f"cc-{terms}-{version}",
                    title=f"Creative Commons {name} {version}",
                    url=f"https://creativecommons.org/licenses/{path}/{version}/",
                    redistribution=redistribution,
                    needs_attribution=True,
                    spdx=f"CC-{terms.upper()}-{version}",
                )
            )
    return tuple(made)


_FREE = (
    Licence(
        "cc0",
        "Creative Commons Zero 1.0",
        "https://creativecommons.org/publicdomain/zero/1.0/",
        "bytes",
        needs_attribution=False,
        spdx="CC0-1.0",
    ),
    Licence(
        "pdm",
        "Public Domain Mark 1.0",
        "https://creativecommons.org/publicdomain/mark/1.0/",
        "bytes",
        needs_attribution=False,
    ),
    Licence(
        "no-known-restrictions",
        "No known copyright restrictions",
        "https://www.flickr.com/commons/usage/",
        "bytes",
        needs_attribution=False,
    ),
    Licence(
        "us-government",
        "United States government work",
        "https://www.usa.gov/government-works",
        "bytes",
        needs_attribution=False,
    ),
)
_CLOSED = (
    Licence("all-rights-reserved", "All rights reserved", "", "reference", needs_attribution=True),
    Licence("unknown", "Unknown", "", "reference", needs_attribution=True),
)
TABLE = {one.word: one for one in (*_FREE, *_creative_commons(), *_CLOSED)}
_ALIASES = {
    "cc0-1.0": "cc0",
    "cc-zero": "cc0",
    "pdm-1.0": "pdm",
    "public-domain": "pdm",
    "publicdomain": "pdm",
    "usgov": "us-government",
    "united-states-government-work": "us-government",
    "no-known-copyright-restrictions": "no-known-restrictions",
    "copyright": "all-rights-reserved",
    "arr": "all-rights-reserved",
}


# Of an address only host and path count: the same text is linked with http, www, a language.
_ADDRESS = re.compile(r"^https?://(?:www\.)?([^?#]+)", re.IGNORECASE)
_BY_ADDRESS = {
    re.sub(_ADDRESS, r"\1", one.url).strip("/"): one.word for one in TABLE.values() if one.url
}


def of(word: str | None) -> Licence | None:
    """Give the licence a word or address names; None when it is missing or not in the table.

    Capital letters, spaces and underscores do not matter. A Creative Commons word without a version
    means 4.0: all versions of one kind stand in the same class.

    >>> of("CC BY").word
    'cc-by-4.0'
    >>> of("http://creativecommons.org/licenses/by-sa/2.0/deed.de").word
    'cc-by-sa-2.0'
    >>> of("my own terms") is None
    True
    """
    if word is None:
        return None
    if address := _ADDRESS.match(word.strip()):
        return TABLE.get(_word_at(address[1].casefold().strip("/")))
    plain = re.sub(r"[\s_]+", "-", word.strip().casefold())
    candidates = (plain, _ALIASES.get(plain, ""), f"{plain}-4.0", f"cc-{plain}", f"cc-{plain}-4.0")
    return next((TABLE[name] for name in candidates if name in TABLE), None)


def _word_at(place: str) -> str:
    """Give the word of the licence whose text, deed or translation lies at a host and path."""
    steps = place.split("/")
    above = ("/".join(steps[:n]) for n in range(len(steps), 0, -1))
    return next((_BY_ADDRESS[one] for one in above if one in _BY_ADDRESS), "")


def words() -> list[str]:
    """All canonical words, sorted."""
    return sorted(TABLE)
