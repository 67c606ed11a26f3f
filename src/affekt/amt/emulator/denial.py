"""What the marketplace says when it does not do as asked."""


class Denied(Exception):
    """A request that cannot be granted; goes out as ``RequestError`` with its code."""

    def __init__(self, code: str, text: str) -> None:
        self.code = f"AWS.MechanicalTurk.{code}"
        super().__init__(f"{text} ({self.code})")
