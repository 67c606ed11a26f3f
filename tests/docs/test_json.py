"""The keys of every JSON document are those that the docs name (C7)."""

import re
import shutil
from pathlib import Path

import pytest
import skimage

from tests.cli.run import here as affekt
from tests.docs.pages import section

RELEASE = "work/releases/tiny-0.1.0"
VOTES = f"{RELEASE}/annotations/votes.parquet"
COFFEE = str(Path(skimage.__file__).parent / "data" / "coffee.png")
PICTURE = "06f740ec68a6.jpg"
CASES = {
    "affekt new": ("new", "other.toml"),
    "affekt check": ("check", "plan.toml"),
    "affekt build": ("build", "plan.toml", "--quiet"),
    "affekt bench": ("bench", "plan.toml", "--quiet"),
    "affekt nets": ("nets", "plan.toml"),
    "affekt report": ("report", "plan.toml", "--only", "T1"),
    "affekt rescore": ("rescore", "work/report/predictions.parquet", "scores", "--only", "T3"),
    "affekt status": ("status", "plan.toml"),
    "affekt stats": ("stats", "plan.toml"),
    "affekt why": ("why", "plan.toml", PICTURE),
    "affekt forget": ("forget", "plan.toml", "--owner", "generated:nobody", "--why=-", "--dry-run"),
    "affekt withdraw": (
        "withdraw",
        "plan.toml",
        "ef" * 32,
        "--reason=owner",
        "--dry-run",
    ),
    "affekt parts": ("parts", "models"),
    "affekt features": ("features", COFFEE, "--set", "wang2013", "-o", "values.csv"),
    "affekt crowd plan": ("crowd", "plan", "plan.toml"),
    "affekt crowd replay": ("crowd", "replay", VOTES, "--yes", "true"),
    "affekt release diff": ("release", "diff", RELEASE, RELEASE),
    "affekt hydrate": ("hydrate", RELEASE),
    "affekt copies": ("copies", "."),
    "affekt export": ("export", RELEASE, "--to", "coco", "--out", "coco"),
    "affekt crowd aggregate": ("crowd", "aggregate", VOTES),
    "affekt doctor": ("doctor",),
}
# Each in a folder of its own, for some change what others look at.
CAMPAIGN = {
    "affekt crowd status": ("crowd", "status", "plan.toml"),
    "affekt crowd workers": ("crowd", "workers", "plan.toml"),
    "affekt crowd export": ("crowd", "export", "plan.toml", "-o", "published"),
    "affekt crowd bias": ("crowd", "bias", "alone", "alone"),
    "affekt crowd gold": ("crowd", "gold", "plan.toml", "known.csv"),
    "affekt crowd invite": ("crowd", "invite", "plan.toml", "-n", "2"),
    "affekt crowd pause": ("crowd", "pause", "plan.toml", "--why", "-"),
    "affekt crowd resume": ("crowd", "resume", "plan.toml", "--why", "-"),
    "affekt crowd backup": ("crowd", "backup", "plan.toml"),
    "affekt crowd archive": ("crowd", "archive", "plan.toml", "campaign.zip"),
    "affekt crowd access": ("crowd", "access", "plan.toml", "simulated-000012"),
    "affekt crowd erase": ("crowd", "erase", "plan.toml", "simulated-000012", "--why", "-"),
    "affekt crowd close": ("crowd", "close", "plan.toml", "--why", "-"),
}
PAUSED = ("crowd", "pause", "plan.toml", "--why", "-")
BEFORE = {
    "affekt crowd resume": PAUSED,
    "affekt crowd bias": ("crowd", "export", "plan.toml", "-o", "alone"),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which both lines have run."""
    folder = tmp_path_factory.mktemp("json")
    for words in (
        ("new", "--template", "tiny"),
        *((command, "plan.toml") for command in ("build", "bench", "report")),
    ):
        assert affekt(*words, cwd=folder).code == 0
    (folder / "known.csv").write_text("image_id,emotion,truth\n")
    return folder


def keys_told(command: str) -> set[str]:
    """The keys of the outer objects, by the paragraph on JSON."""
    found = re.search(
        r"^With `--json`: (.*?)(?:\n\n|\Z)", section("docs/commands.md", command), re.M | re.S
    )
    assert found
    told = re.sub(r"\([^)]*\)", "", found[1].partition(", the last")[0])
    return (
        keys_told("affekt build")
        if told.startswith("as `build`")
        else set(re.findall(r"`(\w+)`", told))
    )


@pytest.mark.slow
@pytest.mark.parametrize("command", CASES)
def test_a_document_has_the_keys_that_are_told(command: str, project: Path) -> None:
    ran = affekt(*CASES[command], "--json", cwd=project)
    assert ran.code == 0, ran.err
    found = ran.document if isinstance(ran.document, list) else [ran.document]
    assert found
    assert {frozenset(one) for one in found} == {frozenset(keys_told(command))}


@pytest.mark.slow
@pytest.mark.parametrize("command", CAMPAIGN)
def test_a_document_on_a_campaign_has_the_keys_that_are_told(
    command: str, project: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(project, tmp_path / "own")
    affekt(*BEFORE.get(command, ("--version",)), cwd=folder)
    ran = affekt(*CAMPAIGN[command], "--json", cwd=folder)
    assert ran.code == 0, ran.err
    found = ran.document if isinstance(ran.document, list) else [ran.document]
    assert {frozenset(one) for one in found} == {frozenset(keys_told(command))}


@pytest.mark.slow
def test_findings_of_a_release_have_the_keys_that_are_told(project: Path, tmp_path: Path) -> None:
    ran = affekt("release", "check", tmp_path, "--json", cwd=project)
    assert ran.code == 1
    assert set(ran.document) == keys_told("affekt release check")
    told = section("docs/commands.md", "affekt release check")
    assert all(f"`{key}`" in told for key in ran.document["findings"][0])
