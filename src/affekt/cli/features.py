"""`features`: pictures to a table of numbers, no plan at hand."""

from pathlib import Path
from typing import Any

from affekt import engine
from affekt.cli import voice
from affekt.cli.exits import Findings
from affekt.features import Feature
from affekt.parts import named, read_settings
from affekt.tabulate import Tabulated, tabulate


def features(
    *, pictures: tuple[str, ...], output: str, quiet: bool, as_json: bool, **options: Any
) -> None:
    """Write the table; leave with a finding where pictures have no values."""
    feature = feature_of(options)
    ticker = voice.Ticker(quiet=quiet)
    try:
        made = tabulate(
            pictures,
            feature,
            Path(output),
            workers=options["workers"] or engine.places(),
            watch=ticker,
        )
    finally:
        ticker.close()
    if as_json:
        voice.document(
            {
                "table": str(made.table),
                "pictures": made.n_pictures,
                "values": feature.length,
                "refused": [one._asdict() for one in made.refused],
                "others": made.n_others,
            }
        )
    else:
        _tell(made, feature.length)
    if made.refused:
        raise Findings


def feature_of(options: dict[str, Any]) -> Feature:
    """Give the feature that ``--set``, ``--blocks`` and ``--setting`` name."""
    settings = read_settings(options["setting"], "--setting")
    if options["blocks"]:
        settings["blocks"] = [word.strip() for word in options["blocks"].split(",")]
    return named(Feature, options["set"], settings, trust=options["trust"])  # type: ignore[type-abstract]  # it gives a part


def _tell(made: Tabulated, n_values: int) -> None:
    for one in made.refused:
        voice.line(": ".join(filter(None, one)))
    lost = f"; {len(made.refused):,} without values, named above" if made.refused else ""
    others = f"; files that are no pictures: {made.n_others:,}" if made.n_others else ""
    values = f"pictures: {made.n_pictures:,}; values a picture: {n_values:,}"
    voice.line(f"{made.table}: {values}{lost}{others}")
