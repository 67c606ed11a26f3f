"""What docs/predicting.md shows, run as it stands: from a plan to a folder to answers (M50, S3)."""

import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests import nasty
from tests.cli.run import here
from tests.docs.pages import blocks, commands
from tests.docs.test_json import keys_told

PAGE = "docs/predicting.md"
PARTS = {"train": 4, "val": 2, "test": 2}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's plan, and photographs of two emotions for it."""
    pytest.importorskip("torch")
    pytest.importorskip("safetensors")
    made = tmp_path_factory.mktemp("page")
    for seed, (part, emotion) in enumerate(
        (part, one) for part in PARTS for one in ("awe", "fear")
    ):
        place = made / "photographs" / part / emotion
        place.mkdir(parents=True)
        for number in range(PARTS[part]):
            picture = nasty.painting(60, 50, seed=100 * seed + number)
            picture.save(place / f"{number}.png")
    (plan,) = [one for one in blocks("toml") if one.page == PAGE]
    (made / "plan.toml").write_text(plan.text, encoding="utf-8")
    return made


@pytest.mark.slow
def test_what_the_page_shows_runs_as_it_stands(folder: Path) -> None:
    """C19"""
    lines = [line for one in blocks("console") if one.page == PAGE for line in commands(one)]
    for line in lines:
        ran = here(*shlex.split(line)[1:], "--quiet", cwd=folder)
        assert ran.code == 0, f"{line}\n{ran.out}\n{ran.err}"
    (code,) = [one.text for one in blocks("python") if one.page == PAGE]
    names: dict[str, Any] = {
        "pillow_picture": nasty.painting(),
        "array": np.zeros((9, 9), np.uint8),
    }
    picture = folder / "photographs" / "test" / "awe" / "0.png"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Image.open(picture).save("one.jpg")
        Image.open(picture).save("other.png")
        exec(code, names)
    assert names["answer"].reasons == (None,) * 4
    assert names["net"].temperature > 0  # as the page says: fitted on the part validate

    told = here("nets", "plan.toml", "--json", cwd=folder).document
    assert set(told) == keys_told("affekt nets")
    (net,) = told["nets"]
    assert (net["net"], net["state"], net["temperature"]) == (
        "tuned",
        "done",
        names["net"].temperature,
    )
    assert (folder / net["folder"] / "model.onnx").is_file()
    words = ("predict", "net", "photographs/val", "-o", "t.csv", "--json", "--stats")
    assert set(here(*words, cwd=folder).document) == keys_told("affekt predict")
    again = here("nets", "plan.toml", "--take", "tuned", "--out", "net", cwd=folder)
    assert (again.code, "nothing is overwritten" in again.err) == (4, True)
    wrong = here("nets", "plan.toml", "--take", "tuner", "--out", "other", cwd=folder)
    assert (wrong.code, "it trains 'tuned'" in wrong.err) == (2, True)


def test_a_net_is_not_taken_before_it_is_trained(folder: Path, tmp_path: Path) -> None:
    text = (folder / "plan.toml").read_text(encoding="utf-8")
    (tmp_path / "photographs").symlink_to(folder / "photographs")
    (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
    listed = here("nets", "plan.toml", cwd=tmp_path)
    assert listed.code == 0, listed.err
    assert re.search(r"^tuned +open ", listed.out, re.MULTILINE)
    ran = here("nets", "plan.toml", "--take", "tuned", "--out", "net", cwd=tmp_path)
    assert (ran.code, "run `affekt bench`" in ran.err) == (2, True)
    half = here("nets", "plan.toml", "--take", "tuned", cwd=tmp_path)
    assert (half.code, "give both or none" in half.err) == (2, True)
    assert not (tmp_path / "net").exists()


def test_a_plan_without_nets_says_so(tmp_path: Path) -> None:
    assert here("new", "plan.toml", "--template", "tiny", cwd=tmp_path).code == 0
    ran = here("nets", "plan.toml", cwd=tmp_path)
    assert (ran.code, "trains no net" in ran.out) == (0, True)
