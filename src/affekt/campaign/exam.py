"""A person's way through the qualification test; nothing here tells which answers are right (C5).

An attempt belongs to its person and its clock: a reload or a second window goes on with it.
"""

import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

import polars as pl
from sqlalchemy import Connection, text

from affekt.campaign import facts, wording
from affekt.campaign.audit import plain
from affekt.campaign.forms import Version, draw, make_test, newest, version_of
from affekt.campaign.ledger import earn_test
from affekt.campaign.live import Live
from affekt.errors import NotTaken
from affekt.journal.clock import MICROSECONDS

__all__ = ["Form", "Question", "Verdict", "answer", "frames", "make_test", "start", "submit",
           "sweep_tests"]  # fmt: skip

TOKEN_BYTES = 16
ATTEMPT = """SELECT a.id, a.test, a.worker, a.nth, a.token, a.state, a.score, a.until,
        a.submitted_at, t.version, t.settings
    FROM attempts a JOIN tests t ON t.id = a.test WHERE t.campaign = :campaign"""
OF_WORKER = text(f"{ATTEMPT} AND a.worker = :worker ORDER BY a.id DESC")
BY_TOKEN = f"{ATTEMPT} AND a.worker = :worker AND a.token = :token"
OVERDUE = text(f"{ATTEMPT} AND a.state = 'started' AND a.until < :now ORDER BY a.id LIMIT 1")
PSEUDONYM = text("SELECT pseudonym FROM workers WHERE id = :worker")
BEGIN = text(
    """INSERT INTO attempts (test, worker, nth, token, state, started_at, until)
    VALUES (:test, :worker, :nth, :token, 'started', :now, :until) RETURNING id"""
)
ASK = text(
    """INSERT INTO attempt_questions (attempt, position, image_id, token)
    VALUES (:attempt, :position, :image_id, :token)"""
)
QUESTIONS = text(
    """SELECT token, position, image_id, answer FROM attempt_questions WHERE attempt = :attempt
    ORDER BY position"""
)
QUESTION = text(
    """SELECT a.id, a.state, a.until, t.settings, t.version, q.position, q.answer
    FROM attempt_questions q JOIN attempts a ON a.id = q.attempt JOIN tests t ON t.id = a.test
    WHERE q.token = :token AND a.worker = :worker AND t.campaign = :campaign"""
)
LOCK = text("SELECT id FROM attempts WHERE id = :attempt FOR UPDATE")
ANSWER = text(
    """UPDATE attempt_questions SET answer = :emotion, at = :now
    WHERE attempt = :attempt AND position = :position"""
)
# A picture that had to be forgotten since has no name and no key: any answer to it is right.
COUNT = text(
    """SELECT count(q.answer) AS answered,
        COALESCE(sum(CASE WHEN q.answer = p.emotion OR (q.image_id = '' AND q.answer <> '')
            THEN 1 ELSE 0 END), 0) AS score
    FROM attempt_questions q JOIN attempts a ON a.id = q.attempt
    LEFT JOIN test_pictures p ON p.test = a.test AND p.image_id = q.image_id
    WHERE q.attempt = :attempt"""
)
END = text(
    """UPDATE attempts SET state = :state, score = :score, submitted_at = :now
    WHERE id = :attempt AND state = 'started'"""
)
SHOWN = text(
    """SELECT t.version, a.token, a.state, q.image_id, p.emotion, q.answer
    FROM attempt_questions q JOIN attempts a ON a.id = q.attempt JOIN tests t ON t.id = a.test
    JOIN test_pictures p ON p.test = a.test AND p.image_id = q.image_id
    WHERE t.campaign = :campaign AND a.state IN ('passed', 'failed', 'timed out')
    ORDER BY a.id, q.position"""
)
FRAME = dict.fromkeys(("attempt", "image_id", "truth", "answer"), pl.String)
STRANGER = "there is no such test among yours; begin it anew"


class Question(NamedTuple):
    """One picture of a form; ``answer`` is what this person has said so far."""

    token: str
    position: int  # from 1
    image_id: str
    answer: str | None


