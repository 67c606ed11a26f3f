"""The qualification test over the wire, and that its key stays on the server."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from affekt.campaign import exam, workers
from affekt.errors import UsageError
from affekt.site.exams import prepare
from affekt.site.gallery import Pool
from tests.site.scene import EMOTIONS, TESTED, Site, site
from tests.site.visits import Visit

pytestmark = pytest.mark.slow


@pytest.fixture
def tested(tmp_path: Path) -> Iterator[Site]:
    """A site that asks for a test of eight pictures."""
    with site(tmp_path / "site", TESTED) as one:
        yield one


def question_in(page: str) -> str:
    found = re.search(r'name="question" value="([^"]+)"', page)
    return found[1] if found else ""


def taken(visit: Visit, site: Site, right: int) -> httpx.Response:
    """Take the test with so many right answers."""
    answer = visit.send("/test/begin")
    worker = workers.by_secret(site.live, visit.secret).id
    form = exam.start(site.live, worker)
    for place, one in enumerate(form.questions):
        truth = site.scene.pool.emotions[one.image_id]
        wrong = EMOTIONS[(EMOTIONS.index(truth) + 1) % len(EMOTIONS)]
        choice = truth if place < right else wrong
        answer = visit.send("/test/answer", question=question_in(answer.text), choice=choice)
    return answer


def test_half_right_passes_and_opens_the_batches(tested: Site) -> None:
    """C3, I9."""
    visit = Visit(tested)
    assert visit.send("/batch/begin").url.path == "/test"
    assert "You passed" in taken(visit, tested, 4).text
    assert visit.batch()["cards"]


def test_less_than_half_does_not_pass_and_gets_no_batch_and_no_second_try(tested: Site) -> None:
    """C3, C4, I9."""
    visit = Visit(tested)
    assert "did not pass" in taken(visit, tested, 3).text
    assert "did not pass" in visit.client.get("/test").text
    assert visit.send("/batch/begin").url.path == "/test"
    assert "as often as" in visit.send("/test/begin").text


def test_loading_the_page_again_shows_the_same_question(tested: Site) -> None:
    """C7."""
    visit = Visit(tested)
    first = question_in(visit.send("/test/begin").text)
    assert question_in(visit.client.get("/test").text) == first
    after = question_in(visit.send("/test/answer", question=first, choice="awe").text)
    assert after not in ("", first)
    assert question_in(visit.client.get("/test").text) == after


def test_a_question_of_somebody_else_is_refused(tested: Site) -> None:
    """B52."""
    visit, other = Visit(tested), Visit(tested)
    foreign = question_in(visit.send("/test/begin").text)
    other.send("/test/begin")
    assert other.send("/test/answer", question=foreign, choice="awe").status_code == 404


def test_a_choice_that_is_none_is_refused_with_a_sentence(tested: Site) -> None:
    visit = Visit(tested)
    first = question_in(visit.send("/test/begin").text)
    answer = visit.send("/test/answer", question=first, choice="<script>alert(1)</script>")
    assert answer.status_code == 400
    assert "<script>alert" not in answer.text


def secrets_of(site: Site) -> set[str]:
    """What tells the key: ids, names and folders of the pictures, and which emotion each is."""
    return {one for path in site.scene.pool.paths.values() for one in (path.name, str(path))} | set(
        site.scene.pool.paths
    )


def test_the_key_never_reaches_a_browser(tested: Site) -> None:
    """C5: all that the server ever sent to two workers, one right, one wrong."""
    sent: dict[bool, list[bytes]] = {True: [], False: []}
    for is_right, kept in sent.items():
        visit = Visit(tested)
        visit.client.event_hooks = {"response": [lambda answer, kept=kept: keep(answer, kept)]}
        page = taken(visit, tested, 8 if is_right else 0).text
        pictures = re.findall(rb"/p/[\w=-]+", b"".join(kept))
        for one in sorted(set(pictures)):
            visit.client.get(one.decode())
        visit.client.get("/static/choices.js")
        assert page
    everything = b"".join(sent[True] + sent[False])
    assert len(everything) > 10_000
    assert not [one for one in secrets_of(tested) if one.encode() in everything]
    assert_choices_say_nothing(everything)
    right, wrong = (normal(sent[one]) for one in (True, False))
    assert right == wrong  # until the verdict, a right answer is answered as a wrong one is


def keep(answer: Any, kept: list[bytes]) -> None:
    answer.read()
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    kept += [head.encode(), answer.content]


def normal(sent: list[bytes]) -> list[bytes]:
    """Give the pages of the questions without what is random in them and without pictures."""
    pages = [one for one in sent if one.startswith(b"<!doctype") and b'name="question"' in one]
    return [
        re.sub(rb'(/p/|name="question" value="|name="form_token" value=")[\w=-]+', rb"\1", one)
        for one in pages
    ]


def assert_choices_say_nothing(everything: bytes) -> None:
    """Every page of a question names all emotions in one order and marks none of them."""
    orders = set(re.findall(rb'name="choice" value="(\w+)" data-choice', everything))
    assert {one.decode() for one in orders} == set(EMOTIONS)
    assert b"truth" not in everything
    assert b"checked" not in everything


def test_a_plan_that_asks_for_a_test_needs_pictures_for_it(tested: Site) -> None:
    with pytest.raises(UsageError, match="needs_test = false"):
        prepare(tested.live, Pool({}, {}))
