"""The floor plan of docs/architecture.md, held against the imports of every file."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "src" / "affekt"
FLOORS = (
    ("errors", "rank", "durable", "measures", "aggregation", "foreign"),
    (
        "taxonomy",
        "engine",
        "tables",
        "parts",
        "pictures",
        "nets",
        "licences",
        "cells",
        "files",
        "blocks",
    ),
    ("policies", "amt", "simulation", "training"),
    ("stage", "journal", "fetch", "forgotten"),
    ("campaign",),
    ("sources", "crowd", "rules", "features", "models", "datasets", "protocols"),
    ("store", "planning", "quality", "exports"),
    ("stages",),
    ("plan", "catalogue", "templates", "census", "tabulate", "predicting"),
    ("line", "report", "trace", "removal", "retry", "inspection", "campaigns", "hydration"),
    ("project", "doctor"),
    ("demo", "site", "replay"),
    ("cli",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
FILES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")
# Rooms of one floor where the left may know the right.
TOGETHER = {
    ("parts", "taxonomy"),
    ("pictures", "files"),
    ("engine", "files"),
    ("exports", "quality"),
}


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").parts[0]


def rooms_imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("affekt.")}
    return found - {"__version__", room_of(path)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_downwards(path: Path) -> None:
    room = room_of(path)
    wrong = {
        other
        for other in rooms_imported(path)
        if FLOOR[other] >= FLOOR[room] and (room, other) not in TOGETHER
    }
    assert not wrong, f"{path.name} on floor {FLOOR[room] + 1} imports {sorted(wrong)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
