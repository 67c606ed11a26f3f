"""Fixtures of stages: a key in every test that may come out nowhere (X9, B35), and small tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.exams.every import every
from tests.protocols.tables import pictures
from tests.stages.spy import LABELS, PARTS, SEEN

CANARY = "canary-6b1d0c9e"


@pytest.fixture(autouse=True)
def canary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """Set every variable that a source takes a key from; no file and no log may hold one."""
    for part in every("sources"):
        for name, field in part.model_fields.items():
            if name.endswith("_env"):
                monkeypatch.setenv(str(field.default), CANARY)
    yield
    holding = [path for path in tmp_path.rglob("*") if path.is_file() and is_in(path)]
    assert not holding
    assert not [one for one in caplog.get_records("call") if CANARY in one.getMessage()]


@pytest.fixture
def frame() -> pl.DataFrame:
    """Six pictures, four to train on and two to test."""
    return pictures(LABELS, parts=PARTS)


@pytest.fixture
def seen() -> list[Any]:
    """What the spy is given from here on."""
    SEEN.clear()
    return SEEN


def is_in(path: Path) -> bool:
    try:
        return CANARY.encode() in path.read_bytes()
    except PermissionError:
        return False
