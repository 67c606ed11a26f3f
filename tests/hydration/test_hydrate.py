"""What is not shipped is fetched, judged and counted: each picture ends in exactly one way."""

import asyncio
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pyarrow.parquet as pq
import pytest

from affekt import cells
from affekt.datasets.release import Release
from affekt.datasets.release.write import checksums
from affekt.errors import Damaged, MissingSecret, UsageError
from affekt.fetch.manners import Manners
from affekt.forgotten import Entry, Forgotten
from affekt.hydration import ahead, hydrate, run
from affekt.hydration.named import named_in
from affekt.hydration.outcomes import MEANINGS, OF_REASON, Journal, Outcome
from affekt.parts import Place
from affekt.pictures.decode import Decoders
from tests.cli.run import here
from tests.datasets.published import Original, Project, files_of, jpeg, painted, png
from tests.datasets.test_release import copied
from tests.datasets.test_release_check import change
from tests.fetch.asking import MANNERS
from tests.servers._wire import Request, Server, head, whole

LINKS = "links/train-00000-of-00001.parquet"
QUICK = Manners.model_validate({**MANNERS.model_dump(), "tries": 1})


def copy_of(number: int) -> bytes:
    """The same look in other bytes."""
    file = io.BytesIO()
    painted(number).save(file, "JPEG", quality=70)
    return file.getvalue()


class World:
    """A server whose answers can change: path → what it sends, a status, or headers besides."""

    def __init__(self) -> None:
        self.sends: dict[str, bytes | int] = {}
        self.headers: dict[str, str] = {}

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        body = self.sends.get(request.path, 404)
        if isinstance(body, int):
            writer.write(head(body, "Content-Length: 0"))
        else:
            extra = [self.headers[request.path]] if request.path in self.headers else []
            writer.write(whole(body, *extra))


class Set(NamedTuple):
    """A release of links, the server behind them, and where what comes is put."""

    release: Path
    world: World
    server: Server
    folder: Path
    ids: Mapping[str, str]

    def fill(self, **options: Any) -> Any:
        return hydrate(self.release, self.folder, QUICK, **options)

    def ends(self) -> dict[str, str]:
        """Give the outcome of every picture, by the path of its link."""
        _, rows = cells.from_csv((self.folder / "outcomes.csv").read_text(encoding="utf-8"))
        told = {str(row["image_id"]): str(row["outcome"]) for row in rows}
        return {path: told[key] for path, key in self.ids.items() if key in told}


PATHS = ("/exact", "/same", "/other", "/gone", "/out", "/page", "/broken")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Set]:
    """Seven links of which one each ends in every way, and one shipped picture."""
    world, folder = World(), tmp_path_factory.mktemp("hydrate")
    with Server(world) as server:
        originals = [
            Original(
                jpeg(number),
                emotion=("awe", "fear")[number % 2],
                licence="all-rights-reserved",
                part=("train", "test")[number % 2],
                url=f"{server.base}{path}",
            )
            for number, path in enumerate(PATHS)
        ]
        with Decoders(1) as decoders:
            for one in originals[1:3]:
                one.phash = decoders.facts(one.data).phash
        release = Project(folder, [*originals, Original(png(50))]).release(version="0.1.0").files
        assert release is not None
        ids = {path: one.image_id for path, one in zip(PATHS, originals, strict=True)}
        yield Set(release, world, server, folder, ids)


@pytest.fixture
def made(base: Set, tmp_path: Path) -> Set:
    """A copy of the release, and the server as it was."""
    base.world.sends = {
        "/exact": jpeg(0), "/same": copy_of(1), "/other": jpeg(77), "/gone": 410,
        "/out": jpeg(4), "/page": b"<html>Sign in</html>", "/broken": 500,
    }  # fmt: skip
    base.world.headers = {"/out": "X-Robots-Tag: noai"}
    base.server.asked.clear()
    return base._replace(release=copied(base.release, tmp_path), folder=tmp_path / "filled")


ENDS = {
    "/exact": "exact", "/same": "changed", "/other": "changed", "/gone": "gone",
    "/out": "refused", "/page": "changed", "/broken": "failed",
}  # fmt: skip


