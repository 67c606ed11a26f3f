"""How the papers of a release are written down: Markdown, YAML and TOML."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from affekt.foreign import clean

MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~$&!])")


def escaped(text: str) -> str:
    r"""Give a text that Markdown and HTML show as it is.

    >>> escaped("<b> 5*5")
    '\\<b\\> 5\\*5'
    """
    return MARKUP.sub(r"\\\1", clean(text, None))


def yaml(value: Any, indent: str = "") -> list[str]:
    """Give the lines of a YAML block; every text is quoted as in JSON, which YAML reads alike."""
    if isinstance(value, Mapping):
        return [
            line for key, one in value.items() for line in _entry(f"{indent}{key}:", one, indent)
        ]
    lines = []
    for one in value:
        inner = yaml(one, indent + "  ") if isinstance(one, Mapping) else [_scalar(one)]
        lines += [f"{indent}- {inner[0].strip()}", *inner[1:]]
    return lines


def _entry(key: str, value: Any, indent: str) -> list[str]:
    if isinstance(value, Mapping | list):
        return [key, *yaml(value, indent + "  ")] if value else [f"{key} []"]
    return [f"{key} {_scalar(value)}"]


def _scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def joined(lines: Iterable[str]) -> str:
    """Give lines as the text of a file."""
    return "\n".join(lines) + "\n"


def toml(sections: Mapping[str, Any]) -> str:
    """Give a TOML document that reads back as the same values; None cannot be said and is left out.

    >>> print(toml({"seed": 7, "split": {"train": 0.8, "more": [{"a": True}]}}), end="")
    seed = 7
    <BLANKLINE>
    [split]
    train = 0.8
    more = [{ a = true }]
    """
    plain = {key: one for key, one in sections.items() if not isinstance(one, Mapping)}
    tables = {key: one for key, one in sections.items() if isinstance(one, Mapping)}
    blocks = ["\n".join(_settings(plain))] if plain else []
    blocks += ["\n".join([f"[{_key(key)}]", *_settings(one)]) for key, one in tables.items()]
    return "\n\n".join(blocks) + "\n"


def _settings(values: Mapping[str, Any]) -> list[str]:
    return [f"{_key(key)} = {_inline(one)}" for key, one in values.items() if one is not None]


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _text(key)


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(_settings(value)) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return _text(value) if isinstance(value, str) else str(value)  # numbers, dates and times


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
