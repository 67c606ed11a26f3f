"""What was lost for a passing reason, told and asked for once more when a user says so."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from affekt.errors import AffektError
from affekt.project import Step, open_plan
from affekt.retry import chosen
from tests.cli.run import Ran, affekt
from tests.servers._wire import Request, Server, whole
from tests.stages.online import Answers, fine

pytestmark = pytest.mark.slow

PLAN = """
[fetch]
contact = "test@example.org"
allowed_networks = ["127.0.0.0/8"]
tries = 2
pause_seconds = 0.05

[collect]
sources = [{kind = "links", path = "links.csv"}]

[clean]
min_side_px = 32

[sample]
per_emotion = 50

[verify]
crowd = "simulated"

[decide]
rule = "majority"

[release]
name = "again"
"""
ADVICE = "may come another time (busy {}): affekt build plan.toml --retry"
NOTHING = "nothing was asked for again: no picture was lost for {}"
BUILD = ("build", "plan.toml", "--to", "sample")


class Mood:
    """A server of pictures, some of which are gone; others come only while it is well."""

    def __init__(self) -> None:
        self.ill = frozenset[str]()
        self.server = Server(Answers({"busy": self._busy, "gone": lambda _: self._gone}))

    _gone = whole(b"", status=404)

    def _busy(self, request: Request) -> bytes:
        if request.path in self.ill:
            return whole(b"", status=503)
        return fine(request)

    def asked(self) -> Counter[str]:
        """Count the requests for pictures so far."""
        return Counter({path: n for path, n in self.server.asked.items() if path != "/robots.txt"})


class Run(NamedTuple):
    """How a command ended, and what it asked of the server."""

    ran: Ran
    asked: Counter[str]

    @property
    def steps(self) -> dict[str, Any]:
        return {step["name"]: step for step in self.ran.document}


class Built(NamedTuple):
    """The steps of a build in this process, and what it asked of the server."""

    steps: dict[str, Step]
    asked: Counter[str]


class Story:
    """A folder with a plan, and the server, where what is asked is counted."""

    def __init__(self, folder: Path, mood: Mood) -> None:
        self.folder, self.mood = folder, mood

    def link(self, paths: list[str]) -> None:
        lines = [f"{self.mood.server.base}{path},awe\n" for path in paths]
        (self.folder / "links.csv").write_text("url,emotion\n" + "".join(lines))

    def run(self, *words: str) -> Run:
        before = self.mood.asked()
        ran = affekt(*words, "--quiet", cwd=self.folder)
        return Run(ran, self.mood.asked() - before)

    def build(self, *, passing: bool = False, words: str = "") -> Built:
        before = self.mood.asked()
        retry = chosen(passing=passing, words=words)
        steps = open_plan(self.folder / "plan.toml", retry=retry).build("sample")
        return Built({step.name: step for step in steps}, self.mood.asked() - before)

    def products(self, step: str) -> int:
        return len(list(self.folder.glob(f"work/products/{step}-*")))


BUSY = [f"/busy/{number}.jpg" for number in range(5)]
GONE = [f"/gone/{number}.jpg" for number in range(5)]
FINE = [f"/fine/{number}.jpg" for number in range(60)]


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """Seventy links, of which five are refused for now and five for good."""
    mood = Mood()
    mood.ill = frozenset(BUSY)
    with mood.server:
        (tmp_path / "plan.toml").write_text(PLAN)
        told = Story(tmp_path, mood)
        told.link([*FINE, *BUSY, *GONE])
        yield told


def test_what_may_come_another_time_is_told_and_comes_with_retry(story: Story) -> None:
    first = story.run(*BUILD)
    assert first.ran.code == 0
    assert f"5 pictures {ADVICE.format(5)}" in first.ran.out
    assert {first.asked[path] for path in [*FINE, *GONE]} == {1}

    story.mood.ill = frozenset()
    again = story.run(*BUILD, "--json")
    assert again.asked.total() == 0
    assert again.ran.code == 0
    assert again.steps["clean"]["passing"] == 5
    assert ADVICE.format(5) in again.steps["clean"]["text"]
    assert ADVICE.format(5) in story.run("status", "plan.toml").ran.out

    retried = story.run(*BUILD, "--retry", "--json")
    assert retried.ran.code == 0
    assert retried.asked == Counter(BUSY)
    assert retried.steps["clean"]["kept"] == 65
    assert retried.steps["clean"]["reasons"] == {"gone": 5}
    assert retried.steps["clean"]["passing"] == 0
    changed = {
        name: step["address"] != again.steps[name]["address"]
        for name, step in retried.steps.items()
    }
    assert changed == {"collect": False, "clean": True, "dedupe": True, "sample": True}
    assert "another time" not in story.run("status", "plan.toml").ran.out


def test_with_nothing_to_retry_nothing_is_asked_and_it_is_said(story: Story) -> None:
    story.mood.ill = frozenset()
    story.build()
    retried = story.run(*BUILD, "--retry")
    assert retried.ran.code == 0
    assert retried.asked.total() == 0
    assert NOTHING.format("a reason that may pass") in retried.ran.out
    assert story.products("clean") == 1


def test_where_nothing_came_no_second_product_is_left_and_what_follows_stands(
    story: Story,
) -> None:
    before = story.build()
    retried = story.build(passing=True)
    assert retried.asked.keys() == set(BUSY)
    assert retried.steps["clean"].made_at > before.steps["clean"].made_at
    assert {name: step.address for name, step in retried.steps.items()} == {
        name: step.address for name, step in before.steps.items()
    }
    assert [story.products(step) for step in ("clean", "dedupe", "sample")] == [1, 1, 1]
    assert not list(story.folder.glob("work/products/.*"))


def test_what_comes_by_and_by_is_asked_for_by_and_by(story: Story) -> None:
    story.build()
    story.mood.ill = frozenset(BUSY[:2])
    assert story.build(passing=True).steps["clean"].passing == 2
    story.mood.ill = frozenset()
    last = story.build(passing=True)
    assert last.asked == Counter(BUSY[:2])
    assert last.steps["clean"].kept == 65
    assert story.build().steps["clean"].kept == 65


def test_chosen_reasons_are_asked_for_and_no_others(story: Story) -> None:
    story.build()
    assert story.build(words="gone,dns").asked == Counter(GONE)
    none = story.build(words="dns")
    assert none.asked.total() == 0
    assert NOTHING.format("dns") in none.steps["clean"].text
    assert none.steps["clean"].passing == 5


def test_an_unknown_reason_is_exit_2_and_the_known_are_named(story: Story) -> None:
    wrong = story.run(*BUILD, "--retry-only", "bussy")
    assert wrong.ran.code == 2
    assert "did you mean 'busy'? known: gone, denied" in wrong.ran.err
    assert wrong.asked.total() == 0


def test_where_nothing_at_all_came_the_way_out_is_named(story: Story) -> None:
    story.link(BUSY)
    with pytest.raises(AffektError, match=r"kept none of 5 rows.* --retry"):
        story.build()
    story.mood.ill = frozenset()
    assert story.build(passing=True).steps["clean"].kept == 5
