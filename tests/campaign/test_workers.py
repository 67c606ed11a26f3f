"""People: found by a secret, known by a pseudonym, given work only when they may have it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from affekt.campaign import audit, facts, workers
from affekt.campaign.live import Live
from affekt.errors import NotTaken, UsageError
from tests.campaign.conftest import Opened
from tests.campaign.crowd import HOUR, wait
from tests.campaign.people import FREE, agree, consenting, invited, rows, run

STATES = ("new", "consented", "testing", "qualified", "failed", "active", "resting", "suspended",
          "closed")  # fmt: skip


def refused(live: Live, worker: int, *, finishing: bool = False) -> str | None:
    def job(to: object) -> str | None:
        try:
            workers.check_may_work(to, live, worker, finishing=finishing)  # type: ignore[arg-type]
        except NotTaken as refusal:
            return refusal.reason
        return None

    return live.database.write(job)


def test_a_secret_finds_its_person_and_is_stored_nowhere(live: Live) -> None:
    """C65."""
    ann, bob = workers.invite(live, 2)
    assert workers.by_secret(live, ann.secret).pseudonym == ann.pseudonym
    assert workers.by_pseudonym(live, bob.pseudonym).state == "new"
    assert ann.secret not in str(rows(live, "SELECT * FROM workers"))
    assert len(ann.secret) >= 22


def test_pseudonyms_do_not_follow_each_other(live: Live) -> None:
    """C65."""
    made = [one.pseudonym for one in workers.invite(live, 50)]
    assert made != sorted(made)
    assert len(set(made)) == 50


@pytest.mark.parametrize("way", ["unknown", "ended", "revoked", "closed"])
def test_links_that_lead_nowhere_look_alike(live: Live, way: str) -> None:
    """C65."""
    [made] = workers.invite(live, 1, until=live.now() + HOUR)
    person = workers.by_secret(live, made.secret)
    deeds = {
        "unknown": lambda: None,
        "ended": lambda: wait(live, 2 * HOUR),
        "revoked": lambda: workers.revoke(live, person.id, "ann", "lost"),
        "closed": lambda: run(live, "UPDATE workers SET state = 'closed'"),
    }
    deeds[way]()
    secret = {"unknown": "😀 nobody's"}.get(way, made.secret)
    with pytest.raises(NotTaken, match="this link is not known") as refusal:
        workers.by_secret(live, secret)
    assert refusal.value.reason == "unknown"
    assert str(refusal.value) == workers.STRANGER


def test_inviting_and_taking_a_link_back_are_on_record(live: Live) -> None:
    """I11."""
    made = workers.invite(live, 2, actor="ann")
    person = workers.by_secret(live, made[0].secret)
    workers.revoke(live, person.id, "ann", "sent to a wrong address")
    workers.revoke(live, person.id, "ann", "again")
    done = audit.rows(live)
    assert done["action"].to_list() == ["take link back", "invite"]
    assert done["why"].to_list() == ["sent to a wrong address", ""]
    assert all(one.pseudonym in done["after"][1] for one in made)
    assert not [one for one in made if one.secret in str(done.to_dicts())]
    with pytest.raises(NotTaken, match="for a reason"):
        workers.revoke(live, person.id, "ann", " ")


def test_preferences_are_kept_beside_each_other(live: Live) -> None:
    worker = invited(live)
    workers.set_preference(live, worker, "language", "ar")
    workers.set_preference(live, worker, "opted_in", ["fear", "anger"])
    workers.set_preference(live, worker, "keys", {"yes": "ن", "no": "😀"})
    [(name,)] = rows(live, "SELECT pseudonym FROM workers")
    assert workers.by_pseudonym(live, name).settings == {
        "language": "ar", "opted_in": ["anger", "fear"], "keys": {"yes": "ن", "no": "😀"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [("language", 7), ("language", "x" * 99), ("opted_in", ["joy"]), ("colour", "red"),
     ("keys", "y"), ("keys", {str(at): "k" for at in range(999)})],
)  # fmt: skip
def test_a_preference_that_is_none_is_told(live: Live, name: str, value: object) -> None:
    worker = invited(live)
    with pytest.raises(UsageError, match="allowed are language"):
        workers.set_preference(live, worker, name, value)


def test_somebody_new_must_agree_and_pass_before_working(live: Live) -> None:
    """I9."""
    worker = invited(live)
    assert refused(live, worker) == "unconsented"
    agree(live, worker)
    assert refused(live, worker) == "unqualified"


def test_somebody_who_rests_gets_nothing_new_and_may_hand_in(opened: Opened) -> None:
    """I9."""
    live = opened(asking=FREE)
    worker = consenting(live)
    workers.rest(live, worker)
    assert (refused(live, worker), refused(live, worker, finishing=True)) == ("resting", None)
    workers.wake(live, worker)
    assert refused(live, worker) is None


def test_waking_lifts_no_suspension(live: Live) -> None:
    """I9."""
    worker = invited(live)
    run(live, "UPDATE workers SET state = 'suspended'")
    workers.rest(live, worker)
    workers.wake(live, worker)
    assert refused(live, worker) == "suspended"


def test_the_state_follows_what_is_so(opened: Opened) -> None:
    live = opened(asking=FREE)
    worker = consenting(live)
    assert rows(live, "SELECT state FROM workers") == [("consented",)]
    assert live.database.write(lambda to: facts.refresh(to, live, worker)) == "consented"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    state=st.sampled_from(STATES),
    has_agreed=st.booleans(),
    attempt=st.sampled_from([None, "started", "passed", "failed", "timed out"]),
)
def test_only_who_agreed_passed_and_is_in_good_standing_may_work(
    live: Live, state: str, has_agreed: bool, attempt: str | None
) -> None:
    """I9: for every worker that a database can hold."""
    worker = consenting(live) if has_agreed else invited(live)
    run(live, "UPDATE workers SET state = :state WHERE id = :worker", state=state, worker=worker)
    run(
        live,
        """INSERT INTO tests (campaign, version, settings, is_frozen, made_at)
        VALUES (:campaign, 1, '{}', TRUE, 0) ON CONFLICT DO NOTHING""",
        campaign=live.number,
    )
    run(
        live,
        """INSERT INTO attempts (test, worker, nth, token, state, started_at)
        SELECT id, :worker, 1, :token, :attempt, 0 FROM tests WHERE :attempt <> 'none'""",
        worker=worker,
        token=f"token {worker}",
        attempt=attempt or "none",
    )
    may_work = (
        has_agreed and attempt == "passed" and state not in ("resting", "suspended", "closed")
    )
    assert (refused(live, worker) is None) == may_work


def test_a_standing_begins_at_nothing(live: Live) -> None:
    """C61."""
    worker = invited(live)
    assert tuple(workers.standing(live, worker)) == (False, False, "new", 0, 0, 0, 0, 0, 0, 0)
