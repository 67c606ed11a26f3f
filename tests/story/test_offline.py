"""A plan whose sources are on this machine asks nobody, not even for a name (X1)."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

pytestmark = pytest.mark.slow

# Ends at once, with a code of its own, when anything of Python asks for a name or a connection.
WATCHED = """
import os, sys
from affekt.cli import main

def watch(event, given):
    is_inner = event == "socket.connect" and isinstance(given[1], (str, bytes))  # a file's name
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto") and not is_inner:
        os.write(2, f"{event} {given}".encode())
        os._exit(77)

sys.addaudithook(watch)
main()
"""
# Runs affekt, then tells what would have left this network, in which nobody else is.
COUNTED = """
import subprocess, sys
code = subprocess.call([sys.executable, "-c", sys.argv[1], *sys.argv[2:]])
words = [line.split() for line in open("/proc/net/snmp6")]
six = {name: int(number) for name, number in words}
head, four = (line.split() for line in open("/proc/net/snmp") if line.startswith("Ip:"))
print(code, int(four[head.index("OutNoRoutes")]), six.get("Ip6OutNoRoutes", 0))
"""
LOST = "import socket\nsocket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('10.0.0.1', 53))"


def planned(folder: Path) -> list[str]:
    line = [sys.executable, "-c", WATCHED]
    subprocess.run([*line, "new", "plan.toml", "--template", "tiny"], cwd=folder, check=True)
    return line


def test_no_python_asks_for_a_name_or_a_connection(tmp_path: Path) -> None:
    """X1."""
    line = [*planned(tmp_path), "build", "plan.toml", "-q"]
    ran = subprocess.run(line, cwd=tmp_path, capture_output=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_the_watch_notices_a_connection(tmp_path: Path) -> None:
    line = [sys.executable, "-c", f"{WATCHED.replace('main()', '')}\nimport socket\n"
            "socket.create_connection(('127.0.0.1', 9))"]  # fmt: skip
    assert subprocess.run(line, cwd=tmp_path, capture_output=True, check=False).returncode == 77


def has_network_of_its_own() -> bool:
    unshare = which("unshare")
    line = [unshare or "false", "-rn", "true"]
    return unshare is not None and subprocess.run(line, check=False).returncode == 0


def plain(home: Path) -> dict[str, str]:
    """Give an environment in which nothing tells of a server: that of somebody new."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}


def counted(folder: Path, script: str, *words: str) -> str:
    line = ["unshare", "-rn", sys.executable, "-c", COUNTED, script, *words]
    ran = subprocess.run(
        line, cwd=folder, capture_output=True, text=True, check=False, env=plain(folder)
    )
    return ran.stdout


needs_network = pytest.mark.skipif(
    not has_network_of_its_own(), reason="this machine allows no network of its own"
)


@needs_network
def test_in_an_empty_network_no_packet_is_tried(tmp_path: Path) -> None:
    """X1: nor by any library below Python."""
    planned(tmp_path)
    main = "from affekt.cli import main; main()"
    assert counted(tmp_path, main, "build", "plan.toml", "-q").splitlines()[-1] == "0 0 0"


@needs_network
def test_a_packet_into_an_empty_network_is_counted(tmp_path: Path) -> None:
    assert counted(tmp_path, LOST) == "1 1 0\n"
