"""What a user of affekt can cause, as one tree; each branch knows its exit code.

::

    AffektError              1   a stage, a check or an item failed
    ├── PlanError            2   the plan cannot be read; carries every problem at once
    ├── UsageError           2   a command or a part was asked for something it does not know
    ├── NotYet               3   no error: the crowd or the world has not finished
    ├── Refused              4   stopped to protect data or law
    │   ├── Locked               another process holds the project
    │   ├── NewerFormat          made by a newer affekt
    │   ├── NotTaken             a claim, answer or sign-in that cannot be accepted
    │   └── ReleaseExists        that version is published with other content
    ├── MachineError         5   the machine is not ready
    │   ├── MissingExtra         an optional library is not installed
    │   ├── MissingSecret        a key is not set
    │   ├── DiskTrouble          full, read-only or unreadable
    │   └── Damaged              a database or product does not match its own checksum
    ├── TableError           1   a table breaks its schema, or rows vanished without a reason
    ├── PictureError         1   one picture cannot be used; carries the reason word
    ├── PartError            1   a part answered with something it must not (NaN, wrong length)
    └── SourceError          1   a server does not answer as it must; in its own words

A message says where, what came, what is allowed and what to do next, in one or two sentences.
"""

from typing import ClassVar, NamedTuple


class AffektError(Exception):
    """Anything a user can cause."""

    exit_code: ClassVar[int] = 1


class Problem(NamedTuple):
    """One thing wrong with a plan, at the place where it is wrong."""

    line: int
    column: int
    key: str
    text: str


class PlanError(AffektError):
    """A plan that cannot be read; all its problems at once."""

    exit_code = 2

    def __init__(self, path: str, problems: tuple[Problem, ...]) -> None:
        self.path = path
        self.problems = problems
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """Give one line a problem, ``file:line:column: key: what is wrong``."""
        return [
            f"{self.path}:{problem.line}:{problem.column}: "
            + (f"{problem.key}: " if problem.key else "")
            + problem.text
            for problem in self.problems
        ]


class UsageError(AffektError):
    """A command or a part was asked for something it does not know."""

    exit_code = 2


class NotYet(AffektError):
    """The world or the crowd has not finished; running again later goes on from here."""

    exit_code = 3


class Refused(AffektError):
    """Stopped to protect data or law."""

    exit_code = 4


class Locked(Refused):
    """Another process works on the project."""


class NewerFormat(Refused):
    """Made by a newer affekt than this one."""


class NotTaken(Refused):
    """A claim, an answer or a sign-in that cannot be accepted; nothing was changed.

    Attributes:
        reason: One word or two for programs: ``unknown``, ``conflict``, ``closed``, ``paused``,
            ``unqualified``, ``unconsented``, ``suspended``, ``resting``, ``not needed`` …
    """

    def __init__(self, reason: str, text: str) -> None:
        self.reason = reason
        super().__init__(text)


class ReleaseExists(Refused):
    """A release of that name and version is published with other content."""


class MachineError(AffektError):
    """The machine is not ready for what was asked."""

    exit_code = 5


class MissingExtra(MachineError):
    """An optional library is not installed."""


class MissingSecret(MachineError):
    """A key named in the plan is not set."""


class DiskTrouble(MachineError):
    """The disk is full, read-only or cannot be read."""


class Damaged(MachineError):
    """A database or a product does not match its own checksum."""


class TableError(AffektError):
    """A table breaks its schema, or rows vanished without a reason."""


class PictureError(AffektError):
    """One picture cannot be used."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}" if detail else reason)


class PartError(AffektError):
    """A part answered with something its family's contract forbids."""


class SourceError(AffektError):
    """A server does not answer as it must, and asking again does not help."""
