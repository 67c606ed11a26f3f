"""Reads a CSV of votes: every good line a vote, every bad line a finding with its number."""

import csv
import io
import math
import unicodedata
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import polars as pl

from affekt.cells import read_back
from affekt.errors import TableError

NAMED_BY = ("image_id", "file")  # one of the two says which picture
NEEDED = ("emotion", "worker", "answer")
YES = frozenset(["yes", "y", "true", "t", "1", "ja", "j", "wahr", "oui", "o", "vrai", "si", "sí"])
NO = frozenset(["no", "n", "false", "f", "0", "nein", "falsch", "non", "faux"])
KNOWN = YES | NO


class Finding(NamedTuple):
    """One thing wrong with a file of votes."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


class Vote(NamedTuple):
    """One vote with its spelling understood; columns of `affekt.tables.VOTES`."""

    question_id: str
    worker: str
    emotion: str
    felt: bool
    seconds: float | None


@dataclass
class Ballot:
    """What one file gave."""

    votes: list[Vote] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class _Record(NamedTuple):
    """One record and the line of the file where it begins."""

    line: int
    cells: list[str]
    trouble: str = ""


class _Wrong(Exception):
    """What is wrong with a line."""


def read(text: str, questions: pl.DataFrame, quota: int) -> Ballot:
    """Give the votes and the findings of a file.

    A line that repeats a vote is neither. Of two opposite answers, and of more workers than the
    ``quota``, the first in the file are votes and the others findings.

    Args:
        text: All of the file.
        questions: All that was asked (schema `affekt.tables.QUESTIONS`).
        quota: Workers a question may have.

    Raises:
        TableError: A column is missing or there twice, so that no line can be read.
    """
    records = _records(text)
    header = _header(next(records, _Record(1, [])))
    counting = _Counting(questions, quota)
    ballot = Ballot()
    for line, cells, trouble in records:
        problem = trouble or _width(cells, header)
        if not problem:
            problem = counting.take(line, dict(zip(header, cells, strict=True)), ballot.votes)
        if problem:
            ballot.findings.append(Finding(line, problem))
    return ballot


def _records(text: str) -> Iterator[_Record]:
    """Give the records that are not blank; commas, semicolons and tabs told by the first line."""
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    # A StringIO would hold four bytes a character, and a file of votes has tens of millions.
    lines = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8", newline="")
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as trouble:
            yield _Record(line, [], f"cannot be read as CSV ({trouble})")
            continue
        if any(cells):
            yield _Record(line, cells)


def _header(record: _Record) -> list[str]:
    header = [name.casefold() for name in record.cells]
    missing = [name for name in NEEDED if name not in header]
    if not any(name in header for name in NAMED_BY):
        missing.insert(0, " or ".join(NAMED_BY))
    twice = [name for name in (*NAMED_BY, *NEEDED, "seconds") if header.count(name) > 1]
    if missing or twice or record.trouble:
        what = f"lacks the columns {missing}" if missing else f"has the columns {twice} twice"
        raise TableError(
            f"line {record.line}: {record.trouble or what}; found {header}, needed are "
            f"{' or '.join(NAMED_BY)}, {', '.join(NEEDED)}, and seconds if known. "
            "Nothing was imported"
        )
    return header


def _width(cells: list[str], header: list[str]) -> str:
    same = len(cells) == len(header)
    return "" if same else f"has {len(cells)} cells where the first line has {len(header)}"


class _Counting:
    """Remembers who answered what, so that a line can be judged by those before it."""

    def __init__(self, questions: pl.DataFrame, quota: int) -> None:
        self.quota = quota
        self.asked: dict[str, dict[str, str]] = {}  # picture → emotion → question
        self.files: dict[str, set[str]] = {}  # name at a source → pictures
        self.before: dict[str, dict[str, tuple[bool, int]]] = {}  # question → worker → answer, line
        for question, image, emotion, name in questions.select(
            "question_id", "image_id", "emotion", "source_id"
        ).iter_rows():
            self.asked.setdefault(image, {})[emotion] = question
            if name:
                self.files.setdefault(_plain(name), set()).add(image)

    def take(self, line: int, cells: Mapping[str, str], votes: list[Vote]) -> str:
        """Add the vote of one line; give what is wrong with it, or ``""``."""
        try:
            vote = self._understand(cells)
        except _Wrong as wrong:
            return str(wrong)
        others = self.before.setdefault(vote.question_id, {})
        if vote.worker in others:
            felt, earlier = others[vote.worker]
            return (
                "" if felt == vote.felt else f"the same worker says the opposite in line {earlier}"
            )
        if len(others) == self.quota:
            return (
                f"is vote number {self.quota + 1} or later on this question; {self.quota} count, "
                "and `skip_bad = true` leaves the others out"
            )
        others[vote.worker] = (vote.felt, line)
        votes.append(vote)
        return ""

    def _understand(self, cells: Mapping[str, str]) -> Vote:
        blank = [name for name in NEEDED if not cells[name]]
        if not any(cells.get(name) for name in NAMED_BY):
            blank = [*(name for name in NAMED_BY if name in cells), *blank]
        if blank:
            raise _Wrong(f"{' and '.join(blank)} left blank")
        answer, emotion = cells["answer"].casefold(), cells["emotion"].casefold()
        if answer not in KNOWN:
            raise _Wrong(f"the answer {cells['answer']!r} is not known; write yes or no")
        asked = self.asked[self._picture(cells.get("image_id", ""), cells.get("file", ""))]
        if emotion not in asked:
            known = ", ".join(sorted(asked))
            raise _Wrong(
                f"this picture was not asked about {cells['emotion']!r}, but about {known}"
            )
        seconds = _seconds(cells.get("seconds", ""))
        return Vote(asked[emotion], cells["worker"], emotion, answer in YES, seconds)

    def _picture(self, image_id: str, file: str) -> str:
        """Give the picture of a line; where both columns are filled they must not contradict."""
        named = self._named(file) if file else frozenset()
        if image_id:
            image = image_id.casefold()
            if image not in self.asked:
                raise _Wrong(f"unknown picture {image_id!r}; no question asks about it")
            if named and image not in named:
                raise _Wrong(f"the file {file!r} is another picture than {image_id!r}")
            return image
        if not named:
            raise _Wrong(f"unknown file {file!r}; {self._advice(file)}")
        if len(named) > 1:
            raise _Wrong(
                f"the file {file!r} is the name of {len(named)} pictures at different sources; "
                "say which by image_id"
            )
        return next(iter(named))

    def _advice(self, file: str) -> str:
        """Give the end of a sentence: a file of that name in a folder, if one was asked about."""
        inside = self._last.get(_last(_plain(file)))
        return f"did you mean {inside!r}?" if inside else "no question asks about it"

    @cached_property
    def _last(self) -> Mapping[str, str]:
        """File without its folders → file."""
        return {_last(name): name for name in sorted(self.files, reverse=True)}

    def _named(self, file: str) -> Set[str]:
        """Give the pictures of that name, with or without the apostrophe of a spreadsheet."""
        spellings = (_plain(read_back(file) or ""), _plain(file))
        return next((self.files[name] for name in spellings if name in self.files), frozenset())


def _last(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2].casefold()


def _plain(name: str) -> str:
    """Give a name as it is compared: some systems take letters and their accents apart."""
    return name.strip() if name.isascii() else unicodedata.normalize("NFC", name).strip()


def _seconds(text: str) -> float | None:
    """Give the seconds, None where the cell is empty."""
    if not text:
        return None
    try:
        seconds = float(text.replace(",", "."))
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < 1e9:  # comparisons with NaN are false
        raise _Wrong(f"the seconds are {text!r}; a number from 0 is allowed, or nothing")
    return seconds
