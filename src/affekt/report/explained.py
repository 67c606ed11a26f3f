"""What in a picture speaks for an answer: maps of right and wrong ones, beside shuffled weights."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from affekt.foreign import clean
from affekt.report import explained_numbers, explained_pictures
from affekt.report.exhibits import Exhibit, Figure, Gap, Table
from affekt.report.inputs import ReportInput
from affekt.report.text import slug
from affekt.store import Failure

if TYPE_CHECKING:
    from affekt.plan import Explained

UNASKED = (
    "the plan asks for no explanation: name a data set and an entry under [[bench.explanations]] "
    "first"
)


def exhibit(given: ReportInput) -> Exhibit:
    """A figure and a table an explanation; a box for what is missing."""
    return Exhibit(
        "G19",
        "What speaks for an answer",
        "Where in tested pictures the score of the emotion that was said comes from, and whether "
        "shuffled weights would mark the same places.",
        tuple(_blocks(given)),
    )


def _blocks(given: ReportInput) -> Iterator[Figure | Table | Gap]:
    if not given.explanations:
        yield Gap("What speaks for an answer", UNASKED, given.bench_command)
    for one in given.explanations:
        yield from _explanation(given, one)


def _explanation(given: ReportInput, one: "Explained") -> Iterator[Figure | Table | Gap]:
    about = f"{clean(one.entry)} on {clean(one.dataset)}"
    title = f"What speaks for an answer of {about}"
    if isinstance(one.pictures, Failure) or isinstance(one.explained, Failure):
        lost = one.explained if isinstance(one.explained, Failure) else one.pictures
        assert isinstance(lost, Failure)
        yield Gap(title, clean(lost.reason, 400), given.bench_command)
        return
    answers = explained_numbers.read(one, one.pictures, one.explained)
    if answers.rows.is_empty():
        yield Gap(title, "no picture is tested", given.bench_command)
        return
    name = f"g19-{slug(one.dataset)}-{one.number}"
    if answers.how["right"] or answers.how["wrong"]:
        yield explained_pictures.figure(given, name, title, answers)
    beside = f"Maps of {about}, held against shuffled weights and grey cells"
    yield explained_numbers.table(f"{name}-numbers", beside, answers, given.seed)
