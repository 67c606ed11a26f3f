"""The data sheet of an export: who was asked what, for how much, and how far answers agree."""

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import polars as pl

from affekt.datasets.release.papers.text import escaped
from affekt.errors import UsageError
from affekt.exports.models import UNIT
from affekt.exports.shape import DECISIONS
from affekt.measures.agreement import krippendorff_alpha, raw_agreement
from affekt.quality.pay import fair_pay

DIGITS = 6


def datasheet(
    votes: pl.DataFrame, labels: pl.DataFrame, campaign: Mapping[str, Any]
) -> dict[str, Any]:
    """Give what a reader must know of an export, as plain values; None where it cannot be told.

    Args:
        votes: `shape.VOTES`; agreement is over counted votes, and gold is not among them.
        labels: `shape.LABELS`.
        campaign: ``name``, ``question``, ``is_simulated``, ``consent`` (``version``, ``sha256``)
            and ``pay`` (``currency``, ``per_batch``, ``batch_size``, ``floor_per_hour``) are looked
            at.
    """
    answers = pl.col("answer").is_in(["yes", "no"])
    counted = votes.filter(answers, pl.col("state") == "counted")
    return {
        "name": campaign.get("name"),
        "question": campaign.get("question"),
        "is_simulated": bool(campaign.get("is_simulated")),
        "consent": _section(campaign, "consent"),
        "pay": _pay(_section(campaign, "pay"), votes["seconds"]),
        "workers": votes["worker"].n_unique(),
        "votes": {
            state: votes.filter(answers, pl.col("state") == state).height
            for state in ("counted", "late", "excluded")
        }
        | {word: votes.filter(pl.col("answer") == word).height for word in ("skip", "broken")},
        "decisions": {word: labels.filter(pl.col("decision") == word).height for word in DECISIONS},
        "agreement": _agreement(counted),
        "agreement_by_emotion": {
            emotion: _agreement(counted.filter(pl.col("emotion") == emotion))
            for emotion in _emotions(labels)
        },
        "precision_by_emotion": {
            emotion: _precision(labels.filter(pl.col("emotion") == emotion))
            for emotion in _emotions(labels)
        },
    }


def _section(campaign: Mapping[str, Any], name: str) -> dict[str, Any]:
    section = campaign.get(name) or {}
    if not isinstance(section, Mapping):
        raise UsageError(
            f"export: `{name}` of the campaign is {section!r}; a table of keys and values is needed"
        )
    return dict(section)


def _emotions(labels: pl.DataFrame) -> list[str]:
    return sorted(labels["emotion"].unique())


def _pay(given: dict[str, Any], seconds: pl.Series) -> dict[str, Any]:
    """Give the configured pay with what it comes to an hour."""
    if "per_batch" not in given:
        return given
    try:
        per_answer = Decimal(str(given["per_batch"])) / int(given["batch_size"])
        floor = given.get("floor_per_hour")
        least = None if floor is None else Decimal(str(floor))
    except (KeyError, ValueError, InvalidOperation, ZeroDivisionError) as trouble:
        raise UsageError(
            f"export: `pay` of the campaign is {given!r}; `per_batch` must be an amount such as "
            f'"0.10" and `batch_size` a whole number from 1'
        ) from trouble
    rate = fair_pay(seconds, per_answer, str(given.get("currency", "")), least)
    told = {"per_hour_at_median": rate.at_median, "per_hour_at_75th_percentile": rate.at_slow}
    hours = {key: None if amount is None else str(amount) for key, amount in told.items()}
    return given | hours | {"warning": rate.warning}


def _agreement(counted: pl.DataFrame) -> dict[str, Any]:
    tally = counted.group_by(UNIT).agg(yes=(pl.col("answer") == "yes").sum(), all=pl.len())
    pairs = tally.sort(UNIT).select("yes", no=pl.col("all") - pl.col("yes")).to_numpy()
    counts = pairs.astype(np.int64)
    return {
        "questions": int((counts.sum(axis=1) >= 2).sum()),
        "raw": _rounded(raw_agreement(counts)),
        "krippendorff_alpha": _rounded(krippendorff_alpha(counts)),
    }


def _precision(labels: pl.DataFrame) -> dict[str, Any]:
    """Give the expected precision of what is kept: the mean of its posteriors."""
    kept = labels.filter(pl.col("decision") == "keep")
    told = kept["posterior"].drop_nulls().to_list()
    mean = math.fsum(told) / len(told) if told else math.nan
    return {"kept": kept.height, "with_posterior": len(told), "expected": _rounded(mean)}


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(value, DIGITS)


def datasheet_page(sheet: Mapping[str, Any]) -> str:
    """Give the data sheet as Markdown; foreign words cannot leave their place in it."""
    return "\n".join(_lines(sheet)) + "\n"


def _lines(sheet: Mapping[str, Any]) -> Iterator[str]:
    yield f"# Data sheet: {_word(sheet['name'])}"
    yield ""
    yield f"Question: {_word(sheet['question'])}"
    if sheet["is_simulated"]:
        yield from ("", "**No person answered: the votes were drawn by a program.**")
    for title in [one for one in ("consent", "pay", "votes", "decisions") if sheet[one]]:
        yield from ("", f"## {title.capitalize()}", "")
        yield from _table(["", ""], [[key, value] for key, value in sheet[title].items()])
    yield from ("", "Gold questions are left out of votes, decisions, agreement and precision.", "")
    yield f"Workers: {sheet['workers']}"
    yield from ("", "## Agreement and precision", "")
    yield from _table(
        ["emotion", "questions", "raw agreement", "Krippendorff α", "kept", "expected precision"],
        _emotion_rows(sheet),
    )
    yield from (
        "",
        "Expected precision is the mean posterior of what is kept: what the label model",
    )
    yield "believes, not what was checked."


def _emotion_rows(sheet: Mapping[str, Any]) -> Iterator[list[object]]:
    for emotion, agreement in sheet["agreement_by_emotion"].items():
        precision = sheet["precision_by_emotion"][emotion]
        yield [emotion, *agreement.values(), precision["kept"], precision["expected"]]
    yield ["all", *sheet["agreement"].values(), sheet["decisions"]["keep"], None]


def _table(head: list[str], rows: Any) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(map(_word, row)) + " |"


def _word(value: object) -> str:
    return "–" if value is None else escaped(str(value))
