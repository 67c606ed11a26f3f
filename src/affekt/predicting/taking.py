"""The folder of a trained net, out of the project that made it."""

import json
import shutil
from pathlib import Path

from affekt import durable
from affekt.errors import DiskTrouble, Refused
from affekt.measures.calibration import is_inside
from affekt.nets.trained import CONFIG, seal
from affekt.store import Product, Store

AS_PREDICTED = {"framing": "squash", "computed_in": "float32"}


def take(net: Product, folder: Path, temperature: float | None = None) -> None:
    """Copy the folder of a net to a new one, which is whole or absent.

    Args:
        net: A product of the stage train; each file is held against its checksum.
        folder: A name that is free.
        temperature: Written into the copy's ``config.json``, if there is one.

    Raises:
        Refused: The folder is there.
        Damaged: A file of the product is not what was written.
        DiskTrouble: The folder cannot be written.
    """
    if folder.exists():
        raise Refused(f"{folder}: is there already; nothing is overwritten, name another folder")
    try:
        with durable.new_folder(folder) as hidden:
            for name in net.own:
                shutil.copyfile(net.file(name), hidden / name)
            if temperature is not None:
                _tell(hidden / CONFIG, temperature)
                seal(hidden)
    except OSError as trouble:
        raise DiskTrouble(
            f"{folder}: cannot be written: {trouble.strerror}; free space or name another folder"
        ) from trouble


def fitted_temperature(store: Store, net: Product) -> float | None:
    """Give the temperature at which the benchmark found a net's own probabilities best calibrated.

    That is of entries with the model ``own`` on its logits, fitted on the part ``validate``, where
    pictures entered as they do in `affekt.predicting`. None where there is none, where several data
    sets ask for different ones, and where it is but the end of what was searched, see `is_inside`.
    """
    wanted = {"weights_sha256": net.address, **AS_PREDICTED}
    standing = store.standing()
    seen = {
        one.address
        for one in standing
        if one.stage == "extract" and wanted.items() <= one.manifest["recipe"]["feature"].items()
    }
    found = {
        fold["temperature"]
        for one in standing
        if one.stage == "predict" and one.manifest["recipe"]["model"]["kind"] == "own"
        if seen & set(one.manifest["inputs"])
        for fold in one.manifest["notes"]["folds"]
        if "temperature" in fold
    }
    one = found.pop() if len(found) == 1 else None
    return one if one is not None and is_inside(one) else None


def _tell(path: Path, temperature: float) -> None:
    config = json.loads(path.read_text(encoding="utf-8"))
    config["affekt"]["temperature"] = temperature
    path.write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
