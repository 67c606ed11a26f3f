"""Links that fail for good, as a user meets them on the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from affekt.foreign import SIGN
from tests.cli.plans import UNTIL_RELEASE
from tests.cli.run import Ran, affekt
from tests.servers._wire import Request, Server, whole
from tests.servers.pictures import picture
from tests.stages.online import Answers

pytestmark = pytest.mark.slow
PLAN = """
[fetch]
contact = "test@example.org"
allowed_networks = ["127.0.0.0/8"]

[collect]
sources = [{ kind = "links", path = "links.csv", unlabelled = true }]
"""


def gone_once(request: Request) -> bytes:
    fine = whole(picture(request.path), "Content-Type: image/jpeg")
    return whole(b"", status=410) if request.n == 1 else fine


def page(_: Request) -> bytes:
    return whole(b"<html>\x1b[2J\r\n\xc2\x9bSign in", "Content-Type: image/jpeg")


class Project:
    """A plan of four links, two of which fail."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder, self.server = folder, server
        paths = ("gone/a.jpg", "page/b.jpg", "ok/c.jpg", "ok/d.jpg")
        lines = [f"{path},{server.base}/{path}" for path in paths]
        (folder / "links.csv").write_text("source_id,url\n" + "\n".join(lines) + "\n")
        (folder / "plan.toml").write_text(PLAN + UNTIL_RELEASE)

    def run(self, command: str, *words: str) -> Ran:
        ran = affekt(command, "plan.toml", *words, cwd=self.folder)
        assert ran.code == 0, ran.err
        return ran

    def reasons(self, *words: str) -> dict[str, int]:
        steps = self.run("build", "--to", "clean", "--json", *words).document
        return next(dict(step["reasons"]) for step in steps if step["name"] == "clean")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Server(Answers({"gone": gone_once, "page": page})) as server:
        yield Project(tmp_path, server)


def test_what_is_final_is_asked_again_only_when_told_to(project: Project) -> None:
    """B24."""
    assert project.reasons() == {"gone": 1, "not-a-picture": 1}
    assert project.reasons() == {"gone": 1, "not-a-picture": 1}
    assert project.server.asked["/gone/a.jpg"] == 1
    assert project.reasons("--retry-final") == {"not-a-picture": 1}
    assert (project.server.asked["/gone/a.jpg"], project.server.asked["/ok/c.jpg"]) == (2, 1)


def test_what_came_in_place_of_a_picture_is_told_clean(project: Project) -> None:
    """B20."""
    project.reasons()
    ran = project.run("why", "page/b.jpg")
    assert f"begins with '<html>{SIGN}[2J {SIGN}Sign in'" in ran.out
    assert all(one.isprintable() or one == "\n" for one in ran.out)
