"""A trained net used without the project that made it: its folder, any pictures, no PyTorch."""

from affekt.predicting.trained_net import Predicted, TrainedNet, load

__all__ = ["Predicted", "TrainedNet", "load"]
