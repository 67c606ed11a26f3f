"""Figures G12 and G20: how far people agree, and what one more of them would score."""

import math
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Float

from affekt.foreign import clean
from affekt.measures.agreement import krippendorff_alpha, raw_agreement
from affekt.measures.agreement_intervals import over_pictures, shrunk
from affekt.measures.intervals import UNKNOWN, Interval
from affekt.report import crowd, resample
from affekt.report.colours import looks
from affekt.report.crowd import Answers
from affekt.report.exhibits import Column, Exhibit, Figure, Gap, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.scene import Box, Item, Paint, Scene, Sign, Stroke, Words, layered, shortened
from affekt.report.text import percent

LEFT, BAR, BETWEEN, LINE, TOP = 132, 260, 40, 26, 40
MARK = 8  # px of a point
LEAD = "How often two people who are asked the same about a picture give the same answer."
HUMAN = "How often one more person gives the answer that most of the others gave."


class Agreed(NamedTuple):
    """Agreement on one emotion, or on all."""

    emotion: str
    n: int
    raw: float
    raw_interval: Interval
    alpha: float
    alpha_interval: Interval


class Human(NamedTuple):
    """One person against the others: answers, their share that is right, and what guessing gives.

    Attributes:
        floor: Share right of one who always gives the emotion's most frequent answer.
    """

    emotion: str
    n: int
    right: float
    interval: Interval
    floor: float
    groups: int


def exhibit(given: ReportInput) -> Exhibit:
    """The figure of agreement, or a box that tells which stage is missing."""
    return _of(given, "G12", "Agreement", LEAD, figure)


def human(given: ReportInput) -> Exhibit:
    """The table of one more person, or a box that tells which stage is missing."""
    return _of(given, "G20", "Human level", HUMAN, level)


def _of(
    given: ReportInput,
    number: str,
    title: str,
    lead: str,
    make: Callable[[ReportInput, Answers], Figure | Table],
) -> Exhibit:
    found = crowd.answers(given)
    if found is None:
        reason = given.lost("sample", "verify") or "nobody has voted on a picture of the sample"
        return Exhibit(number, title, lead, (Gap(title, reason, given.build_command),))
    return Exhibit(number, title, lead, (make(given, found),))


def agreements(given: ReportInput, found: Answers) -> list[Agreed]:
    """Give the agreement on every emotion and on all."""
    return [_agreed(given, name, _asked(found, name)) for name in (*found.emotions, "total")]


def _asked(found: Answers, name: str) -> pl.DataFrame:
    return found.questions if name == "total" else found.of_emotion(name)


def _agreed(given: ReportInput, name: str, asked: pl.DataFrame) -> Agreed:
    counts = crowd.counts(asked.filter(pl.col("votes") > 1))
    generator = _generator(given, "agreement", name)
    raw, alpha = raw_agreement(counts), krippendorff_alpha(counts)
    return Agreed(
        name,
        len(counts),
        raw,
        over_pictures(raw_agreement, counts, generator),
        alpha,
        over_pictures(krippendorff_alpha, counts, generator),
    )


def _generator(given: ReportInput, what: str, name: str) -> np.random.Generator:
    mixed = sha256(f"{given.seed}\n{what}\n{name}".encode(errors="replace")).digest()
    return np.random.default_rng(int.from_bytes(mixed[:8], "big"))


def figure(given: ReportInput, found: Answers) -> Figure:
    """Draw both measures of every emotion, each with its interval."""
    rows = agreements(given, found)
    columns = (
        Column("emotion", "text"), Column("n"),
        Column("raw agreement", "score"), Column("raw agreement 95 %", "score", "95 %"),
        Column("Krippendorff's α", "score"), Column("Krippendorff's α 95 %", "score", "95 %"),
    )  # fmt: skip
    return Figure(
        name="g12",
        title="Agreement by emotion",
        text=_text(rows),
        scene=_scene(given, rows),
        table=Table(
            name="g12",
            title="Agreement by emotion",
            columns=columns,
            rows=tuple((clean(one.emotion), *one[1:]) for one in rows),
            strong=frozenset({len(rows) - 1}),
        ),
        notes=(
            "n: questions with two votes or more. Raw: share of pairs of votes that are equal. "
            "α: nominal scale; 1 all agree, 0 as by chance. Lines: 95 %, bootstrap over questions.",
            *_stopped(found),
            *found.notes,
        ),
    )


def _stopped(found: Answers) -> tuple[str, ...]:
    n = int((found.questions["votes"] < found.of).sum())
    if not n:
        return ()
    return (
        f"{n:,} questions have fewer than {found.of} votes. Where asking ends as soon as the "
        "outcome is settled, questions on which people agree have fewer votes.",
    )


def _text(rows: list[Agreed]) -> str:
    *each, total = rows
    told = [(one.alpha, clean(one.emotion)) for one in each if math.isfinite(one.alpha)]
    if not told:
        return "No question has two votes, so agreement cannot be told."
    most, least = max(told), min(told)
    return (
        f"Two votes on the same question are equal in {percent(total.raw)} of pairs, α "
        f"{total.alpha:.2f}. People agree most on {most[1]} (α {most[0]:.2f}) and least on "
        f"{least[1]} (α {least[0]:.2f})."
    )


