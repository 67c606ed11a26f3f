"""Every number of the paper's test, tasks and strong set beside the replayed one."""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from affekt.planning.qualification import pass_chance
from affekt.replay.pictures import SUBMITTED, submitted
from affekt.replay.run import PASS_AT, TEST_QUESTIONS, Run
from affekt.simulation.items import SUBMITTED_KEPT

STATED, DERIVED, OPEN = "stated", "derived", "left open"
KEPT = {name: kept for name, (_, kept) in SUBMITTED_KEPT.items()}
ALL, ALL_KEPT = sum(SUBMITTED.values()), sum(KEPT.values())
POSITIVE = ("amusement", "awe", "contentment", "excitement")
FIRST_FEAR = 11_000
ARTPHOTO = 806
GUESSES = (0.125, 0.3, 0.4, 0.5, 0.6)


class Row(NamedTuple):
    """One number: where it stands in the checklist, what it is, the paper's, and ours."""

    id: str
    what: str
    paper: str
    mark: str  # of the paper's number: stated or derived
    replayed: tuple[str, ...]  # simulated, one for each run


def rows(runs: Sequence[Run], first_fear: pl.Series) -> list[Row]:
    """Give the numbers of sections D, E and F; ``first_fear`` are the questions of round one."""
    return [*_test(runs), *_tasks(runs), *_strong_set(runs, first_fear)]


def _test(runs: Sequence[Run]) -> list[Row]:
    derived = {0.125: "5e-5", 0.3: "4.8 %", 0.4: "24.5 %", 0.5: "58.8 %", 0.6: "87.2 %"}
    return [
        _row("D3", "questions in the test, as set", "20", STATED, [TEST_QUESTIONS for _ in runs]),
        _row("D4", "right answers to pass, as set", "10", STATED, [PASS_AT for _ in runs]),
        _row("D5", "took the test", "more than 1,000", STATED, [one.tested for one in runs]),
        _row("D5", "passed", "225", STATED, [one.passed for one in runs]),
        _row("D5", "pass rate", "below 22.5 %", DERIVED, [_of(r.passed, r.tested) for r in runs]),
        *(
            _row("D6", f"chance to pass at accuracy {skill:g}", derived[skill], DERIVED,
                 [_chance(skill) for _ in runs])
            for skill in GUESSES
        ),
    ]  # fmt: skip


def _tasks(runs: Sequence[Run]) -> list[Row]:
    return [
        _row("E2", "workers a picture at most", "5", STATED,
             [_number(one.labels["votes"].max()) for one in runs]),
        _row("E3", "workers without the test", "0", STATED, [one.strangers for one in runs]),
        _row("E4", "drawn at random an emotion, but fear", "11,000", STATED,
             [_count(one, "awe") for one in runs]),
        _row("E5", "drawn of fear", "13,000", STATED, [_count(one, "fear") for one in runs]),
        _row("E6", "fewest YES of a picture that is kept", "3", STATED,
             [_number(one.labels.filter("is_label")["votes_yes"].min()) for one in runs]),
        _row("E8", "votes", "450,000", DERIVED, [one.votes for one in runs]),
        _row("E8", "votes a picture", "5", DERIVED,
             [f"{one.votes / one.labels.height:.2f}" for one in runs]),
        _row("E8", "votes a qualified worker", "2,000", DERIVED,
             [one.votes // max(1, one.passed) for one in runs]),
        _row("E9", "who voted", "not stated", OPEN, [one.voters for one in runs]),
        _row("E9", "waves", "not stated", OPEN, [len(one.waves) for one in runs]),
        _row("E9", "dollars, fees included", "not stated", OPEN,
             [f"{one.spent}" for one in runs]),
        _row("E9", "hours at the marketplace", "not stated", OPEN,
             [f"{one.hours:.1f}" for one in runs]),
        _row("E9", "wrong labels", "not known", OPEN, [_wrong(one) for one in runs]),
    ]  # fmt: skip


def _strong_set(runs: Sequence[Run], first_fear: pl.Series) -> list[Row]:
    made: list[Row] = []
    for name in SUBMITTED:
        asked = [_count(one, name) for one in runs]
        kept = [_kept(one, name) for one in runs]
        made += [
            _row("F", f"{name}: submitted", f"{SUBMITTED[name]:,}", STATED, asked),
            _row("F", f"{name}: kept", f"{KEPT[name]:,}", STATED, kept),
            _row("F", f"{name}: acceptance", _of(KEPT[name], SUBMITTED[name]), DERIVED,
                 [_of(k, a) for k, a in zip(kept, asked, strict=True)]),
            _row("F", f"{name}: share of kept", _of(KEPT[name], ALL_KEPT), DERIVED,
                 [_of(k, _kept(one)) for k, one in zip(kept, runs, strict=True)]),
        ]  # fmt: skip
    return made + _sums(runs, first_fear)


def _sums(runs: Sequence[Run], first_fear: pl.Series) -> list[Row]:
    kept = [_kept(one) for one in runs]
    smallest = [min(_kept(one, name) for name in SUBMITTED) for one in runs]
    positive = [sum(_kept(one, name) for name in POSITIVE) for one in runs]
    first = [one.labels.filter(pl.col("question_id").is_in(first_fear.implode())) for one in runs]
    return [
        _row("F", "all: submitted", f"{ALL:,}", STATED, [one.labels.height for one in runs]),
        _row("F", "all: kept", f"{ALL_KEPT:,}", STATED, kept),
        _row("F", "all: acceptance", _of(ALL_KEPT, ALL), DERIVED,
             [_of(k, one.labels.height) for k, one in zip(kept, runs, strict=True)]),
        _row("F1", "kept of the smallest emotion", "1,032", STATED, smallest),
        _row("F3", "positive emotions among the kept", "70.50 %", DERIVED,
             [_of(p, k) for p, k in zip(positive, kept, strict=True)]),
        _row("F4", "fear kept of its first round", "873", DERIVED,
             [int(one["is_label"].sum()) for one in first]),
        _row("F5", "times as many as ArtPhoto", "28.9", DERIVED,
             [f"{k / ARTPHOTO:.1f}" for k in kept]),
    ]  # fmt: skip


def _row(name: str, what: str, paper: str, mark: str, replayed: Sequence[object]) -> Row:
    texts = (f"{one:,}" if isinstance(one, int) else str(one) for one in replayed)
    return Row(name, what, paper, mark, tuple(texts))


def _chance(skill: float) -> str:
    chance = pass_chance(skill, questions=TEST_QUESTIONS, pass_at=PASS_AT)
    return f"{chance:.2g}" if chance < 0.01 else _of(chance, 1)


def _number(found: object) -> int | str:
    return int(str(found)) if found is not None else "none"


def _of(part: float, whole: float) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "none"


def _count(one: Run, emotion: str) -> int:
    return one.labels.filter(pl.col("emotion") == emotion).height


def _kept(one: Run, emotion: str | None = None) -> int:
    found = one.labels.filter(pl.col("is_label"))
    return found.height if emotion is None else found.filter(pl.col("emotion") == emotion).height


def _wrong(one: Run) -> str:
    return _of(one.labels.filter(pl.col("is_label") != pl.col("felt")).height, one.labels.height)


def first_round(asked: pl.DataFrame, items: int) -> pl.Series:
    """Give the questions on fear of the first round: 11,000 of 13,000, in the order drawn."""
    fear = asked.filter(pl.col("emotion") == "fear")["question_id"]
    return fear.head(round(submitted(items)["fear"] * FIRST_FEAR / SUBMITTED["fear"]))
