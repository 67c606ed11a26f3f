"""The files and columns of a release, as its card describes them."""

from typing import Any

import polars as pl
import pyarrow as pa

from affekt.datasets.release import shape
from affekt.taxonomy import Taxonomy

SHARE = "share of votes that felt this emotion; empty where nobody was asked"
OF_TABLE: dict[str, dict[str, str]] = {
    shape.LABELS: {},
    shape.ATTRIBUTION: {"text": "the credit line: title, author, licence, source"},
    shape.ASKED: {
        "question_id": "the question, as in votes.parquet",
        "emotion": "the emotion asked about",
        "role": "task: may become a label; any other: a control question",
        "votes": "votes on that emotion",
        "votes_yes": "votes that felt it",
        "outcome": "released, linked (a label, named by its address), not-shipped (a label, and "
        "not here), rejected or control",
        "reason": "why a labelled picture is not here",
        "image_id": "the picture in this release; empty where it is not here",
    },
    shape.VOTES: {name: column.meaning for name, column in shape.VOTE_COLUMNS.items()},
    shape.NOISY: {"emotion": "the weak label, which nobody verified"},
    shape.REMOVED: {
        "sha256": "SHA-256 of a picture that was withdrawn, as shipped or as found; delete it",
        "phash": "its 64-bit perceptual hash, where known",
        "removed_at": "day",
        "reason": "class of the reason",
    },
}
JOIN = """\
import polars as pl

asked = pl.read_csv("annotations/asked.csv", infer_schema=False).select("question_id", "image_id")
pictures = pl.read_parquet("data/*.parquet", columns=["image_id", "label", "split"])
votes = pl.read_parquet("annotations/votes.parquet")
joined = votes.join(asked, on="question_id").join(pictures, on="image_id")
"""


def section(taxonomy: Taxonomy) -> list[str]:
    """Give the lines of the card on files and columns."""
    return [
        "Pictures lie in `data/`; what is not shipped stands in `links/`, by address and hash, "
        "with the same columns but `image`, and `affekt hydrate FOLDER` fetches it. "
        f"Labels stand also in `{shape.LABELS}`, credits in "
        f"`{shape.ATTRIBUTION}`, single votes in `{shape.VOTES}`, every asked picture in "
        f"`{shape.ASKED}`. `affekt release check FOLDER` checks it all; "
        f"`sha256sum -c {shape.CHECKSUMS}` checks the files.",
        "",
        "In CSV files a text that a spreadsheet could take for a formula has an apostrophe in "
        "front.",
        "",
        "| column of `data/` | type | meaning |",
        "| --- | --- | --- |",
        *(
            f"| {name} | {_type(column.kind)} | {column.meaning} |"
            for name, column in shape.COLUMNS.items()
        ),
        "",
        "| file | columns | meaning |",
        "| --- | --- | --- |",
        *(line for file in OF_TABLE for line in _rows(file, taxonomy)),
        "",
        "Votes belong to pictures through `asked.csv`, by `question_id`:",
        "",
        "```python",
        *JOIN.splitlines(),
        "```",
    ]


def linked(rows: pl.DataFrame, taxonomy: Taxonomy) -> list[str]:
    """Give the lines of the card on pictures that are named and not shipped."""
    absent = rows.filter(~pl.col("shipped"))
    if absent.is_empty():
        return []
    return [
        f"Of the kept pictures {rows.height - absent.height:,} are shipped; {absent.height:,} are "
        "not, and stand in `links/` by address and hash. A link may be dead tomorrow: `affekt "
        "hydrate FOLDER` fetches what is left and says how much that is.",
        "",
        "| emotion | linked | train | validation | test |",
        "| --- | ---: | ---: | ---: | ---: |",
        *(_linked_row(name, absent.filter(label=name)) for name in taxonomy.names),
        _linked_row("**all**", absent),
        "",
    ]


def _linked_row(name: str, rows: pl.DataFrame) -> str:
    splits = (rows.filter(split=split).height for split in shape.SPLITS)
    return "| " + " | ".join([name, *(f"{n:,}" for n in (rows.height, *splits))]) + " |"


def removal(days: int | None, removed: int) -> list[str]:
    """Give the lines of the card on how a picture gets out, and what others owe to it.

    ``days`` until an answer comes; None where there is nobody to be asked.
    """
    ask = (
        "Whoever owns a picture, or is shown in one, may ask the contact to take it out; an answer "
        f"comes within {days} days, and the next version omits the picture and near copies of it."
        if days is not None
        else "Nobody is named whom the owner of a picture, or who is shown in one, could ask to "
        "take it out."
    )
    return [
        f"{ask} `{shape.REMOVED}` lists what was withdrawn by hash, lines so far: {removed:,}. "
        "Remove it from your copies.",
    ]


def columns(file: str, taxonomy: Taxonomy) -> tuple[str, ...]:
    """Give the columns of one of the tables beside the pictures."""
    return {
        shape.LABELS: shape.label_columns(taxonomy),
        shape.ATTRIBUTION: shape.ATTRIBUTION_COLUMNS,
        shape.ASKED: shape.ASKED_COLUMNS,
        shape.VOTES: tuple(shape.VOTE_COLUMNS),
        shape.NOISY: shape.NOISY_COLUMNS,
        shape.REMOVED: shape.REMOVED_COLUMNS,
    }[file]


def _rows(file: str, taxonomy: Taxonomy) -> list[str]:
    """Give one row for what `data/` has as well, and one for each other meaning."""
    meanings = {**OF_TABLE[file], **{f"share_{name}": SHARE for name in taxonomy.names}}
    by_meaning: dict[str, list[str]] = {}
    for name in columns(file, taxonomy):
        by_meaning.setdefault(meanings.get(name, "as in `data/`"), []).append(name)
    return [f"| {file} | {', '.join(names)} | {text} |" for text, names in by_meaning.items()]


def _type(kind: Any) -> str:
    if kind == shape.IMAGE:
        return "image"
    if pa.types.is_list(kind):
        return f"list of {shape.type_word(kind.value_type)}"
    return shape.type_word(kind)
