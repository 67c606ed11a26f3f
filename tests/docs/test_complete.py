"""The docs name everything there is, as it is, and nothing that is not (C19)."""

import inspect
import re
from collections.abc import Iterator

import click
import pytest

from affekt import errors
from affekt.catalogue import FAMILIES
from affekt.cli import affekt
from affekt.parts import Part
from affekt.pictures.reasons import REASONS
from affekt.plan import explanations, maps
from affekt.plan.reading import TOP
from affekt.plan.shapes import Entry
from tests.docs.pages import ROOT, section, text_of
from tests.docs.rows import SECTIONS, every_part, reasons, settings
from tests.test_floors import FLOORS

OWN = {"bench.maps": maps.OWN, "bench.explanations": explanations.OWN}
ADVICE = "python -m tests.docs.rows prints the rows"
SHARED = ("as_json", "quiet", "color", "debug", "trust", "help")
PARTS = [pytest.param(*one, id=f"{one[0]}-{one[1].kind()}") for one in every_part()]
ERRORS = [
    one for one in vars(errors).values() if inspect.isclass(one) and issubclass(one, Exception)
]


def every_command(group: click.Group, above: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, f"{above} {name}")
        else:
            yield f"{above} {name}", command


COMMANDS = list(every_command(affekt, "affekt"))


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_is_explained_with_every_option(name: str, command: click.Command) -> None:
    told = section("docs/commands.md", name)
    shared = section("docs/commands.md", "Options of every command")
    for option in [one for one in command.params if isinstance(one, click.Option)]:
        where = shared if option.name in SHARED else told
        assert f"| `{option.opts[0] if option.name != 'quiet' else '--quiet'}` |" in where, name
    first = (command.help or "").partition("\n")[0].split(";")[0].rstrip(".")
    assert first.partition(":")[0] in " ".join(told.split()), f"{name} is told to: {first}"


@pytest.mark.parametrize("name", SECTIONS)
def test_every_key_of_a_section_is_explained(name: str) -> None:
    told = section("docs/plan.md", name)
    if name == "noisy":
        assert "settings are those of `[sample]`" in told
        return
    missing = [row for row in settings(SECTIONS[name]) if row not in told]
    assert not missing, ADVICE


@pytest.mark.parametrize("name", SECTIONS)
def test_no_key_is_explained_that_a_section_does_not_have(name: str) -> None:
    told = re.findall(r"^\| `([\w.]+)` \|", section("docs/plan.md", name), re.MULTILINE)
    known = [row.split("`")[1] for row in settings(SECTIONS[name])]
    assert set(told) <= {*known, *OWN.get(name, ())}, ADVICE


def test_every_section_and_key_at_the_top_is_explained() -> None:
    told = text_of("docs/plan.md")
    for key in TOP:
        assert f"### {key}\n" in told or f"| `{key}` |" in told, key
    for name, own in OWN.items():
        for key in own:
            assert f"| `{key}` |" in section("docs/plan.md", name), key
    for key in Entry.model_fields:
        assert f"| `{key}` |" in section("docs/plan.md", "bench.entries"), key


@pytest.mark.parametrize(("family", "part"), PARTS)
def test_every_part_is_explained_with_its_settings(family: str, part: type[Part]) -> None:
    told = section("docs/parts.md", family)
    assert f"### {part.kind()}\n" in told
    own = told.split(f"### {part.kind()}\n")[1].partition("\n### ")[0]
    missing = [row for row in settings(part) if row not in own]
    assert not missing, ADVICE


@pytest.mark.parametrize("family", FAMILIES)
def test_no_part_is_explained_that_is_not_there(family: str) -> None:
    told = re.findall(r"^### (\w+)$", section("docs/parts.md", family), re.MULTILINE)
    assert set(told) == {part.kind() for one, part in every_part() if one == family}


@pytest.mark.parametrize("step", reasons())
def test_every_drop_reason_is_explained(step: str) -> None:
    told = text_of("docs/reasons.md")
    rows = [f"| `{word}` | {meaning} |" for word, meaning in reasons()[step].items()]
    assert not [row for row in rows if row not in told], ADVICE


def test_no_drop_reason_is_explained_that_nobody_gives() -> None:
    known = {word for words in (*reasons().values(), REASONS) for word in words}
    told = re.findall(r"^\| `([\w-]+)` \|", text_of("docs/reasons.md"), re.MULTILINE)
    assert set(told) == known


@pytest.mark.parametrize("error", [one for one in ERRORS if hasattr(one, "exit_code")])
def test_every_error_is_explained_with_its_exit_code(error: type[errors.AffektError]) -> None:
    """C9."""
    row = f"| `{error.__name__}` | {error.exit_code} |"
    assert row in section("docs/errors-and-exit-codes.md", "Kinds")


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 5, 130])
def test_every_exit_code_is_explained(code: int) -> None:
    """C9."""
    assert f"\n| {code} | " in text_of("docs/errors-and-exit-codes.md")


def test_the_floor_plan_is_the_one_that_is_tested() -> None:
    shown = re.findall(r"^ ?(\d+)  ([a-z].*)$", text_of("docs/architecture.md"), re.MULTILINE)
    assert [tuple(rooms.split()) for _, rooms in reversed(shown)] == list(FLOORS)


def test_every_room_has_its_reason() -> None:
    known = {name for rooms in FLOORS for name in rooms}
    there = {
        path.stem
        for path in (ROOT / "src" / "affekt").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    told = re.findall(r"^\| `(\w+)` \|", section("docs/architecture.md", "Rooms"), re.MULTILINE)
    assert set(told) == known
    assert there - {"__init__"} <= known
