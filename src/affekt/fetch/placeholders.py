"""Pictures that servers show in place of those they no longer have.

One content under many links of one host is such a picture, or as good as one. Counting is cheap:
what nothing else agrees with in host, size and last bytes is not even hashed, and only so many
are remembered. Which links are told first depends on the order of answers; whoever needs a result
that does not, drops every picture whose content was proposed.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable

MANY = 50  # links of one host that may show one content
REMEMBERED = 20_000  # pictures kept in mind at a time
CONTENTS = 4  # contents told apart among pictures that agree in size and last bytes
TAIL = 32  # last bytes that are compared
# Where well-known hosts send those who ask for a picture that is gone.
ENDINGS = ("/photo_unavailable.png", "/photo_unavailable.gif", "/photo_unavailable_l.png")
HOMES = {"i.imgur.com": "/removed.png"}


class _Kind:
    """What agrees in host, size and last bytes: the first link, then the links of each content."""

    __slots__ = ("contents", "first")

    def __init__(self, link: int) -> None:
        self.first = link
        self.contents: dict[str, set[int]] = {}

    def met(self, link: int, content: str) -> bool:
        """Count a link, and tell whether its content has too many."""
        if link == self.first:
            return False
        if content not in self.contents and len(self.contents) == CONTENTS:
            return False
        links = self.contents.setdefault(content, set())
        if len(links) <= MANY:
            links.add(link)
        # The first of a kind was not hashed; while there is one content, it was that one.
        return len(links) + (len(self.contents) == 1) > MANY


def content_of(data: bytes) -> str:
    """Give the SHA-256 of a picture's bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def leads_to_one(host: str, path: str) -> bool:
    """Tell whether an address is the well-known one of such a picture."""
    return path.endswith(ENDINGS) or HOMES.get(host) == path


class Placeholders:
    """Contents known to stand for missing pictures, and those met too often.

    Args:
        known: Their SHA-256, in hexadecimal.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self.known = frozenset(known)
        self.proposed: dict[str, str] = {}  # content to the host that shows it
        self._kinds: OrderedDict[tuple[str, int, bytes], _Kind] = OrderedDict()

    def content_if_one(self, host: str, link: str, data: bytes) -> str | None:
        """Give the content of a placeholder, None for a picture; remember under which link."""
        if self.known and (content := content_of(data)) in self.known:
            return content
        key, number = (host, len(data), data[-TAIL:]), hash(link)
        kind = self._kinds.get(key)
        if kind is None:
            self._kinds[key] = _Kind(number)
            if len(self._kinds) > REMEMBERED:
                self._kinds.popitem(last=False)
            return None
        self._kinds.move_to_end(key)
        content = content_of(data)
        if not kind.met(number, content):
            return None
        self.proposed.setdefault(content, host)
        return content
