"""Run in a process of its own: prints how many threads linear algebra has in folds side by side.

``python -m tests.stages.limited FOLDER``
"""

import sys
from importlib import import_module
from pathlib import Path

from threadpoolctl import threadpool_info

from affekt.models import Samples
from affekt.protocols.kfold import KFold
from affekt.stages.predict import Predict
from affekt.taxonomy import VALENCE2
from tests.protocols.tables import pictures
from tests.stages.people import desk
from tests.stages.spy import FittedSpy, Spy

THREADS: set[int] = set()


class Solver(Spy):
    """Loads what solves when it fits, as the models of affekt do."""

    def fit(self, train: Samples) -> FittedSpy:
        import_module("affekt.models._solvers")
        THREADS.update(one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas")
        return super().fit(train)


def main() -> None:
    if "sklearn" in sys.modules:
        raise SystemExit("what solves was loaded before a model was fitted")
    stage = Predict(model=Solver(), protocol=KFold(n_folds=4, seed=1), taxonomy=VALENCE2, workers=2)
    stage.run(desk(Path(sys.argv[1])), pictures(["positive", "negative"] * 8))
    sys.stdout.write(f"{sorted(THREADS)}\n")


if __name__ == "__main__":
    main()
