"""The way that the README shows for one's own pictures, from a folder to a checked release."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.run import affekt

EMOTIONS = ("awe", "fear")
REASON = 'permitted = { missing = "our own photographs" }'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with six pictures of two emotions each, and the plan for them."""
    for place, emotion in enumerate(EMOTIONS):
        (tmp_path / "raw" / emotion).mkdir(parents=True)
        for number in range(6):
            rough = np.random.default_rng(10 * place + number).integers(0, 256, (6, 6, 3), np.uint8)
            picture = Image.fromarray(rough).resize((96, 80), Image.Resampling.BICUBIC)
            picture.save(tmp_path / "raw" / emotion / f"{number}.jpg")
    assert affekt("new", "own.toml", cwd=tmp_path).code == 0
    return tmp_path


def let_people_vote(folder: Path) -> None:
    with (folder / "work" / "journal" / "questions.csv").open(newline="") as file:
        asked = list(csv.DictReader(file))
    with (folder / "votes.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "emotion", "worker", "answer"])
        for row in asked:
            for person in range(int(row["votes_missing"])):
                answer = "yes" if person < 4 else "no"
                writer.writerow([row["file"], row["emotion"], f"person {person}", answer])


@pytest.mark.slow
def test_own_pictures_become_a_release(folder: Path) -> None:
    """C9: 3 while votes are missing."""
    waiting = affekt("build", "own.toml", cwd=folder)
    assert (waiting.code, "questions.csv" in waiting.err) == (3, True)
    let_people_vote(folder)
    refused = affekt("build", "own.toml", cwd=folder)
    assert (refused.code, "release.permitted" in refused.err) == (4, True)
    plan = folder / "own.toml"
    plan.write_text(plan.read_text().replace(f"# {REASON}", REASON))
    assert affekt("build", "own.toml", cwd=folder).code == 0
    assert affekt("release", "check", "work/releases/my-emotions-0.1.0", cwd=folder).code == 0
