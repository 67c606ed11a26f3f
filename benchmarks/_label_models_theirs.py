"""One model of crowd-kit, run by a Python that has it: prints processor seconds, memory, accuracy.

PYTHON -m benchmarks._label_models_theirs VOTES.npz MODEL
"""

import json
import resource
import sys
import time
from importlib import import_module

import numpy as np


def main(path: str, name: str) -> None:
    """Read the votes, fit, and print one JSON object."""
    pandas, aggregation = import_module("pandas"), import_module("crowdkit.aggregation")
    kept = np.load(path)
    frame = pandas.DataFrame({key: kept[key] for key in ("task", "worker", "label")})
    kind = getattr(aggregation, name)
    model = kind() if name == "MajorityVote" else kind(n_iter=100)
    wall, began = time.perf_counter(), time.process_time()
    labels = model.fit_predict(frame)
    told = {
        "cpu_seconds": time.process_time() - began,
        "seconds": time.perf_counter() - wall,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "accuracy": float((labels.sort_index().to_numpy() == kept["truth"]).mean()),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
