"""Says which tests this machine could not run and why, from a JUnit file that pytest wrote."""

import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

EXPECTED_FAILURE = "pytest.xfail"
# An extra of several GB, which the tests' own environment does not hold.
FORGIVEN = "pip install 'affekt[zoo]'"


def left_out(junit: Path) -> Counter[str]:
    """Give how many tests were left out, a reason; tests that fail as expected did run."""
    root = ET.parse(junit).getroot()  # noqa: S314  (our own pytest wrote it)
    skips = [skip for skip in root.iter("skipped") if skip.get("type") != EXPECTED_FAILURE]
    return Counter((skip.get("message") or "no reason given").strip() for skip in skips)


def described(reasons: Counter[str]) -> list[str]:
    """Give one line a reason, sorted; one line too when nothing was left out."""
    if not reasons:
        return ["every test ran; nothing was left out"]
    lines = [
        f"  {count} test{'s' * (count > 1)}: {reason}" for reason, count in sorted(reasons.items())
    ]
    return ["left out on this machine:", *lines]


def main(junit: str, strict: str) -> int:
    """Print the list; 1 when ``strict`` is ``"1"`` and it holds more than tests of ``zoo``."""
    if not Path(junit).read_text(encoding="utf-8").strip():
        sys.stdout.write("the tests left no results, so what was left out is unknown\n")
        return 1
    reasons = left_out(Path(junit))
    sys.stdout.write("\n".join(described(reasons)) + "\n")
    return int(strict == "1" and any(FORGIVEN not in reason for reason in reasons))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
