"""The explanations of a plan, `[[bench.explanations]]`: read, and held against what is named."""

from collections.abc import Mapping
from typing import Any

from affekt.features.backbone import LITE0, Backbone
from affekt.models.head import Head
from affekt.models.logistic import Logistic
from affekt.models.own import Own
from affekt.parts import Keys, Reader, did_you_mean
from affekt.plan.maps import Known, entry_named, note
from affekt.plan.shapes import Bench, Entry, ExplanationPlan
from affekt.stages.explain import Explain, How
from affekt.store import Failure, Product

HERE: Keys = ("bench", "explanations")
OWN = ("on", "entry")  # the other settings say how
LINEAR = (Head, Logistic)  # models whose fitted twin is one affine map and a softmax


def explanations_in(
    given: Any, reader: Reader, known: Known, *, has_protocol: bool
) -> tuple[ExplanationPlan, ...]:
    """Give those that can be read, after noting with the reader what is wrong."""
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        note(reader, HERE, f"is {given!r}; write [[bench.explanations]] with on, entry")
        return ()
    if given and not has_protocol:
        note(reader, HERE, "needs a protocol that trains and tests on one data set; add 'holdout'")
    found = [_explanation(one, reader, known, (*HERE, at)) for at, one in enumerate(given)]
    return tuple(one for one in found if one)


def explain(bench: Bench, one: ExplanationPlan, nets: Mapping[str, Product | Failure]) -> Explain:
    """Give the stage that explains answers, under the first of the protocols."""
    stage = Explain(
        model=one.entry.model,
        protocol=next(iter(bench.protocols.values())),
        taxonomy=bench.taxonomy_of(bench.datasets[one.on]),
        how=one.how,
    )
    for net in [nets[name] for name in one.entry.needs]:
        if isinstance(net, Product):
            stage = stage.with_net(net.file("model.safetensors"))
    return stage


def _explanation(
    given: dict[str, Any], reader: Reader, known: Known, path: Keys
) -> ExplanationPlan | None:
    before = len(reader.troubles)
    on, settings = given.get("on"), [*OWN, *How.model_fields]
    for key in [key for key in given if key not in settings]:
        said = f"is not a setting of an explanation; {did_you_mean(key, settings)}"
        note(reader, (*path, key), said, at_key=True)
    how = reader.read(How, {key: given[key] for key in given if key in How.model_fields}, path)
    if not isinstance(on, str) or (known.datasets and on not in known.datasets):
        said = f"is {on!r}; the name of a data set is expected: "
        note(reader, (*path, "on"), said + did_you_mean(str(on), sorted(known.datasets)))
    entry = entry_named(given.get("entry"), str(on), known)
    wrong = entry if isinstance(entry, str) else _wrong(entry) if entry else ""
    if wrong:
        note(reader, (*path, "entry"), wrong)
    if how is None or not isinstance(entry, Entry) or len(reader.troubles) > before:
        return None
    return ExplanationPlan(str(on), entry, how)


def _wrong(entry: Entry) -> str:
    """Say why an entry has no exact map, else ``""``."""
    model, feature = entry.model, entry.feature
    told = f"is {entry.name!r}, whose"
    if not isinstance(model, (*LINEAR, Own)) or model.is_leaky:
        kind = f"{model.kind()!r}{' sees tested pictures' if model.is_leaky else ''}"
        return (
            f"{told} model is {kind}; one affine map on the net's features is needed: 'own', "
            "'head', or 'logistic'"
        )
    if not isinstance(feature, Backbone) or feature.net != LITE0:
        return f"{told} feature is not the 'backbone' {LITE0!r}; name an entry that looks by it"
    if feature.precision == "int8":
        return f"{told} feature is computed in 8-bit integers, and maps are not; take 'float32'"
    wanted = "logits" if isinstance(model, Own) else "features"
    if feature.layer != wanted:
        return f"{told} feature gives the layer {feature.layer!r}; {wanted!r} is needed"
    if feature.framing != "squash" or feature.views != ("plain",):
        return (
            f'{told} feature shows the net a part or a mirror image; framing = "squash" and '
            'views = ["plain"] are needed, so that a map lies over the whole picture'
        )
    return ""
