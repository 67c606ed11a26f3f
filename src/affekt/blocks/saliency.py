r"""Where a picture draws the eye, by its spectral residual.

References:
    Hou and Zhang (2007), Saliency detection: a spectral residual approach, CVPR.

Differs:
    Zhao et al. (2014) use the statistical response-based model of Sun et al.; its filters are not
    published with it.
"""

import numpy as np
from jaxtyping import Float
from scipy.ndimage import gaussian_filter, uniform_filter

from affekt.blocks.colours import Plane
from affekt.blocks.sized import squared

Map = Float[np.ndarray, "64 64"]
SIDE_PX = 64
FLATTEST = 1e-6  # deviation of a picture that draws the eye nowhere in particular
BLUR_PX = 2.5


def saliency(brightness: Plane) -> Map:
    r"""Give the saliency, 64 × 64, 0–1; 1 everywhere where the picture is of one brightness.

    :math:`|F^{-1}(e^{R + i \arg F})|^2` of the picture at 64 × 64 (area averages), with
    :math:`R` the log spectrum minus its mean over 3 × 3, blurred by 2.5 px and scaled to 0–1.
    """
    small = squared(brightness, SIDE_PX)
    if small.std() < FLATTEST:
        return np.ones((SIDE_PX, SIDE_PX))
    spectrum = np.fft.fft2(small)
    size = np.log(np.abs(spectrum) + 1e-8)
    residual = size - uniform_filter(size, 3, mode="wrap")
    response = np.abs(np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))) ** 2
    blurred = gaussian_filter(response, BLUR_PX, mode="reflect")
    lowest, highest = blurred.min(), blurred.max()
    if highest <= lowest:
        return np.ones((SIDE_PX, SIDE_PX))
    scaled: Map = (blurred - lowest) / (highest - lowest)
    return scaled
