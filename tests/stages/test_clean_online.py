"""Pictures of the web: fetched once, whatever comes, and never from who does not want it."""

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from PIL import Image

from affekt.errors import AffektError
from affekt.fetch.words import Fetched
from affekt.journal.fetched import COLUMNS, Attempts
from affekt.parts import Place
from affekt.retry import EVERY
from affekt.sources.folder import Folder
from affekt.sources.links import Links
from affekt.stage import Progress
from affekt.stages import _look, _tally, clean
from affekt.stages._piece import Seen, Spool
from affekt.store.rows import rows_sha256
from tests import nasty
from tests.fetch.asking import MANNERS
from tests.servers._wire import Request, Server, whole
from tests.servers.pictures import Host, hosting, picture
from tests.stages.cleaned import found, reasons, run
from tests.stages.online import (
    ONCE,
    QUICK,
    Answers,
    Holding,
    Slow,
    desk,
    links,
    numbered,
    shelf_of,
    stage,
)
from tests.stages.test_clean import Bomb


class Fleeting(Links):
    """Links that expire."""

    is_fleeting = True


@pytest.fixture
def host() -> Iterator[Host]:
    with hosting() as running:
        yield running


def latest(root: Path) -> pl.DataFrame:
    """Give what the journal says last of every link."""
    table = Attempts(root / "journal" / "fetched").table(["source_id", "reason", "round", "status"])
    return table.sort("source_id")


def test_a_picture_of_the_web_lies_on_the_shelf_as_it_came(tmp_path: Path, host: Host) -> None:
    place, paths = desk(tmp_path), numbered(3)
    kept, dropped = run(stage(), place, links(host.base, *paths))
    assert dropped.is_empty()
    by_name = kept.sort("source_id")
    assert [data for _, data in place.shelf.scan(by_name)] == [picture(path) for path in paths]
    assert latest(tmp_path).rows() == [(path, None, 1, 200) for path in paths]


def test_nobody_is_asked_twice_when_the_step_is_made_anew(tmp_path: Path, host: Host) -> None:
    hits = links(host.base, *numbered(5), "/missing/a.jpg")
    first = run(stage(), desk(tmp_path), hits)
    asked = host.server.asked.copy()
    again = run(stage(), desk(tmp_path, "again"), hits)
    assert host.server.asked == asked
    assert again[0].equals(first[0])
    assert reasons(again[1]) == reasons(first[1]) == {"/missing/a.jpg": "gone"}


def test_new_pictures_among_old_ones_are_all_that_is_asked_for(tmp_path: Path, host: Host) -> None:
    paths = numbered(9)
    run(stage(), desk(tmp_path), links(host.base, *paths[1::2]))
    kept, _ = run(stage(min_side_px=50), desk(tmp_path, "more"), links(host.base, *paths))
    assert sorted(kept["source_id"]) == paths
    assert {path: host.asked(path) for path in paths} == dict.fromkeys(paths, 1)


def test_another_limit_of_shape_asks_nobody(tmp_path: Path, host: Host) -> None:
    hits = links(host.base, *numbered(3))
    _, dropped = run(stage(min_side_px=80), desk(tmp_path), hits)
    assert set(reasons(dropped).values()) == {"too-small"}
    kept, _ = run(stage(min_side_px=72), desk(tmp_path, "lower"), hits)
    assert kept.height == 3
    assert host.server.asked.total() == 4  # the robots.txt, too


def once_broken(request: Request) -> bytes:
    fine = whole(picture(request.path), "Content-Type: image/jpeg")
    return whole(b"", status=500) if request.n == 1 else fine


def once_gone(request: Request) -> bytes:
    fine = whole(picture(request.path), "Content-Type: image/jpeg")
    return whole(b"", status=404) if request.n == 1 else fine


def reserved(request: Request) -> bytes:
    said = ("Content-Type: image/jpeg", "X-Robots-Tag: noml")
    return whole(picture(request.path), *said)


@pytest.fixture
def moody() -> Iterator[Server]:
    special = {"broken": once_broken, "gone": once_gone, "reserved": reserved}
    with Server(Answers(special)) as server:
        yield server


def test_what_may_pass_is_asked_again_and_what_is_final_is_not(
    tmp_path: Path, moody: Server
) -> None:
    hits = links(moody.base, "/broken/a.jpg", "/gone/b.jpg", "/ok/c.jpg")
    part = stage(fetch=ONCE)
    _, dropped = run(part, desk(tmp_path), hits)
    assert reasons(dropped) == {"/broken/a.jpg": "server-error", "/gone/b.jpg": "gone"}
    _, dropped = run(part, desk(tmp_path, "anew"), hits)
    assert reasons(dropped) == {"/gone/b.jpg": "gone"}
    assert latest(tmp_path)["round"].to_list() == [2, 1, 1]


