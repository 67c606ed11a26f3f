"""The test that workers take before they may vote: drawn from a table of labelled pictures."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from affekt.amt import answer_key, question_form
from affekt.amt.content import Image, Text
from affekt.amt.question_form import Choice, Question, QuestionForm
from affekt.errors import TableError
from affekt.rank import ranked

ASKED = "Which emotion does this picture make you feel?"
WORK_SECONDS = 3_600


class Labelled(NamedTuple):
    """A picture of the test and its known label."""

    name: str  # of the question; tells nothing
    url: str
    emotion: str


def drawn(path: Path, count: int, seed: int) -> list[Labelled]:
    """Give the pictures of the test: so many of the table, in the random order of the seed.

    Raises:
        TableError: The table cannot be read or has too few rows.
    """
    pool = _pool(path)
    if len(pool) < count:
        raise TableError(
            f"{path}: has {len(pool)} pictures and the test needs {count}; add some or lower "
            "`test_questions`"
        )
    chosen = ranked(pool, seed, "test")[:count]
    return [Labelled(f"picture-{at + 1}", url, pool[url]) for at, url in enumerate(chosen)]


def emotions(path: Path) -> list[str]:
    """Give the labels that the table knows, each once."""
    return list(dict.fromkeys(_pool(path).values()))


def _pool(path: Path) -> dict[str, str]:
    try:
        table = pl.read_csv(path, infer_schema=False).select("url", "emotion").drop_nulls()
    except (OSError, pl.exceptions.PolarsError) as trouble:
        raise TableError(
            f"{path}: cannot be read as CSV with the columns url and emotion ({trouble})"
        ) from trouble
    return dict(table.iter_rows())


def request(name: str, pictures: Sequence[Labelled], choices: Sequence[str]) -> dict[str, Any]:
    """Give the request that makes the test at the marketplace; its value is in percent."""
    form = QuestionForm(
        tuple(
            Question(
                one.name,
                (Text(ASKED), Image(one.url, f"Image {at + 1} of {len(pictures)}")),
                tuple(Choice(word, word) for word in choices),
            )
            for at, one in enumerate(pictures)
        )
    )
    key = answer_key.paper_key({one.name: one.emotion for one in pictures})
    answer_key.check_fits(key, form)
    return {
        "Name": name,
        "Description": f"{len(pictures)} pictures: name the emotion that each makes you feel.",
        "QualificationTypeStatus": "Active",
        "Test": question_form.to_xml(form),
        "AnswerKey": answer_key.to_xml(key),
        "TestDurationInSeconds": WORK_SECONDS,
    }
