"""All that the pages say, in each language; the words of emotions are data with a source."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

FIRST = "en"  # has every text


@dataclass(frozen=True)
class Words:
    """The texts of one language.

    Attributes:
        language: Its tag, such as ``de``.
        direction: ``ltr`` or ``rtl``.
        is_reviewed: People who speak it have looked at the words of the emotions.
        source: Where the words of the emotions are from.
        help: Who listens where a picture was too much: ``name``, ``words``, ``address``.
        notes: Content note of a release → its words.
    """

    language: str
    direction: str
    is_reviewed: bool
    source: str
    texts: Mapping[str, str]
    emotions: Mapping[str, str]
    help: Sequence[Mapping[str, str]]
    notes: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Give a text with its values filled in.

        Raises:
            KeyError: There is no such text.
        """
        return self.texts[key].format(**values) if values else self.texts[key]

    def emotion(self, name: str) -> str:
        """Give the word for an emotion; its name where the language has none."""
        return self.emotions.get(name, name.replace("_", " "))

    def note(self, notes: Sequence[str]) -> str:
        """Give the content notes of a picture as one text, ``""`` without any."""
        told = ", ".join(self.notes.get(one, one) for one in notes)
        return self("content_note", notes=told) if told else ""


@cache
def words(language: str) -> Words:
    """Give the texts of a language, in the first language where one is missing."""
    known = _read(FIRST)
    own = known if language not in languages() else _read(language)
    return Words(
        language=own["language"],
        direction=own["direction"],
        is_reviewed=own["is_reviewed"],
        source=own["source"],
        texts={**known["texts"], **own["texts"]},
        emotions={**known["emotions"], **own["emotions"]},
        help=own["help"],
        notes={**known["notes"], **own["notes"]},
    )


@cache
def languages() -> tuple[str, ...]:
    """Give the languages there are texts for, sorted."""
    found = files("affekt.site").joinpath("texts").iterdir()
    return tuple(sorted(one.name[:-5] for one in found if one.name.endswith(".json")))


def chosen(wanted: str, accepted: str, offered: Sequence[str]) -> str:
    """Give the language to show: the one a person chose, or the first their browser asks for.

    Args:
        wanted: What the person chose, or ``""``.
        accepted: The header ``Accept-Language``.
        offered: Languages in which the question can be asked, the preferred one first.

    >>> chosen("", "fr;q=0.9, de-AT, en;q=0.5", ["en", "de"])
    'de'
    """
    tags = [wanted, *(one.partition(";")[0] for one in accepted.split(","))]
    short = [tag.strip().lower().partition("-")[0] for tag in tags]
    return next((tag for tag in short if tag in offered), offered[0])


def _read(language: str) -> dict[str, Any]:
    text = files("affekt.site").joinpath("texts", f"{language}.json").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read