def thrice_broken(request: Request) -> bytes:
    fine = whole(picture(request.path), "Content-Type: image/jpeg")
    return whole(b"", status=500) if request.n <= 3 else fine


def test_a_picture_that_came_at_the_fourth_time_is_kept_with_its_attempts(tmp_path: Path) -> None:
    """B25: the journal says how often each server was asked."""
    with Server(Answers({"broken": thrice_broken})) as server:
        hits = links(server.base, "/broken/a.jpg", "/ok/b.jpg")
        patient = QUICK.model_copy(update={"tries": 4, "pause_seconds": 0.01})
        kept, _ = run(stage(fetch=patient), desk(tmp_path), hits)
    journal = Attempts(tmp_path / "journal" / "fetched").table(["source_id", "attempts"])
    assert kept.height == 2
    assert journal.sort("source_id").rows() == [("/broken/a.jpg", 4), ("/ok/b.jpg", 1)]


def private(_: Request) -> bytes:
    return whole(b"this picture is private", status=403)


def test_a_picture_that_became_private_stays_out_and_is_asked_for_once(tmp_path: Path) -> None:
    """B36."""
    with Server(Answers({"mine": private})) as server:
        hits = links(server.base, "/mine/a.jpg", "/ok/b.jpg")
        for name in ("first", "again"):
            _, dropped = run(stage(), desk(tmp_path, name), hits)
        asked = server.asked["/mine/a.jpg"]
    assert reasons(dropped) == {"/mine/a.jpg": "denied"}
    assert asked == 1


def test_what_is_final_is_asked_again_when_told_to(tmp_path: Path, moody: Server) -> None:
    hits = links(moody.base, "/gone/b.jpg", "/ok/c.jpg")
    run(stage(), desk(tmp_path), hits)
    kept, _ = run(stage(), desk(tmp_path, "again", again=EVERY), hits)
    assert kept.height == 2
    assert moody.asked["/ok/c.jpg"] == 1


def test_an_opt_out_is_kept_and_looked_for_again_when_the_words_change(
    tmp_path: Path, moody: Server
) -> None:
    """B36: pictures fetched without regard to a word are asked for again under it."""
    hits = links(moody.base, "/reserved/a.jpg", "/ok/b.jpg")
    _, dropped = run(stage(opt_outs=("noai",)), desk(tmp_path), hits)
    assert dropped.is_empty()
    _, dropped = run(stage(), desk(tmp_path, "stricter"), hits)
    assert reasons(dropped) == {"/reserved/a.jpg": "opted-out"}
    asked = moody.asked.copy()
    run(stage(opt_outs=("noai", "noml")), desk(tmp_path, "narrower"), hits)
    assert moody.asked["/ok/b.jpg"] == asked["/ok/b.jpg"]


def test_what_the_plan_does_not_want_is_not_asked_for(tmp_path: Path, host: Host) -> None:
    """B36."""
    rows: list[dict[str, object]] = [
        {"source_id": "a", "licence": "all-rights-reserved"},
        {"source_id": "b", "licence": "cc0", "owner": "Ann"},
        {"source_id": "c", "licence": "cc0", "emotion": "awe", "tags": ["fear"]},
        {"source_id": "d", "licence": "cc0", "url": None},
    ]
    hits = found(*({"source": "links", "url": f"{host.base}/{at}", **row} for at, row in
                   enumerate(rows)))  # fmt: skip
    part = stage(licences=("cc0",), without_owners=("Ann",))
    _, dropped = run(part, desk(tmp_path), hits)
    wanted = {"a": "licence", "b": "opted-out", "c": "two-emotions", "d": "gone"}
    assert reasons(dropped) == wanted
    assert host.server.asked.total() == 0


def test_every_row_ends_in_exactly_one_reason(tmp_path: Path, host: Host) -> None:
    given = {"/ok/text.jpg": b"<html>", "/ok/cut.jpg": nasty.jpeg()[:-20]}
    with hosting(given) as other:
        hits = links(other.base, "/ok/a.jpg", *given, "/missing/x.jpg")
        _, dropped = run(stage(), desk(tmp_path), hits)
    assert reasons(dropped) == {
        "/ok/text.jpg": "not-a-picture",
        "/ok/cut.jpg": "truncated",
        "/missing/x.jpg": "gone",
    }
    assert latest(tmp_path)["reason"].to_list() == ["gone", None, "truncated", "not-a-picture"]


