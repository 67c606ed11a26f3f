"""Both lines of the tiny plan with the project in an object store, moved to another machine."""

import json
import shutil
from pathlib import Path

import pytest

from affekt.plan import STEPS
from affekt.project import open_plan
from affekt.templates import write as write_plan
from tests import objects

pytestmark = pytest.mark.slow


def pages(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("pages/*.jsonl")}


def made(plan: Path) -> dict[str, str]:
    """Address and table of every step, by name."""
    return {
        step: f"{one.address} {one.manifest['table_sha256']} {one.manifest['dropped_sha256']}"
        for step, one in open_plan(plan).products().items()
    }


def test_the_line_gives_the_same_in_a_folder_and_in_an_object_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D3, collect.md section 7: one layer, two places."""
    plan, other = tmp_path / "plan.toml", tmp_path / "other" / "plan.toml"
    write_plan(plan, "tiny")
    with objects.bucket(monkeypatch) as url:
        other.parent.mkdir()
        other.write_text(f'project = "{url}"\n' + plan.read_text())
        open_plan(plan).build()
        open_plan(other).build()
        first = made(other)
        assert first == made(plan)
        assert list(first) == list(STEPS)

        # Another machine: nothing but the plan. All that stands is found, and nothing asked again.
        shutil.rmtree(other.parent / ".affekt")
        moved = open_plan(other)
        assert [step.state for step in moved.status()][: len(STEPS)] == ["done"] * len(STEPS)
        moved.build()
        assert moved.store.computed == []
        moved.bench()
        page = moved.report()
        assert page.is_file()
        assert list((other.parent / ".affekt").rglob("shard-*.parquet")) == []

        names = objects.names(url)
        assert "project/lease.json" not in names
        assert [name for name in names if name.endswith(".line")] != []
        told = json.dumps(names) + "".join(
            path.read_text(errors="replace") for path in other.parent.rglob("*.json*")
        )
        assert objects.KEYS["AWS_SECRET_ACCESS_KEY"] not in told


def test_a_crawl_goes_on_elsewhere_behind_the_last_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = tmp_path / "plan.toml"
    write_plan(plan, "tiny")
    with objects.bucket(monkeypatch) as url:
        plan.write_text(f'project = "{url}"\n' + plan.read_text())
        open_plan(plan).build(to="collect")
        before = pages(tmp_path)
        for name in objects.names(url):
            if "/products/" in name:
                objects.client(objects.server()).delete_object(Bucket=url.split("/")[2], Key=name)
        shutil.rmtree(tmp_path / ".affekt")
        cut = next(name for name in objects.names(url) if name.endswith("1.line"))
        objects.client(objects.server()).delete_object(Bucket=url.split("/")[2], Key=cut)
        open_plan(plan).build(to="collect")
        after = pages(tmp_path)
        # A line says when its page came: what is equal was not asked again.
        changed = {name for name in before if before[name] != after[name]}
        assert {name.removesuffix(".jsonl") for name in changed} <= {cut.split("/")[-2]}
        assert after.keys() == before.keys()
