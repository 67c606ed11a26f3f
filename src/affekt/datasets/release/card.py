"""The papers of a release: card, licences, citation, changes. The unknown is said to be unknown."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from affekt import licences
from affekt.datasets.release import columns, shape
from affekt.datasets.release.papers import citing, datasheet, facts
from affekt.datasets.release.papers.text import escaped, joined, yaml
from affekt.datasets.release.shape import Manifest
from affekt.measures.intervals import wilson

PAPER = (
    "You, Luo, Jin and Yang (2016), Building a Large Scale Dataset for Image Emotion Recognition: "
    "The Fine Print and The Benchmark, AAAI"
)
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


class Size(NamedTuple):
    """How big one split is: pictures, bytes in memory, bytes on disk."""

    pictures: int
    n_bytes: int
    n_stored: int


def papers(manifest: Manifest, rows: pl.DataFrame, sizes: Mapping[str, Size]) -> dict[str, str]:
    """Give the text of every paper, by file name."""
    return {
        "README.md": _head(manifest, rows, sizes) + "\n" + _body(manifest, rows),
        "DATASHEET.md": datasheet.page(manifest, rows),
        "LICENSE.md": licence_page(manifest, rows),
        "CITATION.cff": citing.citation(manifest),
        "CHANGELOG.md": _changes(manifest),
    }


def licence_line(word: str, n: int) -> str:
    """Give the row of one licence in the table of ``LICENSE.md``."""
    licence = licences.of(word)
    title = licence.title if licence else "not a known licence"
    link = licence.url if licence and licence.url else "no text known"
    return f"| {escaped(word)} | {title} | {link} | {n} |"


def licence_page(manifest: Manifest, rows: pl.DataFrame) -> str:
    """Give ``LICENSE.md``."""
    about, counts = manifest.release, manifest.counts
    own = licences.of(about.licence)
    lines = [
        "# Licences",
        "",
        "## Annotations",
        "",
        "Labels, votes and tables: "
        + (
            f"{own.title}, {own.url}"
            if own and own.url
            else "no licence was named, so none is given; ask the makers"
        )
        + ".",
        "",
        "## Pictures",
        "",
        "Each picture keeps the licence of its original. Who made it and under which licence "
        f"stands in `{shape.ATTRIBUTION}`. {_changed(counts.released)}",
    ]
    if counts.licences:
        lines += ["", "| licence | title | text | pictures inside |", "| --- | --- | --- | --- |"]
        lines += [licence_line(word, n) for word, n in sorted(counts.licences.items())]
    if _has_noncommercial(manifest):
        lines += ["", "Some pictures may be used only for purposes that earn no money."]
    reasons = {**about.permitted, **about.permitted_pictures}
    if reasons:
        lines += ["", "## Pictures that are here by permission", ""]
        lines += ["The maker of the release states why these may be passed on:", ""]
        lines += [
            f"- {escaped(word)}: {escaped(reason)}" for word, reason in sorted(reasons.items())
        ]
    absent = int((~rows["shipped"]).sum())
    return joined([*lines, *(_links(absent, counts.linked_licences) if absent else [])])


def _changed(released: int) -> str:
    if not released:
        return "No picture is inside."
    return (
        "All pictures inside were changed: turned upright, converted to sRGB, made smaller where "
        f"they had more than {shape.MAX_PIXELS:,} pixels, and encoded anew."
    )


def _links(n: int, known: Mapping[str, int]) -> list[str]:
    told = ", ".join(f"{escaped(word)} {count:,}" for word, count in sorted(known.items()))
    return [
        "",
        "## Pictures that are not inside",
        "",
        f"Of {n:,} pictures only the link, the hash and the labels are here. Licences that their "
        f"sources named: {told or 'none'}. The licence of the "
        "annotations gives no right to these pictures: who fetches one gets it from its source, "
        "under the licence and the terms that stand there on that day. You may use the labels "
        "with a picture you fetched lawfully; you may pass it on only if its licence lets you, "
        "and you delete it when the source takes it back or the next version lists it as "
        "withdrawn.",
    ]


def _head(manifest: Manifest, rows: pl.DataFrame, sizes: Mapping[str, Size]) -> str:
    about, counts = manifest.release, manifest.counts
    words = {about.licence, *counts.licences}
    single = licences.of(about.licence) if len(words) == 1 else None
    head: dict[str, Any] = {"license": single.spdx.lower() if single and single.spdx else "other"}
    if head["license"] == "other":
        head |= {"license_name": "several", "license_link": "LICENSE.md"}
    tags = ["emotion", "affective-computing", "image-emotion-recognition"]
    head |= {
        "pretty_name": about.title,
        "language": ["en"],
        "task_categories": ["image-classification"],
        "size_categories": [_size_class(rows.height)],
        "tags": tags + (["synthetic"] if counts.generated else []),
        "configs": _configs(rows, sizes),
        "dataset_info": _dataset_info(sizes),
    }
    return "\n".join(["---", *yaml(head), "---", ""])


def _configs(rows: pl.DataFrame, sizes: Mapping[str, Size]) -> list[dict[str, Any]]:
    """Give what can be loaded by name: what is shipped, and what is linked."""
    there = set(rows.filter(~pl.col("shipped"))["split"])
    linked = [split for split in shape.SPLITS if split in there]
    found = {"default": _data_files("data", sizes), "links": _data_files("links", linked)}
    return [{"config_name": name, "data_files": files} for name, files in found.items() if files]


def _data_files(folder: str, splits: Iterable[str]) -> list[dict[str, str]]:
    return [{"split": split, "path": f"{folder}/{split}-*"} for split in splits]


def _dataset_info(sizes: Mapping[str, Size]) -> dict[str, Any]:
    return {
        "features": [
            {"name": name, **_yaml_feature(about)} for name, about in shape.features().items()
        ],
        "splits": [
            {"name": split, "num_bytes": size.n_bytes, "num_examples": size.pictures}
            for split, size in sizes.items()
        ],
        "download_size": sum(size.n_stored for size in sizes.values()),
        "dataset_size": sum(size.n_bytes for size in sizes.values()),
    }


def _yaml_feature(feature: Mapping[str, Any]) -> dict[str, Any]:
    if feature["_type"] == "Sequence":
        return {"sequence": feature["feature"]["dtype"]}
    return {"dtype": "image" if feature["_type"] == "Image" else feature["dtype"]}


def _size_class(n: int) -> str:
    return next((name for limit, name in SIZES if n < limit), "n>1M")


def _body(manifest: Manifest, rows: pl.DataFrame) -> str:
    about = manifest.release
    sections = [
        [f"# {escaped(about.title)}", "", *_first_words(manifest, rows)],
        ["## What it holds", "", *_holds(manifest, rows)],
        ["## How it was made", "", *_made(manifest, rows)],
        ["## Known limits", "", *_limits(manifest)],
        ["## Files and columns", "", *columns.section(manifest.taxonomy)],
        ["## Contact, licences, citation", "", *_contact(manifest)],
    ]
    return "\n".join(joined(section) for section in sections)


def _first_words(manifest: Manifest, rows: pl.DataFrame) -> list[str]:
    about, n_generated = manifest.release, int(rows["is_generated"].sum())
    lines = []
    if n_generated == rows.height:
        lines += [
            "**All pictures in this release are generated: painted by a program, not taken by "
            "people.**",
            "",
        ]
    elif n_generated:
        lines += [
            f"**{n_generated:,} of the {rows.height:,} pictures are generated: painted "
            "by a program, "
            "not taken by people. The column `is_generated` marks them.**",
            "",
        ]
    if facts.is_simulated(manifest):
        lines += ["**The votes are simulated: no person judged these pictures.**", ""]
    lines += [escaped(about.description) if about.description else "No description was given."]
    return [*lines, "", f"Version {about.version}, written by affekt {manifest.tool.version}."]


def _holds(manifest: Manifest, rows: pl.DataFrame) -> list[str]:
    counts = manifest.counts
    table = [
        (name, one.asked, one.labelled, *_acceptance(one.labelled, one.asked), one.released,
         one.train, one.validation, one.test)
        for name, one in counts.emotions.items()
    ]  # fmt: skip
    splits = [counts.splits[split] for split in shape.SPLITS]
    total = ("**all**", counts.asked, counts.labelled,
             *_acceptance(counts.labelled, counts.asked))  # fmt: skip
    return [
        "*Asked*: pictures people were asked about, by the emotion in the question. *Kept*: "
        "pictures that got the label. *Acceptance*: kept of asked, with Wilson's interval of "
        "95 %. *Released*: of the kept, those that are inside; the splits count these.",
        "",
        "| emotion | asked | kept | acceptance | 95 % | released | train | validation | test |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(_row(row) for row in table),
        _row((*total, counts.released, *splits)),
        "",
        *columns.linked(rows, manifest.taxonomy),
        *_not_released(counts.dropped),
    ]


def _not_released(dropped: Mapping[str, int]) -> list[str]:
    if not dropped:
        return ["Every kept picture is shipped or linked."]
    told = ", ".join(f"{reason} {n:,}" for reason, n in sorted(dropped.items()))
    return [f"Kept, and neither shipped nor linked: {told}."]


def _made(manifest: Manifest, rows: pl.DataFrame) -> list[str]:
    counts = manifest.counts
    days = rows["retrieved_at"].drop_nulls().sort()
    when = (
        f"Sources that tell the day were asked from {days[0]} to {days[-1]}."
        if days.len()
        else "When sources were asked is unknown."
    )
    sources = ", ".join(f"{escaped(name)} {n:,}" for name, n in _counted(rows["source"]))
    return [
        f"By the steps of {PAPER}: pictures found by emotion words carry a weak label, people "
        "are asked whether they "
        "feel that emotion, and enough agreeing votes make the label. Settings may differ from "
        "the paper's; they "
        f"stand in `{shape.MANIFEST}`.",
        "",
        f"{counts.votes:,} votes by {counts.workers:,} workers. {facts.analysis(manifest, rows)} "
        f"{when} Sources: {sources}.",
        "",
        "| step | came in | kept | dropped | reasons |",
        "| --- | ---: | ---: | ---: | --- |",
        *(_step(step) for step in manifest.stages),
        "",
        "`docs/reasons.md` of affekt explains each reason; `asked.csv` has every question and what "
        "became of it.",
        "",
        "Near copies: " + (
            f"pictures whose 64-bit perceptual hashes differ in at most {manifest.near_bits} "
            "bits lie in one split."
            if manifest.near_bits
            else "not looked for beyond what the steps above say."
        ),
    ]  # fmt: skip


def _step(step: shape.Step) -> str:
    kept = f"{step.kept:,} votes" if step.stage == "verify" else step.kept
    return _row((facts.step_name(step), step.came_in, kept, step.dropped, _reasons(step.reasons)))


def _limits(manifest: Manifest) -> list[str]:
    lines = [
        "- A label says what enough of the asked people felt, not what anybody shown feels.",
        "- People were asked about the emotion of the weak label; a picture may evoke others as "
        "well.",
        f"- Who the workers were: {escaped(workers)}"
        if (workers := manifest.release.datasheet.workers)
        else "- Who the workers were (age, country, language) is unknown to this card.",
        "- Content notes in `warnings` come from tags alone, where there are any; other pictures "
        "may disturb, too.",
        "- Faces were kept as they are; no detector looked for them.",
    ]
    if manifest.counts.noisy:
        lines.append(
            f"- `{shape.NOISY}` names what carries a weak label that nobody verified, pictures: "
            f"{manifest.counts.noisy:,}; they are not inside."
        )
    return lines


def _contact(manifest: Manifest) -> list[str]:
    about = manifest.release
    makers = ", ".join(map(escaped, about.creators)) if about.creators else "not named"
    contact = escaped(about.contact) if about.contact else "none was given"
    return [
        f"Made by: {makers}. Contact: {contact}. Licences stand in `LICENSE.md`; how to cite, in "
        f"`CITATION.cff`; purpose, uses and care, in `{shape.DATASHEET}`; all of it for machines, "
        f"in `{shape.CROISSANT}` and `{shape.DATACITE}`.",
        "",
        *columns.removal(about.response_days if about.contact else None, manifest.counts.removed),
        "",
        f"The method is that of {PAPER}.",
    ]


def _changes(manifest: Manifest) -> str:
    about = manifest.release
    notes = [f"- {escaped(note)}" for note in about.changes] or [
        "Nothing was noted about this version."
    ]
    return joined(["# Changes", "", f"## {about.version}", "", *notes])


def _has_noncommercial(manifest: Manifest) -> bool:
    known = (licences.of(word) for word in manifest.counts.licences)
    return any(one is not None and one.redistribution == "bytes-noncommercial" for one in known)


def _counted(column: pl.Series) -> list[tuple[str, int]]:
    return list(column.to_frame("name").group_by("name").len().sort("name").iter_rows())


def _reasons(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {n:,}" for reason, n in sorted(reasons.items()))


def _acceptance(part: int, whole: int) -> tuple[str, str]:
    if not whole:
        return "not asked", ""
    low, high = wilson(part, whole)
    return f"{100 * part / whole:.1f} %", f"{100 * low:.1f} – {100 * high:.1f}"


def _row(values: Sequence[str | int]) -> str:
    shown = (f"{value:,}" if isinstance(value, int) else value for value in values)
    return "| " + " | ".join(shown) + " |"
