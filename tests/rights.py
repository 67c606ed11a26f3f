"""What this process may do, asked of the operating system and not guessed from its user."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


def writes_everywhere() -> bool:
    """Tell whether a folder without the right to write in it can be written all the same."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o500)
        return os.access(folder, os.W_OK)


needs_rights = pytest.mark.skipif(
    writes_everywhere(),
    reason="this user may write everywhere; run the tests as another, or behind "
    "setpriv --bounding-set=-dac_override,-dac_read_search",
)
