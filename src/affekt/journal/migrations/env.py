"""What Alembic asks for: the connection on which it is to work.

Alembic runs this file under a name of its own.
"""

from alembic import context

NAME = "env_py"


def run() -> None:
    """Bring the database of the connection up to date."""
    context.configure(
        connection=context.config.attributes["connection"], transactional_ddl=False, as_sql=False
    )
    context.run_migrations()


if __name__ == NAME:
    run()
