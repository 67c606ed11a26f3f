"""Training of nets: the loop, what it reads, what it keeps; the only room that needs PyTorch."""
