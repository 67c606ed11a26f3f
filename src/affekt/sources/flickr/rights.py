"""Flickr's numbers of licences as canonical words."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from affekt import licences

UNKNOWN = "unknown"
NUMBERS: Mapping[str, str] = MappingProxyType(
    {
        "0": "all-rights-reserved",
        "1": "cc-by-nc-sa-2.0",
        "2": "cc-by-nc-2.0",
        "3": "cc-by-nc-nd-2.0",
        "4": "cc-by-2.0",
        "5": "cc-by-sa-2.0",
        "6": "cc-by-nd-2.0",
        "7": "no-known-restrictions",
        "8": "us-government",
        "9": "cc0",
        "10": "pdm",
        "11": "cc-by-4.0",
        "12": "cc-by-sa-4.0",
        "13": "cc-by-nd-4.0",
        "14": "cc-by-nc-4.0",
        "15": "cc-by-nc-sa-4.0",
        "16": "cc-by-nc-nd-4.0",
    }
)
_DEED = re.compile(r"creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)")
_ADDRESSES = {  # part of a licence's address → its word
    "creativecommons.org/publicdomain/zero": "cc0",
    "creativecommons.org/publicdomain/mark": "pdm",
    "flickr.com/commons/usage": "no-known-restrictions",
    "usa.gov": "us-government",
}


def told(entries: Iterable[Any]) -> dict[str, str]:
    """Give what the server's list of licences says beyond or against `NUMBERS`.

    A licence is known by its address; what has none that we know keeps the word it had.
    """
    found = {}
    for entry in entries:
        if isinstance(entry, Mapping) and (word := _word(str(entry.get("url") or ""))):
            found[str(entry.get("id"))] = word
    return {number: word for number, word in found.items() if NUMBERS.get(number) != word}


def numbers(words: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    """Give the numbers of these licences, of all when no word is given; in rising order."""
    wanted = set(words)
    chosen = [number for number, word in names.items() if not wanted or word in wanted]
    return tuple(sorted(chosen, key=lambda number: (len(number), number)))


def _word(address: str) -> str | None:
    if deed := _DEED.search(address):
        known = licences.of(f"cc-{deed[1]}-{deed[2]}")
        return known.word if known else None
    return next((word for part, word in _ADDRESSES.items() if part in address), None)
