"""One report of everything, shared by the tests that only look at it."""

from pathlib import Path

import pytest

from affekt import report
from tests.report import made


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of both lines, with one failed cell."""
    folder = tmp_path_factory.mktemp("report")
    world = made.World(folder / "work")
    given = made.whole(world, (*made.benchmark(world), made.failed()), build=made.build(world))
    return report.write(given, folder / "out")
