"""How long it is kept who people are: erased when the time is over, once, with votes left."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from affekt.campaign import (
    audit,
    board,
    consent,
    identities,
    messages,
    money,
    staff,
    state,
    workers,
)
from affekt.campaign.books import verify_books
from affekt.campaign.identities import Identity
from affekt.campaign.live import Live, open_campaign
from affekt.campaign.places import open_waiting
from affekt.campaign.retention import ACTION, DAY, Erased, Retention, erase_due, retention
from affekt.errors import NotTaken
from affekt.journal.clock import Clock
from affekt.journal.sqlite_file import back_up
from tests.campaign.conftest import Opened
from tests.campaign.crowd import WAY, ask, wait
from tests.campaign.deeds import do_batch
from tests.campaign.people import FREE, PAID, consenting, invited, rows, together

KEY = bytes(range(32))
SHORT = FREE.model_copy(update={"retention_days": 7})


@pytest.fixture
def live(opened: Opened) -> Live:
    """A campaign of two questions that keeps who people are for a week."""
    campaign = opened(asking=SHORT)
    ask(campaign, 2)
    open_waiting(campaign)
    return campaign


def worked(live: Live, name: str = "ann") -> int:
    """Give somebody who answered, wrote, and is known by name."""
    worker = consenting(live)
    identities.remember(live, worker, Identity("prolific", name), KEY)
    do_batch(live, worker)
    messages.complain(live, worker, f"my name is {name} Smith")
    return worker


def end(live: Live) -> None:
    state.close(live, why="enough", actor="owner")


def kept(live: Live) -> Retention:
    with live.database.read() as connection:
        return retention(connection, live)


def known(live: Live, worker: int) -> bool:
    """Tell whether anything leads from a worker to a person."""
    held = identities.access(live, worker, KEY)
    token = rows(live, "SELECT token FROM workers WHERE id = :id", id=worker)[0][0]
    words = any(one["text"] for one in held["messages"])
    return bool(token or held["identity"] or words or held["person"]["settings"])


def test_nothing_is_erased_before_the_time_is_over(live: Live) -> None:
    """C70."""
    ann = worked(live)
    assert erase_due(live) == Erased(0, 0)
    wait(live, 100 * DAY)
    assert erase_due(live) == Erased(0, 0)
    end(live)
    wait(live, 6 * DAY)
    assert erase_due(live) == Erased(0, 0)
    assert known(live, ann)


def test_votes_stay_under_pseudonyms_when_the_time_is_over(live: Live) -> None:
    """C70, C57."""
    people = [worked(live, name) for name in ("ann", "ben")]
    before = rows(live, "SELECT item, worker, felt, state FROM votes ORDER BY seq")
    end(live)
    wait(live, 7 * DAY)
    assert erase_due(live) == Erased(2, 0)
    assert not any(known(live, one) for one in people)
    assert rows(live, "SELECT item, worker, felt, state FROM votes ORDER BY seq") == before
    assert rows(live, "SELECT count(*) FROM identities") == [(0,)]
    assert verify_books(live.database) == []


def test_erasing_again_changes_nothing_and_the_audit_tells_it_once(live: Live) -> None:
    """C70, I11."""
    worked(live)
    end(live)
    wait(live, 7 * DAY)
    done = [erase_due(live) for _ in range(3)]
    assert done == [Erased(1, 0), Erased(0, 0), Erased(0, 0)]
    actions = audit.rows(live)["action"].to_list()
    assert (actions.count("erase"), actions.count(ACTION)) == (1, 1)
    told = audit.rows(live).row(0, named=True)
    assert (told["actor"], told["thing"]) == ("affekt", f"campaign {live.number}")
    assert told["after"] == '{"owed":0,"people":1}'


def test_several_servers_erase_everybody_once(live: Live) -> None:
    """C70, I11."""
    [worked(live, name) for name in ("ann", "ben", "cem")]
    end(live)
    wait(live, 7 * DAY)
    together(4, lambda: erase_due(live))
    assert audit.rows(live)["action"].to_list().count("erase") == 3
    assert verify_books(live.database) == []


def test_who_is_still_to_be_paid_is_erased_after_that(opened: Opened) -> None:
    """C70, I10."""
    live = opened(asking=PAID.model_copy(update={"retention_days": 0}))
    ask(live, 2)
    open_waiting(live)
    ann = worked(live)
    end(live)
    assert erase_due(live) == Erased(0, 1)
    assert kept(live).people == 1
    ids = [line.id for line in money.lines(live)]
    money.request(live, ids, "owner")
    money.paid(live, ids, "owner")
    assert erase_due(live) == Erased(1, 0)
    assert not known(live, ann)
    assert money.totals(live).paid == 1


def test_who_takes_part_in_a_campaign_that_goes_on_is_kept(opened: Opened, live: Live) -> None:
    """C70: also who was invited and has not come yet."""
    ann, ben = worked(live), worked(live, "ben")
    other = opened(name="another", asking=SHORT)
    words = consent.text_of(other)
    consent.agree(other, ann, words.version, words.sha256)
    eve = invited(live)
    end(live)
    wait(live, 7 * DAY)
    assert erase_due(live) == Erased(1, 0)
    assert [known(live, one) for one in (ann, ben, eve)] == [True, False, True]
    end(other)
    wait(other, 7 * DAY)
    assert erase_due(other) == Erased(2, 0)
    assert not any(known(live, one) for one in (ann, ben, eve))


def test_a_link_leads_nowhere_when_the_time_is_over(live: Live) -> None:
    """C65, C70."""
    [made] = workers.invite(live, 1)
    end(live)
    wait(live, 7 * DAY)
    erase_due(live)
    with pytest.raises(NotTaken, match="not known"):
        workers.by_secret(live, made.secret)


def test_the_board_tells_when_it_is_due(live: Live) -> None:
    """C70."""
    worked(live)
    assert kept(live) == Retention(7, None, None, 1)
    end(live)
    told = board.board(live).retention
    assert told.ended_at is not None
    assert told.due_at == told.ended_at + 7 * DAY
    wait(live, 7 * DAY)
    erase_due(live)
    assert kept(live).people == 0


def test_a_clock_that_is_set_back_keeps_the_time(live: Live) -> None:
    """I12: what was erased stays so, and nothing is due the earlier."""
    worked(live)
    end(live)
    due = kept(live).due_at
    back = open_campaign(live.database.place, WAY._replace(asking=SHORT), clock=Clock())
    with closing(back.database):
        assert kept(back).due_at == due
        assert erase_due(back) == Erased(0, 0)


def test_a_kill_before_the_note_is_made_up_for(live: Live) -> None:
    """I11: the next look notes it."""
    ann = worked(live)
    end(live)
    wait(live, 7 * DAY)
    identities.forget(live, ann, "affekt", "the retention period is over")
    assert erase_due(live) == Erased(1, 0)
    assert audit.rows(live)["action"].to_list().count(ACTION) == 1


def test_no_byte_of_anybody_stays_in_the_file_or_in_copies_beside_it(tmp_path: Path) -> None:
    """C70."""
    live = open_campaign(tmp_path / "votes.db", WAY._replace(asking=SHORT), clock=Clock())
    with closing(live.database):
        ask(live, 2)
        open_waiting(live)
        worked(live, "annabel")
        [(sealed,)] = rows(live, "SELECT sealed FROM identities")
        [back_up(tmp_path / "votes.db", suffix) for suffix in ("", "-before-0002")]
        end(live)
        wait(live, 7 * DAY)
        assert erase_due(live) == Erased(1, 0)
        held = b"".join(one.read_bytes() for one in tmp_path.glob("votes.db*"))
        assert not [one for one in (sealed.encode(), b"annabel Smith") if one in held]
        assert (tmp_path / "votes.db.backup").exists()


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "as soon as the study is closed"), (1, "a day after"), (90, "90 days after the study")],
)
def test_the_consent_says_how_long_it_is_kept(opened: Opened, days: int, said: str) -> None:
    """C57, C70."""
    live = opened(asking=FREE.model_copy(update={"retention_days": days}))
    words = consent.text_of(live).text
    assert f"It is erased {said}" in words
    assert "{" not in words


def test_another_time_is_agreed_to_anew(opened: Opened) -> None:
    """C57."""
    first, second = opened(asking=FREE), opened(asking=SHORT)
    assert consent.text_of(first).sha256 != consent.text_of(second).sha256


def test_sessions_of_the_staff_that_are_over_go_too(live: Live) -> None:
    """C70."""
    staff.invite(live, "owner", "owner", actor="test")
    worked(live)
    end(live)
    wait(live, 7 * DAY)
    erase_due(live)
    with live.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM passes_in")).scalar_one() == 0
