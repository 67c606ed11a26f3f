"""Every source sits this exam; a newcomer's file is found by its folder."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from affekt.errors import PictureError
from affekt.parts import Part
from affekt.sources import Page, Query, Source
from affekt.tables import FOUND
from affekt.taxonomy import MIKELS8
from tests.exams.every import every

WORDS = {emotion.name: emotion.words for emotion in MIKELS8.emotions}
REASON = re.compile(r"^[a-z]+(-[a-z]+)*$")


class Answer(NamedTuple):
    """All pages of one query."""

    query: Query
    pages: tuple[Page, ...]


@pytest.fixture(params=every("sources"), ids=lambda part: part.kind(), scope="module")
def source(request: pytest.FixtureRequest) -> Source:
    """The example of each source in turn."""
    part: type[Part] = request.param
    example = part.example()
    assert isinstance(example, Source)
    return example


@pytest.fixture(scope="module")
def answers(source: Source) -> list[Answer]:
    """Everything the example answers."""
    return asked(source)


def asked(source: Source) -> list[Answer]:
    return [
        Answer(query, tuple(source.pages(query, None, None))) for query in source.queries(WORDS)
    ]


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


def test_asking_goes_on_behind_any_page(source: Source, answers: list[Answer]) -> None:
    cuts = [(answer, place) for answer in answers for place in range(1, len(answer.pages))]
    resumed = [
        tuple(source.pages(answer.query, answer.pages[place - 1].after, None))
        for answer, place in cuts
    ]
    assert cuts, "the example must answer in several pages; give it a small page"
    assert resumed == [answer.pages[place:] for answer, place in cuts]


def test_the_same_is_answered_twice(source: Source, answers: list[Answer]) -> None:
    assert asked(source) == answers


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


def test_every_picture_gives_bytes_or_a_reason(source: Source, answers: list[Answer]) -> None:
    assert {type(fetched(source, hit["url"])) for hit in hits(answers)} <= {bytes, PictureError}


def test_fetching_twice_gives_the_same_bytes(source: Source, answers: list[Answer]) -> None:
    addresses = [hit["url"] for hit in hits(answers)][::5]
    assert [fetched(source, url) for url in addresses] == [
        fetched(source, url) for url in addresses
    ]


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
