"""The tables of settings and reasons as the docs must show them.

``python -m tests.docs.rows`` prints them, to be pasted where a test misses a row.
"""

import sys
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from affekt.catalogue import FAMILIES, HANDED_DOWN
from affekt.fetch.manners import Manners
from affekt.parts import Part, Place, find, is_family, kinds
from affekt.plan.shapes import BUILD
from affekt.stages.collect import Collect
from affekt.stages.explain import Explain, How
from affekt.stages.extract import Extract
from affekt.stages.given import Given
from affekt.stages.load import Load
from affekt.stages.map import Map
from affekt.stages.pair import Pair
from affekt.stages.pool import Pool
from affekt.stages.predict import Predict
from affekt.stages.train import Train
from affekt.stages.withhold import Withhold
from affekt.training.finetune import Finetune

SECTIONS: Mapping[str, type[Any]] = {
    "fetch": Manners,
    **BUILD,
    "bench.nets.train": Finetune,
    "bench.maps": Map,
    "bench.explanations": How,
}
STEPS: Mapping[str, type[Any]] = {
    **BUILD,
    "load": Load,
    "withhold": Withhold,
    "pool": Pool,
    "train": Train,
    "extract": Extract,
    "given": Given,
    "pair": Pair,
    "map": Map,
    "explain": Explain,
    "predict": Predict,
}
HEAD = "| setting | default | meaning |\n| --- | --- | --- |"
WHAT = {Place: "a file or folder, looked up from the folder of the plan"}


def every_part() -> list[tuple[str, type[Part]]]:
    """Family and class of each part that a plan can name."""
    return [(family, find(family, kind)) for family in FAMILIES for kind in kinds(family)]


def settings(model: type[BaseModel]) -> list[str]:
    """Give one row of a Markdown table a setting, settings of nested values behind a dot."""
    return [f"| `{name}` | {default} | {meaning} |" for name, default, meaning in _fields(model)]


def reasons() -> dict[str, dict[str, str]]:
    """Give the drop reasons of each step, and of each source behind ``collect``: word → meaning."""
    found = {name: dict(stage.reasons) for name, stage in STEPS.items()}
    for kind in kinds("sources"):
        found[f"source {kind}"] = dict(find("sources", kind).reasons)  # type: ignore[attr-defined]
    return {name: words for name, words in found.items() if words}


def _fields(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, str, str]]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        meaning = field.description or WHAT.get(inner, "")  # type: ignore[arg-type]
        if name in HANDED_DOWN and (model, name) != (Collect, "sources"):
            yield above + name, "from the plan", meaning or f"the plan's `{name}`"
        elif _is_value(inner):
            assert isinstance(inner, type)
            yield from _fields(inner, f"{above}{name}.")
        else:
            yield above + name, _default(field), meaning or _family_of(inner)


def _is_value(inner: Any) -> bool:
    """Tell a group of settings from one setting, and from a part, which has its own page."""
    is_model = isinstance(inner, type) and issubclass(inner, BaseModel)
    return is_model and not issubclass(inner, Part | Place)


def _family_of(inner: Any) -> str:
    for one in (inner, *get_args(inner)):
        if isinstance(one, type) and issubclass(one, Part) and is_family(one):
            return f"see [{one.family}](parts.md#{one.family})"
    return ""


def _default(field: Any) -> str:
    default = field.default
    if field.default_factory is not None:
        default = field.default_factory()
    if default is PydanticUndefined:
        return "needed"
    if isinstance(default, Part):
        return f"`{default.kind()}`"
    return "none" if default is None else f"`{_toml(default)}`"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple | list | frozenset):
        listed = sorted(value) if isinstance(value, frozenset) else value
        return f"[{', '.join(_toml(one) for one in listed)}]"
    if isinstance(value, Mapping):
        return (
            "{}"
            if not value
            else f"{{ {', '.join(f'{k} = {_toml(v)}' for k, v in value.items())} }}"
        )
    return f"{value:_}" if isinstance(value, int) else str(value)


def main() -> None:
    """Print every table."""
    write = sys.stdout.write
    for name, stage in STEPS.items():
        write("\n".join([f"\n### [{name}]", HEAD, *settings(stage)]) + "\n")
    for family, part in every_part():
        write("\n".join([f"\n### {family}: {part.kind()}", HEAD, *settings(part)]) + "\n")
    for step, words in reasons().items():
        rows = [f"| `{word}` | {meaning} |" for word, meaning in words.items()]
        write("\n".join([f"\n### {step}", "| reason | meaning |", "| --- | --- |", *rows]) + "\n")


if __name__ == "__main__":
    main()
