"""A PostgreSQL server of the tests' own, on a socket in a new folder below ``/tmp``.

It ends with the process that started it, also when that one is killed, and leaves nothing behind.
Two settings differ from what Python does, so that a test notices who relies on the server's: text
is sorted as in English, and its clock stands in Kathmandu.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

from tests import patience

DEBIAN = Path("/usr/lib/postgresql")
OLDEST = 15
MISSING = f"no PostgreSQL {OLDEST} or newer (Debian: apt-get install postgresql postgresql-client)"
OWNER = "affekt"
# A socket's path has 107 bytes at most, and another user must get there: not so in any TMPDIR.
PLACE = "/tmp"
# Waits for the end of its input, which comes when the process that started it ends in any way.
GUARD = """
folder=$PWD server=
leave() {
  [ -z "$server" ] || { kill -QUIT "$server"; wait "$server"; }
  cd /
  rm -rf "$folder"
}
failed() { cat log; exit 1; }
trap leave EXIT
trap 'exit 1' HUP INT TERM
trap '' PIPE
"$programs"/initdb --pgdata=data --username=affekt --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
  --locale-provider=icu --icu-locale=en-US --no-sync >log 2>&1 </dev/null || failed
"$programs"/postgres -D data -k "$folder" -c listen_addresses= -c fsync="$fsync" \
  -c shared_buffers=16MB -c timezone=Asia/Kathmandu >>log 2>&1 </dev/null &
server=$!
until "$programs"/pg_isready --quiet --host="$folder" </dev/null; do
  kill -0 "$server" || failed
  sleep 0.05
done
echo ready
read -r _ || exit 0
"""


class Server(NamedTuple):
    """A server that runs.

    Attributes:
        folder: Of its socket and its data.
        programs: Folder of PostgreSQL's own programs.
        numbers: Of the databases to come.
    """

    folder: Path
    programs: Path
    numbers: Iterator[int]

    @contextmanager
    def database(self) -> Iterator[str]:
        """Give SQLAlchemy's URL of a new, empty database, which is dropped at the end of the block.

        Connections that are open then are closed by the server.
        """
        name = f"test_{next(self.numbers)}"
        self._run("createdb", name)
        yield f"postgresql+psycopg://{OWNER}@/{name}?host={self.folder}"
        self._run("dropdb", "--force", name)

    def _run(self, program: str, *words: str) -> None:
        reached = (f"--host={self.folder}", f"--username={OWNER}", "--no-password")
        subprocess.run(
            [self.programs / program, *reached, *words], check=True, timeout=patience.SECONDS
        )


def programs(debian: Path = DEBIAN, path: str | None = None) -> Path | None:
    """Give the folder of PostgreSQL's programs: Debian's newest, else by the PATH, else None."""
    versions = [int(one.name) for one in debian.glob("*") if one.name.isdecimal()]
    for version in sorted([one for one in versions if one >= OLDEST], reverse=True):
        if (debian / str(version) / "bin" / "initdb").exists():
            return debian / str(version) / "bin"
    found = shutil.which("initdb", path=path)
    return Path(found).resolve().parent if found else None


@contextmanager
def running(where: Path, *, fsync: bool = False) -> Iterator[Server]:
    """Run a server by the programs of this folder while the block runs.

    Without ``fsync`` what it answered survives the end of the server, and no power cut.

    PostgreSQL refuses to run as root, so root starts it as nobody.
    """
    folder = Path(mkdtemp(prefix="affekt-postgresql-", dir=PLACE))
    other = _handed_to_nobody(folder) if os.geteuid() == 0 else None
    guard = subprocess.Popen(
        ["/bin/sh", "-c", GUARD],
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "programs": str(where),
            "fsync": "on" if fsync else "off",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # an interrupt from the keyboard is for the tests
        text=True,
        user=other and other.pw_uid,
        group=other and other.pw_gid,
        extra_groups=other and [],
    )
    with guard:
        assert guard.stdout
        if (said := guard.stdout.readline()) != "ready\n":
            raise RuntimeError(f"no PostgreSQL starts in {folder}: {said}{guard.communicate()[0]}")
        yield Server(folder, where, count(1))


def _handed_to_nobody(folder: Path) -> pwd.struct_passwd:
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, os.getegid())
    # Root's group reaches the socket, since root need not have the right to go anywhere.
    folder.chmod(0o710)
    return nobody
