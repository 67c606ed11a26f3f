"""The model card: what a trained net is, what it learned from, how good it is, what it is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from affekt.measures.intervals import wilson

CARD = """\
---
license: other
library_name: timm
pipeline_tag: image-classification
---

# What pictures make people feel, {emotions} emotions

EfficientNet-Lite0, begun from weights trained on ImageNet, its last layer replaced, fine-tuned by
affekt. It gives a probability for each of: {names}.

## What it learned from

{data}

## How it learned

{recipe}
{moved}{shared}
- trained on: {device}

## How good it is

{accuracy}
Epoch by epoch (validation part only; no test picture was seen):

| epoch | loss | validation loss | accuracy | standard error |
| --- | --- | --- | --- | --- |
{history}

## How to use it

affekt needs this folder and no PyTorch. Here `net` is the folder, `pictures` files and folders of
pictures:

```sh
affekt predict net pictures --output predicted.csv
```

```python
import affekt

net = affekt.load("net")
answer = net.predict(["one.jpg", "other.png"])
answer.emotions, answer.probabilities, answer.labels, answer.reasons
```

Probabilities are the softmax of the logits, divided by the temperature in `config.json` where it
names one.

## What it is not for

It says what many people might feel at a picture, never what one person feels. It must not be used
to judge people, their faces or their state of mind. Pictures unlike those it learned from get
answers that mean little.

## How a picture enters

The whole picture, upright and in sRGB, is squashed to 224 × 224 pixels (bicubic, with antialiasing)
and scaled to -1 … 1; `model.onnx` takes the uint8 pixels and scales them itself. `config.json`
names the classes in the order of the logits. Licence and terms are those of the pictures above and
of the weights it began from (Apache-2.0).
"""


@dataclass(frozen=True)
class About:
    """What is told of a trained net besides its weights; JSON values.

    Attributes:
        emotions: Names of the classes, in the order of the logits.
        taxonomy: Name of their taxonomy.
        data: What it learned from: title, licence, pictures a part, ``sha256`` of their names.
        recipe: Settings of the run.
        moved: How many weights moved, of how many.
        history: One entry an epoch.
        chosen: The epoch whose weights these are; validation accuracy and its error stand there.
        device: What it was trained on, in words.
    """

    emotions: tuple[str, ...]
    taxonomy: str
    data: Mapping[str, Any]
    recipe: Mapping[str, Any]
    moved: Mapping[str, Any]
    history: list[dict[str, Any]]
    chosen: int
    device: str


def card(about: About) -> str:
    """Give the card in Markdown."""
    return CARD.format(
        emotions=len(about.emotions),
        names=", ".join(about.emotions),
        data="\n".join(f"- {name}: {value}" for name, value in about.data.items()),
        recipe="\n".join(f"- {name}: {value}" for name, value in about.recipe.items()),
        shared=_shared(about.recipe),
        device=about.device,
        moved="".join(f"\n- {name}: {value}" for name, value in about.moved.items()),
        accuracy=_accuracy(about),
        history="\n".join(_row(epoch) for epoch in about.history),
    )


def _shared(recipe: Mapping[str, Any]) -> str:
    """Tell the effective batch where several processes took part in every step."""
    batch, processes = recipe["batch"], recipe["processes"]
    if processes == 1:
        return ""
    each = -(-batch // processes)
    return f"\n- a step: {batch} pictures in all, at most {each} in each of {processes} processes"


def measured(about: About) -> list[dict[str, Any]]:
    """Give what was measured of the net, as JSON values: accuracy, if there was a validation part.

    Its interval is Wilson's, of 95 %, and does not know that the epoch was chosen by it.
    """
    accuracy = about.history[about.chosen]["accuracy"]
    n = about.data.get("pictures", {}).get("validate", 0)
    if accuracy is None or not n:
        return []
    low, high = wilson(round(accuracy * n), n)
    return [
        {
            "name": "accuracy",
            "part": "validate",
            "pictures": n,
            "value": accuracy,
            "interval": {"low": low, "high": high, "confidence": 0.95, "method": "Wilson"},
            "note": "the epoch was chosen by it, so a test part will show less",
        }
    ]


def _accuracy(about: About) -> str:
    chosen = about.history[about.chosen]
    accuracy, error = chosen["accuracy"], chosen["standard_error"]
    if accuracy is None or error is None:
        return "There was no validation part, so the last epoch was taken and nothing is known.\n"
    told = "".join(
        f", with an interval of 95 % from {one['interval']['low']:.1%} to "
        f"{one['interval']['high']:.1%} (Wilson, {one['pictures']:,} pictures)"
        for one in measured(about)
    )
    return (
        f"Accuracy on the validation part, by which epoch {chosen['epoch'] + 1} was chosen: "
        f"{accuracy:.1%} ± {error:.1%} (standard error){told}. "
        "It was chosen to be high, so a test part will show less.\n"
    )


def _row(epoch: dict[str, Any]) -> str:
    epoch = {**epoch, "epoch": epoch["epoch"] + 1}
    cells = ["" if one is None or not isfinite(one) else f"{one:.4g}" for one in epoch.values()]
    return f"| {' | '.join(cells)} |"
