"""Reads the pages that are written for people: their blocks of code, headings and links."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
TOP = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
PAGES = (
    *(ROOT / name for name in TOP),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "examples").rglob("README.md")),
)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"[Ff]ile\s+`mylab/(\w+)\.py`:\n\n```python\n(.*?)```", re.DOTALL)


class Block(NamedTuple):
    """One fenced block: the page, the line it begins on, its language, its text."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def name_of(page: Path) -> str:
    """Name of a page below the root."""
    return str(page.relative_to(ROOT))


def text_of(page: str) -> str:
    """Text of a page, named from the root."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(*languages: str) -> list[Block]:
    """Give the fenced blocks in these languages, of all pages, in order."""
    return [
        Block(name_of(page), text.count("\n", 0, found.start()) + 1, found[1], found[2])
        for page in PAGES
        for text in [page.read_text(encoding="utf-8")]
        for found in BLOCK.finditer(text)
        if found[1] in languages
    ]


def commands(block: Block) -> list[str]:
    """Give the command lines of a console block: those behind ``$ ``."""
    return [line.removeprefix("$ ") for line in block.text.splitlines() if line.startswith("$ ")]


def section(page: str, heading: str) -> str:
    """Give the text under a heading, up to the next of the same or a higher level."""
    text = text_of(page)
    start = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    assert start, f"{page} has no heading {heading!r}"
    rest = text[start.end() :]
    end = re.search(rf"^#{{1,{len(start[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def examples() -> dict[str, str]:
    """Give the parts shown in CONTRIBUTING: name of the file → its text."""
    return dict(EXAMPLE.findall(text_of("CONTRIBUTING.md")))
