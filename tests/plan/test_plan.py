"""The plan: one value, or every problem at once with its place."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt import plan, templates
from affekt.errors import PlanError
from affekt.models import Model
from affekt.plan import STEPS
from affekt.taxonomy import MIKELS8

SMALL = """seed = 7
[collect]
sources = [{ kind = "folder", root = "raw" }]
[sample]
per_emotion = 10
[verify]
crowd = "simulated"
[decide]
rule = "majority"
[release]
name = "toy"
"""
BENCH = """
[bench]
datasets = ["release"]
[[bench.entries]]
name = "colours"
feature = "colour_histogram"
model = "logistic"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def read(folder: Path, text: str | bytes) -> plan.Plan:
    path = folder / "plan.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return plan.read(path)


def problems(folder: Path, text: str | bytes) -> list[str]:
    with pytest.raises(PlanError) as caught:
        read(folder, text)
    return [line.removeprefix(f"{folder}/") for line in caught.value.lines()]


def test_sections_are_stages_and_seed_and_taxonomy_reach_all_of_them(folder: Path) -> None:
    made = read(folder, SMALL)
    assert made.build is not None
    assert made.build.sample.seed == made.build.split.seed == 7
    assert made.build.collect.taxonomy == MIKELS8
    assert made.build.noisy.per_emotion == 0
    assert made.build.clean.sources == made.build.collect.sources


def test_own_words_of_a_content_note_take_the_place_of_its_words_alone(folder: Path) -> None:
    """R22: the report covers by the same words as the release is told by."""
    shipped = read(folder, SMALL).warning_words
    own = read(folder, SMALL + 'warnings = { other = ["spider"] }\n').warning_words
    assert own == {**shipped, "other": ("spider",)}
    assert "blood" in own["gore"]


def test_the_release_of_the_plan_is_meant_by_its_bare_word(folder: Path) -> None:
    made = read(folder, SMALL + BENCH)
    assert made.bench is not None
    assert made.bench.datasets["release"].root.path == folder / "work/releases/toy-0.1.0"


def test_the_floors_of_every_table_are_added(folder: Path) -> None:
    """Majority and chance rows are always shown."""
    made = read(folder, SMALL + BENCH)
    assert made.bench is not None
    assert [entry.name for entry in made.bench.entries] == ["colours"]
    assert [floor.name for floor in made.bench.floors] == ["majority", "chance"]


@pytest.mark.parametrize("name", templates.names())
def test_every_plan_that_ships_is_sound(folder: Path, name: str) -> None:
    """C2."""
    made = plan.read(templates.write(folder / "plan.toml", name))
    assert (made.build or made.bench) is not None


def test_every_feature_set_has_the_same_three_models(folder: Path) -> None:
    """The paper's classifier, a fair modern one, and ratings: nothing else differs."""
    made = plan.read(templates.write(folder / "plan.toml", "handmade"))
    assert made.bench is not None
    models: dict[str, list[Model]] = {}
    for entry in made.bench.entries:
        models.setdefault(str(entry.feature and entry.feature.digest()), []).append(entry.model)
    first, *others = models.values()
    assert [model.kind() for model in first] == ["linear_svm", "logistic", "ridge"]
    assert len(others) == 7
    assert all(one == first for one in others)


@pytest.mark.parametrize("name", templates.names())
def test_every_plan_that_ships_says_what_to_expect(name: str) -> None:
    head = templates.text(name).split("\n\n")[0] + templates.text(name)[:800]
    assert "# Expect:" in head
    assert "# Takes:" in head


def test_byte_order_mark_and_crlf_are_fine(folder: Path) -> None:
    """B04."""
    assert read(folder, b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode()).seed == 7


