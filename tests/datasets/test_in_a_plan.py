"""Every data set can stand in a plan, and `affekt check` reads it there."""

from pathlib import Path

import pytest

from affekt import plan
from affekt.parts import kinds
from affekt.taxonomy import MIKELS8


@pytest.mark.parametrize("kind", [one for one in kinds("datasets") if one != "release"])
def test_it_is_named_by_its_file_and_looked_up_from_the_plan(kind: str, tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(
        f'seed = 1\n[bench]\ndatasets = [{{ kind = "{kind}", root = "mine" }}]\n'
        '[[bench.entries]]\nname = "one"\nfeature = "colour_histogram"\nmodel = "linear_svm"\n'
    )
    bench = plan.read(tmp_path / "plan.toml").bench
    assert bench is not None
    assert bench.datasets[kind].root.path == tmp_path / "mine"
    assert len(bench.taxonomy_of(bench.datasets[kind])) in {2, 7, len(MIKELS8)}
