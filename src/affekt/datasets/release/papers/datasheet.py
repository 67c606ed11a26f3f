"""``DATASHEET.md``: the release in answers to the questions that buyers of a part would ask.

The seven parts and their questions are those of Gebru et al. (2021), "Datasheets for Datasets",
Communications of the ACM 64(12), in words of our own. What the run knows is answered; what only
people know is taken from the plan, or stands there as open.
"""

import re

import polars as pl

from affekt import licences
from affekt.datasets.release import shape
from affekt.datasets.release.papers import facts
from affekt.datasets.release.papers.answers import QUESTIONS
from affekt.datasets.release.papers.citing import cited
from affekt.datasets.release.papers.text import escaped, joined
from affekt.datasets.release.shape import Manifest

SECTIONS = (
    "Motivation", "Composition", "Collection", "Preprocessing, cleaning, labelling", "Uses",
    "Distribution", "Maintenance",
)  # fmt: skip
OPEN = re.compile(r"^\*\*TODO\*\*: ", re.MULTILINE)
Answered = list[tuple[str, str]]


def page(manifest: Manifest, rows: pl.DataFrame) -> str:
    """Give the text."""
    parts: tuple[Answered, ...] = (
        _motivation(manifest),
        _composition(manifest, rows),
        _collection(manifest, rows),
        _preprocessing(manifest, rows),
        _uses(manifest),
        _distribution(manifest),
        _maintenance(manifest),
    )
    about = manifest.release
    lines = [
        f"# Datasheet: {escaped(about.title)}",
        "",
        f"Version {about.version}, written by affekt {manifest.tool.version}. The questions are "
        "those of Gebru et al. (2021), Datasheets for Datasets. Numbers come from the run itself; "
        "what people had to say is theirs.",
    ]
    for title, answers in zip(SECTIONS, parts, strict=True):
        lines += ["", f"## {title}"]
        for question, answer in answers:
            lines += ["", f"### {question}", "", answer]
    return joined(lines)


def open_questions(text: str) -> int:
    """Count what a datasheet leaves to be said."""
    return len(OPEN.findall(text))


def _said(manifest: Manifest, key: str) -> str:
    """Give what people said under a key of the section ``release``, or that it is open."""
    value: object = manifest.release
    for name in key.split("."):
        value = getattr(value, name)
    if isinstance(value, tuple):
        value = "; ".join(value)
    todo = f"**TODO**: {QUESTIONS[key]}; say it in the plan under `release.{key}`."
    return escaped(str(value)) if value else todo


def _motivation(manifest: Manifest) -> Answered:
    return [
        ("For what was it made?", _said(manifest, "datasheet.purpose")),
        ("Who made it?", _said(manifest, "creators")),
        ("Who paid for it?", _said(manifest, "datasheet.funding")),
    ]


def _composition(manifest: Manifest, rows: pl.DataFrame) -> Answered:
    counts = manifest.counts
    return [
        ("What is one record?", _record(manifest)),
        (
            "How many are there, and of which kind?",
            f"{rows.height:,} pictures, {int(rows['is_generated'].sum()):,} of them painted by a "
            f"program; {_inside(rows)}. By label: "
            f"{facts.listed(dict(rows.group_by('label').len().iter_rows()))}.",
        ),
        (
            "Is it a sample of something larger?",
            f"Yes: of what the sources gave. {counts.asked:,} pictures were "
            f"asked about, {counts.labelled:,} got a label; nobody claims that they stand for all "
            "pictures there are. *What was dropped, and why?* tells how many each step let go.",
        ),
        ("What does a record hold?", _columns()),
        ("Is there a label?", facts.protocol(manifest)),
        ("Is anything missing?", facts.missing(manifest, rows)),
        (
            "Are records related to each other?",
            facts.perceptual(manifest) + " `group_id` says which belong together, `owner_id` "
            "which come from one person.",
        ),
        (
            "Are there recommended splits?",
            f"Yes, in the column `split`: {facts.listed(manifest.counts.splits)}, drawn by rank "
            "from the seeds in the manifest.",
        ),
        ("Are there errors, noise, redundancies?", facts.analysis(manifest, rows)),
        (
            "Does it need anything from outside?",
            facts.raw(rows) + " Links may die or change.",
        ),
        ("May it offend, harm or reveal?", _said(manifest, "datasheet.sensitive")),
        (
            "Which groups of people does it tell apart?",
            "None: no column says who is shown, and no detector looked for people. Workers have "
            "pseudonyms.",
        ),
        ("What is over- or underrepresented?", _said(manifest, "datasheet.biases")),
    ]


