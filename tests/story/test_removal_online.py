"""What was removed on request from a project of the web is not asked for again."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import polars as pl
import pytest

from affekt.forgotten import Entry
from affekt.journal.fetched import Attempts
from affekt.project import Project, open_plan
from tests import objects
from tests.remains import remains
from tests.servers.pictures import Host, hosting, picture

pytestmark = pytest.mark.slow

PLAN = """
{project}
forgotten = "forgotten.csv"

[fetch]
contact = "test@example.org"
allowed_networks = ["127.0.0.0/8"]

[collect]
sources = [{{ kind = "links", path = "urls.csv", emotion = "awe" }}]

[clean]
store_side_px = 80

[sample]
per_emotion = 5

[verify]
crowd = "simulated"

[decide]
rule = "majority"

[release]
name = "ours"
"""
# A dozen that show different things: a host has 64 paintings.
SHOWN = {crc32(path.encode()) % 64: path for path in (f"/photos/{n:03d}.jpg" for n in range(50))}
PATHS = sorted(SHOWN.values())[:12]
GONE, TWIN = PATHS[3], "/copied/elsewhere.jpg"
NAME = f"id-{Path(GONE).stem}"
OTHER = f"id-{Path(PATHS[5]).stem}"
DATA = picture(GONE)
OWNER, TITLE = "Ann Example", "Secret garden"
TOLD: list[str | bytes] = [GONE, OWNER, TITLE, NAME, hashlib.sha256(DATA).hexdigest(), DATA]
WHY = "asked by mail"


@pytest.fixture
def host() -> Iterator[Host]:
    with hosting({TWIN: DATA}) as running:
        yield running


def listed(host: Host, *paths: str) -> str:
    rows = [
        f"{host.base}{path},{_name(path)},{OWNER if path == GONE else 'Bob'},"
        f"{TITLE if path == GONE else 'Sea'}"
        for path in paths
    ]
    return "\n".join(["url,source_id,owner,title", *rows]) + "\n"


def _name(path: str) -> str:
    return f"id-{Path(path).stem}"


def written(folder: Path, host: Host, *, url: str = "") -> Path:
    plan = folder / "plan.toml"
    plan.write_text(PLAN.format(project=f'project = "{url}"' if url else ""))
    (folder / "urls.csv").write_text(listed(host, *PATHS))
    return plan


def built(plan: Path) -> Project:
    project = open_plan(plan)
    project.build(to="dedupe")
    return project


def again(plan: Path, old: str, new: str) -> Project:
    text = plan.read_text()
    assert old in text
    plan.write_text(text.replace(old, new))
    return built(plan)


def test_a_link_that_was_removed_is_not_asked_for_again(tmp_path: Path, host: Host) -> None:
    """B68; collect.md 3.4."""
    plan = written(tmp_path, host)
    project = built(plan)
    stored = project.products()["clean"].table().filter(source_id=NAME)["image_id"].item()
    told = [*TOLD, str(stored)]
    assert len(remains(tmp_path / "work", told)) == len(told) - 1  # a smaller picture is stored
    gone = open_plan(plan).forget([Entry("picture", f"links:{NAME}")], why=WHY)
    assert (gone.pictures, gone.images, gone.attempts, gone.places, gone.hits) == (1, 2, 1, 1, 1)
    assert not remains(tmp_path / "work", told)

    project = again(plan, "[collect]", "[collect]\nedition = 2")
    assert project.products()["clean"].table().height == len(PATHS) - 1
    assert not remains(tmp_path / "work", told)
    assert {path: host.asked(path) for path in PATHS} == dict.fromkeys(PATHS, 1)
    shown = dict(project.store.shelf.scan(project.products()["clean"].table()))
    assert len(shown) == len(PATHS) - 1


def test_the_same_bytes_behind_another_link_are_let_go_when_they_come(
    tmp_path: Path, host: Host
) -> None:
    """B68."""
    plan = written(tmp_path, host)
    built(plan)
    open_plan(plan).forget([Entry("owner", f"links:{OWNER}")], why=WHY)
    (tmp_path / "urls.csv").write_text(listed(host, *PATHS, TWIN))
    project = built(plan)
    assert project.products()["clean"].manifest["reasons"] == {"forgotten": 1}
    assert host.asked(TWIN) == 1
    assert not remains(tmp_path / "work", TOLD)
    again(plan, "[clean]", "[clean]\nmin_side_px = 65")
    assert host.asked(TWIN) == 1

    gone = open_plan(plan).forget([])
    assert (gone.pictures, gone.attempts, gone.added) == (1, 1, 1)
    assert not remains(tmp_path / "work", [TWIN, "id-elsewhere"])
    built(plan)
    assert host.asked(TWIN) == 1


def test_a_line_added_by_hand_counts_at_the_next_build(tmp_path: Path, host: Host) -> None:
    """What is here already is dropped; the list works without the command."""
    plan = written(tmp_path, host)
    built(plan)
    digest = hashlib.sha256(DATA).hexdigest()
    owners = "kind,value\nowner,links:Nobody\n"
    (tmp_path / "forgotten.csv").write_text(f"{owners}image,{digest}\npicture,links:{OTHER}\n")
    project = built(plan)
    dropped = project.products()["clean"].dropped().select("source_id", "reason")
    assert dropped.sort("source_id").rows() == [(NAME, "forgotten"), (OTHER, "forgotten")]
    assert {path: host.asked(path) for path in PATHS} == dict.fromkeys(PATHS, 1)


def test_nothing_of_it_is_left_in_an_object_store(
    tmp_path: Path, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    with objects.bucket(monkeypatch) as url:
        plan = written(tmp_path, host, url=url)
        built(plan)
        before = downloaded(url, tmp_path / "before")
        assert len(remains(before, TOLD)) == len(TOLD) - 1
        gone = open_plan(plan).forget([Entry("picture", f"links:{NAME}")], why=WHY)
        assert (gone.attempts, gone.places, gone.hits) == (1, 1, 1)
        assert not remains(downloaded(url, tmp_path / "after"), TOLD)
        assert not remains(tmp_path / ".affekt", TOLD)
        project = again(plan, "[collect]", "[collect]\nedition = 2")
        assert project.products()["clean"].table().height == len(PATHS) - 1
        assert not remains(downloaded(url, tmp_path / "later"), TOLD)
    assert host.asked(GONE) == 1


def downloaded(url: str, folder: Path) -> Path:
    """Bring all objects of a bucket into a folder."""
    client, bucket = objects.client(objects.server()), url.split("/")[2]
    for name in objects.names(url):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(client.get_object(Bucket=bucket, Key=name)["Body"].read())
    return folder


def test_an_attempt_is_taken_out_and_the_others_stay(tmp_path: Path, host: Host) -> None:
    plan = written(tmp_path, host)
    built(plan)
    attempts = Attempts(tmp_path / "work/journal/fetched")
    before = attempts.table(["source_id", "url", "image_id"]).sort("source_id")

    def is_gone(rows: pl.DataFrame) -> pl.Series:
        return rows["source_id"] == NAME

    assert attempts.forget(is_gone, dry=True) == 1
    assert attempts.forget(is_gone) == 1
    assert attempts.forget(is_gone) == 0
    after = attempts.table(["source_id", "url", "image_id"]).sort("source_id")
    assert after.equals(before.filter(pl.col("source_id") != NAME))
