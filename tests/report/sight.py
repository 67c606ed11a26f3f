"""How people see colours, as far as the test of the report's colours needs it.

References:
    Moroney, Fairchild, Hunt, Li, Luo and Newman (2002), The CIECAM02 color appearance model, Color
    Imaging Conference 10.
    Luo, Cui and Li (2006), Uniform colour spaces based on CIECAM02 colour appearance model, Color
    Research and Application 31 (CAM02-UCS).
    Machado, Oliveira and Fernandes (2009), A physiologically-based model for simulation of color
    vision deficiency, IEEE Transactions on Visualization and Computer Graphics 15 (severity 1).
"""

import numpy as np
from jaxtyping import Float

Colours = Float[np.ndarray, "colour 3"]

DEFICIENCIES = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
SRGB_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
CAT02 = np.array([[0.7328, 0.4296, -0.1624], [-0.7036, 1.6975, 0.0061], [0.0030, 0.0136, 0.9834]])
HUNT = np.array([[0.38971, 0.68898, -0.07868], [-0.22981, 1.18340, 0.04641], [0.0, 0.0, 1.0]])
WHITE = np.array([95.047, 100.0, 108.883])
ADAPTING = 64 / np.pi / 5  # cd/m², sRGB's ambient light of 64 lux on a grey of 20 %
BACKGROUND = 20.0


def linear(colours: list[str]) -> Colours:
    """Linear sRGB, 0–1, of ``#rrggbb`` colours."""
    values = np.array([[int(c[at : at + 2], 16) for at in (1, 3, 5)] for c in colours]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1–21, as in WCAG 2."""
    low, high = sorted((linear([one, other]) @ [0.2126, 0.7152, 0.0722]).tolist())
    return float((high + 0.05) / (low + 0.05))


def seen(colours: list[str], deficiency: str) -> Colours:
    """CAM02-UCS coordinates (J', a', b') of colours as somebody with the deficiency sees them."""
    light = np.clip(linear(colours) @ DEFICIENCIES[deficiency].T, 0, 1)
    return ucs(100 * light @ SRGB_TO_XYZ.T)


def ucs(xyz: Colours) -> Colours:
    """CAM02-UCS coordinates of XYZ values under sRGB's viewing conditions, average surround."""
    k = 1 / (5 * ADAPTING + 1)
    luminance = 0.2 * k**4 * 5 * ADAPTING + 0.1 * (1 - k**4) ** 2 * np.cbrt(5 * ADAPTING)
    n = BACKGROUND / WHITE[1]
    n_bb = 0.725 * n**-0.2
    z = 1.48 + np.sqrt(n)
    degree = 1 - np.exp((-ADAPTING - 42) / 92) / 3.6

    def response(values: Colours) -> Colours:
        cone = values @ CAT02.T
        white = WHITE @ CAT02.T
        adapted = cone * (WHITE[1] * degree / white + 1 - degree)
        sharp = adapted @ np.linalg.inv(CAT02).T @ HUNT.T
        power = (luminance * np.abs(sharp) / 100) ** 0.42
        return np.asarray(np.sign(sharp) * 400 * power / (power + 27.13) + 0.1)

    def achromatic(cones: Colours) -> np.ndarray:
        return np.asarray((cones @ [2, 1, 1 / 20] - 0.305) * n_bb)

    cones, white = response(xyz), response(WHITE[None])
    a = cones @ [1, -12 / 11, 1 / 11]
    b = cones @ [1 / 9, 1 / 9, -2 / 9]
    hue = np.arctan2(b, a)
    lightness = 100 * (achromatic(cones) / achromatic(white)) ** (0.69 * z)
    eccentricity = (np.cos(hue + 2) + 3.8) / 4
    t = (50000 / 13 * n_bb * eccentricity * np.hypot(a, b)) / (cones @ [1, 1, 21 / 20])
    chroma = t**0.9 * np.sqrt(lightness / 100) * (1.64 - 0.29**n) ** 0.73
    colourfulness = np.log1p(0.0228 * chroma * luminance**0.25) / 0.0228
    return np.stack(
        [
            1.7 * lightness / (1 + 0.007 * lightness),
            colourfulness * np.cos(hue),
            colourfulness * np.sin(hue),
        ],
        axis=1,
    )


def nearest(colours: list[str], deficiency: str) -> float:
    """Smallest CAM02-UCS distance between any two of the colours, as seen."""
    points = seen(colours, deficiency)
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    return float(apart[np.triu_indices(len(colours), k=1)].min())
