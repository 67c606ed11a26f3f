"""Every source sits this exam; a newcomer's file is found by its folder.

A source that is online is examined at its own local server: ``tests/servers/<kind>.py`` has
``serving()``, which gives a small source pointed at it, and a fetcher that may go there.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple

import pytest

from affekt.errors import MissingSecret, PictureError
from affekt.fetch.fetcher import Fetcher, Judge
from affekt.fetch.words import Answer as Said
from affekt.fetch.words import Call
from affekt.sources import Page, Query, Source
from affekt.tables import FOUND
from affekt.taxonomy import MIKELS8
from tests.exams.every import every

WORDS = {emotion.name: emotion.words for emotion in MIKELS8.emotions}
REASON = re.compile(r"^[a-z]+(-[a-z]+)*$")


PARTS: dict[str, Any] = {part.kind(): part for part in every("sources")}
LOCAL = [kind for kind, part in PARTS.items() if not part.is_online]
ONLINE = [kind for kind, part in PARTS.items() if part.is_online]
KEYED = [kind for kind in ONLINE if "key_env" in PARTS[kind].model_fields]
local_only = pytest.mark.parametrize("examinee", LOCAL, indirect=True)
online_only = pytest.mark.parametrize("examinee", ONLINE, indirect=True)


class Counting(Fetcher):
    """Counts what it asks for."""

    def __init__(self, like: Fetcher) -> None:
        super().__init__(like.manners, like.ledger)
        self.asked: Counter[str] = Counter()

    def call(self, call: Call, judge: Judge) -> Said:
        self.asked[f"{call.url} {sorted(call.query.items())}"] += 1
        return super().call(call, judge)


class Examinee(NamedTuple):
    """A source and its way out, None when it needs none."""

    source: Source
    fetcher: Fetcher | None

    def again(self) -> "Examinee":
        """Give it as a later run would have it: nothing is remembered but what is on the disk."""
        source = self.source.model_copy(deep=True)
        fetcher = Fetcher(self.fetcher.manners, self.fetcher.ledger) if self.fetcher else None
        return Examinee(source, fetcher)

    def pages(self, query: Query, after: str | None = None) -> tuple[Page, ...]:
        return tuple(self.source.pages(query, after, self.fetcher))


class Answer(NamedTuple):
    """All pages of one query."""

    query: Query
    pages: tuple[Page, ...]


@pytest.fixture(params=list(PARTS), scope="module")
def examinee(request: pytest.FixtureRequest) -> Iterator[Examinee]:
    """The example of each source in turn, or a small source at its local server."""
    kind: str = request.param
    if PARTS[kind].is_online:
        with import_module(f"tests.servers.{kind}").serving() as (source, fetcher):
            yield Examinee(source, fetcher)
    else:
        yield Examinee(PARTS[kind].example(), None)


@pytest.fixture(scope="module")
def source(examinee: Examinee) -> Source:
    """The source alone."""
    return examinee.source


@pytest.fixture(scope="module")
def answers(examinee: Examinee) -> list[Answer]:
    """Everything it answers."""
    return asked(examinee)


def asked(examinee: Examinee) -> list[Answer]:
    queries = examinee.source.queries(WORDS)
    return [Answer(query, examinee.pages(query)) for query in queries]


def hits(answers: list[Answer]) -> Iterator[Mapping[str, Any]]:
    return (hit for answer in answers for page in answer.pages for hit in page.hits)


def test_every_emotion_or_everything_is_asked_for(source: Source) -> None:
    asked_for = [query.emotion for query in source.queries(WORDS)]
    assert None in asked_for or set(asked_for) == set(WORDS)
    assert len(asked_for) == len(set(asked_for))
    assert set(asked_for) <= {None, *WORDS}


def test_the_example_finds_pictures(answers: list[Answer]) -> None:
    assert next(hits(answers), None) is not None


def test_only_the_last_page_leads_nowhere(answers: list[Answer]) -> None:
    assert all(answer.pages[-1].after is None for answer in answers)
    ways = [[page.after for page in answer.pages[:-1]] for answer in answers]
    assert all(None not in way and len(set(way)) == len(way) for way in ways)


def test_asking_goes_on_behind_any_page(examinee: Examinee, answers: list[Answer]) -> None:
    """B11: after a kill, in another process."""
    cuts = [(answer, place) for answer in answers for place in range(1, len(answer.pages))]
    resumed = [
        examinee.again().pages(answer.query, answer.pages[place - 1].after)
        for answer, place in cuts
    ]
    assert cuts, "the example must answer in several pages; give it a small page"
    assert resumed == [answer.pages[place:] for answer, place in cuts]


@online_only
def test_no_page_is_asked_for_twice(examinee: Examinee, answers: list[Answer]) -> None:
    """Not even when the run was killed behind every single page."""
    for answer in answers:
        fetcher = Counting(examinee.fetcher) if examinee.fetcher else None
        starts = [None, *(page.after for page in answer.pages[:-1])]
        killed = [
            next(iter(examinee.again().source.pages(answer.query, start, fetcher)))
            for start in starts
        ]
        assert fetcher is not None
        assert tuple(killed) == answer.pages
        assert set(fetcher.asked.values()) <= {1}


@pytest.mark.parametrize("kind", KEYED)
def test_without_its_key_it_says_which_variable_to_set(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B16."""
    source = PARTS[kind].example()
    monkeypatch.delenv(source.key_env, raising=False)
    with pytest.raises(MissingSecret, match=source.key_env):
        source.check_ready()


