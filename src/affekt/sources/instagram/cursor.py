"""Where asking has come to, as one text; with it asking goes on after any interruption."""

import json
from dataclasses import dataclass, replace

from affekt.sources._ids import packed, unpacked


@dataclass(frozen=True)
class Cursor:
    """All that decides what is asked next.

    Attributes:
        per_page: Posts a page; that of the first call, whatever is set later.
        is_listed: Whether the server's own list of hashtags was read.
        word: Which hashtag of the query, from 0.
        hashtag: Its id, None before it was asked for.
        edge: Which of its lists, from 0.
        after: The way to the next page, None to the first.
        page: How many pages of the list came.
        moves: The way on reads otherwise than that of the page before, so it tells the place; where
            it does not, the server counts by itself which page comes next.
        again: So many pages came already and come once more.
        rewinds: How often the list began anew.
        came: Digests of the posts of this list.
        earlier: Digests of the posts of the lists before.
    """

    per_page: int
    is_listed: bool = False
    word: int = 0
    hashtag: str | None = None
    edge: int = 0
    after: str | None = None
    page: int = 0
    moves: bool = False
    again: int = 0
    rewinds: int = 0
    came: frozenset[bytes] = frozenset()
    earlier: frozenset[bytes] = frozenset()

    @classmethod
    def of(cls, text: str) -> "Cursor":
        """Give it back from its text."""
        content = json.loads(text)
        came, earlier = unpacked(content.pop("came")), unpacked(content.pop("earlier"))
        return cls(came=came, earlier=earlier, **content)

    def text(self) -> str:
        """Give it as text."""
        content = {**vars(self), "came": packed(self.came), "earlier": packed(self.earlier)}
        return json.dumps(content, sort_keys=True, separators=(",", ":"))

    def resumed(self) -> "Cursor":
        """Give where to go on after an interruption.

        Where the server counts pages, nobody knows which page it would give next: the one that was
        asked for in the moment of the interruption may be lost.
        """
        return self if self.after is None or self.moves else self.anew()

    def anew(self) -> "Cursor":
        """Give where the list begins; what came already comes once more and is left out."""
        again, rewinds = self.page + self.again, self.rewinds + 1
        return replace(self, after=None, page=0, again=again, rewinds=rewinds)

    def next_list(self, n_edges: int, n_words: int) -> "Cursor | None":
        """Give where the next list begins, None when this was the last one of the query."""
        place = (self.per_page, self.is_listed, self.word, self.hashtag, self.edge)
        clean = Cursor(*place, earlier=self.earlier | self.came)
        if self.edge + 1 < n_edges:
            return replace(clean, edge=self.edge + 1)
        return clean.next_word(n_words)

    def next_word(self, n_words: int) -> "Cursor | None":
        """Give where the next hashtag begins, None when this was the last one of the query."""
        if self.word + 1 == n_words:
            return None
        return replace(self, word=self.word + 1, hashtag=None, edge=0)
