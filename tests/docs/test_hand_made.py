"""The page on hand-made features has each row of each set, as it is, and its pictures."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from PIL import Image

from affekt.features import Feature
from tests.docs.pages import ROOT, section, text_of
from tests.docs.rows import every_part

PAGE = "docs/hand-made-features.md"
ROW = re.compile(r"^\| [^|]+ \| `(\w+)` \| `(\w+)\.(\w+)` \| (\d+) \|", re.MULTILINE)
IMAGES = re.findall(r"\((images/[\w-]+\.webp)\)", text_of(PAGE))
SETS = [
    part
    for family, part in every_part()
    if family == "features" and issubclass(part, Feature) and "blocks" in part.model_fields
]
sets = pytest.mark.parametrize("part", SETS, ids=lambda part: part.kind())


@sets
def test_every_row_of_a_set_is_told_with_the_number_of_its_values(part: type[Feature]) -> None:
    told = {found[1]: int(found[4]) for found in ROW.finditer(section(PAGE, part.kind()))}
    blocks = [name.split(".")[1] for name in part.example().names]
    assert told == {block: blocks.count(block) for block in blocks}
    assert list(told) == list(dict.fromkeys(blocks))


@sets
def test_the_functions_that_are_named_are_there(part: type[Feature]) -> None:
    for _, module, function, _ in ROW.findall(section(PAGE, part.kind())):
        assert callable(getattr(import_module(f"affekt.blocks.{module}"), function))


def test_the_pictures_are_small() -> None:
    sizes = [(ROOT / "docs" / name).stat().st_size for name in IMAGES]
    assert 0 < sum(sizes) < 1_000_000


@pytest.mark.slow
def test_the_pictures_can_be_drawn_again(tmp_path: Path) -> None:
    tool = ROOT / "tools" / "hand_made_pictures.py"
    subprocess.run([sys.executable, str(tool), str(tmp_path)], check=True)
    drawn = sorted(path.name for path in tmp_path.iterdir())
    assert drawn == sorted(Path(name).name for name in IMAGES)
    for name in drawn:
        with Image.open(tmp_path / name) as new, Image.open(ROOT / "docs/images" / name) as shown:
            assert new.size == shown.size
