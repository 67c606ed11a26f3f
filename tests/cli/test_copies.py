"""`affekt copies`: as fdupes lists them, at once."""

from pathlib import Path

import pytest

from tests.cli.run import affekt
from tests.test_start import HEAVY, imported_by

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"a": "same", "b\n": "same", "c": "else", "d": "else", "e": "eels"}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_groups_stand_apart_and_names_on_lines_of_their_own(folder: Path) -> None:
    """B50: a line break in a name stays inside its line."""
    ran = affekt("copies", ".", cwd=folder)
    assert ran.out == "./a\n./b\\n\n\n./c\n./d\n\n"
    assert ran.code == 0


def test_a_name_is_shown_as_it_is_or_spelled_out(tmp_path: Path) -> None:
    """X4: emoji and blanks stay, what a terminal obeys or an eye is led by does not."""
    family = "\U0001f469\u200d\U0001f467  x"
    for name in (family, "a\x9b2J", "b\u202egnp.exe"):
        (tmp_path / name).write_text("same")
    ran = affekt("copies", ".", cwd=tmp_path)
    assert ran.out == f"./a\\x9b2J\n./b\\u202egnp.exe\n./{family}\n\n"


def test_as_one_document(folder: Path) -> None:
    found = affekt("copies", ".", "--json", cwd=folder).document
    assert found == {"groups": [["./a", "./b\n"], ["./c", "./d"]], "unreadable": []}


def test_a_folder_without_copies_prints_nothing(tmp_path: Path) -> None:
    assert affekt("copies", ".", cwd=tmp_path).out == ""


def test_a_missing_folder_is_exit_2(tmp_path: Path) -> None:
    ran = affekt("copies", "nothing", cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert "'nothing' is no folder" in ran.err


def test_nothing_heavy_is_imported(folder: Path) -> None:
    """C1."""
    assert not imported_by("copies", str(folder)) & HEAVY
