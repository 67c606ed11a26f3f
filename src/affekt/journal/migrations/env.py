"""What Alembic asks for: the connection on which it is to work."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], transactional_ddl=False, as_sql=False
)
context.run_migrations()
