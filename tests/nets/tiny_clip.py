"""Folders of transformers with tiny nets of random weights, whatever the version of PyTorch."""

import json
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np

from affekt.nets.zoo import imported
from affekt.taxonomy import TEMPLATES

SIDE_PX, LENGTH = 32, 12
SEEING = {
    "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
    "image_size": SIDE_PX, "patch_size": 16,
}  # fmt: skip
READING = {
    "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
    "vocab_size": 64, "max_position_embeddings": 16, "bos_token_id": 1, "eos_token_id": 2,
    "pad_token_id": 0,
}  # fmt: skip
MEAN, DEVIATION = (0.48, 0.46, 0.41), (0.27, 0.26, 0.28)
PREPARED = {
    "image_mean": MEAN,
    "image_std": DEVIATION,
    "resample": 3,
    "do_center_crop": True,
    "size": {"shortest_edge": SIDE_PX},
    "crop_size": {"height": SIDE_PX, "width": SIDE_PX},
}
WORDS = (" ".join(TEMPLATES) + " mirth awe wonder fear dread joy").replace("{}", "").split()


def write(folder: Path, kind: str = "clip", seed: int = 0) -> Path:
    """Write a folder; what reads comes with a tokenizer of a few words."""
    net = _net(kind)
    draw = np.random.default_rng(seed)
    _fill(net, draw)
    net.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(PREPARED))
    if kind != "dinov2":
        tokenizer(folder)
    return folder


@cache
def made(kind: str = "clip") -> Path:
    """Give one such folder for the whole run."""
    return write(Path(mkdtemp(prefix="affekt-test-")), kind)


def _net(kind: str) -> Any:
    transformers = imported("transformers", "clip")
    if kind == "dinov2":
        return transformers.Dinov2Model(transformers.Dinov2Config(**SEEING))
    if kind == "clip":
        config = transformers.CLIPConfig(
            vision_config=SEEING, text_config=READING, projection_dim=LENGTH
        )
        return transformers.CLIPModel(config)
    reading = {**READING, "projection_size": SEEING["hidden_size"]}
    config = transformers.SiglipConfig(vision_config=SEEING, text_config=reading)
    return transformers.SiglipModel(config)


def _fill(net: Any, draw: np.random.Generator) -> None:
    import torch

    with torch.no_grad():
        for name, weights in net.named_parameters():
            values = draw.normal(0, 0.3, tuple(weights.shape)).astype(np.float32)
            weights.copy_(torch.from_numpy(np.asarray(values)))
            if name == "logit_scale":
                weights.fill_(float(np.log(10)))


def tokenizer(folder: Path) -> None:
    """Write one that knows the words of the usual templates."""
    transformers, tokenizers = (imported(name, "clip") for name in ("transformers", "tokenizers"))
    known = dict.fromkeys(["<pad>", "<s>", "</s>", "<unk>", *WORDS])
    words = tokenizers.models.WordLevel(
        {word: at for at, word in enumerate(known)}, unk_token="<unk>"
    )
    inner = tokenizers.Tokenizer(words)
    inner.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    inner.post_processor = tokenizers.processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=inner,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        model_max_length=READING["max_position_embeddings"],
    ).save_pretrained(folder)
