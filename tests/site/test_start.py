"""From a plan to a site: what is refused before it opens, and a campaign built around it."""

import json
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from affekt import plan
from affekt.campaign import staff
from affekt.campaign.live import Live
from affekt.cli.serve import _start as opened_site
from affekt.errors import DiskTrouble, MissingExtra, Refused, UsageError
from affekt.exports.shape import FILES
from affekt.journal.schema import items
from affekt.project import Project
from affekt.site import passwords, start
from affekt.site.gallery import pool_of
from tests import patience
from tests.site.scene import EMOTIONS, SECRET, Site, free_port, painted
from tests.site.visits import form_token

MAIN = "from affekt.cli import main; main()"
CROWD = """{ kind = "local", pool = "pool", asking = { batch = 8, gold_rate = 0, min_view_ms = 0, \
test = { n_questions = 2, pass_at = 0 } } }"""
PLAN = f"""
title = "A campaign"
[collect]
sources = [{{ kind = "generated", per_emotion = 2, photographs = false }}]
[dedupe]
max_hamming_bits = 0
[sample]
per_emotion = 1
[verify]
crowd = {CROWD}
until = {{ kind = "fixed", votes = 1 }}
[decide]
rule = {{ kind = "at_least", yes = 1, of = 1 }}
[release]
name = "toy"
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan whose questions are drawn and put."""
    place = tmp_path_factory.mktemp("built")
    (place / "plan.toml").write_text(PLAN)
    folder = place / "pool" / "awe"
    folder.mkdir(parents=True)
    for number in range(4):
        painted(folder, number)
    assert affekt("build", place).returncode == 3
    return place


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(built, tmp_path / "project")


