"""Parts: identity, lookup by file, and settings whose problems are all found at once."""

from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import Field, ValidationError

from affekt import parts
from affekt.errors import UsageError
from affekt.parts import Part, Place, Reader, find
from affekt.rules import Rule
from affekt.taxonomy import MIKELS8, Taxonomy


class Owner(Part):
    """A part of no folder that holds other parts."""

    family: ClassVar[str] = "stages"


class Holder(Owner):
    """Holds rules and a place."""

    idle: ClassVar[frozenset[str]] = frozenset({"threads"})
    rule: Rule
    more: tuple[Rule, ...] = ()
    spare: Rule | None = None
    root: Place = Place(written="here")
    taxonomy: Taxonomy = MIKELS8
    share: float = Field(0.5, ge=0, le=1)
    threads: int = 1


def read(given: Any, **handed_down: Any) -> tuple[Holder | None, list[tuple[str, str]]]:
    reader = Reader(handed_down, base="/base")
    part = reader.read(Holder, given, ("holder",))
    return part, [(".".join(map(str, one.path)), one.text) for one in reader.troubles]


def test_a_kind_is_a_word_or_a_table() -> None:
    part, troubles = read({"rule": "majority", "more": [{"kind": "at_least", "yes": 2, "of": 3}]})
    assert not troubles
    assert part is not None
    assert [one.kind() for one in (part.rule, *part.more)] == ["majority", "at_least"]


def test_all_problems_are_told_at_once_with_their_paths() -> None:
    """B01, B02, C3."""
    part, troubles = read(
        {"rule": "majorty", "share": 2, "thread": 1, "more": [{"kind": "at_least", "yess": 2}]}
    )
    assert part is None
    assert sorted(path for path, _ in troubles) == [
        "holder.more.0.yess", "holder.rule.kind", "holder.share", "holder.thread",
    ]  # fmt: skip
    told = dict(troubles)
    assert "did you mean 'majority'?" in told["holder.rule.kind"]
    assert "did you mean 'threads'?" in told["holder.thread"]
    assert told["holder.share"].startswith("is 2; input should be less than or equal to 1")


def test_a_setting_handed_down_reaches_nested_parts_unless_given() -> None:
    part, _ = read({"rule": "majority", "share": 0.25}, share=0.75, threads=4)
    assert part is not None
    assert (part.share, part.threads) == (0.25, 4)


def test_code_outside_affekt_is_followed_only_when_trusted() -> None:
    """X8."""
    _, troubles = read({"rule": "mylab.rule"})
    assert "--trust" in troubles[0][1]


def test_a_part_that_is_asked_for_directly_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"known: .*majority"):
        parts.find("rules", "nothing_like_it")


def test_identity_holds_nested_parts_and_leaves_out_idle_settings() -> None:
    holder = Holder(rule="majority", threads=7)
    identity = holder.identity()
    assert identity["rule"]["kind"] == "majority"
    assert "threads" not in identity
    assert holder.digest() == Holder(rule="majority", threads=1).digest()


def test_a_place_is_found_below_its_base_but_known_by_what_was_written() -> None:
    part, _ = read({"rule": "majority", "root": "pictures"})
    assert part is not None
    assert str(part.root.path) == "/base/pictures"
    assert part.identity()["root"] == "pictures"


def test_a_part_is_frozen() -> None:
    with pytest.raises(ValidationError):
        Holder(rule="majority").threads = 2  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize(
    "family", ["sources", "crowd", "rules", "features", "models", "datasets", "protocols"]
)
def test_every_file_of_a_family_is_a_part_named_by_it(family: str) -> None:
    found = {kind: parts.find(family, kind) for kind in parts.kinds(family)}
    assert found
    assert all(part.kind() == kind and part.family == family for kind, part in found.items())


@pytest.mark.parametrize("text", ["raise RuntimeError('boom')", "x = ("])
def test_a_foreign_module_that_cannot_be_imported_is_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """B01: the sentence says that it is not affekt that broke."""
    (tmp_path / "mylab_broken").mkdir()
    (tmp_path / "mylab_broken" / "__init__.py").write_text("")
    (tmp_path / "mylab_broken" / "light.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UsageError, match=r"'mylab_broken\.light' cannot be imported"):
        find("features", "mylab_broken.light", trust=True)


@pytest.mark.parametrize("kind", [".x", "x.", "a..b", " . "])
def test_a_dotted_word_that_names_no_module_is_told(kind: str) -> None:
    """B06."""
    with pytest.raises(UsageError, match="cannot be found"):
        find("features", kind, trust=True)
