"""What the run itself knows about a release, in sentences that several papers use."""

import re

import polars as pl

from affekt.datasets.release import shape
from affekt.datasets.release.shape import Manifest, Step

TASK = (
    "Recognising which emotion a picture evokes in most people; comparing features and models on "
    "the given splits; studying how far people agree, from the single votes."
)
ON_THE_WEB = "^https?://"


def days(rows: pl.DataFrame) -> tuple[str, str] | None:
    """Give the first and the last day on which a source answered; None where none is known."""
    known = rows["retrieved_at"].drop_nulls().sort()
    return (known[0], known[-1]) if known.len() else None


def period(rows: pl.DataFrame) -> str:
    """Say when sources were asked."""
    known = days(rows)
    if known is None:
        return "When the sources were asked is unknown."
    return f"Sources that tell the day were asked from {known[0]} to {known[1]}."


def sources(rows: pl.DataFrame) -> str:
    """Name the sources, with the number of their pictures."""
    counted = rows.group_by("source").len().sort("source").iter_rows()
    return ", ".join(f"{name} {n:,}" for name, n in counted)


def collection(manifest: Manifest, rows: pl.DataFrame) -> str:
    """Say how pictures and labels came together."""
    return (
        "Pictures came with a weak label, such as the emotion word they were found by, and were "
        "cleaned, freed of copies and drawn by rank; "
        f"{answerers(manifest)} were asked whether they feel that emotion. "
        f"Pictures by source: {sources(rows)}. {period(rows)}"
    )


def answerers(manifest: Manifest) -> str:
    """Say who answered, in the plural."""
    return "simulated workers" if is_simulated(manifest) else "people"


def is_simulated(manifest: Manifest) -> bool:
    """Tell whether the votes come from a program."""
    return any(
        bool(step.notes.get("is_simulated")) or _crowd(step) == "simulated"
        for step in manifest.stages
        if step.stage == "verify"
    )


def _crowd(step: Step) -> str:
    crowd = step.recipe.get("crowd")
    return str(crowd.get("kind", "")) if isinstance(crowd, dict) else ""


def kinds(manifest: Manifest, rows: pl.DataFrame) -> list[str]:
    """Give the kinds of collection, in the words that the RAI vocabulary lists."""
    is_web = rows["source_url"].fill_null("").str.contains(ON_THE_WEB)
    made = rows["is_generated"]
    found = {
        "Web API": bool((is_web & ~made).any()),
        "Manual Human Curation": bool((~is_web & ~made).any()),
        "Software Collection": bool(made.any()),
        "Surveys": manifest.counts.votes > 0,
    }
    return [kind for kind, is_there in found.items() if is_there]


def missing(manifest: Manifest, rows: pl.DataFrame) -> str:
    """Say what is not inside, or empty."""
    dropped = listed(manifest.counts.dropped)
    columns = {name: rows[name].null_count() for name in shape.COLUMNS if name != "image"}
    empty = listed({name: n for name, n in columns.items() if n})
    return (
        (f"Labelled and not inside, by reason: {dropped}. " if dropped else "")
        + (f"Empty cells, by column: {empty}. " if empty else "")
        + "An empty share means that nobody was asked about that emotion."
    )


def raw(rows: pl.DataFrame) -> str:
    """Say where the originals are."""
    n = int(rows["source_url"].fill_null("").str.contains(ON_THE_WEB).sum())
    return (
        "The originals are not inside; `original_sha256` names their bytes. "
        f"{n:,} of {rows.height:,} pictures have a link to the original in `source_url`."
    )


def preprocessing() -> str:
    """Say what was done to each picture."""
    return (
        "Each picture was decoded, turned upright, converted to sRGB, made smaller where it had "
        f"more than {shape.MAX_PIXELS:,} pixels, and encoded anew as JPEG or PNG; nothing but "
        "pixels was kept."
    )


def steps(manifest: Manifest) -> str:
    """Say what each step dropped."""
    return "; ".join(map(_told, manifest.stages)) + "."


def step_name(step: Step) -> str:
    """Name a step as the plan does: two of its sections draw a sample."""
    return "noisy" if step.recipe.get("role") == "noisy" else step.stage


def _told(step: Step) -> str:
    if step.stage == "verify":
        return f"verify brought {step.kept:,} votes"
    dropped = f" and dropped {step.dropped:,}" if step.dropped else ""
    reasons = f" ({listed(step.reasons)})" if step.reasons else ""
    return f"{step_name(step)} kept {step.kept:,}{dropped}{reasons}"


def listed(counts: dict[str, int]) -> str:
    """Give counts in words, sorted by name.

    >>> listed({"b": 1200, "a": 1})
    'a 1, b 1,200'
    """
    return ", ".join(f"{name} {n:,}" for name, n in sorted(counts.items()))


def protocol(manifest: Manifest) -> str:
    """Say what was asked, and what made a label."""
    asked = f"{manifest.counts.asked:,} pictures were asked about"
    return (
        f"{asked}, each with the emotion of its weak label: does it evoke that emotion? "
        f"{_rule(manifest)} The settings stand in `{shape.MANIFEST}`, every vote in "
        f"`{shape.VOTES}`."
    )


def _rule(manifest: Manifest) -> str:
    rules = [step.recipe.get("rule") for step in manifest.stages if step.stage == "decide"]
    for rule in rules:
        if isinstance(rule, dict):
            settings = ", ".join(
                f"{name} = {value}"
                for name, value in sorted(rule.items())
                if name not in ("kind", "version") and isinstance(value, int | float | str)
            )
            return f"The rule `{rule.get('kind')}` made the label ({settings or 'no settings'})."
    return "Which rule made the label is unknown."


def platform(manifest: Manifest) -> str:
    """Name where the votes come from."""
    crowds = [_crowd(step) for step in manifest.stages if step.stage == "verify"]
    named = [crowd for crowd in crowds if re.fullmatch(r"[\w.]+", crowd)]
    who = "; no person answered" if is_simulated(manifest) else ""
    return f"The crowd `{named[0]}` of affekt{who}." if named else "Unknown."


def analysis(manifest: Manifest, rows: pl.DataFrame) -> str:
    """Say how often a question led to a label, and how far the votes agree."""
    counts = manifest.counts
    votes, felt = int(rows["votes"].sum()), int(rows["votes_yes"].sum())
    accepted = f"{counts.labelled:,} of {counts.asked:,} asked pictures got the label"
    which = "inside or linked" if counts.linked else "inside"
    share = f"; on those {which}, {felt:,} of {votes:,} votes felt it" if votes else ""
    return f"{accepted}{share}."


def per_item(rows: pl.DataFrame) -> str:
    """Say how many votes a picture has."""
    votes = rows["votes"].drop_nulls()
    if votes.is_empty():
        return "Unknown."
    least, most = int(votes.min()), int(votes.max())  # type: ignore[arg-type]  # of integers
    return f"{least}" if least == most else f"{least} to {most}"


def machines(manifest: Manifest) -> str:
    """Name the tools."""
    told = ", ".join(f"{name} {version}" for name, version in sorted(manifest.versions.items()))
    simulated = " The votes are drawn by a program." if is_simulated(manifest) else ""
    return f"affekt {manifest.tool.version} ran every step, with {told}.{simulated}"


def perceptual(manifest: Manifest) -> str:
    """Say how near copies are kept together."""
    if not manifest.near_bits:
        return "Near copies were not looked for beyond what the steps say."
    return (
        f"Pictures whose 64-bit perceptual hashes differ in at most {manifest.near_bits} bits are "
        "in one group, and no group is cut by the splits."
    )
