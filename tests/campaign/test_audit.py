"""The audit: rows are added, never changed, and a change shows."""

import json
import sqlite3
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from affekt.campaign import audit
from affekt.campaign.changes import note_settings
from affekt.campaign.live import Live
from affekt.campaign.settings import Asking, Pay
from tests.campaign.conftest import Opened
from tests.campaign.people import together

Job = Callable[[Connection], None]
LIFT = {
    "sqlite": ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"),
    "postgresql": ("SET LOCAL session_replication_role = replica",),
}


def noting(live: Live, why: str = "because") -> Job:
    return lambda to: audit.note(to, live, "ann", "suspend", "worker w", why, {"a": 1}, None)


def findings(live: Live, head: str | None = None) -> list[audit.Finding]:
    with live.database.read() as connection:
        return audit.verify(connection, head)


def tamper(live: Live, statement: str) -> None:
    def job(to: Connection) -> None:
        for lift in LIFT[to.dialect.name]:
            to.exec_driver_sql(lift)
        to.execute(text(statement))

    live.database.write(job)


def test_rows_come_back_newest_first_with_who_when_why_before_and_after(live: Live) -> None:
    """I11."""
    live.database.write(noting(live, "first"))
    live.database.write(noting(live, "second"))
    row = audit.rows(live).row(0, named=True)
    assert (row["actor"], row["why"], row["before"], row["after"]) == (
        "ann", "second", '{"a":1}', "null",
    )  # fmt: skip
    assert findings(live) == []


def test_an_empty_audit_is_whole(live: Live) -> None:
    assert findings(live) == []


@pytest.mark.parametrize("column", ["at", "actor", "action", "thing", "why", "before", "after"])
def test_a_changed_row_is_found(live: Live, column: str) -> None:
    """I11."""
    live.database.write(noting(live))
    value = "1" if column == "at" else "'other'"
    tamper(live, f"UPDATE audit SET {column} = {value}")
    assert [one.text for one in findings(live)] == ["was changed after it was written"]


def test_a_row_taken_out_of_the_middle_is_found(live: Live) -> None:
    """I11."""
    live.database.write(noting(live))
    live.database.write(noting(live))
    live.database.write(noting(live))
    tamper(live, "DELETE FROM audit WHERE id = 2")
    assert [one.thing for one in findings(live)] == ["audit row 3"]


def test_rows_cut_off_at_the_end_are_found_by_a_head_kept_elsewhere(live: Live) -> None:
    """I11."""
    live.database.write(noting(live))
    live.database.write(noting(live))
    with live.database.read() as connection:
        head = audit.head(connection)
    tamper(live, "DELETE FROM audit WHERE id = 2")
    assert findings(live) == []
    assert [one.thing for one in findings(live, head)] == ["audit"]


@pytest.mark.parametrize("statement", ["UPDATE audit SET why = ''", "DELETE FROM audit"])
def test_the_database_itself_refuses_to_change_a_row(live: Live, statement: str) -> None:
    """I11."""
    live.database.write(noting(live))
    with pytest.raises((DBAPIError, sqlite3.DatabaseError), match="append-only"):
        live.database.write(lambda to: to.execute(text(statement)) and None)


def test_a_note_is_undone_with_what_it_tells(live: Live) -> None:
    """I11."""

    def job(to: Connection) -> None:
        audit.note(to, live, "ann", "suspend", "worker w", "", None, None)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        live.database.write(job)
    assert audit.rows(live).is_empty()


def test_many_who_note_at_once_make_one_chain(live: Live) -> None:
    """I11."""
    together(8, lambda: live.database.write(noting(live)))
    assert audit.rows(live).height == 8
    assert findings(live) == []


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(why=st.text(), before=st.recursive(st.none() | st.text() | st.integers(), st.lists))
def test_any_words_can_be_noted_and_are_verified(live: Live, why: str, before: object) -> None:
    """I11; emoji, right-to-left words and NUL too."""
    live.database.write(
        lambda to: audit.note(to, live, "عمر", "say 😀", "worker w", why, before, None)
    )
    assert findings(live) == []


def test_other_settings_are_on_record_and_the_same_are_not_told_twice(opened: Opened) -> None:
    """I11: who raised the cap, and from what."""
    for cap in ("10", "10", "99"):
        pay = Pay(per_batch=Decimal("1"), cap=Decimal(cap))
        note_settings(opened(asking=Asking(pay=pay)), "ann")
    told = audit.rows(opened())
    assert told["action"].to_list() == ["set how people are asked"] * 2
    before, after = (json.loads(told[name][0]) for name in ("before", "after"))
    assert (before["pay"]["cap"], after["pay"]["cap"]) == ("10", "99")