def test_all_unknown_words_are_told_in_one_go(folder: Path) -> None:
    """B01, C3."""
    text = (
        SMALL.replace("per_emotion", "per_emotoin")
        .replace('"simulated"', '"simulatd"')
        .replace("seed", "sed")
    )
    told = problems(folder, text)
    assert any(
        line.startswith("plan.toml:1:1: sed: ") and "did you mean 'seed'" in line for line in told
    )
    assert any(
        line.startswith("plan.toml:5:1: sample.per_emotoin: ") and "'per_emotion'" in line
        for line in told
    )
    assert any(
        line.startswith("plan.toml:7:9: verify.crowd.kind: ") and "'simulated'" in line
        for line in told
    )


def test_contradicting_values_name_both_keys(folder: Path) -> None:
    """B02."""
    told = problems(
        folder,
        SMALL.replace('"majority"', '{ kind = "at_least", yes = 6, of = 5 }')
        + "[split]\ntrain = 1.1\n",
    )
    assert any("yes" in line and "of" in line and "6" in line for line in told)
    assert any("train" in line and "1.1" in line for line in told)


def test_a_rule_that_needs_more_votes_than_are_asked_for_names_both(folder: Path) -> None:
    """B02."""
    text = SMALL.replace("[decide]", "until = { votes = 3 }\n[decide]").replace(
        '"majority"', '{ kind = "at_least", yes = 3, of = 5 }'
    )
    told = problems(folder, text)
    assert len(told) == 1
    assert "decide.rule" in told[0]
    assert "verify.until asks for at most 3" in told[0]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("seed = \n", "plan.toml:1:8: "),
        ("seed = 1\nseed = 2\n", "plan.toml:2:"),
        ('a = "b', "plan.toml:1:"),
    ],
)
def test_broken_toml_is_told_with_line_and_column(folder: Path, text: str, place: str) -> None:
    """B03."""
    told = problems(folder, text)
    assert len(told) == 1
    assert told[0].startswith(place)


def test_a_missing_file_and_a_folder_are_told_apart(folder: Path) -> None:
    """B05."""
    with pytest.raises(PlanError, match="no such file"):
        plan.read(folder / "nothing.toml")
    with pytest.raises(PlanError, match="is a folder"):
        plan.read(folder)


def test_the_engine_is_this_machine_unless_the_plan_says_otherwise(folder: Path) -> None:
    assert read(folder, SMALL).engine == "native"
    assert read(folder, f'engine = "ray://head:10001"\n{SMALL}').engine == "ray://head:10001"


@pytest.mark.parametrize("engine", ['"rai"', "7", '"ray://head"', '"http://head:80"'])
def test_an_engine_that_is_not_known_is_told_with_those_that_are(folder: Path, engine: str) -> None:
    (told,) = problems(folder, f"engine = {engine}\n{SMALL}")
    assert told.startswith("plan.toml:1:10: engine: is ")
    assert told.endswith("'native', 'ray' or 'ray://host:port' is expected")


def test_no_address_depends_on_the_engine(folder: Path) -> None:
    """Section 12.1: the same products on a laptop and on a cluster."""
    here, there = read(folder, SMALL), read(folder, f'engine = "ray"\n{SMALL}')
    assert here.build == there.build


@pytest.mark.parametrize("text", ["a = " + "[" * 5000 + "]" * 5000, "seed = " + "1" * 5000])
def test_what_the_toml_library_gives_up_on_is_told_too(folder: Path, text: str) -> None:
    """B03, X13."""
    assert "TOML cannot be read" in problems(folder, text)[0]


def test_the_role_of_the_noisy_draw_is_not_quietly_overruled(folder: Path) -> None:
    """B02."""
    told = problems(folder, SMALL + '[noisy]\nper_emotion = 3\nrole = "task"\n')
    assert told == ["plan.toml:14:8: noisy.role: is 'task'; here it is always 'noisy'"]


def test_a_key_given_twice_says_so(folder: Path) -> None:
    """B03."""
    assert "stands twice" in problems(folder, "seed = 1\nseed = 2\n")[0]


