"""Reads and writes the XML of the marketplace: hardened, and in the order its schemas fix."""

import re
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from affekt.errors import MissingExtra, UsageError

SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas"
NAMESPACE_URL = f"{SCHEMAS}/2006-07-14/ExternalQuestion.xsd"
NAMESPACE_PAGE = f"{SCHEMAS}/2011-11-11/HTMLQuestion.xsd"
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parsed(text: str, document: str, namespace: str) -> "Children":
    """Give the children of a document's root; entities, DTDs and other roots are refused.

    Raises:
        UsageError: It is no well-formed XML, holds what could harm, or is another document.
        MissingExtra: The library that reads without harm is not installed.
    """
    root = _root(text, document)
    if root.tag != f"{{{namespace}}}{document}":
        raise UsageError(
            f"{document}: the root is {root.tag!r}; {document!r} in the namespace {namespace} is "
            "expected"
        )
    return Children(root, document)


def _root(text: str, document: str) -> Element:
    try:
        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import fromstring
    except ImportError as trouble:
        raise MissingExtra(
            "documents of Mechanical Turk are read with defusedxml: pip install 'affekt[amt]'"
        ) from trouble
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except DefusedXmlException as trouble:
        raise UsageError(f"{document}: DTDs and entities are refused; send plain XML") from trouble
    except (ParseError, ValueError) as trouble:
        raise UsageError(f"{document}: is no well-formed XML ({trouble}); correct it") from trouble
    return root


class Children:
    """The children of one element, taken in the order in which its schema wants them."""

    def __init__(self, parent: Element, where: str) -> None:
        self.where = where
        self._space = parent.tag.partition("}")[0] + "}"
        self._waiting = list(parent)[::-1]
        strays = [parent.text, *(child.tail for child in parent)] if self._waiting else []
        if parent.attrib or any(text and text.strip() for text in strays):
            raise UsageError(f"{where}: holds attributes or loose text; only elements are allowed")

    def next(self) -> str:
        """Name of the child that comes next, ``""`` behind the last."""
        return self._waiting[-1].tag.removeprefix(self._space) if self._waiting else ""

    def one(self, name: str) -> "Children":
        """Take the child of that name, which must come next."""
        return Children(self._take(name), f"{self.where}/{name}")

    def many(self, name: str, least: int = 0) -> list["Children"]:
        """Take all children of that name that come next.

        Raises:
            UsageError: There are fewer than ``least``.
        """
        taken: list[Children] = []
        while self.next() == name or len(taken) < least:
            taken.append(self.one(name))
        return taken

    def text(self, name: str) -> str:
        """Take the text of the child of that name, which must come next and hold nothing else."""
        child = self._take(name)
        if len(child) or child.attrib:
            raise UsageError(f"{self.where}/{name}: holds more than text; only text is allowed")
        return child.text or ""

    def texts(self, name: str, least: int = 0) -> list[str]:
        """Take the texts of all children of that name that come next."""
        taken: list[str] = []
        while self.next() == name or len(taken) < least:
            taken.append(self.text(name))
        return taken

    def maybe(self, name: str) -> str | None:
        """Take the text of the child of that name if it comes next."""
        return self.text(name) if self.next() == name else None

    def whole(self, name: str) -> int:
        """Take a whole number."""
        return number(self.text(name), f"{self.where}/{name}")

    def end(self) -> None:
        """Check that no child is left.

        Raises:
            UsageError: One is.
        """
        if self._waiting:
            raise UsageError(f"{self.where}: {self.next()!r} has no place here; remove or move it")

    def _take(self, name: str) -> Element:
        if self.next() != name:
            came = repr(self.next()) if self._waiting else "the end"
            raise UsageError(f"{self.where}: {name!r} is expected next, but {came} comes")
        return self._waiting.pop()


def number(text: str, where: str) -> int:
    """Give the whole number that a text stands for.

    Raises:
        UsageError: It stands for none.
    """
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,9}\s*", text):
        raise UsageError(f"{where}: is {text!r}; a whole number is expected")
    return int(text)


def element(name: str, *inner: str) -> str:
    """Give an element around what is XML already."""
    return f"<{name}>{''.join(inner)}</{name}>"


def leaf(name: str, text: str | int) -> str:
    """Give an element around a text.

    Raises:
        UsageError: The text holds a control character, which no XML can.
    """
    odd = NO_XML.search(str(text))
    if odd:
        raise UsageError(f"{name}: holds the character {odd[0]!r}, which XML cannot; remove it")
    return f"<{name}>{escape(str(text))}</{name}>"


def document(name: str, namespace: str, *inner: str) -> str:
    """Give a whole document."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{name} xmlns="{namespace}">{"".join(inner)}'
        f"</{name}>"
    )


def cdata(name: str, text: str) -> str:
    """Give an element around a text that stays as it is.

    Raises:
        UsageError: The text ends the section itself.
    """
    if "]]>" in text or NO_XML.search(text):
        raise UsageError(f"{name}: holds ']]>' or a control character; write it another way")
    return f"<{name}><![CDATA[{text}]]></{name}>"
