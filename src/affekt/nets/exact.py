"""What a graphics card has to be told so that it computes as everything else here does."""

import os
from typing import Any

WORKSPACE = "CUBLAS_WORKSPACE_CONFIG"  # PyTorch refuses deterministic products without it


def exact(torch: Any) -> None:
    """Let cards compute in whole float32, and products in an order that does not change.

    Their library of products reads the second once, when it is first used: this is called before a
    net is brought to a card. What the user has set there stays.
    """
    os.environ.setdefault(WORKSPACE, ":4096:8")
    torch.backends.cudnn.allow_tf32 = False
