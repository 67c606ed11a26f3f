"""Time in the emulator: it moves when it is told to, and no sooner."""

from dataclasses import dataclass

START = 1_767_225_600.0  # 1 January 2026, UTC; any fixed moment does


@dataclass
class Clock:
    """Seconds since 1970."""

    at: float = START

    def move(self, to: float) -> None:
        """Go on to a moment; never back."""
        self.at = max(self.at, to)
