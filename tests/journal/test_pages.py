"""The log of what sources answered."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.errors import Damaged, NewerFormat
from affekt.journal.pages import FORMAT, Pages, _line, every

ASKED = {
    "source": {"kind": "folder", "root": "raw"},
    "edition": 1,
    "emotion": "fear",
    "words": ["fear"],
}


def hit(name: str) -> dict[str, Any]:
    return {"source_id": name, "tags": ["a", "b"]}


@pytest.fixture
def half(tmp_path: Path) -> Pages:
    """Two pages of a query that goes on."""
    pages = Pages(tmp_path / "pages", ASKED)
    pages.append("a", (hit("a"),))
    pages.append("b", (hit("b"),), (("link.jpg", "link", "leads elsewhere"),))
    return pages


def again(pages: Pages) -> Pages:
    return Pages(pages.path.parent, ASKED)


def test_a_new_query_has_no_pages_and_writes_nothing(tmp_path: Path) -> None:
    pages = Pages(tmp_path / "pages", ASKED)
    assert list(pages.stored()) == []
    assert pages.after is None
    assert not pages.is_complete
    assert not (tmp_path / "pages").exists()


def test_pages_come_back_as_they_were_given(half: Pages) -> None:
    first, second = again(half).stored()
    assert first.hits == (hit("a"),)
    assert first.after == "a"
    assert second.refused == (("link.jpg", "link", "leads elsewhere"),)
    assert second.asked_at.endswith("Z")


def test_asking_goes_on_behind_the_last_stored_page(half: Pages) -> None:
    assert again(half).after == "b"
    assert not again(half).is_complete


def test_the_page_without_after_is_the_last(half: Pages) -> None:
    half.append(None, ())
    assert again(half).is_complete
    with pytest.raises(ValueError, match="none can follow"):
        again(half).append("c", ())


def test_a_way_that_was_given_already_is_known_in_a_later_run_too(half: Pages) -> None:
    """B32."""
    assert [again(half).leads_back(after) for after in ("a", "b", "c")] == [True, True, False]
    half.append("c", ())
    assert half.leads_back("c")


def test_hits_are_counted_without_being_read(half: Pages) -> None:
    """A text of a hit that looks like the log's own words changes nothing."""
    half.append('"hits":[', (hit('x,"hits":[{"n_hits":9}]'), hit("y")))
    resumed = again(half)
    assert (resumed.n_pages, resumed.n_hits, resumed.n_refused) == (3, 4, 1)
    assert resumed.after == '"hits":['


def test_pages_written_before_heads_told_the_numbers_are_read(half: Pages) -> None:
    """D6."""
    first = half.path.read_bytes().splitlines(keepends=True)[0]
    old = {"after": "a", "asked_at": "2026-01-01T00:00:00Z", "hits": [hit("a")], "refused": []}
    half.path.write_bytes(first + _line(old))
    resumed = again(half)
    assert (resumed.n_pages, resumed.n_hits, resumed.after) == (1, 1, "a")
    assert [page.hits for page in resumed.stored()] == [(hit("a"),)]


def test_another_edition_is_another_file(half: Pages) -> None:
    other = Pages(half.path.parent, {**ASKED, "edition": 2})
    assert other.path != half.path
    assert other.n_pages == 0


@pytest.mark.parametrize("cut", [1, 2, 20])
def test_a_torn_last_line_is_ignored_and_cut_off_before_the_next_append(
    half: Pages, cut: int
) -> None:
    """B11, D3."""
    whole = half.path.read_bytes()
    half.path.write_bytes(whole[:-cut])
    resumed = again(half)
    assert resumed.after == "a"
    resumed.append("b", (hit("b"),))
    assert [page.hits[0]["source_id"] for page in again(half).stored()] == ["a", "b"]


def test_a_file_torn_in_its_first_line_begins_anew(half: Pages) -> None:
    half.path.write_bytes(half.path.read_bytes()[:15])
    resumed = again(half)
    assert resumed.n_pages == 0
    resumed.append(None, ())
    assert again(half).is_complete


def test_a_file_torn_in_its_first_line_is_no_query_yet(half: Pages) -> None:
    other = Pages(half.path.parent, {**ASKED, "edition": 2})
    other.append(None, ())
    for torn in (half.path.read_bytes()[:15], b""):
        half.path.write_bytes(torn)
        assert [one.asked["asked"]["edition"] for one in every(half.path.parent)] == [2]


def test_zeros_after_a_crash_are_a_torn_end(half: Pages) -> None:
    half.path.write_bytes(half.path.read_bytes() + bytes(100))
    assert (again(half).n_pages, again(half).after) == (2, "b")


