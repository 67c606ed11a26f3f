"""CLIP, SigLIP and DINOv2 from a folder of transformers: what they see, and what they read.

References:
    Radford et al. (2021), Learning Transferable Visual Models From Natural Language Supervision,
    ICML. Zhai et al. (2023), Sigmoid Loss for Language Image Pre-Training, ICCV. Oquab et al.
    (2024), DINOv2: Learning Robust Visual Features without Supervision, TMLR.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32

from affekt.errors import Damaged, UsageError
from affekt.nets.clip_folder import EXTRA, Files, found, seen, sha256
from affekt.nets.text import TextEncoder
from affekt.nets.torch_net import TorchNet, on_one_thread
from affekt.nets.zoo import Loaded, imported

log = logging.getLogger(__name__)
_opening = Lock()


class Way(NamedTuple):
    """How one kind of net is asked.

    Attributes:
        sees: From the net, a function of a batch of pictures that gives a vector each.
        padding: How its texts are made equally long; None: it does not read.
    """

    sees: Callable[[Any], Callable[[Any], Any]]
    padding: str | None


def _beside_texts(net: Any) -> Callable[[Any], Any]:
    return lambda pixels: net.get_image_features(pixel_values=pixels).pooler_output


def _pooled(net: Any) -> Callable[[Any], Any]:
    return lambda pixels: net(pixel_values=pixels).pooler_output


WAYS: Mapping[str, Way] = {
    "clip": Way(_beside_texts, "longest"),
    "siglip": Way(_beside_texts, "max_length"),  # it was trained on texts of one length
    "dinov2": Way(_pooled, None),
}


@lru_cache(maxsize=2)
def _opened(files: Files) -> tuple[TorchNet, Any]:
    transformers = imported("transformers", EXTRA)
    torch = imported("torch", EXTRA)
    try:
        with _quiet(transformers):
            net, told = transformers.AutoModel.from_pretrained(
                files.folder,
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                dtype=torch.float32,
                output_loading_info=True,
            )
    except Exception as trouble:  # its errors have no class that it promises
        said = str(trouble).strip().partition("\n")[0]
        raise Damaged(f"{files.folder}: is no whole net of transformers ({said})") from trouble
    if lacking := sorted(told["missing_keys"]):
        raise Damaged(
            f"{files.folder}: the weights lack {len(lacking):,} entries of the net, first "
            f"{lacking[0]!r}; use those of this very net"
        )
    log.info("%s: %s", files.folder, files.kind)
    answers = {"features": WAYS[files.kind].sees(net)}
    return TorchNet(Loaded(net.eval(), seen(files), answers, "", ()), "features", ""), net


@lru_cache(maxsize=2)
def _tokenizer(files: Files) -> Any:
    try:
        return imported("transformers", EXTRA).AutoTokenizer.from_pretrained(
            files.folder, local_files_only=True, trust_remote_code=False
        )
    except Exception as trouble:  # its errors have no class that it promises
        said = str(trouble).strip().partition("\n")[0]
        raise UsageError(
            f"{files.folder}: its texts cannot be read ({said}); `tokenizer.json` and "
            "`tokenizer_config.json` of this net are expected beside its weights"
        ) from trouble


def opened(files: Files) -> TorchNet:
    """Give the half that sees; the next call with the same files gives the same one.

    Raises:
        Damaged: The folder is not whole.
    """
    with _opening:  # so that two threads do not load the same net
        return _opened(files)[0]


@dataclass(frozen=True)
class ClipTexts(TextEncoder):
    """The half of such a net that reads.

    Attributes:
        net: Where its folder would be.
        written: As a human wrote it, see `found`.
    """

    net: Path
    written: str

    def identity(self) -> Mapping[str, Any]:
        files = self._files()
        return {"kind": files.kind, "sha256": sha256((*files.seeing, *files.reading))}

    @property
    def scale(self) -> float:
        return float(self._net(self._files()).logit_scale.detach().exp())

    def read(self, texts: Sequence[str]) -> Float32[np.ndarray, "text feature"]:
        files = self._files()
        net, torch = self._net(files), imported("torch", EXTRA)
        tokens = self._tokens(files, texts, net.config.text_config.max_position_embeddings)
        with torch.inference_mode(), on_one_thread(torch):
            told = net.get_text_features(input_ids=tokens.to(net.device)).pooler_output
            vectors: Float32[np.ndarray, "text feature"] = told.cpu().numpy()
        return vectors

    def _files(self) -> Files:
        files = found(self.net, self.written)
        if WAYS[files.kind].padding is None:
            reading = ", ".join(name for name, kind in WAYS.items() if kind.padding)
            raise UsageError(
                f"{files.folder}: a net of the kind {files.kind!r} does not read, so that pictures "
                f"cannot be held against texts; take one of the kinds {reading}"
            )
        return files

    def _net(self, files: Files) -> Any:
        with _opening:
            return _opened(files)[1]

    def _tokens(self, files: Files, texts: Sequence[str], most: int) -> Any:
        with _opening:  # so that the folds of an entry read it once
            tokenizer = _tokenizer(files)
        for text in texts:
            if len(tokenizer(text)["input_ids"]) > most:
                raise UsageError(
                    f"{files.folder}: {text!r} is too long for the net, which reads {most} "
                    "tokens; shorten the template or the phrase"
                )
        told = tokenizer(
            list(texts),
            padding=WAYS[files.kind].padding,
            max_length=most,
            truncation=True,
            return_tensors="pt",
        )
        # What fills texts up needs no mask: CLIP reads forwards and answers at their end, and
        # SigLIP was trained to read it.
        return told["input_ids"]


@contextmanager
def _quiet(transformers: Any) -> Iterator[None]:
    """Keep transformers from drawing a bar of its progress."""
    told = transformers.utils.logging
    was_drawn = told.is_progress_bar_enabled()
    told.disable_progress_bar()
    try:
        yield
    finally:
        if was_drawn:
            told.enable_progress_bar()