def affekt(command: str, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-c", MAIN, command, "plan.toml", *more]
    return subprocess.run(
        line, cwd=folder, capture_output=True, text=True, timeout=patience.SECONDS
    )


@contextmanager
def serving(folder: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A process that serves, and what it said when it was ready."""
    line = [sys.executable, "-c", MAIN, "serve", "plan.toml", "--port", str(port), "--json"]
    process = subprocess.Popen(line, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        said = ""
        while "}" not in said:
            said += process.stdout.readline()
        until = time.monotonic() + patience.SECONDS
        while time.monotonic() < until:
            try:
                httpx.get(f"http://127.0.0.1:{port}/", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield process, json.loads(said)
    finally:
        process.kill()
        process.wait(patience.SECONDS)
        if process.stdout:
            process.stdout.close()


def answer_all(client: httpx.Client, address: str, link: str) -> str:
    """A worker's whole way, without a browser."""
    own = {"origin": address}
    page = client.get(link).text
    token = form_token(page)
    version = re.search(r'name="version" value="([^"]+)"', page)
    digest = re.search(r'name="sha256" value="(\w+)"', page)
    assert version
    assert digest
    send = {"form_token": token}
    agreed = {**send, "answer": "agree", "version": version[1], "sha256": digest[1]}
    client.post("/consent", data=agreed, headers=own)
    client.post("/feelings", data={**send, "feeling": list(EMOTIONS)}, headers=own)
    page = client.post("/test/begin", data=send, headers=own).text
    for _ in range(2):
        question = re.search(r'name="question" value="([^"]+)"', page)
        assert question
        form = {**send, "question": question[1], "choice": "awe"}
        page = client.post("/test/answer", data=form, headers=own).text
    batch = client.post("/batch/begin", data=send, headers=own).text
    for at, card in enumerate(re.findall(r"token&#34;: &#34;([\w-]{22})&#34;", batch)):
        said = {"card": card, "key": f"{at:032x}", "felt": True, "seconds": 2.0}
        kept = client.post("/batch/answer", json=said, headers={**own, "x-form-token": token})
        assert kept.json()["state"] == "kept"
    number = re.search(r'name="batch" value="([^"]+)"', batch)
    assert number
    return client.post("/batch/submit", data={**send, "batch": number[1]}, headers=own).text


@pytest.mark.slow
def test_a_plan_is_built_served_answered_killed_and_built_to_its_end(project: Path) -> None:
    """C1, B54, B58: the whole way of a campaign by its commands."""
    port = free_port()
    with serving(project, port) as (process, said):
        address, link = said["address"], said["first_link"]
        own = {"origin": address}
        with httpx.Client(base_url=address, headers=own, follow_redirects=True) as desk:
            form = {"password": "four words of nobody", "again": "four words of nobody"}
            desk.post(link, data=form)
            page = desk.post("/desk/sign-in", data={"name": "owner", **form}).text
            invited = desk.post("/desk/invitations", data={"form_token": form_token(page)}).text
            worker = re.search(rf"{address}(/w/\S+)", invited)
            assert worker
            for name in FILES:
                assert desk.get(f"/desk/exports/{name}").status_code == 200
        process.kill()
    with (
        serving(project, port) as (process, said),
        httpx.Client(base_url=said["address"], follow_redirects=True) as client,
    ):
        assert said["first_link"] is None
        assert "Answered: 8" in answer_all(client, said["address"], worker[1])
        process.send_signal(signal.SIGINT)
        assert process.wait(patience.SECONDS) == 130
    assert affekt("build", project).returncode == 0
    assert "/w/" not in (project / "work" / "logs" / "affekt.jsonl").read_text()


def served(folder: Path) -> tuple[int, dict[str, str], list[tuple[str, ...]], frozenset[str]]:
    """The campaign's number, its questions by picture, the content notes, what is covered."""
    with start.opened(Project(plan.read(folder / "plan.toml")), start.door("::1", 1, None)) as one:
        with one.live.database.read() as connection:
            asked = connection.execute(select(items.c.image_id, items.c.question_id))
            questions = {str(image): str(question) for image, question in asked}
        return one.live.number, questions, list(one.gallery.notes.values()), one.live.noted


@pytest.mark.slow
def test_notes_are_of_the_projects_tags_and_ask_nothing_anew(project: Path) -> None:
    """R22: with other words the campaign and its questions are those that they were."""
    number, questions, notes, covered = served(project)
    assert (notes, covered) == ([], frozenset())
    tag = Project(plan.read(project / "plan.toml")).products()["dedupe"].table()["tags"][0][0]
    text = f"{PLAN}warnings = {{ other = [{json.dumps(tag)}] }}\n"
    (project / "plan.toml").write_text(text)
    again = served(project)
    assert again[:2] == (number, questions)
    assert set(again[2]) == {("other",)}
    assert 0 < len(again[3]) < 16


@pytest.mark.slow
def test_a_public_address_without_a_password_is_refused_with_4(project: Path) -> None:
    """B58."""
    refused = affekt("serve", project, "--public-url", "https://study.example.org")
    assert refused.returncode == 4
    assert "no owner has set a password" in refused.stderr


def test_a_plan_of_another_crowd_has_no_site(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(PLAN.replace(CROWD, '"simulated"'))
    read = plan.read(tmp_path / "plan.toml")
    with pytest.raises(UsageError, match="the crowd is 'simulated'"):
        start.crowd_of(read)


def test_a_plan_that_has_drawn_nothing_is_told_to_build(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(PLAN)
    project = Project(plan.read(tmp_path / "plan.toml"))
    at = start.door("127.0.0.1", 8000, None)
    with pytest.raises(UsageError, match="affekt build"), start.opened(project, at):
        pass


@pytest.mark.parametrize(
    ("host", "url", "address", "is_public"),
    [
        ("127.0.0.1", None, "http://127.0.0.1:8000", False),
        ("::1", None, "http://[::1]:8000", False),
        ("localhost", "https://a.example/", "https://a.example", True),
        ("0.0.0.0", "https://a.example:444", "https://a.example:444", True),
    ],
)
def test_a_door_knows_its_address_and_who_can_come(
    host: str, url: str | None, address: str, is_public: bool
) -> None:
    found = start.door(host, 8000, url)
    assert (found.address, found.is_public) == (address, is_public)


@pytest.mark.parametrize(
    ("host", "url", "error"),
    [
        ("0.0.0.0", None, Refused),
        ("127.0.0.1", "http://a.example", Refused),
        ("127.0.0.1", "a.example", UsageError),
        ("127.0.0.1", "https://a.example/path", UsageError),
    ],
)
def test_a_door_without_https_or_with_a_path_is_refused(
    host: str, url: str | None, error: type[Exception]
) -> None:
    """B58."""
    with pytest.raises(error):
        start.door(host, 8000, url)


def test_an_owner_with_a_password_may_open_to_others(quick: Site) -> None:
    """B58."""
    public = start.door("127.0.0.1", 8000, "https://a.example")
    with pytest.raises(Refused, match="no owner"):
        start.check_safe(quick.live, public, SECRET)
    link = staff.invite(quick.live, "owner", "owner", actor="test")
    staff.set_password(quick.live, link, passwords.hashed("four words of nobody"))
    start.check_safe(quick.live, public, SECRET)
    with pytest.raises(Refused, match="guessed"):
        start.check_safe(quick.live, public, b"a" * 32)


def test_a_full_disk_ends_no_sweeping(
    quick: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """C26: what could not be swept is told, and the next time is tried."""
    ended, tries = threading.Event(), []

    def full(_: Live) -> int:
        tries.append(1)
        (ended.set if len(tries) > 1 else ended.is_set)()
        raise DiskTrouble("the disk is full")

    monkeypatch.setattr(start, "SWEEP_SECONDS", 0.01)
    monkeypatch.setattr(start, "sweep", full)
    start._sweep(quick.live, ended)
    assert len(tries) == 2
    assert "what is over was not swept: the disk is full" in caplog.text


def test_a_pool_names_emotions_by_folders_and_a_strange_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "awe").mkdir()
    name, _ = painted(tmp_path / "awe", 1)
    (tmp_path / "awe" / "notes.txt").write_text("no picture")
    assert pool_of(tmp_path, EMOTIONS).emotions == {name: "awe"}
    (tmp_path / "joy").mkdir()
    with pytest.raises(UsageError, match="no emotion of the plan"):
        pool_of(tmp_path, EMOTIONS)
    with pytest.raises(UsageError, match="is no folder"):
        pool_of(tmp_path / "nothing", EMOTIONS)
    assert pool_of(None, EMOTIONS).paths == {}


def test_without_its_extra_the_command_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "affekt.site.start")
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(MissingExtra, match=r"pip install 'affekt\[serve\]'"):
        opened_site()