class _Axis(NamedTuple):
    """One measure: where its scale begins on the page, and its lowest value."""

    x: float
    low: float

    def at(self, value: float) -> float:
        return self.x + BAR * (min(max(value, self.low), 1) - self.low) / (1 - self.low)

    def scale(self, name: str, bottom: float) -> Iterator[Item]:
        yield Words(self.x, 14, name, size=13, bold=True)
        for tick in (self.low, 0.0, 0.5, 1.0) if self.low < 0 else (0.0, 0.5, 1.0):
            x = self.at(tick)
            yield Stroke(x, TOP - 6, x, bottom)
            yield Words(x, TOP - 10, f"{tick:.1f}".replace("-", "−"), "middle", "soft", 10)

    def point(self, value: float, ends: Interval, y: float, slot: int, says: str) -> Iterator[Item]:
        if not math.isfinite(value):
            return
        if math.isfinite(ends.low + ends.high):
            yield Stroke(self.at(ends.low), y, self.at(ends.high), y, "ink", 1.5)
        yield Box(self.at(value) - MARK / 2, y - MARK / 2, MARK, MARK, Paint(slot=slot), says)


def _scene(given: ReportInput, rows: list[Agreed]) -> Scene:
    styles, bottom = looks(given.taxonomy.names), TOP + len(rows) * LINE
    lowest = min([0.0, *(v for one in rows for v in (one.alpha, one.alpha_interval.low) if v < 0)])
    raw = _Axis(LEFT, 0.0)
    alpha = _Axis(LEFT + BAR + BETWEEN, math.floor(lowest * 2) / 2)
    items = [*raw.scale("raw agreement", bottom), *alpha.scale("Krippendorff's α", bottom)]
    for at, one in enumerate(rows):
        y = TOP + at * LINE + LINE / 2
        slot = styles[one.emotion].slot if one.emotion in styles else -1
        name = clean(one.emotion)
        items += [Sign(10, y, slot), Words(24, y + 4, shortened(name, LEFT - 28))]
        says = f"{name}: raw agreement {one.raw:.3f}, {one.n:,} questions"
        items += raw.point(one.raw, one.raw_interval, y, slot, says)
        says = f"{name}: α {one.alpha:.3f}, {one.n:,} questions".replace("-", "−")
        items += alpha.point(one.alpha, one.alpha_interval, y, slot, says)
    inside = layered(items, Stroke, Sign, Box, Words)
    return Scene(LEFT + 2 * BAR + BETWEEN + 16, bottom + 8, inside)


def humans(given: ReportInput, found: Answers) -> list[Human]:
    """Hold every vote against the majority of the others on its question, a tie counting half."""
    return [_human(given, name, _asked(found, name)) for name in (*found.emotions, "total")]


def _human(given: ReportInput, name: str, asked: pl.DataFrame) -> Human:
    asked = asked.filter(pl.col("votes") > 1)
    if asked.is_empty():
        return Human(name, 0, math.nan, UNKNOWN, math.nan, 0)
    outcomes, votes = _against_others(asked), asked["votes"].to_numpy().astype(float)
    group = (asked["group_id"].rank("dense") - 1).to_numpy().astype(int)
    parts = np.zeros((group.max() + 1, 3))
    np.add.at(parts, group, np.column_stack([outcomes, votes, asked["yes"].to_numpy()]))
    # Groups with the same votes are drawn as one: of 90,000 a few dozen rows differ.
    rows, times = shrunk(parts)
    often = _generator(given, "human", name).multinomial(
        len(parts), times / len(parts), size=resample.ROUNDS
    )
    drawn = often @ rows
    right, n, yes = parts.sum(axis=0)
    ends = resample.ends(drawn[:, 0] / drawn[:, 1])
    return Human(name, int(n), right / n, ends, max(yes, n - yes) / n, len(parts))


def _against_others(asked: pl.DataFrame) -> Float[np.ndarray, " question"]:
    """Give how many votes of a question equal the majority of the others; a tie counts half."""
    no, yes = crowd.counts(asked).T
    one_yes = np.where(yes - 1 > no, 1.0, np.where(yes - 1 == no, 0.5, 0.0))
    one_no = np.where(no - 1 > yes, 1.0, np.where(no - 1 == yes, 0.5, 0.0))
    return np.asarray(yes * one_yes + no * one_no)


def level(given: ReportInput, found: Answers) -> Table:
    """Give one row an emotion and the total."""
    made = humans(given, found)
    rows: list[Row] = [
        (clean(one.emotion), one.n, one.right, one.interval, one.floor) for one in made
    ]
    return Table(
        name="g20",
        title="One more person against the majority of the others",
        columns=(
            Column("emotion", "text"),
            Column("votes"),
            Column("right", "percent"),
            Column("right 95 %", "percent", "95 %"),
            Column("most frequent answer", "percent"),
        ),
        rows=tuple(rows),
        notes=(
            "Every vote is left out in turn and held against the majority of the others on its "
            "question, YES or NO; a tie of the others counts half. "
            f"Intervals: 95 %, {resample.method(made[-1].n, made[-1].groups)}. Most frequent "
            "answer: what always giving it would score against single votes.",
            *_stopped(found),
            *found.notes,
        ),
        strong=frozenset({len(rows) - 1}),
    )
