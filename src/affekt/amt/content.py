"""What a question of the marketplace shows: titles, texts, lists, pictures, a little XHTML."""

import re
from typing import NamedTuple

from affekt.amt.xml import Children, cdata, element, leaf, parsed
from affekt.errors import UsageError

TAGS = frozenset(
    {
        "a", "b", "big", "blockquote", "br", "center", "cite", "code", "col", "colgroup", "dd",
        "del", "dl", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins",
        "li", "ol", "p", "pre", "q", "small", "strong", "sub", "sup", "table", "tbody", "td",
        "tfoot", "th", "thead", "tr", "u", "ul",
    }
)  # fmt: skip
WRAPPED = "FormattedContent"


class Title(NamedTuple):
    """A heading."""

    text: str


class Text(NamedTuple):
    """A paragraph."""

    text: str


class Bullets(NamedTuple):
    """A list."""

    items: tuple[str, ...]


class Image(NamedTuple):
    """A picture by its address; what is said in its place must not give the answer away."""

    url: str
    alt_text: str
    subtype: str = "jpeg"


class Formatted(NamedTuple):
    """A piece of XHTML, of the elements in `TAGS` only."""

    xhtml: str


Block = Title | Text | Bullets | Image | Formatted


def written(block: Block) -> str:
    """Give one block as XML."""
    match block:
        case Title(text):
            return leaf("Title", text)
        case Text(text):
            return leaf("Text", text)
        case Bullets(items):
            return element("List", *(leaf("ListItem", item) for item in items))
        case Image(url, alt_text, subtype):
            mime = element("MimeType", leaf("Type", "image"), leaf("SubType", subtype))
            return element("Binary", mime, leaf("DataURL", url), leaf("AltText", alt_text))
        case Formatted(xhtml):
            return cdata(WRAPPED, xhtml)


def blocks(children: Children) -> tuple[Block, ...]:
    """Take all blocks of an overview or a question, at least one.

    Raises:
        UsageError: There is none, or one that is not allowed.
    """
    found = []
    while children.next():
        found.append(_block(children))
    if not found:
        raise UsageError(f"{children.where}: is empty; a title, text, list or picture is expected")
    return tuple(found)


def _block(children: Children) -> Block:
    match children.next():
        case "Title":
            return Title(children.text("Title"))
        case "Text":
            return Text(children.text("Text"))
        case "List":
            items = children.one("List")
            bullets = Bullets(tuple(items.texts("ListItem", least=1)))
            items.end()
            return bullets
        case "Binary":
            return _image(children.one("Binary"))
        case "FormattedContent":
            return _formatted(children.text(WRAPPED), children.where)
        case other:
            raise UsageError(
                f"{children.where}: {other!r} is not understood; Title, Text, List, Binary and "
                f"{WRAPPED} are"
            )


def _image(binary: Children) -> Image:
    mime = binary.one("MimeType")
    kind, subtype = mime.text("Type"), mime.text("SubType")
    mime.end()
    url, alt_text = binary.text("DataURL"), binary.text("AltText")
    binary.end()
    if kind != "image":
        raise UsageError(f"{mime.where}: is {kind!r}; 'image' is the only type we send")
    if not re.fullmatch(r"https?://\S+", url):
        raise UsageError(f"{binary.where}/DataURL: is {url!r}; an http or https address is needed")
    return Image(url, alt_text, subtype)


def _formatted(xhtml: str, where: str) -> Formatted:
    space = "urn:affekt:formatted"
    wrapped = f'<{WRAPPED} xmlns="{space}">{xhtml}</{WRAPPED}>'
    try:
        parsed(wrapped, WRAPPED, space)
    except UsageError as trouble:
        if "loose text" not in str(trouble):
            raise
    for name in re.findall(r"<\s*([\w:.-]+)", xhtml):
        if name not in TAGS:
            raise UsageError(f"{where}/{WRAPPED}: <{name}> is not allowed; use plain XHTML")
    if re.search(r"\son\w+\s*=|javascript:", xhtml, re.IGNORECASE):
        raise UsageError(f"{where}/{WRAPPED}: holds script; remove it")
    return Formatted(xhtml)
