"""Whether a rule can decide wherever a policy stops asking."""

import numpy as np
import polars as pl

from affekt.policies import Policy, Tally
from affekt.policies.bayes import Bayes
from affekt.rules import Rule
from affekt.tables import VOTES


def undecided(policy: Policy, rule: Rule) -> tuple[int, int] | None:
    """Give the YES and NO at which a policy is settled and a rule is not; None where there is none.

    A policy that weighs each vote by its worker is not looked at: its tally alone says nothing.
    """
    if isinstance(policy, Bayes):
        return None
    most = policy.most()
    tallies = [(yes, n - yes) for n in range(1, most + 1) for yes in range(n + 1)]
    yes, no = np.array([one[0] for one in tallies]), np.array([one[1] for one in tallies])
    settled = policy.places(Tally(yes, no, np.zeros(len(tallies)))) == 0
    ends = [one for one, is_end in zip(tallies, settled, strict=True) if is_end]
    decided = rule.decide(_votes(ends)).filter(pl.col("is_label").is_null())
    left = decided["question_id"].to_list()
    return ends[min(int(one) for one in left)] if left else None


def _votes(tallies: list[tuple[int, int]]) -> pl.DataFrame:
    rows = [
        (str(at), f"worker-{worker}", "any", worker < yes, None)
        for at, (yes, no) in enumerate(tallies)
        for worker in range(yes + no)
    ]
    return pl.DataFrame(rows, schema=VOTES.types(), orient="row")
