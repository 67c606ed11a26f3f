"""Nobody asks other people's servers without a name."""

from pathlib import Path

import pytest

from affekt import templates
from affekt.errors import MissingSecret
from affekt.fetch.fetcher import NOBODY, Fetcher
from affekt.fetch.manners import Manners


@pytest.mark.parametrize("contact", [None, NOBODY])
def test_no_contact_and_that_of_a_template_ask_nothing(tmp_path: Path, contact: str | None) -> None:
    """collect.md 3.4."""
    with pytest.raises(MissingSecret, match="set your own in place of"):
        Fetcher(Manners(contact=contact), tmp_path)


@pytest.mark.parametrize("name", ["web", "paper"])
def test_the_templates_that_ask_servers_hold_that_contact(name: str) -> None:
    assert f'contact = "{NOBODY}"' in templates.text(name)
