"""The rules before fetching, against naive lines, in windows, and counted for every choice."""

from pathlib import Path
from typing import Any

import daft
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.errors import AffektError
from affekt.stages import _windows
from affekt.stages._conflicts import CHOICES
from affekt.stages._verdicts import judged
from affekt.stages._windows import windows_of
from affekt.stages.clean import Clean
from tests.stages.cleaned import found, run
from tests.stages.people import desk
from tests.stages.test_clean import folder, hit, paintings, rules, stage

Reasons = dict[tuple[str, str], str | None]
HITS = st.lists(
    st.fixed_dictionaries(
        {
            "source_id": st.sampled_from("ab"),
            "query": st.sampled_from("wxyz"),
            "emotion": st.sampled_from([None, "awe", "fear"]),
            "tags": st.sampled_from([None, [], ["awe"], ["#Fear", "sea"], ["awe", "fear"]]),
            "title": st.sampled_from([None, "In awe", "Feared"]),
            "licence": st.sampled_from([None, "cc0", "all-rights-reserved"]),
            "owner_id": st.sampled_from([None, "them", "me"]),
        }
    ),
    unique_by=lambda row: (row["source_id"], row["query"]),
    max_size=8,
)
WORDS = {"awe": "awe", "fear": "fear", "feared": "fear"}


def named(row: dict[str, Any], part: Clean) -> set[str]:
    """Give the emotions that a row names, by the settings of a stage."""
    words = {tag.removeprefix("#").lower() for tag in row["tags"] or []}
    if part.conflicts != "tags":
        words |= set((row["title"] or "").lower().split())
    known = {word: WORDS[word] for word in words & set(WORDS)}
    emotions = {one for word, one in known.items() if part.word_forms or word == one}
    return emotions | ({row["emotion"]} - {None} if part.query_counts else set())


def naive(rows: list[dict[str, Any]], part: Clean) -> Reasons:
    """Judge the rows one by one, as the rules are written down."""
    told: Reasons = {}
    first: set[str] = set()
    for row in sorted(rows, key=lambda row: (row["emotion"] is None, row["query"])):
        key = (row["source_id"], row["query"])
        same = {each["emotion"] for each in rows if each["source_id"] == key[0]} - {None}
        if part.conflicts != "off" and len(named(row, part)) > 1:
            told[key] = "two-emotions"
        elif part.two_queries == "drop" and len(same) > 1:
            told[key] = "two-queries"
        elif row["owner_id"] in part.without_owners:
            told[key] = "opted-out"
        elif part.licences is not None and row["licence"] not in part.licences:
            told[key] = "licence"
        elif key[0] in first:
            told[key] = "found-twice"
        else:
            first.add(key[0])
            told[key] = None
    return told


def verdicts(part: Clean, rows: list[dict[str, Any]]) -> Reasons:
    frame = daft.from_arrow(found(*rows).to_arrow())
    told = pl.concat(list(judged(frame, windows_of(frame), part._rules())))
    return {
        (name, query): why for name, query, why in told[["source_id", "query", "reason"]].rows()
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"conflicts": "off"},
        {"conflicts": "off", "two_queries": "keep-first"},
        {"licences": ("cc0",), "without_owners": ("me",)},
        {"conflicts": "tags+title", "word_forms": True, "query_counts": False},
        {"conflicts": "tags+title", "two_queries": "keep-first", "licences": ("cc0",)},
    ],
)
@settings(deadline=None, max_examples=25)
@given(rows=HITS)
def test_the_rules_agree_with_naive_lines(
    rows: list[dict[str, Any]], chosen: dict[str, object]
) -> None:
    """C5, C8, C9, B36."""
    part = stage(Path(), **chosen)
    assert verdicts(part, rows) == naive(rows, part)


def many(count: int) -> list[dict[str, Any]]:
    """Give hits of which some are found again, and some name two emotions."""
    tags = [["fear"], ["sea"], ["Awe"], []]
    return [
        {
            "source": "folder" if at % 7 else "links",
            "source_id": f"{at // 2 if at % 3 else at:05d}",
            "query": f"q{at % 5}-{at}",
            "emotion": ("awe", "awe", None)[at % 3],
            "tags": tags[at % 4],
        }
        for at in range(count)
    ]


@pytest.mark.parametrize("is_sorted", [True, False])
def test_windows_change_nothing(monkeypatch: pytest.MonkeyPatch, is_sorted: bool) -> None:
    part, whole = stage(Path()), found(*many(2_000))
    rows = whole if is_sorted else whole.sample(fraction=1, shuffle=True, seed=3)
    frame = daft.from_arrow(rows.to_arrow())
    (alone,) = judged(frame, windows_of(frame), part._rules())
    monkeypatch.setattr(_windows, "ROWS", 300)
    windows = list(judged(frame, windows_of(frame), part._rules()))
    assert len(windows) == 7
    assert max(window.height for window in windows) < 1_000
    assert pl.concat(windows).sort("source", "source_id", "query").equals(alone)


