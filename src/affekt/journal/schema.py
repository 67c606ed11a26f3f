"""The tables of a crowd's database: one schema, on SQLite and on PostgreSQL.

A *campaign* is one way of asking; an *item* is one picture with one question in it; a *slot* is one
place for one worker's vote on an item; an *assignment* is one worker doing one batch of slots.
Times are whole microseconds since 1970 in UTC, money is decimal text, settings are canonical JSON.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

# SQLite numbers rows of this type only by itself.
KEY = BigInteger().with_variant(Integer, "sqlite")
METADATA = MetaData()
HELD = ("leased", "voted")  # states in which a slot is somebody's


def one_of(name: str, *words: str, nullable: bool = False) -> tuple[Column[str], CheckConstraint]:
    """Give a column that holds one of some words, and the check that sees to it."""
    listed = ", ".join(f"'{word}'" for word in words)
    check = CheckConstraint(f"{name} IN ({listed})", name=f"{name}_is_known")
    return Column(name, Text, nullable=nullable), check


campaigns = Table(
    "campaigns",
    METADATA,
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False, unique=True),  # digest of the way of asking
    *one_of("state", "draft", "open", "paused", "closing", "closed", "archived"),
    Column("policy", Text, nullable=False),
    Column("settings", Text, nullable=False),
    Column("opened", BigInteger, nullable=False),  # highest `slots.opened` that was given
    Column("made_at", BigInteger, nullable=False),
)

items = Table(
    "items",
    METADATA,
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("campaign", ForeignKey("campaigns.id"), nullable=False),
    Column("question_id", Text, nullable=False),
    Column("image_id", Text, nullable=False),
    Column("emotion", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("group_id", Text),
    Column("truth", Text),
    Column("source", Text),
    Column("source_id", Text),
    Column("gold", Boolean),  # the known answer of a gold item; null: nobody knows
    Column(
        "apart", Text, nullable=False
    ),  # no worker holds two slots of one campaign that share it
    Column("votes", Integer, nullable=False),  # workers whose votes are counted
    Column("yes", Integer, nullable=False),
    Column("no", Integer, nullable=False),
    Column("log_odds", Float, nullable=False),
    Column("most", Integer),  # votes it may have where an owner raised it; null: the policy's
    Column("skips", Integer, nullable=False),
    *one_of("state", "waiting", "active", "decided", "withdrawn"),
    Column("verdict", Integer),  # 1 keep, 0 drop, -1 undecided; null before that
    UniqueConstraint("campaign", "question_id"),
    CheckConstraint("votes >= 0 AND yes >= 0 AND no >= 0", name="counts_are_not_negative"),
    Index("items_gold", "campaign", postgresql_where=text("gold IS NOT NULL"),
          sqlite_where=text("gold IS NOT NULL")),
)  # fmt: skip

workers = Table(
    "workers",
    METADATA,
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("pseudonym", Text, nullable=False, unique=True),
    Column("token", Text, unique=True),  # SHA-256 of the secret in the person's link
    Column("provider", Text, nullable=False),
    *one_of(
        "state",
        "new",
        "consented",
        "testing",
        "qualified",
        "failed",
        "active",
        "resting",
        "suspended",
        "closed",
    ),
    Column("settings", Text, nullable=False),  # language, classes opted into, keys
    Column("made_at", BigInteger, nullable=False),
)

enrolments = Table(
    "enrolments",
    METADATA,
    Column("campaign", ForeignKey("campaigns.id"), primary_key=True),
    Column("worker", ForeignKey("workers.id"), primary_key=True),
    # Nothing that was opened up to here is left for this worker.
    Column("nothing_before", BigInteger, nullable=False),
    # Answers on gold and settled items: YES and NO where the emotion was felt, and was not.
    *(
        Column(name, Integer, nullable=False)
        for name in ("felt_yes", "felt_no", "unfelt_yes", "unfelt_no")
    ),
)

identities = Table(
    "identities",
    METADATA,
    Column("worker", ForeignKey("workers.id"), primary_key=True),
    Column("provider", Text, nullable=False),
    Column("sealed", Text, nullable=False),  # encrypted with a key outside the database
    Column("digest", Text, nullable=False),  # keyed hash, to find a person again
    UniqueConstraint("provider", "digest"),
)

assignments = Table(
    "assignments",
    METADATA,
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("campaign", ForeignKey("campaigns.id"), nullable=False),
    Column("worker", ForeignKey("workers.id"), nullable=False),
    Column("token", Text, nullable=False, unique=True),  # what stands in the worker's addresses
    *one_of(
        "state", "offered", "started", "submitted", "approved", "rejected", "returned", "expired"
    ),
    Column("started_at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("submitted_at", BigInteger),
    Column("size", Integer, nullable=False),
    Index("assignments_of_worker", "worker", "state"),
    Index("assignments_started", "until", postgresql_where=text("state = 'started'"),
          sqlite_where=text("state = 'started'")),
)  # fmt: skip

slots = Table(
    "slots",
    METADATA,
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("campaign", ForeignKey("campaigns.id"), nullable=False),
    Column("item", ForeignKey("items.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("rank", BigInteger, nullable=False),  # place in the random order of the campaign
    Column("emotion", Text, nullable=False),
    Column("apart", Text, nullable=False),
    Column("opened", BigInteger, nullable=False),  # when it became open, as a count
    *one_of("state", "open", "leased", "voted", "cancelled"),
    Column("worker", ForeignKey("workers.id")),
    Column("assignment", ForeignKey("assignments.id")),
    UniqueConstraint("item", "number"),
    CheckConstraint(
        "(state IN ('leased', 'voted')) = (worker IS NOT NULL)", name="held_by_somebody"
    ),
    Index("slots_open", "campaign", "rank", postgresql_where=text("state = 'open'"),
          sqlite_where=text("state = 'open'")),
    Index("slots_opened", "campaign", "opened", postgresql_where=text("state = 'open'"),
          sqlite_where=text("state = 'open'")),
    Index("slots_held_once", "campaign", "apart", "worker", unique=True,
          postgresql_where=text("state IN ('leased', 'voted')"),
          sqlite_where=text("state IN ('leased', 'voted')")),
    Index("slots_of_assignment", "assignment"),
)  # fmt: skip

cards = Table(
    "cards",  # what a batch holds, kept when a slot has gone to somebody else
    METADATA,
    Column("assignment", ForeignKey("assignments.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("token", Text, nullable=False, unique=True),  # names it to its worker
    Column("item", ForeignKey("items.id"), nullable=False),
    Column("slot", ForeignKey("slots.id"), nullable=False),
)

votes = Table(
    "votes",
    METADATA,
    Column("seq", KEY, primary_key=True, autoincrement=True),  # the order in which they came
    Column("campaign", ForeignKey("campaigns.id"), nullable=False),
    Column("item", ForeignKey("items.id"), nullable=False),
    Column("worker", ForeignKey("workers.id"), nullable=False),
    Column("assignment", ForeignKey("assignments.id")),
    Column("slot", ForeignKey("slots.id")),
    Column("emotion", Text, nullable=False),
    Column("felt", Boolean, nullable=False),
    Column("seconds", Float),
    *one_of("state", "draft", "counted", "late", "excluded"),
    Column("weight", Float, nullable=False),  # what it added to the log-odds when it was counted
    Column("key", Text),  # made by the browser before the first try
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("item", "worker", "emotion"),
    UniqueConstraint("key", "emotion"),
    Index("votes_of_worker", "worker", "seq"),
    Index("votes_of_assignment", "assignment"),
    Index("votes_of_campaign", "campaign", "seq"),
    sqlite_autoincrement=True,
)

revisions = Table(
    "revisions",
    METADATA,
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("vote", ForeignKey("votes.seq"), nullable=False),
    Column("felt", Boolean, nullable=False),  # what was said before
    Column("key", Text),
    Column("at", BigInteger, nullable=False),
    Index("revisions_of_vote", "vote"),
    Index("revisions_by_key", "key"),
)

passes = Table(
    "passes",  # answers that are no votes
    METADATA,
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("item", ForeignKey("items.id"), nullable=False),
    Column("worker", ForeignKey("workers.id"), nullable=False),
    Column("assignment", ForeignKey("assignments.id")),
    *one_of("kind", "skip", "broken"),
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("item", "worker"),
    Index("passes_of_assignment", "assignment"),
)

reveals = Table(
    "reveals",  # where pictures are covered first: each time that somebody uncovered one
    METADATA,
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("assignment", ForeignKey("assignments.id"), nullable=False),
    Column("item", ForeignKey("items.id"), nullable=False),
    Column("key", Text, nullable=False, unique=True),  # made by the browser before the first try
    Column("answer", Text),  # key of the answer that followed; null where none did
    Column("at", BigInteger, nullable=False),
    Index("reveals_of_card", "assignment", "item"),
)

decisions = Table(
    "decisions",
    METADATA,
    Column("id", KEY, primary_key=True, autoincrement=True),
    Column("item", ForeignKey("items.id"), nullable=False),
    Column("policy", Text, nullable=False),
    Column("counted", Text, nullable=False),  # JSON: the votes by `seq`, with what each weighed
    Column("start", Float, nullable=False),  # log-odds before the first vote
    Column("posterior", Float),
    Column("verdict", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("decisions_of_item", "item"),
)
