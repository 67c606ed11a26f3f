"""The plan that a release tells of itself."""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from affekt import templates
from affekt.plan import read
from affekt.plan.shapes import BUILD, Build
from affekt.stages._plan import plan_of
from affekt.taxonomy import MIKELS8, Emotion, Taxonomy


def recipes(build: Build) -> list[dict[str, Any]]:
    """What manifests hold of the steps, as it comes back from JSON."""
    return [{"recipe": json.loads(json.dumps(getattr(build, name).identity()))} for name in BUILD]


@pytest.mark.parametrize("template", ["tiny", "folder", "paper", "table3", "modern"])
def test_the_plan_of_a_release_leads_to_the_same_steps(template: str, tmp_path: Path) -> None:
    """R56: what stands in the manifest is a plan, and builds what the first one built."""
    first = read(templates.write(tmp_path / "first.toml", template))
    assert first.build
    text = plan_of(first.taxonomy, recipes(first.build)).text
    (tmp_path / "told.toml").write_text(f'{text}\n[fetch]\ncontact = "you@example.org"\n')
    told = read(tmp_path / "told.toml")
    assert told.build
    differing = [
        name
        for name in BUILD
        if getattr(first.build, name).digest() != getattr(told.build, name).digest()
    ]
    assert differing == []


def test_an_own_taxonomy_is_spelled_out(tmp_path: Path) -> None:
    """R56."""
    own = Taxonomy(name="two", emotions=(Emotion(name="calm"), Emotion(name="dread", valence=-1)))
    told = plan_of(own, [])
    assert Taxonomy.model_validate(tomllib.loads(told.text)["taxonomy"]) == own
    assert told.sha256 == hashlib.sha256(told.text.encode()).hexdigest()


def test_no_place_of_a_machine_is_told() -> None:
    """R56, R31: nor what cannot change a result, which is in no recipe."""
    recipe = {"kind": "collect", "sources": [{"kind": "folder", "root": "/home/ann/raw"}]}
    told = plan_of(MIKELS8, [{"recipe": recipe}]).text
    assert tomllib.loads(told)["collect"]["sources"] == [{"kind": "folder", "root": "…/raw"}]