def test_bytes_on_the_shelf_do_not_depend_on_the_order_of_answers(
    tmp_path: Path, host: Host
) -> None:
    """D3."""
    paths = numbered(12)
    for name in ("calm", "slow"):
        (tmp_path / name).mkdir()
    run(stage(), desk(tmp_path / "calm"), links(host.base, *paths))
    part = stage(fetch=QUICK.model_copy(update={"at_once": 12}))
    with Server(Slow(12)) as slow:
        run(part, desk(tmp_path / "slow"), links(slow.base, *paths))
    assert shelf_of(tmp_path / "slow") == shelf_of(tmp_path / "calm") != {}


HELD = ["/held/a.jpg", *numbered(14, "later")]  # in the order of their chunks


def cut_small(monkeypatch: pytest.MonkeyPatch, pieces: int = 1) -> None:
    """Let a piece have five pictures, and a chunk a few pieces."""
    for module in (clean, _look):
        monkeypatch.setattr(module, "PER_SHARD", 5)
    monkeypatch.setattr(clean, "PIECES", pieces)


def test_links_of_the_next_chunk_are_asked_while_one_of_the_first_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_small(monkeypatch)
    paths = ["/held/a.jpg", *numbered(4, "kept"), *numbered(1, "later")]
    with Server(Holding()) as server:
        kept, dropped = run(stage(fetch=ONCE), desk(tmp_path), links(server.base, *paths))
    assert dropped.is_empty()
    assert sorted(kept["source_id"]) == paths


def test_a_chunk_stands_while_an_earlier_one_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B11: a kill then costs the pieces that wait, and not those behind them."""
    cut_small(monkeypatch)
    place = desk(tmp_path)
    work = _look.Look(place, stage()._setup(place, 1))
    named = links("http://127.0.0.1:1", *HELD).select(*clean.KEY, "url", keeps_bytes=False)
    whole = stage()._with_held(named, pl.DataFrame(schema=COLUMNS), None)
    waiting = [(str(at), part) for at, part in enumerate(whole.iter_slices(5))]
    at_hand = _look._AtHand(work, Spool(tmp_path / "spool"))
    rows = [one for one in at_hand.open_rows(waiting) if one is not None]
    gone = Fetched("", None, "gone", None)
    for number, row in rows[1:]:
        at_hand.take(number, Seen(row, gone))
    assert list(at_hand.finished()) == ["1", "2"]
    assert [work.is_done(name) for name in "012"] == [False, True, True]


def test_links_are_asked_for_only_while_few_pieces_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D8: what is here for pieces that wait is bounded."""
    cut_small(monkeypatch)
    monkeypatch.setattr(_look, "AT_HAND", 2)
    monkeypatch.setattr("affekt.fetch.run.BATCH", 5)
    most = 0
    whole = _look._AtHand.take

    def counted(self: Any, number: int, seen: Any) -> None:
        nonlocal most
        most = max(most, len(self._pieces))
        whole(self, number, seen)

    monkeypatch.setattr(_look._AtHand, "take", counted)
    with hosting() as host:
        kept, _ = run(stage(), desk(tmp_path), links(host.base, *numbered(100)))
    assert kept.height == 100
    assert most < 10  # two, and what lies with the decoders


@pytest.mark.slow
@pytest.mark.parametrize("pieces", [2, 5])
def test_chunks_of_another_size_give_the_same_rows_and_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pieces: int, host: Host
) -> None:
    """D3."""
    results = []
    for many in (1, pieces):
        cut_small(monkeypatch, many)
        root = tmp_path / str(many)
        root.mkdir()
        kept, dropped = run(stage(), desk(root), links(host.base, *numbered(33), "/missing/a.jpg"))
        results.append((rows_sha256(kept), rows_sha256(dropped), shelf_of(root)))
    assert results[0] == results[1]


def test_progress_never_goes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_small(monkeypatch)
    monkeypatch.setattr(_tally, "STEP", 1)
    told: list[Progress] = []
    with Server(Holding()) as server:
        run(stage(), desk(tmp_path, watch=told.append), links(server.base, *HELD))
    counts = [one.done for one in told]
    assert counts == sorted(counts)
    assert counts[-1] == len(HELD)


def test_several_processes_get_large_chunks_where_there_is_much_to_do() -> None:
    assert [clean._pieces(n_rows, 2) for n_rows in (900, 80_000, 10_000_000)] == [1, 10, 32]


