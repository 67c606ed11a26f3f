"""Text without mark-up, from the HTML that Commons writes into its fields."""

from html.parser import HTMLParser

BLOCKS = frozenset(
    {"br", "p", "div", "li", "tr", "td", "th", "dd", "dt", "ul", "ol", "table", "hr"}
)
UNSEEN = frozenset({"script", "style", "template", "head"})
# These have no end; one that is hidden hides nothing behind it.
EMPTY = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr", "source", "col", "area"})


def plain(text: str) -> str:
    """Give what a reader sees of a text, in one line; a text without mark-up as it is.

    >>> plain('By <a href="//x.org">Ann &amp; Bob</a><br>in <i style="display:none">x</i>Rome')
    'By Ann & Bob in Rome'
    """
    if "<" not in text and "&" not in text:
        return " ".join(text.split())
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return " ".join("".join(reader.seen).split())


def first_link(text: str) -> str | None:
    """Give the first address that a text links to, as it is written."""
    if "<" not in text:
        return None
    reader = _Reader()
    reader.feed(text)
    return reader.link


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[str] = []
        self.link: str | None = None
        self._hidden: list[str] = []  # elements open since the first that is not shown

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        is_hidden = tag in UNSEEN or "display:none" in (about.get("style") or "").replace(" ", "")
        if tag not in EMPTY and (self._hidden or is_hidden):
            self._hidden.append(tag)
        if tag in BLOCKS:
            self.seen.append(" ")
        if tag == "a" and self.link is None:
            self.link = about.get("href")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        if tag in BLOCKS:
            self.seen.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.seen.append(data)
