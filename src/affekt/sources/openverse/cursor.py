"""Where asking has come to, as one text; with it asking goes on after any interruption."""

import json
from dataclasses import dataclass

from affekt.sources._ids import packed, unpacked


@dataclass(frozen=True)
class Cursor:
    """All that decides what is asked next.

    Attributes:
        per_page: Pictures a page; that of the first call, whatever is set later.
        word: Which word of the query, from 0.
        page: The page to ask for next, from 1.
        came: How many pictures the query has given.
        seen: Digests of the pictures that came.
    """

    per_page: int
    word: int = 0
    page: int = 1
    came: int = 0
    seen: frozenset[bytes] = frozenset()

    @classmethod
    def of(cls, text: str) -> "Cursor":
        """Give it back from its text."""
        content = json.loads(text)
        return cls(seen=unpacked(content.pop("seen")), **content)

    def text(self) -> str:
        """Give it as text."""
        content = {**vars(self), "seen": packed(self.seen)}
        return json.dumps(content, sort_keys=True, separators=(",", ":"))
