"""What a batch asks, whichever document it came in: fields, choices, pictures."""

from functools import lru_cache
from html.parser import HTMLParser
from typing import NamedTuple

from affekt.amt import pages, question_form
from affekt.amt.content import Image, Text, Title
from affekt.amt.pages import ExternalQuestion, HtmlQuestion


class Item(NamedTuple):
    """One question to choose an answer to."""

    name: str  # of the field
    text: str
    picture: str  # address
    choices: tuple[str, ...]


class Form(NamedTuple):
    """All that a batch asks.

    An external page asks what only its own server knows: its form has no items, and an address.
    """

    items: tuple[Item, ...]
    times: str = ""  # field that takes the seconds of each item, in their order
    is_html: bool = True
    address: str = ""


@lru_cache(maxsize=512)
def of_question(document: str) -> Form:
    """Give what a question document asks."""
    match pages.read(document):
        case HtmlQuestion(html, _):
            return of_html(html)
        case ExternalQuestion(url, _):
            return Form((), address=url)
        case form:
            return Form(items_of(form), is_html=False)


def items_of(form: question_form.QuestionForm) -> tuple[Item, ...]:
    """Give the questions of a test."""
    return tuple(
        Item(
            one.identifier,
            " ".join(block.text for block in one.content if isinstance(block, Title | Text)),
            next((block.url for block in one.content if isinstance(block, Image)), ""),
            tuple(choice.identifier for choice in one.choices),
        )
        for one in form.questions
    )


def of_html(html: str) -> Form:
    """Give the radio buttons of a page, by their names, and the hidden field for times."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    items = tuple(
        Item(name, text, picture, tuple(choices))
        for name, (text, picture, choices) in reader.found.items()
    )
    return Form(items, reader.times)


class _Reader(HTMLParser):
    """Notes for each group of radio buttons the picture and the words before it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, tuple[str, str, list[str]]] = {}
        self.times = ""
        self._picture = self._text = ""
        self._is_legend = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        kind = told.get("type")
        if tag == "img":
            self._picture = told.get("src", "")
        elif tag == "legend":
            self._is_legend, self._text = True, ""
        elif tag == "input" and kind == "radio":
            group = self.found.setdefault(told["name"], (self._text, self._picture, []))
            group[2].append(told.get("value", "on"))
        elif tag == "input" and kind == "hidden" and "data-times" in told:
            self.times = told["name"]

    def handle_endtag(self, tag: str) -> None:
        self._is_legend = self._is_legend and tag != "legend"

    def handle_data(self, data: str) -> None:
        if self._is_legend:
            self._text += data
