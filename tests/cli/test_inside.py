"""Commands that only look, run in this process: quick enough for every edit."""

import json
import sys
from pathlib import Path

import pytest

from affekt import doctor, templates
from affekt.fetch.secrets import keep_secret
from affekt.foreign import SIGN
from affekt.store import versions
from tests.cli.run import Command


def test_a_new_plan_is_sound(affekt: Command) -> None:
    """C2."""
    assert affekt("new").code == 0
    assert affekt("check", "plan.toml").code == 0
    assert affekt("new").code == 4


def test_wrong_words_are_exit_2_and_one_document(affekt: Command) -> None:
    """C9, B81."""
    ran = affekt("build", "--nothing", "--json")
    assert ran.code == 2
    assert json.loads(ran.out)["error"]["kind"] == "UsageError"


def test_all_that_is_wrong_with_a_plan_is_told(affekt: Command) -> None:
    """B01."""
    Path("plan.toml").write_text("sede = 1\n[colect]\n")
    ran = affekt("check", "plan.toml", "--json")
    assert ran.code == 2
    keys = [one["key"] for one in json.loads(ran.out)["error"]["problems"]]
    assert {"sede", "colect"} <= set(keys)


def test_a_project_of_a_newer_version_is_left_alone(affekt: Command) -> None:
    """B17: not even a log is begun in it."""
    templates.write(Path("plan.toml"), "tiny")
    Path("work").mkdir()
    Path("work/project.json").write_text('{"format": 99}')
    for command in ("build", "bench", "status", "report"):
        assert affekt(command, "plan.toml").code == 4
    assert [path.name for path in Path("work").iterdir()] == ["project.json"]


def test_status_before_anything_shows_every_step_open(affekt: Command) -> None:
    """C5."""
    templates.write(Path("plan.toml"), "tiny")
    ran = affekt("status", "plan.toml", "--json")
    assert ran.code == 0
    assert {step["state"] for step in json.loads(ran.out)} == {"open"}
    assert not Path("work").exists()


def test_a_part_outside_affekt_is_found_beside_the_plan(affekt: Command) -> None:
    """X8: only with --trust, and then from the folder one works in."""
    Path("mylab_dark.py").write_text("")
    Path("mylab").mkdir()
    Path("mylab/dark.py").write_text("")
    templates.write(Path("plan.toml"), "tiny")
    text = Path("plan.toml").read_text().replace('"colour_histogram"', '"mylab.dark"')
    Path("plan.toml").write_text(text)
    assert "pass --trust" in affekt("check", "plan.toml").err
    assert "holds no part of the family" in affekt("check", "plan.toml", "--trust").err


def test_a_colour_is_shown_only_when_asked_for(affekt: Command) -> None:
    """B15, C8."""
    templates.write(Path("plan.toml"), "tiny")
    assert "\x1b" not in affekt("status", "plan.toml").out
    assert "\x1b" in affekt("status", "plan.toml", "--color", "always").out


def test_a_defect_is_one_line(affekt: Command) -> None:
    """C11: a folder where the file belongs makes the code stumble for real."""
    templates.write(Path("plan.toml"), "tiny")
    Path("work/products/collect-x/manifest.json").mkdir(parents=True)
    ran = affekt("status", "plan.toml", "--json")
    assert ran.code in (1, 5)
    assert "Traceback" not in ran.err
    assert json.loads(ran.out)["error"]["text"]


@pytest.mark.parametrize("words", [("--json",), ("--debug",), ()])
def test_no_command_ends_with_a_key_that_was_used(affekt: Command, words: tuple[str, ...]) -> None:
    """B35, X9: neither a plan that is refused nor a defect, with all that led to it."""
    keep_secret(["canary-0009"])
    templates.write(Path("plan.toml"), "tiny")
    Path("work/products/collect-canary-0009/manifest.json").mkdir(parents=True)
    for ran in (affekt("status", "plan.toml", *words), affekt("build", "canary-0009.toml", *words)):
        assert ran.code in (1, 2, 5)
        assert "***" in ran.err
        assert "canary" not in ran.out + ran.err


@pytest.mark.parametrize(
    "words",
    [("new", "a", "\x9b2J"), ("build", "\x1b[2J"), ("parts", "\u202eyek"), ("build", "a\udcff")],
)
def test_words_of_the_command_line_come_back_clean(affekt: Command, words: tuple[str, ...]) -> None:
    """X4, B75: a shell fills in names of files, and those are foreign."""
    ran = affekt(*words)
    assert ran.code == 2
    assert ran.err
    assert all(one.isprintable() or one == "\n" for one in ran.err)


def test_a_name_in_a_plan_is_shown_clean_and_told_as_it_is(affekt: Command) -> None:
    """B75: 8-bit control codes and marks of direction, on the console and in JSON."""
    name = "x\x9b2J\u202e"
    templates.write(Path("plan.toml"), "tiny")
    text = Path("plan.toml").read_text()
    assert 'name = "colour histogram, logistic"' in text
    escaped = name.replace("\x9b", "\\u009b").replace("\u202e", "\\u202e")
    Path("plan.toml").write_text(
        text.replace('name = "colour histogram, logistic"', f'name = "{escaped}"')
    )
    shown, told = affekt("status", "plan.toml"), affekt("status", "plan.toml", "--json")
    assert f"x{SIGN}2J{SIGN}" in shown.out
    assert all(one.isprintable() or one == "\n" for one in shown.out + told.out)
    assert any(name in step["name"] for step in json.loads(told.out))


def test_an_extra_that_raises_when_it_is_imported_counts_as_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M7: as timm does with a torchvision of another PyTorch."""
    (tmp_path / "timm.py").write_text("raise RuntimeError('operator torchvision::nms ...')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "timm", raising=False)
    found = {one.name: one for one in doctor.examine(tmp_path)}["extra zoo"]
    assert found.state == "note"
    assert "operator torchvision::nms" in found.text


def test_a_machine_without_an_extra_is_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M7: PyTorch can change a result, and the core needs none."""
    known = {name: one for name, one in versions().items() if name != "torch"}
    monkeypatch.setattr("affekt.doctor.versions", lambda: known)
    monkeypatch.setattr("affekt.doctor.find_spec", lambda module: None)
    findings = doctor.examine(tmp_path)
    assert {one.name: one for one in findings}["extra nets"].state == "note"
    assert doctor.exit_code(findings) == 0


def test_the_doctor_lists_begun_steps_with_their_size(tmp_path: Path) -> None:
    """B11: an abandoned recipe's scratch is seen, and never taken away by itself."""
    begun = tmp_path / "products" / ".clean-0123"
    begun.mkdir(parents=True)
    (begun / "shard").write_bytes(bytes(3_000_000))
    found = {one.name: one for one in doctor.examine(tmp_path)}["begun steps"]
    assert (found.state, "3 MB: .clean-0123" in found.text) == ("note", True)
    assert begun.exists()
