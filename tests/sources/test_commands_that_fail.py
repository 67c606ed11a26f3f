"""What a command prints and leaves behind when the server of a source is sick or hostile."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cli.plans import UNTIL_RELEASE
from tests.cli.run import Ran, affekt
from tests.servers import flickr, instagram, openverse, wikimedia

pytestmark = pytest.mark.slow

PLAN = """
[fetch]
contact = "test@example.org"
allowed_networks = ["127.0.0.0/8"]
pause_seconds = 0.001
tries = 2

[[collect.sources]]
kind = "{kind}"
base = "{base}"
per_page = 15
{more}
"""


class Case(NamedTuple):
    """A source at its local server.

    Attributes:
        keys: Variables of the environment and what they hold.
        healthy: Calls that the server answers well before it falls sick.
    """

    make: Callable[..., Any]
    keys: Mapping[str, str]
    more: str = ""
    healthy: int = 3


CASES = {
    "flickr": Case(flickr.Host, {"FLICKR_KEY": flickr.KEY}, "until = 2019-12-31"),
    "instagram": Case(
        instagram.Graph,
        {"INSTAGRAM_TOKEN": instagram.TOKEN, "INSTAGRAM_USER": instagram.USER},
        healthy=4,  # the first two pages of a list are kept together
    ),
    "openverse": Case(
        openverse.Catalogue,
        {"OPENVERSE_CLIENT_ID": openverse.CLIENT, "OPENVERSE_CLIENT_SECRET": openverse.SECRET},
        "calls_per_minute = 1000",
    ),
    "wikimedia": Case(lambda n: wikimedia.Commons(wikimedia.some(8 * n)), {}, "gap_seconds = 0.0"),
}
HOSTILE = [
    *(("flickr", fault) for fault in ("echo-18", "echo-100", "503", "html", "short")),
    *(("instagram", fault) for fault in ("echo-190", "echo-2", "500", "html", "short")),
    *(("openverse", fault) for fault in ("echo-400", "echo-500", "500", "html", "short")),
]
SICK = [
    *((kind, fault) for kind in CASES for fault in ("html", "broken")),
    *(("flickr", "fail-105"), ("instagram", "calm-2"), ("openverse", "bare")),
    *(("wikimedia", "internal"), ("wikimedia", "500")),
]
OF_A_TERMINAL = {*map(chr, range(0x80, 0xA0)), *"\x1b\x07\u202e\u2028"}


class World(NamedTuple):
    """A project and the server that its plan asks."""

    folder: Path
    server: Any
    keys: Mapping[str, str]

    def collect(self) -> Ran:
        words = ("build", "plan.toml", "--to", "collect", "--debug")
        return affekt(*words, cwd=self.folder, **self.keys)

    def fall_sick(self, fault: str, calls: int) -> None:
        self.server.faults = dict.fromkeys(range(calls + 1, calls + 60), fault)

    def files(self) -> Iterator[bytes]:
        return (path.read_bytes() for path in self.folder.rglob("*") if path.is_file())

    def pages(self) -> dict[str, bytes]:
        """The files of the journal of pages."""
        journal = self.folder / "work" / "journal" / "pages"
        return {path.name: path.read_bytes() for path in journal.glob("*.jsonl")}


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """The source that a test names first among its parameters."""
    kind = request.node.callspec.params["kind"]
    case = CASES[kind]
    server = case.make(40)
    with server.server:
        text = PLAN.format(kind=kind, base=server.base, more=case.more) + UNTIL_RELEASE
        (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
        yield World(tmp_path, server, case.keys)


@pytest.mark.parametrize(("kind", "fault"), HOSTILE)
def test_a_key_is_nowhere_after_a_command_that_fails(world: World, kind: str, fault: str) -> None:
    """B35, C12, X9: neither in what is printed, with all details, nor in the project."""
    world.fall_sick(fault, CASES[kind].healthy)
    ran = world.collect()
    assert ran.code in (1, 5)
    assert "log: " in ran.err
    assert (world.folder / "work" / "logs" / "affekt.jsonl").exists()
    shown = [(ran.out + ran.err).encode(), *world.files()]
    assert not [key for key in world.keys.values() if any(key.encode() in one for one in shown)]


@pytest.mark.parametrize(("kind", "fault"), SICK)
def test_a_search_that_stays_sick_is_exit_1_and_keeps_what_came(
    world: World, kind: str, fault: str
) -> None:
    """B31: that page is asked for again, then the source's own words, cleaned; nothing is lost."""
    world.fall_sick(fault, CASES[kind].healthy)
    ran = world.collect()
    assert ran.code == 1
    assert "asked 2 times" in ran.err
    assert not OF_A_TERMINAL & set(ran.out + ran.err)
    before = world.pages()
    assert any(b'"source_id"' in data for data in before.values())
    world.server.faults = {}
    assert world.collect().code == 0
    after = world.pages()
    assert all(after[name].startswith(data) for name, data in before.items())
    assert sum(map(len, after.values())) > sum(map(len, before.values()))


@pytest.mark.parametrize("kind", ["flickr", "instagram"])
def test_without_the_key_a_command_says_which_variable_to_set(world: World, kind: str) -> None:
    """B16: before the first request."""
    (name, *_) = CASES[kind].keys
    ran = World(world.folder, world.server, dict.fromkeys(CASES[kind].keys, "")).collect()
    assert ran.code == 5
    assert name in ran.err
    assert world.server.calls == []
