"""Network shapes, their weights and how they run; no training, and no PyTorch."""
