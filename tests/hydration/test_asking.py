"""Sources are asked what they say today, before a picture is fetched (R35, R71)."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from affekt import cells
from affekt.errors import MissingSecret
from affekt.fetch.fetcher import Fetcher
from affekt.hydration import hydrate
from affekt.hydration.asking import judged
from affekt.hydration.named import Wanted
from affekt.hydration.survival import Receipt
from affekt.sources import Source, Today
from affekt.sources.flickr import Flickr
from affekt.sources.wikimedia import Wikimedia, titles
from tests.cli.run import here
from tests.datasets.published import Original, Project, jpeg
from tests.hydration.test_hydrate import QUICK, World
from tests.servers._wire import Server
from tests.servers.flickr import Host, with_key
from tests.servers.wikimedia import META, Commons, File

FLICKR = "https://www.flickr.com/photos/ann/{}/"
COMMONS = "https://commons.wikimedia.org/wiki/File:{}.jpg"
PAGES = {
    "/same": FLICKR.format(1), "/closed": FLICKR.format(2), "/tagged": FLICKR.format(3),
    "/deleted": FLICKR.format(4), "/private": FLICKR.format(5), "/kept": COMMONS.format("a_street"),
    "/lost": COMMONS.format("No_street"), "/nonfree": COMMONS.format("B_street"),
    "/elsewhere": "https://example.org/1",
}  # fmt: skip
ENDS = {
    "/same": "exact ", "/closed": "refused licence-changed", "/tagged": "refused opted-out",
    "/deleted": "gone not-shown", "/private": "refused private", "/kept": "exact ",
    "/lost": "gone not-shown", "/nonfree": "refused licence-changed", "/elsewhere": "exact ",
}  # fmt: skip


def photo(licence: str, *tags: str, shown: int = 1) -> Mapping[str, Any]:
    """What the API says of one photograph, as far as it matters here."""
    told = [{"raw": tag, "_content": tag.casefold().replace(" ", "")} for tag in tags]
    return {"license": licence, "visibility": {"ispublic": shown}, "tags": {"tag": told}}


TOLD = {
    "1": photo("4", "sea"),
    "2": photo("0"),
    "3": photo("4", "sea", "Ｎo Computer-Vision"),
    "5": photo("4", shown=0),
}
FREE = {name: text.format(n=1, s=1) for name, text in META.items()}


class Set(NamedTuple):
    """A release of links, and the servers behind them."""

    release: Path
    files: Server
    flickr: Host
    commons: Commons
    ids: Mapping[str, str]
    folder: Path

    def fill(self, **more: Any) -> Receipt:
        sources: tuple[Source, ...] = (
            Flickr(base=self.flickr.base),
            Wikimedia(base=self.commons.base, gap_seconds=0),
        )
        return hydrate(self.release, self.folder, QUICK, **{"sources": sources, **more})

    def ends(self) -> dict[str, str]:
        """Give outcome and reason of every picture, by the path of its link."""
        _, rows = cells.from_csv((self.folder / "outcomes.csv").read_text(encoding="utf-8"))
        told = {str(row["image_id"]): f"{row['outcome']} {row['reason'] or ''}" for row in rows}
        return {path: told[key] for path, key in self.ids.items()}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Set]:
    world, folder = World(), tmp_path_factory.mktemp("asking")
    commons = Commons(
        [
            File(1, "File:A street.jpg", "", meta=FREE),
            File(2, "File:B street.jpg", "", meta={**FREE, "NonFree": "true"}),
        ]
    )
    flickr = Host(0)
    with ExitStack() as stack:
        files = stack.enter_context(Server(world))
        for one in (commons, flickr):
            stack.enter_context(one.server)
        originals = [
            Original(
                jpeg(number),
                licence="cc-by-2.0",
                owner="Ann",
                url=f"{files.base}{path}",
                page_url=page,
                source="flickr" if "flickr" in page else "links",
            )
            for number, (path, page) in enumerate(PAGES.items())
        ]
        world.sends = {path: jpeg(number) for number, path in enumerate(PAGES)}
        release = Project(folder, originals).release(version="0.1.0", mode="links").files
        assert release is not None
        ids = {path: one.image_id for path, one in zip(PAGES, originals, strict=True)}
        yield Set(release, files, flickr, commons, ids, folder)


@pytest.fixture
def made(base: Set, tmp_path: Path) -> Set:
    """The servers as they were, and a folder of its own."""
    base.flickr.told, base.flickr.always = dict(TOLD), None
    base.flickr.calls.clear()
    base.commons.faults, base.commons.calls = {}, 0
    base.files.asked.clear()
    return base._replace(folder=tmp_path / "filled")


def test_what_a_source_forbids_today_is_not_fetched(made: Set) -> None:
    """R35, R71: a tag, a licence, private, deleted; each link that is left is asked once."""
    with with_key():
        receipt = made.fill()
    assert made.ends() == ENDS
    fetched = {path: n for path, n in made.files.asked.items() if path in PAGES}
    assert fetched == {"/same": 1, "/kept": 1, "/elsewhere": 1}
    assert receipt.unasked == {"links": 1}
    assert len(made.flickr.calls) == 5
    assert made.commons.calls == 1
    with with_key():
        made.fill()
    assert len(made.flickr.calls) == 5


def test_without_a_key_pictures_are_fetched_and_counted_as_not_asked_about(made: Set) -> None:
    """R35."""
    receipt = made.fill()
    asked_of_commons = {path for path, page in PAGES.items() if "wikimedia" in page}
    assert {path: ENDS[path] for path in asked_of_commons}.items() <= made.ends().items()
    assert made.ends()["/closed"] == "exact "
    assert receipt.unasked == {"flickr": 5, "links": 1}
    assert not made.flickr.calls


def test_nobody_is_asked_where_that_is_not_wanted(made: Set) -> None:
    """R71."""
    receipt = made.fill(sources=())
    assert receipt.unasked == {"flickr": 5, "links": 4}
    assert made.commons.calls == 0


def test_a_source_that_cannot_be_asked_keeps_its_pictures_for_the_next_run(made: Set) -> None:
    """R35, R71: and is asked once, not for every picture."""
    made.flickr.always = "500"
    with with_key():
        made.fill()
        assert made.ends()["/same"] == "failed not-asked"
        assert made.ends()["/kept"] == "exact "
        assert "/same" not in made.files.asked
        assert len(made.flickr.calls) == 1
        made.flickr.always = None
        made.fill()
    assert made.ends() == ENDS


def test_of_a_file_that_is_asked_about_alone_older_versions_count_for_nothing(
    tmp_path: Path,
) -> None:
    """R35: the server tells them, one answer after the other, where one file is asked about."""
    past: tuple[dict[str, Any], ...] = ({}, {"filehidden": True}, {"extmetadata": {}})
    wiki = Commons([File(1, "File:A street.jpg", "", meta=FREE, versions=3, past=past)])
    with wiki.server:
        fetcher = Fetcher(QUICK, tmp_path)
        source = Wikimedia(base=wiki.base, gap_seconds=0)
        told = source.today(["File:A street.jpg"], fetcher)
        fetcher.close()
    assert told == {"File:A street.jpg": Today(licence="cc-by-sa-4.0")}
    assert wiki.calls == 1


@pytest.mark.parametrize(
    ("page", "trouble"),
    [
        ({"missing": True, "known": True, "imageinfo": [{"extmetadata": {}}]}, ""),
        ({"missing": True}, "not-shown"),
        ({"invalid": True}, "not-shown"),
        ({"imageinfo": [{"filemissing": True}]}, "not-shown"),
        ({"imageinfo": [{"filehidden": True}]}, "private"),
    ],
)
def test_a_file_without_a_page_of_its_own_is_there(page: dict[str, Any], trouble: str) -> None:
    """R35: another wiki than Commons tells so of the files of Commons."""
    assert dict(titles.today([{"title": "File:A.jpg", **page}])) == {"File:A.jpg": Today(trouble)}


def test_a_title_is_asked_for_as_the_server_writes_it() -> None:
    """R35: an accent that stands by itself becomes part of its letter."""
    page = "https://commons.wikimedia.org/wiki/File:Cafe%CC%81_a.jpg"
    assert titles.name_at(page, None) == "File:Caf\N{LATIN SMALL LETTER E WITH ACUTE} a.jpg"


def test_a_key_that_is_refused_ends_the_run(made: Set) -> None:
    made.flickr.always = "fail-100"
    with with_key(), pytest.raises(MissingSecret, match="FLICKR_KEY"):
        made.fill()
    assert not made.files.asked.keys() & PAGES.keys()


def test_the_command_asks_the_sources_of_the_plan_and_tells_of_whom_nobody_asked(
    made: Set,
) -> None:
    """R35, C7."""
    plan = made.folder.parent / "plan.toml"
    plan.write_text(
        '[fetch]\ncontact = "test@example.org"\nallowed_networks = ["127.0.0.0/8"]\ntries = 1\n'
        f'[collect]\nsources = [{{ kind = "flickr", base = "{made.flickr.base}" }}, '
        f'{{ kind = "wikimedia", base = "{made.commons.base}", gap_seconds = 0 }}]\n'
        '[sample]\nper_emotion = 1\n[verify]\ncrowd = { kind = "simulated" }\n'
        '[decide]\nrule = "majority"\n[release]\nname = "x"\n'
    )
    words = ("hydrate", made.release, "--plan", plan)
    ran = here(*words, "--to", made.folder, cwd=plan.parent)
    assert ran.code == 0
    assert "gone: not-shown 1 (each in outcomes.csv)" in ran.out
    assert "licences of 6 pictures were not asked about at the source: flickr 5, links 1" in ran.out
    assert "FLICKR_KEY is not set" in ran.out
    ran = here(*words, "--to", f"{made.folder}-2", "--skip-sources", cwd=plan.parent)
    assert "licences of 9 pictures were not asked about" in ran.out
    assert made.commons.calls == 1


WANTED = Wanted("ab" * 32, "https://example.org/1.jpg", "ab" * 32, None, robots=False)


@pytest.mark.parametrize(
    ("before", "today", "is_refused"),
    [
        ("cc-by-2.0", "all-rights-reserved", True),
        ("cc-by-2.0", "cc-by-nc-nd-4.0", False),
        ("cc-by-2.0", None, False),
        ("cc-by-2.0", "unknown", False),
        ("all-rights-reserved", "all-rights-reserved", False),
        ("unknown", "all-rights-reserved", True),
        (None, "all-rights-reserved", True),
    ],
)
def test_a_licence_that_was_closed_already_has_not_changed(
    before: str | None, today: str | None, is_refused: bool
) -> None:
    """R35: and what a source does not name forbids nothing."""
    end = judged(WANTED._replace(licence=before), Today(licence=today))
    assert (end is not None and end.reason == "licence-changed") == is_refused


@pytest.mark.parametrize(
    ("tag", "is_refused"),
    [("noAI", True), ("no_machine learning", True), ("no ai training", True), ("no", False),
     ("computer vision", False)],
)  # fmt: skip
def test_a_tag_that_forbids_is_known_however_it_is_written(tag: str, is_refused: bool) -> None:
    """R35."""
    end = judged(WANTED, Today(tags=("sea", tag)))
    assert (end is not None and end.outcome == "refused") == is_refused
