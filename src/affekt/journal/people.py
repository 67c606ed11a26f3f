"""The tables of who answers and who watches: consent, tests, money, audit, sign-in."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from affekt.journal.schema import KEY, one_of
from affekt.journal.schema import METADATA as METADATA

consents = Table(
    "consents",
    METADATA,
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("campaign", ForeignKey("campaigns.id"), nullable=False),
    Column("worker", ForeignKey("workers.id"), nullable=False),
    Column("version", Text, nullable=False),
    Column("text_sha256", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("withdrawn_at", BigInteger),
    Index("consents_of_worker", "worker", "campaign"),
)

tests = Table(
    "tests",
    METADATA,
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("campaign", ForeignKey("campaigns.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("settings", Text, nullable=False),
    Column("is_frozen", Boolean, nullable=False),  # somebody has opened it
    Column("made_at", BigInteger, nullable=False),
    UniqueConstraint("campaign", "version"),
)

test_pictures = Table(
    "test_pictures",
    METADATA,
    Column("test", ForeignKey("tests.id"), primary_key=True),
    Column("image_id", Text, primary_key=True),
    Column("emotion", Text, nullable=False),  # the key
)

attempts = Table(
    "attempts",
    METADATA,
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("test", ForeignKey("tests.id"), nullable=False),
    Column("worker", ForeignKey("workers.id"), nullable=False),
    Column("nth", Integer, nullable=False),
    Column("token", Text, nullable=False, unique=True),
    *one_of("state", "started", "submitted", "passed", "failed", "timed out"),
    Column("score", Integer),
    Column("started_at", BigInteger, nullable=False),
    Column("until", BigInteger),
    Column("submitted_at", BigInteger),
    UniqueConstraint("test", "worker", "nth"),
)

attempt_questions = Table(
    "attempt_questions",
    METADATA,
    Column("attempt", ForeignKey("attempts.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("image_id", Text, nullable=False),
    Column("token", Text, nullable=False, unique=True),
    Column("answer", Text),  # an emotion; null: left open, which counts as wrong
    Column("at", BigInteger),
)

payments = Table(
    "payments",
    METADATA,
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("campaign", ForeignKey("campaigns.id"), nullable=False),
    Column("worker", ForeignKey("workers.id"), nullable=False),
    Column("assignment", ForeignKey("assignments.id")),
    Column("attempt", ForeignKey("attempts.id")),
    *one_of("kind", "batch", "test", "bonus"),
    Column("reason", Text, nullable=False),
    Column("amount", Text, nullable=False),  # decimal, with the digits of the currency
    Column("currency", Text, nullable=False),
    *one_of("state", "due", "requested", "paid", "failed", "voided"),
    Column("key", Text, nullable=False, unique=True),  # the same line under any retry
    Column("at", BigInteger, nullable=False),
    Index("payments_of_worker", "worker", "state"),
    Index("payments_of_assignment", "assignment"),
)

audit = Table(
    "audit",
    METADATA,
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("thing", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("previous", Text, nullable=False),  # hash of the row before
    Column("hash", Text, nullable=False, unique=True),
)

messages = Table(
    "messages",
    METADATA,
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("campaign", ForeignKey("campaigns.id"), nullable=False),
    Column("worker", ForeignKey("workers.id"), nullable=False),
    *one_of("direction", "from worker", "to worker"),
    Column("text", Text, nullable=False),
    Column("is_read", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("messages_of_worker", "worker"),
)

admins = Table(
    "admins",
    METADATA,
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False, unique=True),
    *one_of("role", "owner", "manager", "reviewer", "viewer"),
    Column("password", Text),  # argon2id; null until the one-time link is used
    Column("second_factor", Text),  # sealed, null where none is set
    Column("last_step", BigInteger, nullable=False),  # of the last code taken; 0: none yet
    Column("failures", Integer, nullable=False),
    Column("locked_until", BigInteger, nullable=False),
    Column("made_at", BigInteger, nullable=False),
)

passes_in = Table(
    "passes_in",  # sessions, one-time links and tokens of the API
    METADATA,
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("admin", ForeignKey("admins.id"), nullable=False),
    *one_of("kind", "session", "link", "token"),
    Column("name", Text, nullable=False),
    Column("scope", Text, nullable=False),  # a role no higher than the admin's
    Column("hash", Text, nullable=False, unique=True),
    Column("made_at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)
