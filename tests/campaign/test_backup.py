"""Copies: one moment of a campaign in one file, that is whole or refused, for either database."""

import json
import zipfile
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import text

from affekt.campaign import audit, backup, board, exam, messages, money
from affekt.campaign.books import verify_books
from affekt.campaign.live import Live, open_campaign
from affekt.campaign.places import open_waiting
from affekt.errors import Damaged, NewerFormat, Refused, UsageError
from affekt.journal.clock import Clock
from affekt.journal.database import Database
from affekt.journal.people import consents
from tests.campaign.conftest import Opened
from tests.campaign.crowd import WAY, ask
from tests.campaign.deeds import do_batch
from tests.campaign.people import PAID, consenting, rows


@pytest.fixture
def filled(opened: Opened) -> Live:
    """A campaign in which somebody did something of everything."""
    live = opened(asking=PAID)
    ask(live, 4)
    open_waiting(live)
    exam.make_test(live, [(f"art-{at}", live.emotions[at % 8]) for at in range(20)])
    worker = consenting(live)
    exam.start(live, worker)
    [do_batch(live, one) for one in (worker, consenting(live), consenting(live))]
    messages.complain(live, worker, "عمر wrote 😀 \n twice")
    return live


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """An empty database for a copy."""
    if request.param == "sqlite":
        return tmp_path / "elsewhere.db"
    url: str = request.getfixturevalue("postgresql_url")
    return url


def rewritten(path: Path, name: str, content: bytes) -> None:
    """Replace one entry of an archive."""
    with zipfile.ZipFile(path) as file:
        entries = {one: file.read(one) for one in file.namelist()}
    with zipfile.ZipFile(path, "w") as file:
        for one, held in {**entries, name: content}.items():
            file.writestr(one, held)


def test_an_archive_restores_to_either_database(
    filled: Live, elsewhere: Path | str, tmp_path: Path
) -> None:
    """C27."""
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    backup.archive(filled, first)
    backup.restore(first, elsewhere)
    copy = open_campaign(elsewhere, WAY._replace(asking=PAID), clock=Clock())
    with closing(copy.database):
        assert verify_books(copy.database) == []
        assert board.board(copy) == board.board(filled)
        backup.archive(copy, second)
    assert second.read_bytes() == first.read_bytes()


def test_work_goes_on_in_a_copy(filled: Live, elsewhere: Path | str, tmp_path: Path) -> None:
    """C27: new rows are numbered behind those that came."""
    backup.archive(filled, tmp_path / "copy.zip")
    backup.restore(tmp_path / "copy.zip", elsewhere)
    copy = open_campaign(elsewhere, WAY._replace(asking=PAID), clock=Clock())
    with closing(copy.database):
        ask(copy, 4, first=4)
        open_waiting(copy)
        [do_batch(copy, consenting(copy)) for _ in range(3)]
        assert money.totals(copy).due == 6
        assert verify_books(copy.database) == []


def test_an_empty_campaign_can_be_archived(live: Live, tmp_path: Path) -> None:
    manifest = backup.archive(live, tmp_path / "copy.zip")
    assert manifest.tables["votes"]["rows"] == 0
    assert backup.read_manifest(tmp_path / "copy.zip") == manifest


def test_an_archive_is_its_owners_alone_and_holds_no_sign_in(filled: Live, tmp_path: Path) -> None:
    """C69."""
    path = tmp_path / "copy.zip"
    backup.archive(filled, path)
    assert path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(path) as file:
        assert {"admins.jsonl", "passes_in.jsonl"}.isdisjoint(file.namelist())
        assert len(file.namelist()) == len(consents.metadata.tables) - 2 + 1


def test_nothing_is_restored_over_a_campaign(filled: Live, tmp_path: Path) -> None:
    backup.archive(filled, tmp_path / "copy.zip")
    with pytest.raises(Refused, match="restore to an empty database"):
        backup.restore(tmp_path / "copy.zip", filled.database.place)
    assert verify_books(filled.database) == []


@pytest.mark.parametrize("name", ["votes.jsonl", "audit.jsonl", "items.jsonl"])
def test_a_changed_table_is_refused(live: Live, tmp_path: Path, name: str) -> None:
    path = tmp_path / "copy.zip"
    backup.archive(live, path)
    rewritten(path, name, b'{"id":1}\n')
    with pytest.raises(Damaged, match="is not as it was written"):
        backup.restore(path, tmp_path / "new.db")


