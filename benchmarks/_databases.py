"""The two databases of a crowd, each new and empty: a file, and a PostgreSQL server's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.servers import postgres

KINDS = ("sqlite", "postgresql")


@contextmanager
def databases(kind: str) -> Iterator[Iterator[Path | str]]:
    """Give new databases of a kind, as many as are asked for; all are gone at the end."""
    if kind == "sqlite":
        with TemporaryDirectory() as folder:
            yield (Path(folder) / str(at) / "votes.db" for at in range(1_000_000))
        return
    programs = postgres.programs()
    if programs is None:
        raise SystemExit(postgres.MISSING)
    with postgres.running(programs) as server:
        yield _on(server)


def _on(server: postgres.Server) -> Iterator[str]:
    while True:
        with server.database() as url:
            yield url
