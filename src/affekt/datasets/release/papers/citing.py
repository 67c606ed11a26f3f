"""How a release is cited: one line, ``CITATION.cff`` 1.2.0, and ``datacite.json`` 4.5."""

from typing import Any

from affekt import licences
from affekt.datasets.release.papers.text import joined, yaml
from affekt.datasets.release.shape import Manifest

TITLE = (
    "Building a Large Scale Dataset for Image Emotion Recognition: The Fine Print and The Benchmark"
)
AUTHORS = ("You, Quanzeng", "Luo, Jiebo", "Jin, Hailin", "Yang, Jianchao")
YEAR = 2016
NAMELESS = "Unknown: no creator was named"
TOPICS = ("emotion", "affective computing", "image emotion recognition")


def cited(manifest: Manifest) -> str:
    """Give the line by which a release is cited: creators, year, title, version, where."""
    about = manifest.release
    year = f" ({about.published[:4]})" if about.published else ""
    place = f"https://doi.org/{about.doi}" if about.doi else about.url
    makers = "; ".join(about.creators) or NAMELESS
    line = f"{makers}{year}. {about.title}, version {about.version} [data set]."
    return f"{line} {place}" if place else line


def citation(manifest: Manifest) -> str:
    """Give ``CITATION.cff``, with the paper of the method as a reference."""
    about = manifest.release
    licence = licences.of(about.licence)
    head: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use this data set, please cite it and the paper of its method.",
        "type": "dataset",
        "title": about.title,
        "version": about.version,
        "authors": [_author(name) for name in about.creators or (NAMELESS,)],
        "keywords": list(TOPICS),
    }
    if about.description:
        head["abstract"] = about.description
    if about.published:
        head["date-released"] = about.published
    if about.doi:
        head["doi"] = about.doi
    if about.url:
        head["url"] = about.url
    if licence and licence.spdx:
        head["license"] = licence.spdx
    head["references"] = [
        {
            "type": "conference-paper",
            "title": TITLE,
            "authors": [_author(name) for name in AUTHORS],
            "year": YEAR,
            "conference": {"name": "AAAI Conference on Artificial Intelligence"},
        }
    ]
    return joined(yaml(head))


def datacite(manifest: Manifest, n_bytes: int) -> dict[str, Any]:
    """Give ``datacite.json``; what nobody stated, such as the day of publication, is left out.

    ``n_bytes`` is the size of the pictures' files.
    """
    about = manifest.release
    told: dict[str, Any] = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "types": {"resourceType": "Labelled pictures", "resourceTypeGeneral": "Dataset"},
        "creators": [_creator(name) for name in about.creators or (NAMELESS,)],
        "titles": [{"title": about.title}],
        "publisher": {"name": "; ".join(about.creators) or NAMELESS},
        "version": about.version,
        "language": "en",
        "subjects": [{"subject": topic} for topic in TOPICS],
        "formats": ["application/x-parquet", "text/csv"],
        "sizes": [f"{manifest.counts.released} pictures", f"{n_bytes} bytes"],
        "rightsList": [_rights(word) for word in _words(manifest)],
        "relatedItems": [_method()],
    }
    if about.published:
        told["publicationYear"] = about.published[:4]
        told["dates"] = [{"date": about.published, "dateType": "Issued"}]
    if about.description:
        told["descriptions"] = [{"description": about.description, "descriptionType": "Abstract"}]
    if about.doi:
        told["doi"] = about.doi
    if about.url:
        told["url"] = about.url
    if about.datasheet.funding:
        told["fundingReferences"] = [{"funderName": about.datasheet.funding}]
    return told


def is_person(name: str) -> bool:
    """Tell whether a creator is a person: a comma parts family and given names.

    >>> is_person("Doe, Ann"), is_person("Institute of Pictures")
    (True, False)
    """
    family, _, given = name.partition(",")
    return bool(family.strip() and given.strip())


def _author(name: str) -> dict[str, str]:
    family, _, given = name.partition(",")
    if is_person(name):
        return {"family-names": family.strip(), "given-names": given.strip()}
    return {"name": name}


def _creator(name: str) -> dict[str, str]:
    return {"name": name, "nameType": "Personal"} if is_person(name) else {"name": name}


def _words(manifest: Manifest) -> list[str]:
    """Give the licence words of annotations and pictures."""
    return sorted({manifest.release.licence, *manifest.counts.licences})


def _rights(word: str) -> dict[str, str]:
    licence = licences.of(word)
    if licence is None:
        return {"rights": word}
    told = {"rights": licence.title}
    if licence.url:
        told["rightsUri"] = licence.url
    if licence.spdx:
        told |= {"rightsIdentifier": licence.spdx, "rightsIdentifierScheme": "SPDX"}
    return told


def _method() -> dict[str, Any]:
    return {
        "relatedItemType": "ConferencePaper",
        "relationType": "IsDerivedFrom",
        "titles": [{"title": TITLE}],
        "publicationYear": str(YEAR),
    }
