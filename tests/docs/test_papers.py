"""Licence, notice, citation and changelog say the same as the code."""

import re
import tomllib
from importlib.metadata import version

from affekt import __version__
from affekt.nets.alexnet import KNOWN
from affekt.nets.caffenet import REFERENCE_SHA1
from affekt.nets.efficientnet_lite0 import WEIGHTS, WEIGHTS_SHA256
from tests.docs.pages import text_of

PROJECT = tomllib.loads(text_of("pyproject.toml"))["project"]


def test_one_version_stands_everywhere() -> None:
    cited = re.search(r"^version: (.+)$", text_of("CITATION.cff"), re.MULTILINE)
    released = re.search(r"^## \[(\d.+?)\]", text_of("CHANGELOG.md"), re.MULTILINE)
    assert cited
    assert released
    assert {__version__, PROJECT["version"], cited[1], released[1]} == {version("affekt")}


def test_the_licence_is_the_whole_apache_licence() -> None:
    text = text_of("LICENSE")
    assert PROJECT["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_notice_names_the_weights_that_are_used() -> None:
    """M10."""
    assert WEIGHTS in text_of("NOTICE")
    assert WEIGHTS_SHA256 in text_of("NOTICE")


def test_weights_that_a_user_may_bring_are_named_with_their_hash() -> None:
    """M23."""
    for page in ("NOTICE", "docs/nets.md"):
        told = text_of(page)
        assert {REFERENCE_SHA1, *KNOWN.values()} <= set(re.findall(r"[\w-]+", told)), page


def test_every_extra_is_explained() -> None:
    """C17."""
    told = text_of("docs/install.md")
    assert not [name for name in PROJECT["optional-dependencies"] if f"| `{name}` |" not in told]
