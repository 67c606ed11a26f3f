"""Each time that somebody uncovered a picture has a row."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    connection = op.get_bind()
    path = Path(__file__).with_name(f"v0002.{connection.dialect.name}.sql")
    for statement in path.read_text(encoding="utf-8").split("\n;;\n"):
        connection.exec_driver_sql(statement)