def _inside(rows: pl.DataFrame) -> str:
    shipped = int(rows["shipped"].sum())
    if shipped == rows.height:
        return "all are inside"
    return f"{shipped:,} are inside, of the other {rows.height - shipped:,} only links"


def _record(manifest: Manifest) -> str:
    names = ", ".join(manifest.taxonomy.names)
    return (
        f"A picture with one label of the emotions {names}, and the votes that led to it. "
        f"`{shape.VOTES}` has single votes, `{shape.ASKED}` every picture that was asked about."
    )


def _columns() -> str:
    return (
        f"The picture and {len(shape.COLUMNS) - 1} columns: "
        + ", ".join(f"`{name}`" for name in shape.COLUMNS if name != "image")
        + ". README.md explains each."
    )


def _collection(manifest: Manifest, rows: pl.DataFrame) -> Answered:
    seeds = ", ".join(f"{place} = {seed}" for place, seed in sorted(manifest.seeds.items()))
    return [
        ("How was each record found?", facts.collection(manifest, rows)),
        ("By which tools?", facts.machines(manifest)),
        (
            "How was the sample drawn?",
            "By rank: the SHA-256 of seed and picture decides, so that no order of rows and no "
            f"clock matters. Seeds: {seeds or 'none'}.",
        ),
        ("Who took part, and how were they paid?", _said(manifest, "datasheet.workers")),
        ("Over which time?", facts.period(rows)),
        ("Which ethical review was there?", _said(manifest, "datasheet.ethics")),
        ("Were people told, did they agree?", _said(manifest, "datasheet.consent")),
        ("Where did the votes come from?", facts.platform(manifest)),
    ]


def _preprocessing(manifest: Manifest, rows: pl.DataFrame) -> Answered:
    return [
        ("What was done to the pictures?", facts.preprocessing()),
        ("What was dropped, and why?", facts.steps(manifest)),
        ("Are the raw data kept?", facts.raw(rows)),
        (
            "Is the software available?",
            f"affekt {manifest.tool.version}, under the Apache licence 2.0; every setting stands "
            f"in `{shape.MANIFEST}`.",
        ),
    ]


def _uses(manifest: Manifest) -> Answered:
    return [
        ("For what is it fit?", facts.TASK),
        ("For what was it used, for what must it not be?", _said(manifest, "datasheet.uses")),
        ("What good or harm may come of it?", _said(manifest, "datasheet.impact")),
        (
            "What limits how it may be used later?",
            "A label says what enough of the asked people felt, not what anybody shown feels: it "
            "tells nothing about the state of a person in a picture.",
        ),
    ]


def _distribution(manifest: Manifest) -> Answered:
    about, counts = manifest.release, manifest.counts
    own = licences.of(about.licence)
    n = len([one for one in map(licences.of, counts.licences) if one and one.url])
    annotations = own.title if own and own.url else "no licence was named, so none is given"
    pictures = facts.listed({**counts.licences}) or "none is inside"
    return [
        ("Where is it published?", _said(manifest, "url")),
        ("When?", _said(manifest, "published")),
        ("How is it cited?", escaped(cited(manifest))),
        (
            "Under which licence?",
            f"Annotations: {annotations}. Pictures keep their own: {pictures}; LICENSE.md has the "
            "texts.",
        ),
        (
            "Do others restrict it?",
            f"The pictures inside stand under {n} published licence{'s' * (n != 1)}; each has its "
            f"credit in `{shape.ATTRIBUTION}`."
            + (" Some are here by permission, see LICENSE.md." if about.permitted else ""),
        ),
    ]


def _maintenance(manifest: Manifest) -> Answered:
    changes = "; ".join(escaped(note) for note in manifest.release.changes)
    return [
        ("Who can be asked?", _said(manifest, "contact")),
        ("Who keeps it, and how are errors answered?", _said(manifest, "datasheet.maintenance")),
        (
            "How is a picture taken out?",
            f"{_on_request(manifest)}: later versions omit it and near copies of it. "
            f"`{shape.REMOVED}` lists by hash what is to be deleted from copies, here "
            f"{manifest.counts.removed:,}.",
        ),
        ("What is new in this version?", changes or "Nothing was noted about this version."),
        (
            "Do older versions stay?",
            "A version that is published is never changed; a correction is a new version.",
        ),
        (
            "Can others add to it?",
            f"`{shape.MANIFEST}` has every setting, so that the run can be repeated or extended; "
            "a changed set needs a name or version of its own.",
        ),
    ]


def _on_request(manifest: Manifest) -> str:
    if not manifest.release.contact:
        return "On request, though no contact was given to take it"
    return f"On request to the contact, answered within {manifest.release.response_days} days"
