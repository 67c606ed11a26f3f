"""The whole of both lines through the command line, killed and changed on the way."""

import hashlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import polars as pl
import pytest

from affekt.plan import STEPS
from tests.cli.run import AFFEKT, affekt

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tiny plan, built once."""
    folder = tmp_path_factory.mktemp("tiny")
    affekt("new", "plan.toml", "--template", "tiny", cwd=folder)
    ran = affekt("build", "plan.toml", cwd=folder)
    assert ran.code == 0, ran.err
    return folder


def status(folder: Path) -> dict[str, dict[str, object]]:
    return {
        step["name"]: step for step in affekt("status", "plan.toml", "--json", cwd=folder).document
    }


def tables(folder: Path) -> dict[str, str]:
    """Hash of every table and of every published file, by name."""
    places = [
        *folder.glob("work/products/*/*.parquet"),
        *folder.glob("work/releases/**/*"),
        *folder.glob("work/pictures/*"),
    ]
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(places)
        if path.is_file()
    }


def test_every_step_stands_and_counts_add_up(built: Path) -> None:
    """D4, C2."""
    steps = status(built)
    for name in ("clean", "dedupe", "sample", "decide", "split", "release"):
        folder = built / "work" / "products"
        manifest = next(
            json.loads(path.read_text())
            for path in folder.glob("*/manifest.json")
            if json.loads(path.read_text())["address"].startswith(str(steps[name]["address"]))
        )
        assert manifest["came_in"] == manifest["kept"] + manifest["dropped"]


def test_a_second_build_computes_nothing(built: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in built.glob("work/products/*/*")}
    assert affekt("build", "plan.toml", cwd=built).code == 0
    assert {path: path.stat().st_mtime_ns for path in built.glob("work/products/*/*")} == before


def test_a_changed_setting_recomputes_only_what_follows(built: Path) -> None:
    text = (built / "plan.toml").read_text()
    changed = text.replace('{ kind = "at_least", yes = 3, of = 5 }', '"majority"').replace(
        'name = "tiny"', 'name = "strict"'
    )
    (built / "strict.toml").write_text(changed)
    before = status(built)
    assert affekt("build", "strict.toml", cwd=built).code == 0
    after = {
        step["name"]: step for step in affekt("status", "strict.toml", "--json", cwd=built).document
    }
    same = [name for name in STEPS
            if before[name]["address"] == after[name]["address"]]  # fmt: skip
    assert same == ["collect", "clean", "dedupe", "sample", "noisy", "verify"]


def test_the_release_is_sound(built: Path) -> None:
    """R70."""
    ran = affekt("release", "check", "work/releases/tiny-0.1.0", cwd=built)
    assert (ran.code, "sound" in ran.out) == (0, True), ran.out


def test_a_flipped_bit_in_the_release_is_named(built: Path, tmp_path: Path) -> None:
    """B64."""
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", built / "work/releases/tiny-0.1.0", copy], check=True)
    labels = copy / "annotations" / "labels.csv"
    data = bytearray(labels.read_bytes())
    data[-2] ^= 1
    labels.write_bytes(data)
    ran = affekt("release", "check", copy, "--json", cwd=tmp_path)
    assert ran.code == 1
    assert any("labels.csv" in str(one["place"]) for one in ran.document["findings"])


def test_why_tells_the_fate_of_a_kept_and_of_a_dropped_picture(built: Path) -> None:
    products = {
        path.parent.name.split("-")[0]: path.parent
        for path in built.glob("work/products/*/manifest.json")
    }
    kept = pl.read_parquet(products["dedupe"] / "table.parquet")["source_id"][0]
    dropped = pl.read_parquet(products["clean"] / "dropped.parquet")["source_id"][0]
    fates = affekt("why", "plan.toml", kept, "--json", cwd=built).document
    assert [fate["step"] for fate in fates[:3]] == ["collect", "clean", "dedupe"]
    fates = affekt("why", "plan.toml", dropped, "--json", cwd=built).document
    assert fates[-1]["verdict"] == "dropped"
    assert fates[-1]["text"]
    nothing = affekt("why", "plan.toml", "no-such-picture", cwd=built)
    assert nothing.code == 2


def test_benchmark_and_report_follow(built: Path) -> None:
    """P1, T3: predictions are kept, the page is made of them."""
    ran = affekt("bench", "plan.toml", "--json", cwd=built)
    assert ran.code == 0, ran.err
    assert {row["entry"] for row in ran.document} == {
        "colour histogram, logistic",
        "majority",
        "chance",
    }
    before = tables(built)
    assert affekt("bench", "plan.toml", cwd=built).code == 0
    assert tables(built) == before
    page = Path(affekt("report", "plan.toml", "--json", cwd=built).document["page"])
    text = page.read_text(encoding="utf-8")
    assert "generated" in text.lower()
    assert "simulated" in text.lower()
    assert "colour histogram, logistic" in text


MOMENTS = (
    "0.9 s",
    "2.3 s",
    "collect-*",
    ".clean-*/scratch/*",
    "sample-*",
    "verify-*",
    ".release-*/scratch/*",
)


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_it_ends_with_the_same_bytes(
    built: Path, tmp_path: Path, moment: str
) -> None:
    """D3, B11: after a time, after a product appeared, or while scratch of a stage lies there."""
    affekt("new", "plan.toml", "--template", "tiny", cwd=tmp_path)
    process = subprocess.Popen(
        [*AFFEKT, "build", "plan.toml"], cwd=tmp_path, start_new_session=True
    )
    wait_for(moment, process, tmp_path / "work" / "products")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    ran = affekt("build", "plan.toml", cwd=tmp_path)
    assert ran.code == 0, ran.err
    mine, undisturbed = tables(tmp_path), tables(built)
    assert mine == {name: value for name, value in undisturbed.items() if name in mine}
    assert all(step["state"] == "done" for name, step in status(tmp_path).items() if name in STEPS)
    assert not list(tmp_path.glob("work/**/.*"))


def wait_for(moment: str, process: subprocess.Popen[bytes], products: Path) -> None:
    """Wait some seconds, or until something of that name lies among the products."""
    if moment.endswith(" s"):
        time.sleep(float(moment.removesuffix(" s")))
        return
    while process.poll() is None and not list(products.glob(moment)):
        time.sleep(0.002)
