"""The few signs of Markdown that a text of consent needs, as blocks for a template to escape."""

import re
from typing import Literal, NamedTuple

Line = tuple[str, ...]  # plain, bold, plain, … in turn


class Block(NamedTuple):
    """A heading, a paragraph or a list; ``lines`` has one entry but for a list."""

    kind: Literal["heading", "paragraph", "list"]
    lines: tuple[Line, ...]


def blocks(text: str) -> list[Block]:
    r"""Give the blocks of a text; what is no heading and no list is a paragraph.

    >>> blocks("# Pay\n\n**Fair** it\nis.")[1]
    Block(kind='paragraph', lines=(('', 'Fair', ' it is.'),))
    """
    return [_block(one.strip()) for one in re.split(r"\n\s*\n", text) if one.strip()]


def _block(text: str) -> Block:
    if text.startswith("#"):
        return Block("heading", (_line(text.lstrip("# ")),))
    if re.match(r"[-*] ", text):
        items = re.split(r"\n[-*] ", "\n" + text)[1:]
        return Block("list", tuple(_line(one) for one in items))
    return Block("paragraph", (_line(text),))


def _line(text: str) -> Line:
    return tuple(re.sub(r"\s+", " ", text).split("**"))