def test_links_that_expire_are_fetched_first(tmp_path: Path, host: Host) -> None:
    table = Place(written="links.csv")
    sources = (Links(path=table, unlabelled=True), Fleeting(path=table, unlabelled=True))
    rows = [
        {"source": source.kind(), "source_id": f"{at}", "url": f"{host.base}/{source.kind()}/{at}"}
        for source in sources
        for at in range(4)
    ]
    part = stage(sources=sources, fetch=QUICK.model_copy(update={"at_once": 1}))
    run(part, desk(tmp_path), found(*rows))
    order = [target.split("/")[1] for _, _, target in host.server.log if "robots" not in target]
    assert order == [Fleeting.kind()] * 4 + ["links"] * 4


def test_folders_and_links_go_together(tmp_path: Path, host: Host) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.png").write_bytes(nasty.png())
    here = Folder(root=Place(written=str(tmp_path / "raw")), unlabelled=True)
    rows = [
        {"source": "folder", "source_id": "a.png"},
        {"source": "links", "source_id": "b", "url": f"{host.base}/ok/b.jpg"},
    ]
    kept, _ = run(stage(sources=(here, *stage().sources)), desk(tmp_path), found(*rows))
    assert kept["source"].sort().to_list() == ["folder", "links"]
    assert latest(tmp_path)["source_id"].to_list() == ["b"]


def sizes(kept: pl.DataFrame) -> list[tuple[str, int, int, str]]:
    return kept.select("source_id", "width_px", "height_px", "format").sort("source_id").rows()


def test_a_smaller_copy_is_stored_where_the_licence_allows_one(tmp_path: Path) -> None:
    big, small = nasty.png(nasty.painting(400, 200)), nasty.png(nasty.painting(100, 80))
    given = {"/ok/a.png": big, "/ok/b.png": big, "/ok/c.png": small}
    with hosting(given) as host:
        hits = links(host.base, *given).with_columns(
            licence=pl.Series(["cc-by-4.0", "cc-by-nd-2.0", None])
        )
        place = desk(tmp_path)
        kept, _ = run(stage(store_side_px=200), place, hits)
    assert sizes(kept) == [
        ("/ok/a.png", 200, 100, "JPEG"),
        ("/ok/b.png", 400, 200, "PNG"),
        ("/ok/c.png", 100, 80, "PNG"),
    ]
    for image_id, data in place.shelf.scan(kept):
        assert hashlib.sha256(data).hexdigest() == image_id
    assert {data for _, data in place.shelf.scan(kept)} >= {big, small}
    near = {int(one).bit_count() for one in kept["phash"][0] ^ kept["phash"][1:2]}
    assert max(near) <= 4


def test_shape_is_that_of_the_picture_as_it_came(tmp_path: Path) -> None:
    given = {"/ok/a.png": nasty.png(nasty.painting(900, 120))}
    with hosting(given) as host:
        kept, _ = run(stage(store_side_px=90), desk(tmp_path), links(host.base, *given))
    assert sizes(kept) == [("/ok/a.png", 90, 12, "JPEG")]


def test_stored_copies_are_fetched_again_when_more_is_wanted(tmp_path: Path) -> None:
    given = {"/ok/a.png": nasty.png(nasty.painting(400, 200)), "/ok/b.png": nasty.png()}
    with hosting(given) as host:
        hits = links(host.base, *given)
        for name, side in (("small", 200), ("same", 200), ("whole", None), ("again", 200)):
            kept, _ = run(stage(store_side_px=side), desk(tmp_path, name), hits)
        assert sizes(kept)[0][1] == 200
        assert (host.asked("/ok/a.png"), host.asked("/ok/b.png")) == (3, 1)


def test_a_stored_copy_holds_pixels_and_nothing_else(tmp_path: Path) -> None:
    """B65."""
    data = nasty.turned(6, nasty.painting(300, 200))
    with hosting({"/ok/a.jpg": data}) as host:
        place = desk(tmp_path)
        kept, _ = run(stage(store_side_px=100), place, links(host.base, "/ok/a.jpg"))
    ((_, stored),) = place.shelf.scan(kept)
    with Image.open(BytesIO(stored)) as copy:
        assert copy.size == (67, 100)
        assert not dict(copy.getexif())
        assert "icc_profile" not in copy.info


def test_a_known_placeholder_is_no_picture(tmp_path: Path, host: Host) -> None:
    """B34."""
    known = hashlib.sha256(picture("/ok/gone.jpg")).hexdigest()
    hits = links(host.base, "/ok/gone.jpg", "/ok/other.jpg")
    _, dropped = run(stage(placeholders=(known,)), desk(tmp_path), hits)
    assert reasons(dropped) == {"/ok/gone.jpg": "placeholder"}
    assert known in dropped["detail"].item()