def test_every_picture_ends_in_exactly_one_way(made: Set) -> None:
    """R71, R35, B69: by words, counts and files."""
    before = files_of(made.release)
    receipt = made.fill()
    assert made.ends() == ENDS
    assert receipt.outcomes == {
        "exact": 1, "same": 0, "changed": 3, "gone": 1, "refused": 1, "failed": 1,
    }  # fmt: skip
    kept = [path for path in made.folder.glob("*/*.*") if path.suffix == ".jpg"]
    assert [path.name for path in kept] == [f"{made.ids['/exact']}.jpg"]
    assert kept[0].read_bytes() == jpeg(0)
    assert files_of(made.release) == before


def test_nothing_is_decoded_that_is_not_known_or_allowed(
    made: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R73: a decoder is not even made."""

    def never(*_: Any) -> None:
        raise AssertionError("a decoder was made")

    monkeypatch.setattr(run, "Decoders", never)
    made.fill()
    assert made.ends() == ENDS


def test_the_same_look_is_kept_apart_and_on_request_alone(made: Set) -> None:
    """R71: what was changed before is fetched once more, and what is near is not counted in."""
    first = made.fill()
    second = made.fill(same=True)
    assert made.ends() == {**ENDS, "/same": "same"}
    (path,) = (made.folder / "same").iterdir()
    assert (path.name, path.read_bytes()) == (f"{made.ids['/same']}.jpg", copy_of(1))
    assert (first.surviving, second.surviving, second.with_same) == (2, 2, 3)
    assert first.list_sha256 == second.list_sha256 != second.with_same_sha256
    _, rows = cells.from_csv((made.folder / "outcomes.csv").read_text(encoding="utf-8"))
    bits = {row["image_id"]: row["bits"] for row in rows}
    assert int(bits[made.ids["/same"]] or 99) <= run.SAME_BITS
    assert int(bits[made.ids["/other"]] or 0) > run.SAME_BITS


def test_a_second_run_asks_only_for_what_failed(made: Set) -> None:
    """R71, C6: resumable; with `again`, all that is not exact is asked for once more."""
    made.fill()
    asked = dict(made.server.asked)
    made.world.sends["/broken"] = jpeg(6)
    receipt = made.fill()
    assert made.ends()["/broken"] == "exact"
    assert receipt.outcomes["failed"] == 0
    fresh = {path for path, n in made.server.asked.items() if n > asked.get(path, 0)}
    assert fresh == {"/broken"}
    made.world.sends["/gone"] = jpeg(3)
    made.fill(again=True)
    assert made.ends()["/gone"] == "exact"
    assert made.server.asked["/exact"] == 1


def test_a_file_that_was_lost_is_fetched_again(made: Set) -> None:
    made.fill()
    (made.folder / "pictures" / f"{made.ids['/exact']}.jpg").unlink()
    made.fill()
    assert made.server.asked["/exact"] == 2
    assert (made.folder / "pictures" / f"{made.ids['/exact']}.jpg").is_file()


def test_a_run_that_was_killed_in_a_line_goes_on(made: Set) -> None:
    """D3: what a kill left of the last line is cut off."""
    made.fill()
    path = made.folder / "outcomes.jsonl"
    whole_lines = path.read_bytes()
    path.write_bytes(whole_lines + b'{"image_id": "ab')
    made.fill()
    assert made.ends() == ENDS
    assert b'"ab\n' not in path.read_bytes()
    assert path.read_bytes().startswith(whole_lines)


def test_one_content_under_several_links_is_a_placeholder(made: Set) -> None:
    """B34, B69: and no picture that changed."""
    made.world.sends |= {"/same": jpeg(99), "/other": jpeg(99)}
    made.fill()
    assert made.ends() == {**ENDS, "/same": "gone", "/other": "gone"}


def test_what_was_withdrawn_is_refused_unasked_and_taken_out(made: Set) -> None:
    """R33, B68: by its hash, by its look, and when it was fetched before."""
    made.fill()
    exact = made.folder / "pictures" / f"{made.ids['/exact']}.jpg"
    assert exact.is_file()
    gone = Forgotten([Entry("withdrawn", made.ids[path]) for path in ("/exact", "/broken")])
    made.world.sends["/broken"] = jpeg(6)
    receipt = made.fill(forgotten=gone)
    assert made.ends() == {**ENDS, "/exact": "refused", "/broken": "refused"}
    assert (exact.exists(), made.server.asked["/broken"]) == (False, 1)
    assert receipt.surviving == 1


def test_what_looks_like_what_was_withdrawn_is_refused(made: Set) -> None:
    """R33, B68."""
    with Decoders(1) as decoders:
        look = decoders.facts(copy_of(1)).phash
    gone = Forgotten([Entry("withdrawn", f"{'ab' * 32}/{look:016x}")])
    made.fill(forgotten=gone, same=True)
    assert made.ends()["/same"] == "refused"
    assert made.server.asked["/same"] == 0


@pytest.mark.parametrize(
    ("sends", "header", "end", "is_kept"),
    [
        (copy_of(1), "X-Robots-Tag: noai", "refused", False),
        (410, "", "gone", False),
        (jpeg(88), "", "changed", False),
        (jpeg(1), "", "exact", False),
        (500, "", "same", True),
    ],
    ids=["refused", "gone", "changed", "exact", "failed"],
)
def test_what_was_kept_of_a_picture_is_what_its_outcome_says(
    sends: bytes | int, header: str, end: str, is_kept: bool, made: Set
) -> None:
    """R35, R71: a benchmark reads all that lies there; what failed this time says nothing."""
    made.fill(same=True)
    (kept,) = (made.folder / "same").iterdir()
    made.world.sends["/same"] = sends
    if header:
        made.world.headers["/same"] = header
    made.fill(same=True, again=True)
    assert (made.ends()["/same"], kept.exists()) == (end, is_kept)


def test_the_release_s_own_list_of_removals_is_honoured(made: Set) -> None:
    """R34."""
    text = f"sha256,phash,removed_at,reason\n{made.ids['/exact']},,2026-01-01,owner\n"
    (made.release / "annotations/removed.csv").write_text(text)
    (made.release / "CHECKSUMS.sha256").write_text(checksums(made.release))
    made.fill()
    assert (made.ends()["/exact"], made.server.asked["/exact"]) == ("refused", 0)


def test_the_receipt_tells_what_survives_per_emotion_and_split(made: Set) -> None:
    """R72: the table adds up, and the list's hash is that of a file one can hash oneself."""
    receipt = made.fill()
    document = json.loads((made.folder / "receipt.json").read_text())
    *parts, total = document["survival"]
    assert (total["emotion"], total["pictures"], total["surviving"]) == ("all", 8, 2)
    assert {(row["emotion"], row["split"]): row["pictures"] for row in parts} == {
        ("awe", "train"): 5,
        ("fear", "test"): 3,
    }
    for row in document["survival"]:
        assert row["pictures"] == row["shipped"] + sum(row[word] for word in MEANINGS)
    for name in ("pictures", "shipped", "surviving", *MEANINGS):
        assert sum(row[name] for row in parts) == total[name]
    listed = (made.folder / "surviving.txt").read_bytes()
    assert hashlib.sha256(listed).hexdigest() == document["list_sha256"] == receipt.list_sha256
    assert len(listed.split()) == 2
    assert (
        document["checksums_sha256"]
        == hashlib.sha256((made.release / "CHECKSUMS.sha256").read_bytes()).hexdigest()
    )
    for word in ("n = 2 of 8", receipt.list_sha256, "(fear, test)", "no random part"):
        assert word in document["report"]
    assert str(made.folder) not in (made.folder / "receipt.json").read_text()


def test_a_whole_release_needs_no_caution(made: Set) -> None:
    """R72."""
    for number, path in enumerate(PATHS):
        made.world.sends[path] = jpeg(number)
    made.world.headers.clear()
    receipt = made.fill()
    assert receipt.surviving == receipt.pictures == 8
    assert receipt.report.startswith("All 8 pictures of small 0.1.0 are at hand")


def test_what_a_run_would_ask_for_is_told_without_asking(made: Set) -> None:
    """C4: no request, no folder."""
    told = ahead(made.release, made.folder)
    sizes = sum(len(jpeg(number)) for number in range(len(PATHS)))
    assert told == (7, 1, sizes)
    assert not made.folder.exists()
    assert not made.server.asked
    made.fill()
    assert ahead(made.release, made.folder).pictures == 1
    assert ahead(made.release, made.folder, same=True).pictures == 4
    ran = here("hydrate", ".", "--dry-run", cwd=made.release)
    assert (ran.code, f"{made.release}-hydrated" in ran.out) == (0, True)


def test_another_release_needs_another_folder(made: Set) -> None:
    made.fill()
    (made.release / "README.md").write_text("other")
    (made.release / "CHECKSUMS.sha256").write_text(checksums(made.release))
    with pytest.raises(UsageError, match="another release"):
        made.fill()


def test_a_release_that_was_changed_is_not_believed(made: Set) -> None:
    """B64: a link could lead anywhere."""
    (path, *_) = sorted(made.release.glob("links/*"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(Damaged, match="not as CHECKSUMS"):
        made.fill()
    assert not made.server.asked


def test_an_outcome_that_is_none_is_told_with_its_line(made: Set) -> None:
    made.fill()
    path = made.folder / "outcomes.jsonl"
    path.write_text(path.read_text().replace('"outcome"', '"come"', 1))
    with pytest.raises(Damaged, match=r"outcomes\.jsonl:2: is no outcome"):
        made.fill()


@pytest.mark.parametrize("file", ["../notes.txt", "/etc/passwd", "pictures/../../a.jpg", 3])
def test_an_outcome_that_names_a_file_elsewhere_is_none(file: object, made: Set) -> None:
    """B57: what was kept is removed at times, and a folder may come from others."""
    made.fill()
    path = made.folder / "outcomes.jsonl"
    one, *rest = path.read_text().splitlines()
    told = json.loads(rest[0]) | {"file": file}
    path.write_text(f"{one}\n{json.dumps(told)}\n")
    with pytest.raises(Damaged, match=r"outcomes\.jsonl:2: is no outcome"):
        made.fill()


def test_foreign_words_that_some_take_for_the_end_of_a_line_stay_in_their_line(
    tmp_path: Path,
) -> None:
    one = Outcome("ab" * 32, "failed", "not-asked", "a\u2028b\x85c")
    Journal(tmp_path, "digest").add(one)
    assert Journal(tmp_path, "digest").latest == {one.image_id: one}


def test_nobody_is_asked_by_nobody(made: Set) -> None:
    with pytest.raises(MissingSecret, match="contact"):
        hydrate(made.release, made.folder, Manners())


def test_the_command_says_how_to_name_oneself(made: Set) -> None:
    """C9: by an option, for there need be no plan."""
    ran = here("hydrate", made.release, "--to", made.folder, cwd=made.folder.parent)
    assert (ran.code, "--contact" in ran.err) == (5, True)
    assert not made.server.asked


def test_who_named_oneself_is_told_of_the_key_that_is_refused(
    made: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B16."""

    def refused(*_: Any, **__: Any) -> NoReturn:
        raise MissingSecret("flickr: the server does not accept the key in FLICKR_KEY")

    monkeypatch.setattr("affekt.cli.hydration.hydrate", refused)
    words = ("hydrate", made.release, "--to", made.folder, "--contact", "other@example.org")
    ran = here(*words, cwd=made.folder.parent)
    assert ran.code == 5
    assert "FLICKR_KEY" in ran.err
    assert "--contact" not in ran.err


def test_every_reason_leads_to_a_known_end() -> None:
    assert set(OF_REASON.values()) < set(MEANINGS)


def test_the_command_fills_and_ends_with_one_where_some_may_still_come(made: Set) -> None:
    """R71, R72, C7, C9."""
    plan = made.folder.parent / "plan.toml"
    plan.write_text(
        '[fetch]\ncontact = "test@example.org"\nallowed_networks = ["127.0.0.0/8"]\ntries = 1\n'
        '[collect]\nsources = [{ kind = "generated" }]\n[sample]\nper_emotion = 1\n'
        '[verify]\ncrowd = { kind = "simulated" }\n[decide]\nrule = "majority"\n'
        '[release]\nname = "x"\n'
    )
    words = ("hydrate", made.release, "--plan", plan, "--to", made.folder)
    ran = here(*words, "--dry-run", cwd=plan.parent)
    assert (ran.code, made.server.asked.total()) == (0, 0)
    assert "would fetch 7 pictures of 1 host," in ran.out
    ran = here(*words, cwd=plan.parent)
    assert ran.code == 1
    assert re.search(r"^all +all +8 +1 +1 +0 +3 +1 +1 +1 +2 +25.0$", ran.out, re.MULTILINE)
    assert "\nrefused: opted-out 1 (each in outcomes.csv)\n" in ran.out
    assert "Report n = 2 of 8 pictures" in ran.out
    made.world.sends["/broken"] = 410
    ran = here(*words, "--json", "--contact", "other@example.org", cwd=plan.parent)
    assert (ran.code, ran.document["outcomes"]["gone"]) == (0, 2)


def loaded(made: Set, **settings: Any) -> dict[str, Any]:
    root = {"root": Place(written=str(made.release))}
    return {one.name: one.read for one in Release(**root, **settings).load()}


def test_a_benchmark_takes_what_was_fetched_and_counts_what_is_missing(made: Set) -> None:
    """R71: what only looks the same, on request alone."""
    made.fill(same=True)
    there = Place(written=str(made.folder))
    assert len(loaded(made)) == 1
    found = loaded(made, hydrated=there)
    assert len(found) == 8
    assert found[made.ids["/exact"]] == jpeg(0)
    missing = [one for one in found.values() if isinstance(one, Path)]
    assert len(missing) == 6
    assert not any(path.exists() for path in missing)
    near = loaded(made, hydrated=there, same=True)[made.ids["/same"]]
    assert near.read_bytes() == copy_of(1)


def test_a_benchmark_notices_what_was_fetched_since(made: Set) -> None:
    made.fill()
    part = Release(root=Place(written=str(made.release)), hydrated=Place(written=str(made.folder)))
    before = part.witness()
    assert before == part.witness() != Release(root=part.root).witness()
    made.world.sends["/broken"] = jpeg(6)
    made.fill()
    assert part.witness() != before


def test_a_fetched_picture_that_was_changed_is_refused(made: Set) -> None:
    made.fill()
    (made.folder / "pictures" / f"{made.ids['/exact']}.jpg").write_bytes(jpeg(5))
    with pytest.raises(Damaged, match="is not the picture that its name says"):
        loaded(made, hydrated=Place(written=str(made.folder)))
    with pytest.raises(UsageError, match="holds no hydrated pictures"):
        loaded(made, hydrated=Place(written=str(made.release)))


def test_a_release_that_ships_nothing_says_what_to_do(made: Set) -> None:
    """R2: nobody shall take an empty set for one."""
    bare = Project(made.folder.parent / "bare", [Original(jpeg(1), url=f"{made.server.base}/a")])
    files = bare.release(mode="links").files
    assert files is not None
    with pytest.raises(UsageError, match=r"ships none of its 1 pictures.*affekt hydrate"):
        list(Release(root=Place(written=str(files))).load())


@pytest.mark.parametrize(
    "values",
    [
        {"image_id": "../../.bashrc"},
        {"image_id": "AB" * 32},
        {"original_sha256": "x"},
        {"phash": "12"},
        {"shipped": None},
    ],
)
def test_a_hostile_release_never_names_a_file(values: dict[str, Any], made: Set) -> None:
    """B06, B64: right checksums make no id of what is none; nothing is asked or written."""
    change(made.release, LINKS, lambda rows: rows[0].update(values))
    with pytest.raises(Damaged, match="ids or hashes that are none"):
        made.fill()
    assert not made.server.asked
    assert not made.folder.exists()


@pytest.mark.parametrize("url", [None, "file:///etc/passwd", "http://10.0.0.1/a", "gopher://x/y"])
def test_a_link_that_may_not_be_followed_is_refused(url: str | None, made: Set) -> None:
    """B27, B29: without a packet, and all other pictures go on."""
    change(made.release, LINKS, lambda rows: rows[0].update(source_url=url))
    receipt = made.fill()
    assert receipt.outcomes["refused"] == (2 if first_of(made) != "/out" else 1)
    assert sum(receipt.outcomes.values()) == 7


def first_of(made: Set) -> str:
    """Give the path of the first link of the file that is changed."""
    (name, *_) = pq.read_table(made.release / LINKS)["image_id"].to_pylist()
    return next(path for path, one in made.ids.items() if one == name)


@pytest.mark.parametrize(
    ("source", "robots"), [("links-2", True), ("elsewhere", True), ("folder", False)]
)
def test_where_links_came_from_people_robots_are_obeyed(
    source: str, robots: bool, made: Set
) -> None:
    """R71: as in a build, by the source; one that is unknown may be either."""
    for path in made.release.glob("links/*"):
        name = path.relative_to(made.release).as_posix()
        change(made.release, name, lambda rows: [row.update(source=source) for row in rows])
    assert {one.robots for one in named_in(made.release).wanted()} == {robots}
