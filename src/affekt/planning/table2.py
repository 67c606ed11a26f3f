"""What the paper asked and kept: the plan's starting point where nothing better is known.

References:
    You, Luo, Jin and Yang (2016), Building a Large Scale Dataset for Image Emotion Recognition,
    AAAI, Table 2.
"""

from affekt.planning.savings import Asked
from affekt.simulation.items import SUBMITTED_KEPT

PAPER = {
    emotion: Asked(submitted, kept / submitted)
    for emotion, (submitted, kept) in SUBMITTED_KEPT.items()
}
OVERALL = sum(asked.items * asked.kept for asked in PAPER.values()) / sum(
    asked.items for asked in PAPER.values()
)  # 25.9 %: for an emotion that the paper does not have
