"""YAML is read as plain data: it builds no object, and it cannot grow without end."""

from pathlib import Path

import pytest

from landcover import claims, experiments, report
from landcover.errors import LandcoverError, SpecError
from landcover.yaml_source import DEEPEST, MOST_BYTES, MOST_VALUES, YamlSource, value

WORKFLOW = Path(__file__).parents[2] / "workflow"
FILES = ("experiments.yaml", "presets/demo.yaml", "claims.yaml", "report/items.yaml")
LAUGHS = "\n".join(
    ["a0: &a0 [ha]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))]
)
MERGES = "\n".join(
    ["a0: &a0 {k: 1}", *(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, 60))]
)
HOSTILE = {
    "an object": ("x: !!python/object/apply:os.system ['touch {trace}']", "'tag.*' is not allowed"),
    "a module": ("x: !!python/name:os.system", "is not allowed"),
    "a tag of its own": ("x: !Ref abc", "line 1: the tag '!Ref' is not allowed"),
    "a billion laughs": (LAUGHS, f"more than {MOST_VALUES:,} values"),
    "a billion merges": (MERGES, f"more than {MOST_VALUES:,} values"),
    "a circle": ("x: &x [*x]", r"'\*x' is not complete here"),
    "a deep list": ("x: " + "[" * 100_000, f"nested more than {DEEPEST} levels"),
    "a deep block": ("- " * 100_000 + "1", f"nested more than {DEEPEST} levels"),
    "a deep mapping": ("{a: " * 100_000, f"nested more than {DEEPEST} levels"),
    "a long number": ("x: 0x" + "f" * 5000, "the number 0xfffffff... is too long"),
    "a long time": ("x: 1" + ":59" * 5000 + ".5", "is too long"),
    "no date": ("x: 2024-02-31", "quote it"),
    "no number": ("x: 0b_", "quote it"),
    "a long file": ("# " + "x" * MOST_BYTES, f"larger than {MOST_BYTES:,} bytes"),
}


def read_all(workflow, results):
    table = experiments.load(workflow, "demo")
    claims.check(table, workflow)
    report.build(results, table, workflow, results / "report")


@pytest.mark.parametrize("kind", ["an object", "a billion laughs", "a deep list", "a long number"])
@pytest.mark.parametrize("name", FILES)
def test_every_file_that_is_read_refuses_it(workflow, tmp_path, name, kind):
    trace, text = tmp_path / "trace", HOSTILE[kind][0]
    (workflow / name).write_text(text.replace("{trace}", str(trace)))
    with pytest.raises(SpecError, match=Path(name).name):
        read_all(workflow, tmp_path / "results")
    assert not trace.exists()


@pytest.mark.parametrize(("text", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_the_sentence_says_what_is_wrong(tmp_path, text, reason):
    (tmp_path / "table.yaml").write_text(text)
    with pytest.raises(SpecError, match=reason):
        YamlSource.read(tmp_path / "table.yaml")


@pytest.mark.parametrize(
    "text", ["!!python/object/apply:os.abort []", "&x [*x]", "[" * 9999, "9" * 9999, "{", "0b_"]
)
def test_a_setting_is_no_way_around(text):
    with pytest.raises(SpecError, match="'epochs="):
        experiments.parsed([f"epochs={text}"])


def test_aliases_and_numbers_of_a_sensible_size_are_read():
    assert value("{a: &a [1, -0x1f], b: *a, c: [*a, 9223372036854775807]}", "x") == {
        "a": [1, -31],
        "b": [1, -31],
        "c": [[1, -31], 2**63 - 1],
    }


def test_all_that_lies_in_the_workflow_is_far_from_the_limits():
    for path in WORKFLOW.rglob("*.yaml"):
        assert path.stat().st_size < MOST_BYTES / 4
        if path.parent.name != "default":
            YamlSource.read(path)


def test_a_setting_may_not_rename_an_experiment(table):
    with pytest.raises(LandcoverError, match="unknown key 'name'"):
        experiments.with_settings(WORKFLOW, table["task1"].experiment, {"name": ["../.."]})


@pytest.mark.parametrize(
    ("key", "message"), [("base", "stands below 30 others"), ("init_from", "more than 30 start")]
)
def test_an_endless_lineage_is_cut(workflow, key, message):
    base = {"base": "", "init_from": "base: b, "}[key]
    entries = "".join(f"  e{n}: {{group: task1, {base}{key}: e{n + 1}}}\n" for n in range(2000))
    text = (WORKFLOW / "experiments.yaml").read_text().partition("experiments:\n")[0]
    text = text.replace("bases:\n", "bases:\n  b: {base: cifar10, batch_size: 8}\n")
    (workflow / "experiments.yaml").write_text(
        f"{text}experiments:\n{entries}  e2000: {{group: task1, base: b}}\n"
    )
    with pytest.raises(SpecError, match=message):
        experiments.load(workflow, "demo")


@pytest.mark.parametrize("base", ["5", "[a]", "null", "{}"])
def test_a_base_is_a_name(workflow, base):
    (workflow / "experiments.yaml").write_text(
        f"bases: {{'5': {{}}, 'null': {{}}}}\nexperiments:\n  a: {{base: {base}, group: task1}}\n"
    )
    with pytest.raises(SpecError, match="a: no base"):
        experiments.load(workflow, "demo")
