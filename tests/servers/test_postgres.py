"""The tests' own PostgreSQL: a new database a test, and nothing stays."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import patience
from tests.servers import postgres

ROOT = Path(__file__).parents[2]
STARTED = """
import signal, sys, time
from pathlib import Path
from tests.servers import postgres
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background has none
with postgres.running(Path(sys.argv[1])) as server:
    print(server.folder, flush=True)
    time.sleep(60)
"""


def asked(url: str, question: str) -> object:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        return connection.execute(sa.text(question)).scalar()


def processes_of(folder: Path) -> list[bytes]:
    """Command lines that name a folder."""
    lines = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            lines.append((process / "cmdline").read_bytes())
    return [line for line in lines if bytes(folder) in line]


def wait_until_gone(folder: Path) -> None:
    end = time.monotonic() + patience.SECONDS
    while (folder.exists() or processes_of(folder)) and time.monotonic() < end:
        time.sleep(0.05)


@pytest.mark.slow
def test_a_new_database_holds_no_table(postgresql_url: str) -> None:
    count = "select count(*) from pg_tables where schemaname = 'public'"
    assert asked(postgresql_url, count) == 0


@pytest.mark.slow
def test_two_databases_of_one_server_do_not_see_each_other(postgresql: postgres.Server) -> None:
    with postgresql.database() as one, postgresql.database() as other:
        asked(one, "select lo_create(7)")
        count = "select count(*) from pg_largeobject_metadata"
        assert (asked(one, count), asked(other, count)) == (1, 0)


@pytest.mark.slow
def test_a_database_is_dropped_at_the_end_although_a_connection_is_open(
    postgresql: postgres.Server, postgresql_url: str
) -> None:
    with postgresql.database() as url:
        name = sa.make_url(url).database
        engine = sa.create_engine(url)
        connection = engine.connect()
        connection.execute(sa.text("select 1"))
    connection.invalidate()
    engine.dispose()
    assert asked(postgresql_url, f"select count(*) from pg_database where datname = '{name}'") == 0


@pytest.mark.slow
def test_the_server_sorts_and_tells_the_time_otherwise_than_python(postgresql_url: str) -> None:
    assert asked(postgresql_url, "select 'a' < 'B'") is True
    assert asked(postgresql_url, "show timezone") == "Asia/Kathmandu"


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_server_ends_with_the_process_that_started_it_and_leaves_nothing(
    sign: signal.Signals, postgresql: postgres.Server
) -> None:
    words = (sys.executable, "-c", STARTED, str(postgresql.programs))
    with subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as starter:
        assert starter.stdout
        folder = Path(starter.stdout.readline().strip())
        assert processes_of(folder)
        os.kill(starter.pid, sign)
    wait_until_gone(folder)
    assert (folder.exists(), processes_of(folder)) == (False, [])


@pytest.mark.slow
def test_a_server_that_cannot_start_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="/initdb: ") as said, postgres.running(tmp_path):
        pass
    assert not Path(str(said.value).split()[4].rstrip(":")).exists()


def test_the_newest_version_of_debian_is_taken(tmp_path: Path) -> None:
    (tmp_path / "9" / "bin").mkdir(parents=True)
    (tmp_path / "9" / "bin" / "initdb").touch()
    (tmp_path / "15" / "bin").mkdir(parents=True)
    (tmp_path / "15" / "bin" / "initdb").touch()
    (tmp_path / "16" / "bin").mkdir(parents=True)
    assert postgres.programs(tmp_path, path="") == tmp_path / "15" / "bin"


def test_another_installation_is_found_by_the_path(tmp_path: Path) -> None:
    (tmp_path / "initdb").touch(mode=0o755)
    assert postgres.programs(tmp_path / "none", path=str(tmp_path)) == tmp_path


def test_a_machine_without_postgresql_is_told_what_to_install(tmp_path: Path) -> None:
    assert postgres.programs(tmp_path, path="") is None
    assert "apt-get install postgresql" in postgres.MISSING