def test_a_device_and_a_huge_file_are_no_plans(folder: Path) -> None:
    """B05, D10: `/dev/zero` has no end, and says that its size is 0."""
    with pytest.raises(PlanError, match="is no file"):
        plan.read(Path("/dev/zero"))
    assert "larger than" in problems(folder, "#" * 1_000_001)[0]


def test_a_wrong_name_of_an_emotion_is_one_problem_not_two(folder: Path) -> None:
    """B07."""
    told = problems(folder, SMALL + '[taxonomy]\nname = "mine"\nemotions = ["fear", "A b"]\n')
    assert len(told) == 1
    assert "emotions.1.name: is 'A b'" in told[0]


def test_bytes_that_are_no_text_are_told_by_line(folder: Path) -> None:
    assert problems(folder, b"seed = 1\n\xff\xfe") == [
        "plan.toml:2:1: is not UTF-8 here; save it as UTF-8"
    ]


@pytest.mark.parametrize("name", ["../up", "con", ".hidden", "a/b", "C:", "x" * 300, ""])
def test_a_release_name_never_becomes_a_path(folder: Path, name: str) -> None:
    """B06."""
    assert "release.name" in problems(folder, SMALL.replace('"toy"', f"'{name}'"))[0]


@pytest.mark.parametrize(
    "emotions", ["[]", '["fear"]', '["fear", "fear"]', '["fear", "Fear"]', '["a/b", "c"]']
)
def test_a_taxonomy_that_cannot_be_is_refused(folder: Path, emotions: str) -> None:
    """B07."""
    told = problems(folder, SMALL + f'[taxonomy]\nname = "mine"\nemotions = {emotions}\n')
    assert any("taxonomy" in line for line in told)


def test_a_taxonomy_can_be_written_in_the_plan(folder: Path) -> None:
    made = read(
        folder,
        SMALL
        + '[taxonomy]\nname = "mine"\n'
        + 'emotions = ["calm", { name = "tense", keywords = ["tension"], valence = -1 }]\n',
    )
    assert made.taxonomy.names == ("calm", "tense")
    assert made.build is not None
    assert made.build.sample.taxonomy.emotions[1].words == ("tension",)


def test_a_plan_may_only_benchmark(folder: Path) -> None:
    made = read(folder, BENCH.replace('"release"', '{ kind = "oasis", root = "oasis" }'))
    assert made.build is None
    assert made.bench is not None


def test_an_empty_plan_says_what_it_lacks(folder: Path) -> None:
    assert "[collect]" in problems(folder, "")[0]


def test_two_entries_of_one_name_are_refused(folder: Path) -> None:
    more = '[[bench.entries]]\nname = "COLOURS"\nfeature = "colour_histogram"\nmodel = "logistic"\n'
    assert "entries.1.name" in problems(folder, SMALL + BENCH + more)[0]


def test_paths_with_spaces_and_umlauts_work(tmp_path: Path) -> None:
    """B08."""
    folder = tmp_path / "ein Ördner mit Leerzeichen"
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    assert read(tmp_path / "link", SMALL).seed == 7


def test_the_steps_are_the_fields_of_the_build_line() -> None:
    assert tuple(plan.Build.__dataclass_fields__) == STEPS


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_plan_or_its_problems(
    tmp_path_factory: pytest.TempPathFactory, text: bytes
) -> None:
    """X13."""
    path = tmp_path_factory.mktemp("fuzz") / "plan.toml"
    path.write_bytes(SMALL.encode() + text)
    with suppress(PlanError):
        plan.read(path)


