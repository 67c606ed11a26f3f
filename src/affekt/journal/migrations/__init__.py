"""The steps that bring a crowd's database up to date, run by Alembic, oldest first."""

from pathlib import Path

from sqlalchemy import Connection

# Every one there is; a database that names another is newer than we are.
REVISIONS = ("0001", "0002")
MADE = {"reveals": "0002"}  # table → the step that made it, where that is not the first


def upgrade(connection: Connection) -> None:
    """Bring the database of a connection up to date, inside the connection's transaction."""
    # Alembic is slow to import and needed once in the life of a database.
    from alembic import command
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")
