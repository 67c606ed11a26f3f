"""Who workers are elsewhere: sealed, found again, told to nobody, erased."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from affekt.campaign import audit, consent, identities, keys, messages, money, workers
from affekt.campaign.books import verify_books
from affekt.campaign.identities import Identity
from affekt.campaign.live import Live, open_campaign
from affekt.campaign.places import open_waiting
from affekt.errors import Damaged, MachineError, NotTaken
from affekt.journal import blanked
from affekt.journal.clock import Clock
from affekt.journal.database import Database
from tests.campaign.conftest import Opened
from tests.campaign.crowd import WAY, ask
from tests.campaign.deeds import do_batch
from tests.campaign.people import PAID, consenting, invited, rows, together

ANN = Identity("prolific", "5f3c-ann@example.org")
KEY = bytes(range(32))


def everything(live: Live) -> str:
    return "".join(str(rows(live, f"SELECT * FROM {one}")) for one in (
        "workers", "identities", "audit", "messages", "votes", "payments",
    ))  # fmt: skip


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """C70."""
    key = keys.project_key(tmp_path / "campaign")
    assert keys.project_key(tmp_path / "campaign") == key
    assert len(key) == 32
    assert (tmp_path / "campaign" / keys.FILE).stat().st_mode & 0o777 == 0o600
    assert [one.name for one in (tmp_path / "campaign").iterdir()] == [keys.FILE]


def test_two_processes_agree_on_one_key(tmp_path: Path) -> None:
    found: list[bytes] = []
    together(8, lambda: found.append(keys.project_key(tmp_path)))
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """C70."""
    keys.project_key(tmp_path)
    (tmp_path / keys.FILE).chmod(0o644)
    with pytest.raises(MachineError, match="chmod 600"):
        keys.project_key(tmp_path)


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    keys.project_key(tmp_path)
    (tmp_path / keys.FILE).write_bytes(b"short")
    with pytest.raises(Damaged, match="has 5 bytes"):
        keys.project_key(tmp_path)


@given(words=st.text(st.characters(exclude_categories=["Cs"])))
@settings(max_examples=30)
def test_what_is_sealed_comes_back_by_its_key_alone(words: str) -> None:
    """C70."""
    sealed = keys.seal(KEY, words)
    assert keys.unseal(KEY, sealed) == words
    assert sealed != keys.seal(KEY, words)
    with pytest.raises(Damaged, match="another key"):
        keys.unseal(bytes(32), sealed)


def test_a_person_is_found_again_and_stands_nowhere_in_clear(live: Live) -> None:
    """C70, I13."""
    worker = invited(live)
    identities.remember(live, worker, ANN, KEY)
    identities.remember(live, worker, ANN, KEY)
    assert identities.find(live, ANN, KEY) == worker
    assert identities.reveal(live, worker, KEY) == ANN
    assert identities.find(live, Identity("amt", ANN.name), KEY) is None
    assert identities.find(live, ANN, bytes(32)) is None
    assert ANN.name not in everything(live)


def test_one_person_is_one_worker(live: Live) -> None:
    """I2."""
    first, second = invited(live), invited(live)
    identities.remember(live, first, ANN, KEY)
    with pytest.raises(NotTaken) as refusal:
        identities.remember(live, second, ANN, KEY)
    with pytest.raises(NotTaken, match="somebody else"):
        identities.remember(live, first, Identity("prolific", "bob"), KEY)
    assert refusal.value.reason == "conflict"


def test_a_person_gets_all_that_is_kept(opened: Opened) -> None:
    """C70."""
    live = opened(asking=PAID)
    ask(live, 2)
    open_waiting(live)
    worker = consenting(live)
    identities.remember(live, worker, ANN, KEY)
    do_batch(live, worker)
    messages.complain(live, worker, "عمر 😀")
    found = identities.access(live, worker, KEY)
    assert found["identity"] == {"provider": "prolific", "name": ANN.name}
    assert len(found["votes"]) == 2
    assert found["messages"][0]["text"] == "عمر 😀"
    assert found["payments"][0]["amount"] == "1.00"
    assert json.loads(json.dumps(found)) == found
    assert identities.access(live, worker)["identity"] is None


def test_what_others_said_and_gold_are_nobodys_to_see(opened: Opened) -> None:
    """C11, I13."""
    live = opened(asking=PAID)
    ask(live, 2)
    open_waiting(live)
    people = [consenting(live), consenting(live)]
    [do_batch(live, one) for one in people]
    found = identities.access(live, people[0], KEY)
    assert len(found["votes"]) == 2
    assert {"yes", "no", "gold", "weight"}.isdisjoint(found["votes"][0])


def test_somebody_erased_leaves_votes_and_pay_under_a_name_that_leads_nowhere(
    opened: Opened,
) -> None:
    """C70, I11."""
    live = opened(asking=PAID)
    ask(live, 2)
    open_waiting(live)
    [made] = workers.invite(live, 1, "prolific")
    worker = workers.by_secret(live, made.secret).id
    identities.remember(live, worker, ANN, KEY)
    words = consent.text_of(live)
    consent.agree(live, worker, words.version, words.sha256)
    workers.set_preference(live, worker, "opted_in", live.emotions)
    do_batch(live, worker)
    messages.complain(live, worker, "my name is Ann Smith")
    with pytest.raises(NotTaken, match="still to be paid") as refusal:
        identities.erase(live, worker, "owner", "asked to")
    assert refusal.value.reason == "owed"
    ids = [line.id for line in money.lines(live)]
    money.request(live, ids, "owner")
    money.paid(live, ids, "owner")
    identities.erase(live, worker, "owner", "asked to")
    identities.erase(live, worker, "owner", "asked to")
    assert identities.reveal(live, worker, KEY) is None
    assert "Ann Smith" not in everything(live)
    with pytest.raises(NotTaken, match="this link is not known"):
        workers.by_secret(live, made.secret)
    assert money.totals(live).paid == 1
    assert rows(live, "SELECT count(*) FROM votes WHERE state = 'counted'") == [(2,)]
    assert audit.rows(live)["action"].to_list().count("erase") == 1
    assert verify_books(live.database) == []


def test_no_byte_of_somebody_erased_stays_in_the_file_or_its_log(tmp_path: Path) -> None:
    """C70, while another process reads the database."""
    place = tmp_path / "votes.db"
    live = open_campaign(place, WAY, clock=Clock())
    with closing(live.database), closing(Database(place)):
        worker = consenting(live)
        identities.remember(live, worker, ANN, KEY)
        [(sealed,)] = rows(live, "SELECT sealed FROM identities")
        messages.complain(live, worker, "my name is Ann Smith")
        workers.set_preference(live, worker, "keys", {"yes": "a key of Ann"})
        known = [one.encode() for one in (sealed, "Ann Smith", "a key of Ann")]
        assert all(one in every_byte(tmp_path) for one in known)
        identities.erase(live, worker, "owner", "asked to")
        assert not [one for one in known if one in every_byte(tmp_path)]


def test_bytes_that_stay_while_somebody_reads_are_told_and_go_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C70."""
    monkeypatch.setattr(blanked, "BUSY_SECONDS", 0.05)
    place = tmp_path / "votes.db"
    live = open_campaign(place, WAY, clock=Clock())
    with closing(live.database), closing(sqlite3.connect(place, isolation_level=None)) as reader:
        worker = consenting(live)
        workers.set_preference(live, worker, "keys", {"yes": "a key of Ann"})
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM workers").fetchone()
        with pytest.raises(MachineError, match=r"still stands in its log, 'votes\.db-wal'; run"):
            identities.erase(live, worker, "owner", "asked to")
        assert b"a key of Ann" in every_byte(tmp_path)
        reader.execute("ROLLBACK")
        identities.erase(live, worker, "owner", "asked to")
        assert b"a key of Ann" not in every_byte(tmp_path)


def every_byte(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("votes.db*"))


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(min_size=1))
def test_any_name_can_be_sealed(live: Live, name: str) -> None:
    """Emoji, right-to-left words, NUL."""
    worker = invited(live)
    person = Identity(f"provider {worker}", name)
    identities.remember(live, worker, person, KEY)
    assert identities.find(live, person, KEY) == worker
