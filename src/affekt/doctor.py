"""Examines the machine and a project folder; every finding names its remedy."""

import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import onnxruntime

from affekt.errors import AffektError, MissingExtra
from affekt.inspection import Inspection
from affekt.nets.zoo import imported
from affekt.pictures.decode import Decoders
from affekt.pictures.limits import Limits
from affekt.store import LIBRARIES, disk, versions

EXTRAS = {
    "nets": "torch",
    "zoo": "timm",
    "clip": "transformers",
    "serve": "fastapi",
    "postgresql": "psycopg",
    "cluster": "ray",
    "amt": "boto3",
    "check": "mlcroissant",
    "maps": "openTSNE",
    "quick": "pacmap",
}
NEEDED_MB = 500
EARLIEST_CLOCK = (
    1_767_225_600  # 2026-01-01: an earlier clock is not set, and dates in releases would be wrong
)
ONE_PIXEL_GIF = bytes.fromhex(
    "47494638396101000100800000ffffff0000002c00000000010001000002024401003b"
)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: What was looked at.
        state: ``ok``, ``note`` (works without it), ``bad`` (a finding) or ``missing`` (the machine
            lacks it).
        text: What was found.
        remedy: What to do; ``""`` when nothing has to be done.
    """

    name: str
    state: str
    text: str
    remedy: str = ""


def examine(project: Path, *, deep: bool = False) -> list[Finding]:
    """Give what was found, in a fixed order; changes nothing in the project.

    ``deep`` also reads all that rests in the project and holds it against its checksums.
    """
    checks: tuple[Callable[[Path], Iterator[Finding]], ...] = (
        _python, _libraries, _extras, _folders, _begun, _database, _decoder, _clock, _accelerators,
    )  # fmt: skip
    if deep:
        checks = (*checks, _at_rest)
    return [finding for check in checks for finding in check(project)]


def exit_code(findings: list[Finding]) -> int:
    """0 when all is well, 5 when the machine lacks something, 1 for any other bad finding."""
    states = {finding.state for finding in findings}
    return 5 if "missing" in states else 1 if "bad" in states else 0


def _python(_: Path) -> Iterator[Finding]:
    known = ".".join(str(number) for number in sys.version_info[:3])
    yield Finding("python", "ok" if sys.version_info >= (3, 11) else "missing", known, "")


def _libraries(_: Path) -> Iterator[Finding]:
    known = versions()
    for name in (one for one in LIBRARIES if one not in EXTRAS.values()):
        if name in known:
            yield Finding(name, "ok", known[name])
        else:
            yield Finding(name, "missing", "not installed", "pip install affekt")


def _extras(_: Path) -> Iterator[Finding]:
    for extra, module in EXTRAS.items():
        if not find_spec(module):
            said, remedy = f"{module} is not installed", f"pip install 'affekt[{extra}]'"
            yield Finding(f"extra {extra}", "note", said, remedy)
        elif said := _raised(module):
            yield Finding(f"extra {extra}", "note", said, "install a pair that belongs together")
        else:
            yield Finding(f"extra {extra}", "ok", _version(module))


def _raised(module: str) -> str:
    """Say what keeps a net's library from being imported; others are only looked for.

    It is there and yet cannot be used when its torchvision was built for another PyTorch.
    """
    if module != EXTRAS["zoo"]:
        return ""
    try:
        imported(module)
    except MissingExtra as trouble:
        return str(trouble)
    return ""


def _version(module: str) -> str:
    try:
        return version(module)
    except PackageNotFoundError:
        return "installed"


def _folders(project: Path) -> Iterator[Finding]:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for name, folder in (
        ("project folder", project),
        ("cache folder", cache),
        ("temporary folder", Path(tempfile.gettempdir())),
    ):
        place = disk.existing(folder.absolute())
        free_mb = shutil.disk_usage(place).free / 1e6
        if not os.access(place, os.W_OK):
            yield Finding(
                name, "missing", f"{folder} cannot be written", "make it writable or choose another"
            )
        elif free_mb < NEEDED_MB:
            yield Finding(
                name,
                "missing",
                f"{folder}: {free_mb:,.0f} MB free",
                f"free at least {NEEDED_MB} MB",
            )
        else:
            yield Finding(name, "ok", f"{folder}: {free_mb:,.0f} MB free")


def _begun(project: Path) -> Iterator[Finding]:
    """What was cut off or waits keeps its scratch until its own plan goes on; nobody else may."""
    begun = sorted(path for path in project.glob("products/.*") if path.is_dir())
    if not begun:
        yield Finding("begun steps", "ok", "none")
        return
    size = sum(path.stat().st_size for one in begun for path in one.rglob("*") if path.is_file())
    names = ", ".join(path.name for path in begun)
    yield Finding(
        "begun steps",
        "note",
        f"{len(begun)} hold {size / 1e6:,.0f} MB: {names}",
        f"run their plan to go on, or delete them in {project / 'products'}; no result is lost",
    )


def _database(project: Path) -> Iterator[Finding]:
    path = project / "journal" / "votes.db"
    if not path.exists():
        yield Finding("votes", "ok", "no votes yet")
        return
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            answer = database.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as trouble:
        answer = str(trouble)
    if answer == "ok":
        yield Finding("votes", "ok", f"{path} is whole")
    else:
        backups = sorted(path.parent.glob("votes.db.*"))
        newest = (
            "move votes.db, votes.db-wal and votes.db-shm away and copy "
            f"{backups[-1].name} to votes.db"
            if backups
            else "there is no backup; restore the file from your own"
        )
        yield Finding("votes", "missing", f"{path} is damaged: {answer}", newest)


def _decoder(_: Path) -> Iterator[Finding]:
    limits = Limits()
    most = f"{limits.max_bytes / 1e6:,.0f} MB, {limits.max_pixels / 1e6:,.0f} MP"
    told = f"takes files up to {most}, each child up to {limits.memory_mb:,} MB of memory"
    try:
        with Decoders(workers=1) as decoders:
            shape = decoders.pixels(ONE_PIXEL_GIF).shape
    except AffektError as trouble:
        yield Finding("decoder", "missing", str(trouble), "pip install --upgrade pillow")
        return
    yield Finding(
        "decoder", "ok" if shape == (1, 1, 3) else "missing", f"works in its child; {told}"
    )


def _clock(_: Path) -> Iterator[Finding]:
    now = time.time()
    stamp = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now))
    if now < EARLIEST_CLOCK:
        yield Finding("clock", "bad", stamp, "set the clock; dates in manifests would be wrong")
    else:
        yield Finding("clock", "ok", stamp)


def _accelerators(_: Path) -> Iterator[Finding]:
    yield Finding("onnxruntime uses", "ok", ", ".join(onnxruntime.get_available_providers()))


def _at_rest(project: Path) -> Iterator[Finding]:
    """What was written and is not made again by itself: the products, the journal, the shelf."""
    look = Inspection(project)
    rooms = {
        "products": look.products,
        "pages": look.pages,
        "attempts": look.attempts,
        "pictures": look.pictures,
    }
    for room, damages in rooms.items():
        found = [Finding(room, "bad", one.text, one.remedy) for one in damages()]
        yield from found or [Finding(room, "ok", f"{look.counts[room]:,} are what was written")]
