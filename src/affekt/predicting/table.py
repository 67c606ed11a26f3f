"""Answers as CSV, JSON lines or Parquet, written as they come, so that memory stays flat."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from affekt.cells import Cell, to_csv
from affekt.predicting.trained_net import label
from affekt.predicting.work import Answer

ROW_GROUP = 10_000  # rows of Parquet that are held until they are written
SUFFIXES = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet"}
Add = Callable[[Answer], None]
Emotions = tuple[str, ...]


class Lines(NamedTuple):
    """A form of text: what stands first, and what stands for one answer."""

    head: str
    line: Callable[[Answer], str]


def columns(emotions: Emotions) -> list[str]:
    """Give the names of the columns of CSV and Parquet."""
    return ["path", "label", *(f"probability_{one}" for one in emotions), "reason", "detail"]


def lines(form: str, emotions: Emotions, shown: Callable[[str], str] = str) -> Lines:
    """Give how answers are written as ``csv`` or ``jsonl``.

    Args:
        form: One of the two.
        emotions: Of the net.
        shown: What is done to a path and a detail in CSV; JSON spells what a console would obey.
    """
    if form == "csv":
        head = to_csv(columns(emotions), [])

        def in_csv(answer: Answer) -> str:
            cells = [shown(one) if isinstance(one, str) else one for one in _row(answer, emotions)]
            return to_csv((), [cells]).removeprefix("\n")

        return Lines(head, in_csv)

    def in_json(answer: Answer) -> str:
        path, found, *shares, reason, detail = _row(answer, emotions)
        told = None if found is None else dict(zip(emotions, shares, strict=True))
        document = {
            "path": path, "label": found, "probabilities": told, "reason": reason, "detail": detail
        }  # fmt: skip
        return json.dumps(document) + "\n"

    return Lines("", in_json)


@contextmanager
def text_file(path: Path, form: str, emotions: Emotions) -> Iterator[Add]:
    """Give what adds an answer to a new file of text."""
    head, line = lines(form, emotions)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(head)

        def add(answer: Answer) -> None:
            file.write(line(answer))

        yield add


@contextmanager
def parquet_file(path: Path, emotions: Emotions) -> Iterator[Add]:
    """Give what adds an answer to a new Parquet file."""
    kinds = [pa.string(), pa.string(), *[pa.float32()] * len(emotions), pa.string(), pa.string()]
    schema = pa.schema(list(zip(columns(emotions), kinds, strict=True)))
    waiting: list[list[Cell]] = []
    with pq.ParquetWriter(path, schema) as file:

        def write() -> None:
            rows = [list(column) for column in zip(*waiting, strict=True)]
            if rows:
                file.write_table(pa.table(rows, schema=schema))
            waiting.clear()

        def add(answer: Answer) -> None:
            waiting.append(_row(answer, emotions))
            if len(waiting) >= ROW_GROUP:
                write()

        yield add
        write()


def _row(answer: Answer, emotions: Emotions) -> list[Cell]:
    """Give the cells; probabilities with as few digits as read back as the same 32-bit number."""
    found = answer.probabilities
    shares: list[Cell] = (
        [None] * len(emotions)
        if found is None
        else [float(str(one)) for one in found.astype(np.float32)]
    )
    return [answer.name, label(emotions, found), *shares, answer.reason, answer.detail]