def test_the_same_is_answered_twice(examinee: Examinee, answers: list[Answer]) -> None:
    assert asked(examinee) == answers


def test_no_picture_comes_twice_in_a_query(answers: list[Answer]) -> None:
    names = [(answer.query, hit["source_id"]) for answer in answers for hit in hits([answer])]
    assert len(set(names)) == len(names)


def test_hits_speak_in_the_columns_of_the_table(answers: list[Answer]) -> None:
    """Owner and licence are always said, be it null for nobody knows."""
    keys = [set(hit) for hit in hits(answers)]
    assert all({"source_id", "owner", "licence", "url", "is_generated"} <= each for each in keys)
    assert set.union(*keys) <= set(FOUND.columns)


def test_missing_is_never_an_empty_text(answers: list[Answer]) -> None:
    assert all(value != "" for hit in hits(answers) for value in hit.values())


def test_truth_is_known_of_generated_pictures_only(answers: list[Answer]) -> None:
    assert all(hit.get("truth") is None or hit["is_generated"] for hit in hits(answers))


def test_no_machine_path_stands_in_a_hit(answers: list[Answer]) -> None:
    addresses = [hit["url"] for hit in hits(answers)]
    assert not any(address.startswith("/") for address in addresses)


@local_only
def test_every_picture_gives_bytes_or_a_reason(source: Source, answers: list[Answer]) -> None:
    assert {type(fetched(source, hit["url"])) for hit in hits(answers)} <= {bytes, PictureError}


@local_only
def test_fetching_twice_gives_the_same_bytes(source: Source, answers: list[Answer]) -> None:
    addresses = [hit["url"] for hit in hits(answers)][::5]
    assert [fetched(source, url) for url in addresses] == [
        fetched(source, url) for url in addresses
    ]


@local_only
@pytest.mark.parametrize("url", ["", "../../../etc/hostname", "/etc/hostname", "no such picture"])
def test_what_it_never_offered_is_not_fetched(source: Source, url: str) -> None:
    refusal = fetched(source, url)
    assert isinstance(refusal, PictureError)
    assert refusal.reason in source.reasons


def test_its_reasons_are_words_with_an_explanation(source: Source) -> None:
    assert all(REASON.match(word) for word in source.reasons)
    assert all(text.strip() for text in source.reasons.values())


def test_refusals_use_its_reasons(source: Source, answers: list[Answer]) -> None:
    refused = [entry for answer in answers for page in answer.pages for entry in page.refused]
    assert {reason for _, reason, _ in refused} <= set(source.reasons)


def test_page_size_is_no_part_of_its_identity(source: Source) -> None:
    assert "per_page" not in source.identity()


def fetched(source: Source, url: str) -> bytes | PictureError:
    try:
        return source.fetch(url)
    except PictureError as refusal:
        return refusal
