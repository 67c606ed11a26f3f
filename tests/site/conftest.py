"""One site for the tests that only talk to it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.site.scene import Site, site
from tests.site.screens import CHROMIUM, QUIET


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Site]:
    """A site that asks without a test, and a campaign with twelve questions."""
    with site(tmp_path / "site") as one:
        yield one


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as tools:
        yield tools.chromium.launch(executable_path=CHROMIUM, args=QUIET)
