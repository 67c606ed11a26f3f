"""Where each key of a TOML text stands, so that a problem can be shown as ``file:line:column``.

The text is known to be valid (`tomllib` has read it); this only finds the places again.
"""

import re
from contextlib import suppress

Keys = tuple[str | int, ...]
BARE = re.compile(r"[A-Za-z0-9_-]+")
SKIP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
SPACE = re.compile(r"[ \t]*")
STRINGS = (
    re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}', re.DOTALL),
    re.compile(r"'''.*?'{3,5}", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)
PLAIN = re.compile(r"[^,\]}#\r\n]+")


class _Scan:
    """One walk through the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.keys: dict[Keys, int] = {}
        self.values: dict[Keys, int] = {}
        self.counts: dict[Keys, int] = {}
        self.begun: set[int] = set()

    def document(self) -> None:
        head: Keys = ()
        while self._more(""):
            if self.text[self.at] == "[":
                head = self._header()
            else:
                self._pair(head)

    def _header(self) -> Keys:
        is_list = self.text.startswith("[[", self.at)
        start = self.at
        self.at += 2 if is_list else 1
        path = self._resolved(self._dotted())
        self.at += 2 if is_list else 1
        if is_list:
            self.counts[path] = self.counts.get(path, -1) + 1
            path = (*path, self.counts[path])
        self.keys.setdefault(path, start)
        return path

    def _resolved(self, names: list[str]) -> Keys:
        """Insert the number of the current element after every list of tables but the last name."""
        path: Keys = ()
        for name in names[:-1]:
            path = (*path, name)
            path = (*path, self.counts[path]) if path in self.counts else path
        return (*path, names[-1])

    def _dotted(self) -> list[str]:
        names = []
        while True:
            self._skip(SPACE)
            names.append(self._name())
            self._skip(SPACE)
            if self.text[self.at] != ".":
                return names
            self.at += 1

    def _name(self) -> str:
        bare = BARE.match(self.text, self.at)
        if bare:
            self.at = bare.end()
            return bare.group()
        start = self.at
        self._string()
        return self.text[start + 1 : self.at - 1]

    def _pair(self, head: Keys) -> None:
        start = self.at
        path: Keys = (*head, *self._dotted())
        self.at += 1  # the equals sign
        for end in range(len(head) + 1, len(path) + 1):
            self.keys.setdefault(path[:end], start)
        self._value(path)

    def _value(self, path: Keys) -> None:
        self._skip(SKIP)
        self.values[path] = self.at
        opening = self.text[self.at]
        if opening == "[":
            self._items(path, "]")
        elif opening == "{":
            self._items(path, "}")
        elif opening in "\"'":
            self._string()
        else:
            self._skip(PLAIN)

    def _items(self, path: Keys, closing: str) -> None:
        self.at += 1
        number = 0
        while self._more(closing):
            if closing == "}":
                self._pair(path)
            else:
                self.keys[(*path, number)] = self.at
                self._value((*path, number))
            number += 1
            self._skip(SKIP)
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1

    def _string(self) -> None:
        for shape in STRINGS:
            found = shape.match(self.text, self.at)
            if found:
                self.at = found.end()
                return

    def _skip(self, what: re.Pattern[str]) -> None:
        found = what.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _more(self, closing: str) -> bool:
        """Go to the next item and tell whether there is one before ``closing`` or the end."""
        self._skip(SKIP)
        if self.at in self.begun:  # a text this walk does not understand; it never stands still
            raise IndexError
        self.begun.add(self.at)
        return self.at < len(self.text) and self.text[self.at] != closing


class Places:
    """Looks up keys and values of one TOML text by path; lists of tables count from 0."""

    def __init__(self, text: str) -> None:
        scan = _Scan(text)
        # An odd but valid text; what was found so far still helps.
        with suppress(IndexError, RecursionError):
            scan.document()
        self._text = text
        self._keys = scan.keys
        self._values = scan.values

    def of(self, path: Keys, *, key: bool = False) -> tuple[int, int]:
        r"""Line and column, from 1, of a value (or its key), or of the nearest outer key.

        >>> Places('[sample]\nper_emotion = 5').of(("sample", "per_emotion"))
        (2, 15)
        >>> Places('[sample]\nper_emotion = 5').of(("sample", "per_emotion"), key=True)
        (2, 1)
        """
        if path[-1:] == ("kind",) and path not in self._keys and path[:-1] in self._values:
            path = path[:-1]  # the kind is written as a bare word
        if path in self._values and not key:
            return self._line_and_column(self._values[path])
        while path and path not in self._keys:
            path = path[:-1]
        return self._line_and_column(self._keys.get(path, 0))

    def _line_and_column(self, at: int) -> tuple[int, int]:
        before = self._text[:at]
        return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1