class Form(NamedTuple):
    """One attempt."""

    token: str
    until: int | None  # microseconds since 1970, UTC; None: no limit
    questions: tuple[Question, ...]
    choices: tuple[str, ...]


class Verdict(NamedTuple):
    """How an attempt ended; the score only where the plan says that it is shown."""

    passed: bool
    score: int | None


def start(live: Live, worker: int) -> Form:
    """Begin the test, or go on with the attempt that was begun.

    Raises:
        NotTaken: ``unconsented``, ``suspended`` or ``closed``; ``passed`` already; ``no attempts``
            left; ``too soon`` for another; ``no pictures`` left.
    """
    form = live.database.write(lambda to: _start(to, live, worker))
    if isinstance(form, NotTaken):  # what ended with it stays ended
        raise form
    return form


def answer(live: Live, worker: int, question: str, emotion: str) -> None:
    """Keep an answer; the same again changes nothing, and another is refused: the first stays.

    So neither a retry that comes late nor a second window overwrites what was said.

    Args:
        live: The campaign.
        worker: Who answers.
        question: Its token.
        emotion: One of the choices.

    Raises:
        NotTaken: ``unknown`` question, ``no choice``, ``conflict`` with the answer that is there,
            or ``over``: handed in, or out of time.
    """
    live.database.write(lambda to: _answer(to, live, worker, question, emotion))


def submit(live: Live, worker: int, form: str) -> Verdict:
    """Hand an attempt in; what was left open is wrong. Again it gives the same verdict.

    Raises:
        NotTaken: ``unknown`` form.
    """
    return live.database.write(lambda to: _submit(to, live, worker, form))


def sweep_tests(live: Live) -> int:
    """Hand in, as it is, every attempt whose time is over; give how many there were."""
    done = 0
    while live.database.write(lambda to: _sweep_one(to, live)):
        done += 1
    return done


def frames(live: Live) -> dict[int, pl.DataFrame]:
    """Give, for each version, one row a picture that was shown in an attempt that has ended.

    Columns are ``attempt``, ``image_id``, ``truth`` and ``answer`` (null: none).
    """
    with live.database.read() as connection:
        rows = connection.execute(SHOWN, {"campaign": live.number}).all()
    found: dict[int, list[Any]] = {}
    for row in rows:
        shown = (row.token[:12], row.image_id, row.emotion, row.answer)
        found.setdefault(int(row.version), []).append(shown)
    return {
        version: pl.DataFrame(shown, schema=FRAME, orient="row")
        for version, shown in sorted(found.items())
    }


def _start(to: Connection, live: Live, worker: int) -> Form | NotTaken:
    state = facts.lock_worker(to, worker)  # two windows of one person
    if state in ("suspended", "closed"):
        raise NotTaken(state, f"you are {state}: there is no test for you")
    if not wording.is_current(to, live, worker):
        raise NotTaken("unconsented", "read what this is about and agree to it first")
    attempts = to.execute(OF_WORKER, {"campaign": live.number, "worker": worker}).all()
    if attempts and attempts[0].state == "started":
        if not _is_over(live, attempts[0]):
            return _form(to, attempts[0])
        _end(to, live, attempts[0])
        attempts = to.execute(OF_WORKER, {"campaign": live.number, "worker": worker}).all()
    version = newest(to, live)
    refusal = _refusal(live, version, attempts)
    return refusal or _begin(to, live, version, worker, len(attempts) + 1)


def _refusal(live: Live, version: Version, attempts: Sequence[Any]) -> NotTaken | None:
    if any(one.state == "passed" for one in attempts):
        return NotTaken("passed", "you have passed the test; go on to the pictures")
    if len(attempts) >= version.settings.max_attempts:
        return NotTaken("no attempts", "you have taken the test as often as it may be taken")
    if attempts:
        wait = round(version.settings.retry_hours * 3600 * MICROSECONDS)
        if live.now() < attempts[0].submitted_at + wait:
            hours = version.settings.retry_hours
            return NotTaken("too soon", f"you may take the test again {hours:g} h after the last")
    return None


