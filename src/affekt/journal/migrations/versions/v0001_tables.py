"""All tables; what an earlier database of votes holds is carried over."""

from pathlib import Path

from alembic import op
from sqlalchemy import inspect, text

revision = "0001"
down_revision = None

EARLIER = ("votes", "closings", "questions")
CARRY = (
    """INSERT INTO campaigns (name, state, policy, settings, opened, made_at)
        SELECT DISTINCT campaign, 'open', '', '{}', 0, 0 FROM earlier_questions
        ORDER BY campaign""",
    """INSERT INTO workers (pseudonym, provider, state, settings, made_at)
        SELECT DISTINCT worker, 'file', 'active', '{}', 0 FROM earlier_votes ORDER BY worker""",
    """INSERT INTO items (campaign, question_id, image_id, emotion, role, group_id, truth, source,
            source_id, apart, votes, yes, no, log_odds, skips, state)
        SELECT c.id, q.question_id, q.image_id, q.emotion, q.role, q.group_id, q.truth, q.source,
            q.source_id, q.question_id,
            (SELECT count(DISTINCT v.worker) FROM earlier_votes v
                WHERE v.campaign = q.campaign AND v.question_id = q.question_id),
            (SELECT count(*) FROM earlier_votes v WHERE v.campaign = q.campaign
                AND v.question_id = q.question_id AND v.felt),
            (SELECT count(*) FROM earlier_votes v WHERE v.campaign = q.campaign
                AND v.question_id = q.question_id AND NOT v.felt),
            0, 0,
            CASE WHEN EXISTS (SELECT 1 FROM earlier_closings k WHERE k.campaign = q.campaign
                AND k.question_id = q.question_id) THEN 'decided' ELSE 'active' END
        FROM earlier_questions q JOIN campaigns c ON c.name = q.campaign
        ORDER BY q.campaign, q.question_id""",
    """INSERT INTO votes (campaign, item, worker, emotion, felt, seconds, state, weight, at)
        SELECT c.id, i.id, w.id, v.emotion, v.felt, v.seconds, 'counted', 0, 0
        FROM earlier_votes v JOIN campaigns c ON c.name = v.campaign
        JOIN items i ON i.campaign = c.id AND i.question_id = v.question_id
        JOIN workers w ON w.pseudonym = v.worker ORDER BY v.number""",
)
COMPLETE = (
    "CREATE TABLE IF NOT EXISTS closings (campaign TEXT, question_id TEXT)",
    "ALTER TABLE questions ADD COLUMN source TEXT",
    "ALTER TABLE questions ADD COLUMN source_id TEXT",
)


def upgrade() -> None:
    """Make the tables; where the earlier ones are, move their rows."""
    connection = op.get_bind()
    is_earlier = "questions" in inspect(connection).get_table_names()
    if is_earlier:
        _set_aside()
    path = Path(__file__).with_name(f"v0001.{connection.dialect.name}.sql")
    for statement in path.read_text(encoding="utf-8").split("\n;;\n"):
        connection.exec_driver_sql(statement)
    if is_earlier:
        for statement in CARRY:
            connection.execute(text(statement))
        for name in EARLIER:
            connection.exec_driver_sql(f"DROP TABLE earlier_{name}")
        connection.exec_driver_sql("DROP TABLE migrations")
        connection.exec_driver_sql("PRAGMA user_version = 0")


def _set_aside() -> None:
    """Rename the earlier tables, after giving the oldest of them the columns of the last."""
    connection = op.get_bind()
    has = {column["name"] for column in inspect(connection).get_columns("questions")}
    for statement in COMPLETE[: 1 if "source" in has else None]:
        connection.exec_driver_sql(statement)
    for table in ("questions", "votes"):
        for what in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{what}")
    for name in EARLIER:
        connection.exec_driver_sql(f"ALTER TABLE {name} RENAME TO earlier_{name}")
