"""Everything that the page of a map shows, gathered: places, words, pictures, predictions."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Int
from jinja2.utils import htmlsafe_json_dumps

from affekt.foreign import clean
from affekt.report import map_columns, map_sheets
from affekt.report.banners import banners
from affekt.report.colours import LOOKS, PLAIN, Look, looks
from affekt.report.exhibits import Figure
from affekt.report.inputs import ReportInput
from affekt.report.map_answers import Answer, answers
from affekt.report.map_columns import NOTHING, packed
from affekt.report.map_numbers import Side, beside
from affekt.report.map_pictures import called
from affekt.report.map_sheets import Free, Sheets
from affekt.report.map_shown import Shown, Walk
from affekt.report.published import Tests
from affekt.report.shapes import outline

HASH = re.compile("[0-9a-f]{64}")
NAME = 120  # letters of a picture's name
LIMIT = 10_000_000  # bytes of a page
FRAME = 100_000  # of them for what is no column and no picture: style, script, words
CELLS = 6  # bytes a picture: its thumbnail's cell and that of the clear one, in base64
DRAWN = ", drawn by rank until the page was full"
RIGHT, WRONG = LOOKS[1], LOOKS[4]  # blue square, red x


class Here(NamedTuple):
    """What is known of the pictures of a map.

    Attributes:
        union: Those of both sides, a row each.
        free: Those that may be shown.
        tests: Of the whole benchmark.
    """

    union: pl.DataFrame
    free: Free
    tests: Sequence[Tests]
    dataset: str


def walk(given: ReportInput, figure: Figure, sides: tuple[Side, ...], here: Here) -> Walk:
    """Gather the page of one map, beside the figure of the report."""
    union = here.union
    image_ids = union["image_id"].to_list()
    said = tuple(answers(here.tests, here.dataset, [one.entry for one in sides], image_ids))
    told = _told(sides, union, said)
    room = LIMIT - FRAME - len(htmlsafe_json_dumps(told)) - CELLS * len(image_ids)
    shown = map_sheets.sheets(here.free, image_ids, given.shelf, given.seed, room)
    emotions = sides[0].emotions
    counts = union["emotion"].value_counts()
    count_of = dict(zip(counts["emotion"], counts["count"], strict=True))
    styles = looks(emotions)
    every = (*(styles[one] for one in emotions), RIGHT, WRONG, PLAIN)
    return Walk(
        name=figure.name,
        title=figure.title,
        text=figure.text,
        notes=(*figure.notes[: len(sides)], *_notes(here.free, shown, said, len(image_ids))),
        facts=tuple(_facts(given)),
        banners=banners(given),
        shown=tuple(Shown(one.entry, beside(one)) for one in sides),
        emotions=tuple((clean(one), count_of.get(one, 0)) for one in emotions),
        looks=every,
        told={**told, **_pictured(shown), "looks": [_look(one) for one in every]},
        version=clean(given.versions.get("affekt", "")),
    )


def _told(sides: Sequence[Side], union: pl.DataFrame, said: Sequence[Answer]) -> dict[str, Any]:
    emotions, n = sides[0].emotions, union.height
    image_ids = union["image_id"].to_list()
    number = {image_id: at for at, image_id in enumerate(image_ids)}
    code = {name: at for at, name in enumerate(emotions)}
    parts, part = map_columns.coded(union["part"].to_list())
    groups, group = map_columns.coded(_shared(union["group_id"]))
    labels = np.array([code[one] for one in union["emotion"]], dtype=np.int64)
    return {
        "ids": map_columns.ids(image_ids),
        "names": [
            called(name, image_id, NAME)
            for name, image_id in union.select("name", "image_id").iter_rows()
        ],
        "labels": packed(labels, "u2"),
        "emotions": [clean(one) for one in emotions],
        "parts": [clean(one, 40) for one in parts],
        "part": packed(part, "u1"),
        "groups": [_group(one) for one in groups],
        "group": packed(group, "u4"),
        "sides": [_side(one, number, n) for one in sides],
        "answers": [_answer(one) for one in said],
    }


def _side(one: Side, number: dict[str, int], n: int) -> dict[str, Any]:
    rows: Int[np.ndarray, " mapped"] = np.array(
        [number[image_id] for image_id in one.pictures["image_id"]], dtype=np.int64
    )
    places = map_columns.placed(one.places, rows, n)
    return {"x": packed(places.x, "u2"), "y": packed(places.y, "u2")}


def _shared(groups: pl.Series) -> list[str | None]:
    """Give the group of each picture, None for one that is alone in its own."""
    names = pl.DataFrame({"name": groups})
    shared = pl.when(pl.len().over("name") > 1).then("name")
    found: list[str | None] = names.select(shared).to_series().to_list()
    return found


def _group(name: str) -> str:
    """Give a group's name, and of a hash its first digits."""
    return name[: map_columns.ID_DIGITS] if HASH.fullmatch(name) else clean(name, 40)


def _answer(one: Answer) -> dict[str, Any]:
    return {
        "name": one.name,
        "codes": packed(one.codes, "u2"),
        "percent": packed(one.percent, "u1"),
        "repeat": packed(one.repeat, "u2"),
        "fold": packed(one.fold, "u2"),
    }


def _pictured(shown: Sheets) -> dict[str, Any]:
    return {
        "sheets": shown.addresses,
        "cell": shown.side_px,
        "across": map_sheets.ACROSS,
        "per": map_sheets.PER,
        "cells": packed(shown.cells, "u2"),
        "clears": packed(shown.clears, "u2"),
        "credits": shown.credits,
        "warnings": shown.warnings,
    }


def _look(one: Look) -> tuple[str, str, list[float]]:
    """Give colours, light and dark, and the corners of the marker around 0."""
    corners = [round(way, 2) for point in outline(one.marker, 0, 0, 1) for way in point]
    return one.colour, one.dark, corners


def _facts(given: ReportInput) -> Iterator[tuple[str, str]]:
    yield "plan", clean(given.plan_name)
    yield "its SHA-256", given.plan_sha256[:16]
    yield "seed", str(given.seed)


def _notes(free: Free, shown: Sheets, said: Sequence[Answer], n: int) -> Iterator[str]:
    if said:
        tested = [f"{int((one.codes != NOTHING).sum()):,} by {one.name}" for one in said]
        yield (
            "A prediction is the most probable emotion of a picture's first test, lowest repeat, "
            f"then lowest fold, which are told with it. Tested were, of {n:,} pictures, "
            f"{'; '.join(tested)}."
        )
    n_shown = int((shown.cells != NOTHING).sum())
    if not shown.side_px:
        yield f"No picture is shown: there are more than {map_sheets.SIDES[-1][0]:,}."
    elif not free.rows.height:
        yield "No picture is shown, as no licence is known that lets it be."
    else:
        drawn, lost = ("", "") if shown.is_whole else (DRAWN, "were not drawn, ")
        yield (
            f"{n_shown:,} of {n:,} pictures are shown{drawn}; the others {lost}have no licence "
            "that lets them be shown, or cannot be read, and are a grey tile."
            if n_shown < n
            else f"All {n:,} pictures are shown."
        )
    if shown.warnings:
        yield (
            f"{len(shown.warnings):,} with a content warning, from tags, are blurred until they "
            "are opened one by one, and blurred again when the page is loaded anew."
        )
