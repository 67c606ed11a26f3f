"""What the qualification test lets through."""

from affekt.planning.chances import at_least

GUESSING = 1 / 8  # one emotion of eight
SKILLS = (GUESSING, 0.3, 0.4, 0.5, 0.6)  # shares right of people who might take the test


def pass_chance(
    skill: float, *, questions: int = 20, pass_at: int = 10, attempts: int = 1
) -> float:
    """Give the chance to pass the test in one of some attempts; by default the paper's.

    Args:
        skill: Chance to be right at one question, 0-1.
        questions: Questions in the test.
        pass_at: Right answers needed.
        attempts: Tries, each with questions not seen before.

    >>> f"{pass_chance(GUESSING):.1e}"
    '5.2e-05'
    """
    return 1 - (1 - at_least(pass_at, questions, skill)) ** attempts
