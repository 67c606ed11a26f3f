"""The order of a batch: random, and never many pictures of hard emotions in a row."""

from collections import deque
from collections.abc import Sequence
from math import ceil

from affekt.campaign.batch import Piece
from affekt.campaign.settings import Care


def arranged(pieces: Sequence[Piece], care: Care) -> list[Piece]:
    """Give pieces so that no run of emotions that are warned of is longer than allowed (C58).

    The order is kept otherwise. Where nothing else is left to put between, the batch ends there:
    what is left out goes to the next batch, after a break.
    """
    hard = deque(one for one in pieces if one.emotion in care.warn_of)
    other = deque(one for one in pieces if one.emotion not in care.warn_of)
    order = deque(pieces)
    chosen: list[Piece] = []
    run, most = 0, care.max_consecutive_negative
    while hard or other:
        while order[0] in chosen:
            order.popleft()
        is_hard = order[0].emotion in care.warn_of
        if run == most:
            if not other:
                break
            is_hard = False
        elif not is_hard and hard:  # keep as many to put between as what is left needs
            is_hard = len(other) <= ceil((len(hard) - (most - run)) / most)
        chosen.append(hard.popleft() if is_hard else other.popleft())
        run = run + 1 if is_hard else 0
    return chosen