def test_a_host_of_fetch_is_wrong_where_it_is_wrong(folder: Path) -> None:
    text = """
[fetch.hosts."a.example.org"]
per_host = 0
pers_second = 5
[fetch.hosts."https://b.example"]
per_host = 2
"""
    lines = problems(folder, SMALL + text)
    assert len(lines) == 2
    name = "fetch.hosts.a.example.org"
    assert lines[0].startswith("plan.toml:14:12: " + name + ".per_host: is 0; ")
    assert lines[1].startswith("plan.toml:15:1: " + name + ".pers_second: is not a setting")
    assert "per_second" in lines[1]
    only = problems(folder, SMALL + text.replace("per_host = 0\npers_second = 5\n", ""))
    assert "'https://b.example' is no name of a host" in only[0]
    assert only[0].startswith("plan.toml:14:")


def test_a_rule_that_cannot_decide_where_asking_stops_is_told(folder: Path) -> None:
    """C16: the votes that a stricter rule would need are never asked for."""
    strict = SMALL.replace('"majority"', '{ kind = "at_least", yes = 4, of = 5 }')
    told = problems(folder, strict)
    assert len(told) == 1
    assert "decide.rule: decides nothing at 3 YES and 0 NO" in told[0]
    for until in ('{ kind = "fixed" }', "{ votes = 5, keep_at = 4 }"):
        text = strict.replace("[decide]", f"until = {until}\n[decide]")
        assert read(folder, text).build is not None


def test_a_list_to_ask_about_again_is_looked_for_beside_the_plan(folder: Path) -> None:
    """Issue 6, item 5: likely wrong labels go back to the crowd."""
    text = SMALL.replace("per_emotion = 10", 'per_emotion = 10\nagain = "likely-wrong.csv"')
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    build = plan.read(folder / "plan.toml").build
    assert build is not None
    assert build.sample.again is not None
    assert build.sample.again.path == folder / "likely-wrong.csv"
    assert build.noisy.again is None


NETS = """
[[bench.nets]]
name = "tuned"
on = "release"
train = { kind = "finetune", mode = "head", epochs = 3 }

[[bench.nets]]
name = "noisy"
on = "noisy"
after = "tuned"
train = { seed = 5 }

[[bench.entries]]
name = "through a net"
feature = { kind = "backbone", weights = "tuned", layer = "logits" }
model = "own"
"""


def test_nets_are_read_with_their_data_set_or_the_noisy_draw(folder: Path) -> None:
    made = read(folder, SMALL + BENCH + "[noisy]\nper_emotion = 1\n" + NETS)
    assert made.bench is not None
    tuned, noisy = made.bench.nets
    assert tuned.on is not None
    assert tuned.on.root.path == folder / "work/releases/toy-0.1.0"
    assert (tuned.train.mode, tuned.train.seed) == ("head", made.seed)
    assert (noisy.on, noisy.train.seed) == (None, 5)
    assert made.bench.entries[-1].needs == ("tuned",)
    assert made.bench.behind(("noisy",)) == ("noisy", "tuned")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('weights = "tuned"', 'weights = "tund"'), "did you mean 'tuned'?"),
        (('name = "noisy"', 'name = "tuned"'), "two of them are called 'tuned'"),
        (('mode = "head"', 'mode = "tail"'), "'full', 'last' or 'head'"),
        (("epochs = 3", "epoch = 3"), "did you mean 'epochs'?"),
        (('after = "tuned"', 'after = "noisy"'), "nets above it: tuned"),
        (('on = "release"', 'on = "realease"'), "realease"),
        (('on = "release"', 'at = "release"'), "is not a setting of a net"),
        (("[noisy]\nper_emotion = 1\n", ""), "no section [noisy]"),
    ],
)
def test_what_is_wrong_with_a_net_is_told_where_it_is(
    folder: Path, change: tuple[str, str], said: str
) -> None:
    text = (SMALL + BENCH + "[noisy]\nper_emotion = 1\n" + NETS).replace(*change)
    found = problems(folder, text)
    assert any(said in told for told in found), found
    # An entry is to blame for the name of its net, not for what is wrong with the net itself.
    assert any("nothing trains" in told for told in found) == ("weights" in change[0]), found
