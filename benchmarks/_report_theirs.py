"""Three numbers of every entry with their intervals, by scikit-learn and a plain loop."""

import sys

import numpy as np
import polars as pl
from sklearn.metrics import accuracy_score, f1_score, recall_score

DRAWS = 2_000


def main() -> None:
    """Print the numbers of every entry in a file of predictions."""
    rows = pl.read_parquet(sys.argv[1])
    for (entry,), some in rows.group_by("entry", maintain_order=True):
        names = some["emotions"][0].to_list()
        truth = some["emotion"].replace_strict(dict(zip(names, range(len(names)), strict=True)))
        said = np.array(some["probabilities"].to_list()).argmax(axis=1)
        whole = scores(truth.to_numpy(), said)
        groups = [
            group.to_numpy()
            for group in some.with_row_index().group_by("group_id").agg("index")["index"]
        ]
        dice = np.random.default_rng(1)
        drawn = []
        for _ in range(DRAWS):
            chosen = dice.integers(len(groups), size=len(groups))
            index = np.concatenate([groups[one] for one in chosen])
            drawn.append(scores(truth.to_numpy()[index], said[index]))
        print(entry, whole, np.quantile(drawn, [0.025, 0.975], axis=0).tolist())


def scores(truth: np.ndarray, said: np.ndarray) -> tuple[float, float, float]:
    """Give accuracy, macro recall and macro F1."""
    return (
        float(accuracy_score(truth, said)),
        float(recall_score(truth, said, average="macro", zero_division=0)),
        float(f1_score(truth, said, average="macro", zero_division=0)),
    )


if __name__ == "__main__":
    main()