def test_one_content_under_many_links_is_a_placeholder_under_each(tmp_path: Path) -> None:
    """B34: also under the first of them, before anybody could know."""
    same = {path: picture("/same.jpg") for path in numbered(51, "x")}
    with hosting(same) as host:
        hits = links(host.base, *same, "/ok/a.jpg")
        kept, dropped = run(stage(), desk(tmp_path), hits)
    assert kept["source_id"].to_list() == ["/ok/a.jpg"]
    assert reasons(dropped) == dict.fromkeys(same, "placeholder")


def test_one_content_under_few_links_is_a_picture(tmp_path: Path) -> None:
    same = {path: picture("/same.jpg") for path in numbered(50, "x")}
    with hosting(same) as host:
        kept, _ = run(stage(), desk(tmp_path), links(host.base, *same))
    assert kept.height == 50


def test_fifty_dead_links_and_nothing_else_stop_the_line(tmp_path: Path, host: Host) -> None:
    """D5: and the other links are not asked for."""
    hits = links(host.base, *(f"/missing/{at:04d}.jpg" for at in range(2_000)))
    with pytest.raises(AffektError, match="first 50 pictures failed with 'gone'"):
        run(stage(), desk(tmp_path), hits)
    assert host.server.asked.total() < 1_000


def test_progress_tells_reasons_and_sources(tmp_path: Path, host: Host) -> None:
    told: list[Progress] = []
    hits = links(host.base, *numbered(3), "/missing/a.jpg")
    run(stage(), desk(tmp_path, watch=told.append), hits)
    tallies = {"reasons": {"gone": 1}, "sources": {"links": 4}}
    assert told[-1] == Progress("clean", 4, 4, 1, tallies)


@pytest.mark.slow
# Daft leaves the pipes of the processes in which it runs functions to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed file <_io:ResourceWarning")
def test_several_processes_give_the_same_rows_and_bytes(tmp_path: Path, host: Host) -> None:
    """D3."""
    hits = links(host.base, *numbered(30), "/missing/a.jpg")
    results = {}
    for processes in (1, 2):
        root = tmp_path / str(processes)
        root.mkdir()
        part = stage(processes=processes, fetch=MANNERS)
        kept, dropped = run(part, desk(root), hits)
        results[processes] = (rows_sha256(kept), rows_sha256(dropped), shelf_of(root))
    assert results[1] == results[2]


KILLED = """
import sys
from pathlib import Path
from tests.stages.test_clean_online import interrupted
interrupted(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
"""


def interrupted(root: Path, base: str, where: str, moment: int) -> None:
    """Run the stage in pieces of 5 and chunks of 10, and die at a moment."""
    for module in (clean, _look):
        vars(module)["PER_SHARD"] = 5
    vars(clean)["PIECES"], vars(_tally)["STEP"] = 2, 1
    bomb = Bomb(moment)
    place = desk(root, watch=bomb) if where == "watch" else desk(root)
    owner: object = {"append": Attempts, "_write": _look.Look}.get(where)
    if owner is not None:
        setattr(owner, where, bomb.before(getattr(owner, where)))
    kept, dropped = run(stage(), place, links(base, *numbered(24), "/missing/x.jpg"))
    sys.stdout.write(f"{rows_sha256(kept)} {rows_sha256(dropped)}\n")


def run_apart(root: Path, base: str, where: str, moment: int) -> subprocess.CompletedProcess[str]:
    root.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(root), base, where, str(moment)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": "."},
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "moment"), [("watch", 3), ("watch", 13), ("append", 2), ("_write", 0), ("_write", 4)]
)
def test_a_killed_crawl_ends_with_the_same_rows_and_bytes(
    tmp_path: Path, host: Host, where: str, moment: int
) -> None:
    """B11, D3: what was safe in the journal is not asked for again."""
    calm = run_apart(tmp_path / "calm", host.base, "never", 0)
    asked = host.server.asked.copy()
    assert run_apart(tmp_path / "killed", host.base, where, moment).returncode == -signal.SIGKILL
    again = run_apart(tmp_path / "killed", host.base, "never", 0)
    assert again.stdout == calm.stdout != ""
    assert shelf_of(tmp_path / "killed") == shelf_of(tmp_path / "calm")
    most = max(host.server.asked[path] - asked[path] for path in numbered(24))
    assert most <= 2