def test_a_changed_line_in_the_middle_names_file_and_line(half: Pages) -> None:
    """B19."""
    half.path.write_bytes(half.path.read_bytes().replace(b'"after":"a"', b'"after":"x"'))
    with pytest.raises(Damaged, match=rf"{half.path.name}:2: "):
        again(half)


def test_bytes_overwritten_with_noise_name_file_and_line(half: Pages) -> None:
    """B19."""
    text = half.path.read_bytes()
    half.path.write_bytes(text.replace(b'"after":"a"', b'"after":\xff\xfe"'))
    with pytest.raises(Damaged, match=rf"{half.path.name}:2: "):
        again(half)


def test_a_changed_last_line_is_not_believed(half: Pages) -> None:
    half.path.write_bytes(half.path.read_bytes().replace(b'"after":"b"', b'"after":"x"'))
    assert (again(half).n_pages, again(half).after) == (1, "a")


def test_pages_of_a_newer_format_are_refused_and_left_alone(half: Pages) -> None:
    """B17, D6."""
    newer = _line({"format": FORMAT + 1, "asked": {}}) + _line({"anything": 1})
    half.path.write_bytes(newer)
    with pytest.raises(NewerFormat, match=rf"format {FORMAT + 1}.*up to {FORMAT}"):
        again(half)
    assert half.path.read_bytes() == newer


def test_pages_of_another_question_are_refused(half: Pages) -> None:
    half.path.write_bytes(_line({"format": FORMAT, "asked": {"source": "other"}}) + b"torn")
    with pytest.raises(Damaged, match=":1: "):
        again(half)


def test_every_line_is_json(half: Pages) -> None:
    lines = [json.loads(line) for line in half.path.read_text().splitlines()]
    assert [sorted(line) for line in lines] == [["check", "page"]] * 3
    assert lines[0]["page"]["asked"] == ASKED


@settings(max_examples=60, deadline=None)
@given(title=st.text(st.characters(exclude_categories=[])), after=st.text(min_size=1))
def test_any_text_survives(
    tmp_path_factory: pytest.TempPathFactory, title: str, after: str
) -> None:
    """B33, B50: line breaks, quotes and half character pairs too."""
    pages = Pages(tmp_path_factory.mktemp("pages"), ASKED)
    pages.append(after, ({"source_id": "x", "title": title},))
    (page,) = again(pages).stored()
    assert page.hits[0]["title"] == title
    assert again(pages).after == after


def test_what_json_does_not_know_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    pages = Pages(tmp_path, ASKED)
    with pytest.raises(ValueError, match="not JSON compliant"):
        pages.append(None, ({"source_id": "x", "title": float("nan")},))
    assert list(tmp_path.iterdir()) == []


def test_what_is_forgotten_leaves_its_page_and_all_else_stays(half: Pages) -> None:
    half.append(None, (hit("c"), hit("d")))
    before = list(half.stored())
    assert half.forget(lambda one: one["source_id"] in ("b", "c"), dry=True) == 2
    assert list(half.stored()) == before
    assert half.forget(lambda one: one["source_id"] in ("b", "c")) == 2
    stored = list(again(half).stored())
    assert [page.hits for page in stored] == [(hit("a"),), (), (hit("d"),)]
    assert [page.asked_at for page in stored] == [page.asked_at for page in before]
    assert stored[1].refused == before[1].refused
    assert (half.n_pages, half.n_hits, half.n_refused) == (3, 2, 1)
    assert again(half).is_complete
    assert half.forget(lambda one: one["source_id"] in ("b", "c")) == 0


def test_a_forgotten_name_leaves_refusals_and_ways_on_too(half: Pages) -> None:
    half.append("link.jpg", ())
    half.append("after link.jpg", ())
    assert half.forget(lambda one: one["source_id"] in ("link.jpg", "b")) == 2
    ways = [page.after for page in again(half).stored()]
    assert [page.refused for page in again(half).stored()] == [()] * 4
    assert ways[0] == "a"
    assert str(ways[1]).startswith("removed:")
    assert str(ways[2]).startswith("removed:")
    assert ways[3] == "after link.jpg"  # asking goes on there


def test_every_query_of_a_project_is_found(half: Pages) -> None:
    Pages(half.path.parent, {**ASKED, "emotion": "awe"}).append(None, (hit("z"),))
    found = {pages.asked["asked"]["emotion"]: pages.n_hits for pages in every(half.path.parent)}
    assert found == {"fear": 2, "awe": 1}


def test_no_query_is_found_where_nothing_was_asked(tmp_path: Path) -> None:
    assert list(every(tmp_path / "pages")) == []