@pytest.mark.slow
def test_every_choice_is_counted_as_if_it_had_been_made(tmp_path: Path) -> None:
    """C8, C9, C10, C11: the notes of one run hold the numbers of all other runs."""
    texts = ["in awe", "she feared it", "sadness", "angry", None]
    rows: list[dict[str, Any]] = [
        {
            "source_id": f"{at % 60:03d}",
            "query": ("awe", "fear")[at % 7 == 0],
            "emotion": ("awe", "fear")[at % 7 == 0],
            "tags": [["fear"], ["awed"], [], ["sad", "awe"]][at % 4],
            "machine_tags": [["disgust"], None][at % 2],
            "title": texts[at % 5],
            "description": texts[at % 3],
        }
        for at in range(90)
    ]
    rows = list({(row["source_id"], row["query"]): row for row in rows}.values())
    place, hits = desk(tmp_path), daft.from_arrow(found(*rows).to_arrow())
    (tmp_path / "raw").mkdir()
    told = stage(tmp_path / "raw")._judged(place, hits, windows_of(hits)).effects.told()
    notes = {tuple(one.values())[:-2]: one for one in told}
    for choice in CHOICES:
        part = stage(tmp_path / "raw", **choice._asdict())
        frame = pl.concat(list(judged(hits, windows_of(hits), part._rules())))
        lost = frame.filter(reason="two-emotions").group_by("emotion").len()
        counted = {name: n for name, n in notes[choice]["two_emotions"].items() if n}
        assert counted == dict(lost.iter_rows())
        assert notes[choice]["two_queries"] == frame.filter(reason="two-queries").height
    assert len({str(one) for one in notes.values()}) == 1 + len(CHOICES)


def test_the_notes_of_the_product_hold_the_counts(tmp_path: Path) -> None:
    root = folder(tmp_path / "raw", paintings(1))
    hits = daft.from_arrow(found(hit("a", "fear", title="Awe")).to_arrow())
    notes = stage(root).run(desk(tmp_path), hits).notes["conflicts"]
    hit_by = {one["conflicts"] for one in notes if one["two_emotions"]["fear"]}
    assert hit_by == {"tags+title", "tags+title+description"}


def test_an_owner_who_asked_not_to_be_used_is_not_fetched(tmp_path: Path) -> None:
    """B36."""
    hits = [hit("a", owner="Ann"), hit("b", number=1, owner_id="7@N00"), hit("c", number=2)]
    kept, dropped = rules(tmp_path, *hits, without_owners=("Ann", "7@N00"))
    assert dropped == dict.fromkeys("ab", "opted-out")
    assert kept["query"].to_list() == ["c"]


@pytest.mark.parametrize("tag", ["no computer vision", "#NoAI", "ｎｏ-ml", "no_machine_learning"])
def test_a_tag_that_asks_not_to_be_used_is_heeded_however_it_is_written(
    tag: str, tmp_path: Path
) -> None:
    """R35, B36."""
    hits = [hit("a", tags=["sea", tag]), hit("b", number=1, tags=["no computer", "noaim"])]
    kept, dropped = rules(tmp_path, *hits)
    assert dropped == {"a": "opted-out"}
    assert kept["query"].to_list() == ["b"]


def test_which_tags_ask_not_to_be_used_is_a_setting(tmp_path: Path) -> None:
    hits = [hit("a", tags=["Keep Off!"]), hit("b", number=1, tags=["noai"])]
    _, dropped = rules(tmp_path, *hits, opt_out_tags=("keep off",))
    assert dropped == {"a": "opted-out"}


def test_an_emotion_from_elsewhere_is_named_in_the_detail(tmp_path: Path) -> None:
    root = folder(tmp_path / "raw", paintings(1))
    _, dropped = run(stage(root), desk(tmp_path), found(hit("a", "nostalgia", ["awe"])))
    assert dropped["detail"].to_list() == ["awe, nostalgia"]


def test_a_source_not_in_the_plan_is_told_before_anything_is_fetched(tmp_path: Path) -> None:
    root = folder(tmp_path / "raw", paintings(1))
    hits = found({"source_id": "000.png"}, {"source_id": "x", "source": "links"})
    with pytest.raises(AffektError, match="'links' is not in the plan"):
        run(stage(root), desk(tmp_path), hits)
    assert not (tmp_path / "pictures").exists()
