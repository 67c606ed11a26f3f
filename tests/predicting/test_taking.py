"""At which temperature a net is handed out (M50, S4)."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from affekt.predicting.taking import fitted_temperature
from affekt.store import Product, Store

NET = "ab" * 32
AS_PREDICTED = {"weights_sha256": NET, "framing": "squash", "computed_in": "float32"}


def entry(number: int, temperature: float, **feature: str) -> list[Any]:
    """Give what an entry of a net's own answers leaves in a store."""
    seen = SimpleNamespace(
        stage="extract",
        address=f"seen {number}",
        manifest={"recipe": {"feature": {**AS_PREDICTED, **feature}}},
    )
    told = SimpleNamespace(
        stage="predict",
        address=f"told {number}",
        manifest={
            "recipe": {"model": {"kind": "own"}},
            "inputs": ["pictures", seen.address],
            "notes": {"folds": [{"temperature": temperature}]},
        },
    )
    return [seen, told]


def found(*products: Any) -> float | None:
    store = SimpleNamespace(standing=lambda: list(products))
    return fitted_temperature(cast(Store, store), cast(Product, SimpleNamespace(address=NET)))


def test_a_temperature_is_that_of_the_data_sets_that_agree() -> None:
    assert found() is None
    assert found(*entry(1, 1.5), *entry(2, 1.5)) == 1.5
    assert found(*entry(1, 1.5), *entry(2, 2.0)) is None


@pytest.mark.parametrize(
    "feature", [{"framing": "crop"}, {"computed_in": "int8"}, {"weights_sha256": "cd" * 32}]
)
def test_a_temperature_of_other_logits_is_left_aside(feature: dict[str, str]) -> None:
    """Of pictures that enter otherwise, of a net computed otherwise, of another net."""
    assert found(*entry(1, 2.0, **feature)) is None
    assert found(*entry(1, 1.5), *entry(2, 2.0, **feature)) == 1.5
