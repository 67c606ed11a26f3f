"""The bytes of every file of an export, equal for equal tables."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import polars as pl

from affekt import cells
from affekt.exports.datasheet import datasheet, datasheet_page
from affekt.exports.models import UNIT

STUDIO_CONFIG = """<View>
  <Header value="$question"/>
  <Image name="image" value="$image"/>
  <Choices name="felt" toName="image" choice="single" showInLine="true">
    <Choice value="yes"/>
    <Choice value="no"/>
  </Choices>
</View>
"""
PIECE = 20_000  # rows; keeps memory level while a big table is written
QUESTION = "Do you feel {emotion} seeing this image?"


class Told(NamedTuple):
    """All that an export tells."""

    votes: pl.DataFrame  # `shape.VOTES`
    labels: pl.DataFrame  # `shape.LABELS`
    workers: pl.DataFrame
    campaign: Mapping[str, Any]


def rendered(name: str, told: Told) -> Iterator[bytes]:
    """Give the content of the file of this name, piece by piece; a piece ends at a line's end."""
    return _MAKERS[name](told)


def json_bytes(value: object) -> bytes:
    """Give JSON that is equal for equal values: keys sorted, UTF-8, one line end."""
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def _csv(frame: pl.DataFrame) -> Iterator[bytes]:
    head = cells.to_csv(frame.columns, [])
    yield head.encode()
    for piece in frame.iter_slices(PIECE):
        text = cells.to_csv(frame.columns, _plain(piece).iter_rows())
        yield text.removeprefix(head).encode()


def _jsonl(frame: pl.DataFrame) -> Iterator[bytes]:
    for piece in frame.iter_slices(PIECE):
        yield _plain(piece).write_ndjson().encode()


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Give times as ISO 8601 text, UTC, to the microsecond."""
    times = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    return frame.with_columns(pl.col(times).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"))


def _parquet(frame: pl.DataFrame) -> Iterator[bytes]:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=False)
    yield buffer.getvalue()


def _counted(votes: pl.DataFrame) -> pl.DataFrame:
    return votes.filter(pl.col("answer").is_in(["yes", "no"]), pl.col("state") == "counted")


def _crowdkit(told: Told) -> Iterator[bytes]:
    task = pl.concat_str(UNIT, separator=":")
    return _csv(_counted(told.votes).select(task=task, worker="worker", label="answer"))


def _studio(told: Told) -> Iterator[bytes]:
    """Give one task a question: its votes as annotations, its label as a prediction."""
    votes = _counted(told.votes).group_by(UNIT, maintain_order=True)
    beside = votes.agg(said=pl.struct("worker", "answer", "seconds"))
    tasks = told.labels.join(beside, on=UNIT, how="left", maintain_order="left")
    template = str(told.campaign.get("question") or QUESTION)
    comma = b"["
    for piece in tasks.iter_slices(PIECE):
        texts = [_compact(_task(row, template)) for row in piece.iter_rows(named=True)]
        yield comma + b"\n" + ",\n".join(texts).encode()
        comma = b","
    yield b"\n]\n" if tasks.height else b"[]\n"


def _compact(task: dict[str, Any]) -> str:
    return json.dumps(task, sort_keys=True, ensure_ascii=False, allow_nan=False)


def _task(row: dict[str, Any], template: str) -> dict[str, Any]:
    data = {
        "image": row["image"] or row["image_id"], "image_id": row["image_id"],
        "question_id": row["question_id"], "emotion": row["emotion"],
        "question": template.replace("{emotion}", row["emotion"]),
    }  # fmt: skip
    answers = {"keep": "yes", "drop": "no"}
    predictions = [
        {
            "model_version": row["policy"],
            "score": row["posterior"],
            "result": [_choice(answers[row["decision"]], {})],
        }
    ] if row["decision"] in answers else []  # fmt: skip
    annotations = [_annotation(vote) for vote in row["said"] or []]
    return {"data": data, "annotations": annotations, "predictions": predictions}


def _annotation(row: dict[str, Any]) -> dict[str, Any]:
    meta = {"text": [row["worker"]]}
    return {"lead_time": row["seconds"], "result": [_choice(row["answer"], meta)]}


def _choice(answer: str, meta: dict[str, Any]) -> dict[str, Any]:
    return {
        "from_name": "felt", "to_name": "image", "type": "choices", "meta": meta,
        "value": {"choices": [answer]},
    }  # fmt: skip


def _sheet(told: Told) -> dict[str, Any]:
    return datasheet(told.votes, told.labels, told.campaign)


_MAKERS: dict[str, Callable[[Told], Iterator[bytes]]] = {
    "votes.csv": lambda told: _csv(told.votes),
    "votes.jsonl": lambda told: _jsonl(told.votes),
    "votes.parquet": lambda told: _parquet(told.votes),
    "labels.csv": lambda told: _csv(told.labels),
    "labels.parquet": lambda told: _parquet(told.labels),
    "workers.csv": lambda told: _csv(told.workers),
    "workers.parquet": lambda told: _parquet(told.workers),
    "crowdkit.csv": _crowdkit,
    "label-studio.json": _studio,
    "label-studio.xml": lambda told: iter([STUDIO_CONFIG.encode()]),
    "datasheet.json": lambda told: iter([json_bytes(_sheet(told))]),
    "datasheet.md": lambda told: iter([datasheet_page(_sheet(told)).encode()]),
}