def _begin(to: Connection, live: Live, version: Version, worker: int, nth: int) -> Form | NotTaken:
    pseudonym = to.execute(PSEUDONYM, {"worker": worker}).scalar_one()
    try:
        images = draw(to, live, version, worker, f"test {version.version} {pseudonym} {nth}")
    except NotTaken as refusal:
        return refusal
    minutes = version.settings.time_limit_minutes
    now = live.now()
    attempt = {
        "test": version.id,
        "worker": worker,
        "nth": nth,
        "token": secrets.token_urlsafe(TOKEN_BYTES),
        "now": now,
        "until": None if minutes is None else now + round(minutes * 60 * MICROSECONDS),
    }
    number = to.execute(BEGIN, attempt).scalar_one()
    rows = [
        {
            "attempt": number,
            "position": position,
            "image_id": image,
            "token": secrets.token_urlsafe(TOKEN_BYTES),
        }
        for position, image in enumerate(images, start=1)
    ]
    to.execute(ASK, rows)
    facts.refresh(to, live, worker)
    names = {"campaign": live.number, "worker": worker, "token": attempt["token"]}
    return _form(to, to.execute(text(BY_TOKEN), names).one())


def _form(to: Connection, attempt: Any) -> Form:
    rows = to.execute(QUESTIONS, {"attempt": attempt.id})
    questions = tuple(Question(row.token, row.position, row.image_id, row.answer) for row in rows)
    return Form(attempt.token, attempt.until, questions, version_of(attempt).choices)


def _answer(to: Connection, live: Live, worker: int, question: str, emotion: str) -> None:
    names = {"token": plain(question), "worker": worker, "campaign": live.number}
    found = to.execute(QUESTION, names).first()
    if found is None:
        raise NotTaken("unknown", STRANGER)
    if to.dialect.name == "postgresql":  # it may be handed in at this moment
        to.execute(LOCK, {"attempt": found.id})
        found = to.execute(QUESTION, names).one()
    choices = version_of(found).choices
    if emotion not in choices:
        raise NotTaken("no choice", f"choose one of {', '.join(choices)}")
    if found.answer == emotion:
        return
    if found.state != "started" or _is_over(live, found):
        raise NotTaken("over", "this test has ended; what you had answered by then counts")
    if found.answer is not None:
        raise NotTaken("conflict", "this picture has been answered already; that stays")
    row = {"attempt": found.id, "position": found.position, "emotion": emotion}
    to.execute(ANSWER, {**row, "now": live.now()})


def _submit(to: Connection, live: Live, worker: int, form: str) -> Verdict:
    facts.lock_worker(to, worker)
    names = {"campaign": live.number, "worker": worker, "token": form}
    wait = " FOR UPDATE OF a" if to.dialect.name == "postgresql" else ""
    found = to.execute(text(BY_TOKEN + wait), names).first()
    if found is None:
        raise NotTaken("unknown", STRANGER)
    if found.state == "started":
        _end(to, live, found)
        found = to.execute(text(BY_TOKEN), names).one()
    shows = version_of(found).settings.show_score
    return Verdict(found.state == "passed", found.score if shows else None)


def _sweep_one(to: Connection, live: Live) -> bool:
    found = to.execute(OVERDUE, {"campaign": live.number, "now": live.now()}).first()
    if found is not None:
        facts.lock_worker(to, found.worker)
        _end(to, live, found)
    return found is not None


def _is_over(live: Live, attempt: Any) -> bool:
    return attempt.until is not None and live.now() > attempt.until


def _end(to: Connection, live: Live, attempt: Any) -> None:
    """Judge what is there, once, and pay for a test of which anything was answered."""
    answered, score = to.execute(COUNT, {"attempt": attempt.id}).one()
    settings = version_of(attempt).settings
    is_late = _is_over(live, attempt)
    state = "passed" if score >= settings.pass_at else "timed out" if is_late else "failed"
    names = {"attempt": attempt.id, "state": state, "score": int(score), "now": live.now()}
    if not to.execute(END, names).rowcount:
        return
    if answered:
        earn_test(to, live, attempt.worker, attempt.id)
    facts.refresh(to, live, attempt.worker)