@pytest.mark.parametrize("content", [b"", b"PK", b"[]", b"no archive \xf0\x9f\x98\x80"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "copy.zip"
    path.write_bytes(content)
    with pytest.raises(Damaged, match="not a whole archive"):
        backup.read_manifest(path)


@pytest.mark.parametrize("manifest", [b"{}", b"[]", b"7", b"no json"])
def test_a_manifest_that_is_none_is_refused(live: Live, tmp_path: Path, manifest: bytes) -> None:
    path = tmp_path / "copy.zip"
    backup.archive(live, path)
    rewritten(path, "manifest.json", manifest)
    with pytest.raises(Damaged, match="not a whole archive"):
        backup.read_manifest(path)


def test_a_newer_archive_is_refused(live: Live, tmp_path: Path) -> None:
    path = tmp_path / "copy.zip"
    backup.archive(live, path)
    with zipfile.ZipFile(path) as file:
        manifest = file.read("manifest.json")
    rewritten(path, "manifest.json", manifest.replace(b"campaign-1", b"campaign-2"))
    with pytest.raises(NewerFormat, match="update affekt"):
        backup.restore(path, tmp_path / "new.db")


def test_an_archive_of_an_earlier_format_restores(
    filled: Live, elsewhere: Path | str, tmp_path: Path
) -> None:
    """C27, D6: a table that it does not know is empty."""
    path = tmp_path / "copy.zip"
    manifest = backup.archive(filled, path)
    tables = {name: told for name, told in manifest.tables.items() if name != "reveals"}
    earlier = manifest._replace(revision="0001", tables=tables)
    rewritten(path, "manifest.json", json.dumps(earlier._asdict()).encode())
    backup.restore(path, elsewhere)
    with closing(open_campaign(elsewhere, WAY._replace(asking=PAID)).database) as database:
        assert verify_books(database) == []


def test_an_archive_with_a_cut_audit_is_refused(filled: Live, tmp_path: Path) -> None:
    """I11: the tables fit their checksums, the chain does not fit its head."""
    path = tmp_path / "copy.zip"
    manifest = backup.archive(filled, path)
    with zipfile.ZipFile(path) as file:
        told = file.read("manifest.json")
    rewritten(path, "manifest.json", told.replace(manifest.audit_head.encode(), b"0" * 64))
    with pytest.raises(Damaged, match="audit"):
        backup.restore(path, tmp_path / "new.db")
    with closing(Database(tmp_path / "new.db")) as database, database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM votes")).scalar() == 0


def test_an_archive_made_while_people_answer_is_one_moment(filled: Live, tmp_path: Path) -> None:
    """C27; section 15: export during writing."""
    stop = Event()

    def write() -> None:
        while not stop.is_set():
            money.bonus(filled, 1, PAID.pay.per_batch, "good", "ann", f"k{filled.now()}")

    thread = Thread(target=write)
    thread.start()
    manifest = backup.archive(filled, tmp_path / "copy.zip")
    stop.set()
    thread.join()
    told = manifest.tables
    backup.restore(tmp_path / "copy.zip", tmp_path / "new.db")
    with closing(Database(tmp_path / "new.db")) as database:
        assert verify_books(database) == []
        with database.read() as connection:
            notes = connection.execute(
                text("SELECT count(*) FROM audit WHERE action = 'give a bonus'")
            ).scalar()
    assert told["payments"]["rows"] == 3 + int(notes or 0)


def test_a_file_is_copied_while_it_is_open(opened: Opened, place: Path | str) -> None:
    """C27: only a file; a server has backups of its own."""
    live = opened()
    live.database.write(lambda to: audit.note(to, live, "a", "b", "c", "d", None, None))
    if isinstance(place, Path):
        with closing(Database(backup.back_up(live))) as copy, copy.read() as connection:
            assert audit.head(connection)
        return
    with pytest.raises(UsageError, match="pg_dump"):
        backup.back_up(live)


def test_rows_of_a_copy_are_those_of_the_original(filled: Live, tmp_path: Path) -> None:
    backup.archive(filled, tmp_path / "copy.zip")
    backup.restore(tmp_path / "copy.zip", tmp_path / "new.db")
    copy = open_campaign(tmp_path / "new.db", WAY._replace(asking=PAID), clock=Clock())
    with closing(copy.database):
        find = "SELECT text FROM messages"
        assert rows(copy, find) == rows(filled, find) == [("عمر wrote 😀 \n twice",)]
