"""Sources that fail or have to wait, beside others."""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest

from affekt import errors
from affekt.errors import AffektError, DiskTrouble, NotYet, SourceError
from affekt.journal.pages import every
from affekt.sources import Page, Query, Source
from affekt.stage import Desk, Progress
from affekt.stages.collect import Collect
from affekt.store import Store
from affekt.store.rows import in_polars
from affekt.taxonomy import Emotion, Taxonomy
from tests.stages.test_collect import desk_at

TWO = Taxonomy(name="two", emotions=(Emotion(name="fear"), Emotion(name="awe")))
Trouble = Literal["", "SourceError", "NotYet", "DiskTrouble", "MissingSecret"]


class Shaky(Source):
    """Gives one picture a page; in trouble it gives the first page of awe only."""

    name: str
    trouble: Trouble = ""
    asked: ClassVar[list[str]] = []
    idle = frozenset({"trouble"})

    def queries(self, words: Mapping[str, tuple[str, ...]]) -> tuple[Query, ...]:
        return tuple(Query(emotion, words[emotion]) for emotion in sorted(words))

    def pages(self, query: Query, after: str | None, fetcher: Any) -> Iterator[Page]:
        for number in range(int(after or 0) + 1, 3):
            if self.trouble and number == 2:
                raise getattr(errors, self.trouble)(f"{self.kind()}: {self.name} has no more")
            self.asked.append(f"{self.name} {query.emotion} {number}")
            hit = {"source_id": f"{self.name}-{query.emotion}-{number}"}
            yield Page((hit,), None if number == 2 else str(number))


class Fleeting(Shaky):
    """Its links expire."""

    is_fleeting: ClassVar[bool] = True


@pytest.fixture(autouse=True)
def _forget() -> None:
    Shaky.asked.clear()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk in an empty project."""
    return desk_at(tmp_path)


def collect(*sources: Source) -> Collect:
    return Collect(sources=sources, taxonomy=TWO)


def two(name: str, emotion: str) -> list[str]:
    return [f"{name} {emotion} 1", f"{name} {emotion} 2"]


def both(name: str) -> list[str]:
    return two(name, "awe") + two(name, "fear")


def test_a_failing_source_keeps_none_of_the_others_from_being_asked(desk: Desk) -> None:
    with pytest.raises(SourceError, match="a has no more") as caught:
        collect(Shaky(name="a", trouble="SourceError"), Shaky(name="b")).run(desk)
    assert Shaky.asked == ["a awe 1", *both("b")]
    assert [pages.n_hits for pages in every(desk.journal / "pages")].count(2) == 2
    assert caught.value.exit_code == 1


def test_what_is_missing_is_asked_for_and_nothing_else(desk: Desk, tmp_path: Path) -> None:
    sources = (Shaky(name="a"), Shaky(name="b"))
    whole = in_polars(collect(*sources).run(desk_at(tmp_path / "whole")).table)
    Shaky.asked.clear()
    with pytest.raises(SourceError):
        collect(Shaky(name="a", trouble="SourceError"), Shaky(name="b")).run(desk)
    Shaky.asked.clear()
    healed = in_polars(collect(*sources).run(desk).table)
    assert Shaky.asked == ["a awe 2", *two("a", "fear")]
    assert healed.drop("found_at").equals(whole.drop("found_at"))


def test_every_trouble_is_told_in_its_own_words(desk: Desk, caplog: Any) -> None:
    sources = (Shaky(name="a", trouble="SourceError"), Shaky(name="b"))
    with caplog.at_level(logging.WARNING), pytest.raises(AffektError) as caught:
        collect(*sources, Shaky(name="c", trouble="NotYet")).run(desk)
    kind = Shaky.kind()
    told = f"{kind}: a has no more; {kind}-3: c has no more"
    assert str(caught.value).startswith("collect: 2 of 3 sources did not come to their end")
    assert str(caught.value).endswith(told)
    assert caught.value.exit_code == 1
    assert "a has no more" in caplog.text


def test_where_all_have_to_wait_nothing_failed(desk: Desk) -> None:
    sources = [Shaky(name=name, trouble="NotYet") for name in "ab"]
    with pytest.raises(NotYet, match=r"a has no more; .*b has no more") as caught:
        collect(*sources).run(desk)
    assert caught.value.exit_code == 3


def test_no_product_is_made_of_half(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(NotYet):
        store.make(collect(Shaky(name="a", trouble="NotYet"), Shaky(name="b")))
    assert store.standing() == []
    store.make(collect(Shaky(name="a"), Shaky(name="b")))
    assert [one.manifest["kept"] for one in store.standing()] == [8]


def test_a_key_that_a_server_no_longer_takes_stops_its_source_only(desk: Desk) -> None:
    with pytest.raises(errors.MissingSecret):
        collect(Shaky(name="a", trouble="MissingSecret"), Shaky(name="b")).run(desk)
    assert Shaky.asked == ["a awe 1", *both("b")]


def test_trouble_of_the_project_stops_all(desk: Desk) -> None:
    with pytest.raises(DiskTrouble):
        collect(Shaky(name="a", trouble="DiskTrouble"), Shaky(name="b")).run(desk)
    assert Shaky.asked == ["a awe 1"]


def test_links_that_expire_are_searched_for_last(desk: Desk) -> None:
    found = in_polars(collect(Fleeting(name="a"), Shaky(name="b")).run(desk).table)
    assert Shaky.asked == both("b") + both("a")
    first = [name.replace(" ", "-") for name in both("a") + both("b")]
    assert found["source_id"].to_list() == first, "the order of the plan"


def test_progress_tells_what_is_kept_of_a_source_in_trouble(tmp_path: Path) -> None:
    seen: list[Progress] = []
    sources = (Shaky(name="a", trouble="NotYet"), Shaky(name="b"))
    with pytest.raises(NotYet):
        collect(*sources).run(desk_at(tmp_path, seen.append))
    kind = Shaky.kind()
    found = {f"{kind} awe": 1, f"{kind}-2 awe": 2, f"{kind}-2 fear": 2}
    assert seen[-1] == Progress("collect", 5, None, 0, {"found": found})
