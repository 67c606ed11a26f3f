"""What ``croissant.json`` says for responsible use, in the words of the RAI vocabulary 1.0."""

from typing import Any

import polars as pl

from affekt.datasets.release.papers import facts
from affekt.datasets.release.shape import Manifest

UNSAID = "Nothing was said about this."
LIMITATIONS = (
    "A label says what enough of the asked people felt, not what anybody shown feels.",
    "People were asked about the emotion of the weak label; a picture may evoke others as well.",
    "Pictures that carry no word of an emotion at their source are missing.",
)


def responsible(manifest: Manifest, rows: pl.DataFrame) -> dict[str, Any]:
    """Give every property of the vocabulary that says something here."""
    given = manifest.release.datasheet.model_dump()
    said = {name: text or UNSAID for name, text in given.items()}
    period = facts.days(rows)
    told: dict[str, Any] = {
        "dataCollection": facts.collection(manifest, rows),
        "dataCollectionType": facts.kinds(manifest, rows),
        "dataCollectionMissingData": facts.missing(manifest, rows),
        "dataCollectionRawData": facts.raw(rows),
        "dataPreprocessingProtocol": [facts.preprocessing(), facts.steps(manifest)],
        "dataAnnotationProtocol": facts.protocol(manifest),
        "dataAnnotationPlatform": facts.platform(manifest),
        "dataAnnotationAnalysis": facts.analysis(manifest, rows),
        "annotationsPerItem": facts.per_item(rows),
        "annotatorDemographics": said["workers"],
        "machineAnnotationTools": facts.machines(manifest),
        "dataBiases": said["biases"],
        "dataLimitations": list(LIMITATIONS),
        "dataUseCases": [facts.TASK, said["uses"]],
        "dataSocialImpact": said["impact"],
        "personalSensitiveInformation": said["sensitive"],
        "dataReleaseMaintenancePlan": said["maintenance"],
        "hasSyntheticData": manifest.counts.generated > 0,
    }
    if period:
        told["dataCollectionTimeFrame"] = list(period)
    return {f"rai:{name}": value for name, value in told.items()}
