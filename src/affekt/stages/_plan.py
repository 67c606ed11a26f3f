"""The plan that built a release, written anew from what its steps were filed under."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from affekt.datasets.release.papers.text import toml
from affekt.datasets.release.shape import Plan
from affekt.stages._evidence import without_places
from affekt.taxonomy import KNOWN, Taxonomy

# What the whole plan says once, and what says how a part is written rather than what it does.
SAID_ONCE = frozenset({"taxonomy", "version"})
OF_SECTIONS = {
    "clean": SAID_ONCE | {"sources"},  # those of collect
    "noisy": SAID_ONCE | {"role"},
    "sample": SAID_ONCE | {"role"},
    "release": frozenset({"taxonomy", "format"}),  # its version is that of the release
}


def plan_of(taxonomy: Taxonomy, history: Sequence[Mapping[str, Any]]) -> Plan:
    """Give the plan with every setting that can change a result, defaults spelled out.

    Settings that cannot, such as the number of workers or where votes are kept, are in no recipe;
    so equal products have equal plans. ``history`` has the manifests of all steps, each with its
    ``recipe``.
    """
    recipes = [without_places(one["recipe"]) for one in history if one["recipe"].get("kind")]
    sections = {_name(recipe): _section(recipe) for recipe in recipes}
    text = toml({"taxonomy": _named(taxonomy), **sections})
    return Plan(text=text, sha256=sha256(text.encode()).hexdigest())


def _named(taxonomy: Taxonomy) -> Any:
    is_known = KNOWN.get(taxonomy.name) == taxonomy
    return taxonomy.name if is_known else taxonomy.model_dump(mode="json")


def _name(recipe: Mapping[str, Any]) -> str:
    return "noisy" if recipe.get("role") == "noisy" else str(recipe["kind"])


def _section(recipe: Mapping[str, Any]) -> dict[str, Any]:
    name = _name(recipe)
    left_out = {"kind", *OF_SECTIONS.get(name, SAID_ONCE)}
    return {key: _plain(one) for key, one in recipe.items() if key not in left_out}


def _plain(value: Any) -> Any:
    """Give a setting without what a part inside it takes from the whole plan."""
    if isinstance(value, Mapping):
        is_part = "kind" in value
        return {
            key: _plain(one) for key, one in value.items() if not is_part or key not in SAID_ONCE
        }
    return [_plain(one) for one in value] if isinstance(value, list) else value
