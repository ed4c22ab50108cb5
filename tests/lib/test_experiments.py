from pathlib import Path
from shutil import copytree

import pytest
import torch
import yaml

from landcover import architectures, experiments
from landcover.artifacts import read_csv
from landcover.data.catalog import DATASETS
from landcover.errors import SpecError
from landcover.models import MODELS, Architecture, build, parameters
from landcover.results import layout

ROOT = Path(__file__).parents[2]


@pytest.fixture
def workflow(tmp_path):
    for part in ("presets", "schemas", "reference"):
        copytree(ROOT / "workflow" / part, tmp_path / part)
    return tmp_path


def load(workflow, text, preset="paper", **settings):
    (workflow / "experiments.yaml").write_text(text)
    return experiments.load(workflow, preset, settings)


BASE = """
bases:
  cifar: {dataset: cifar10, model: customcnn, image_size: 32, batch_size: 64, epochs: 10,
          learning_rate: 0.001, normalise: half}
experiments:
"""


def test_an_entry_says_only_what_differs_from_its_base(workflow):
    table = load(
        workflow,
        BASE + "  a: {base: cifar, group: task1, batch_size: 8}\n  b: {base: a, group: task2}\n",
    )
    assert table["b"].experiment.batch_size == 8
    assert table["b"].experiment.epochs == 10


def test_group_is_beside_the_experiment_and_retrains_nothing(workflow):
    one = load(workflow, BASE + "  a: {base: cifar, group: task1}\n").trigger("a")
    two = load(workflow, BASE + "  a: {base: cifar, group: task2, authors: task1}\n").trigger("a")
    assert one == two


def test_the_demo_keeps_the_first_of_each_group_of_variants(table):
    groups = {}
    for name, entry in table.entries.items():
        groups.setdefault(entry.group, []).append(name)
    for group, names in groups.items():
        kept = [name for name in names if name in table.wanted]
        if group.endswith("-variants") or "-open" in group:
            names = [name for name in names if not name.endswith("-fp32")][:1]  # the demo has fp32
        assert kept == names
    assert sorted([*table.wanted, *table.left_out]) == sorted(table)


def test_a_variant_that_another_experiment_starts_from_is_kept(workflow):
    entries = "".join(f"  {name}: {{base: cifar, group: task2-variants}}\n" for name in "abc")
    more = "  d: {base: cifar, group: task2, init_from: c}\n"
    assert load(workflow, BASE + entries + more, "demo", interpret=[]).wanted == ["a", "c", "d"]


def test_a_variant_that_the_preset_makes_equal_to_another_experiment_is_left_out(workflow):
    entries = (
        BASE
        + "  a: {base: cifar, group: task1}\n"
        + "  a-fp32: {base: a, group: task1-variants, precision: fp32}\n"
        + "  longer: {base: a, group: task2-variants, epochs: 12}\n"
        + "  named-alike: {base: a, group: task2}\n"
    )
    assert load(workflow, entries).left_out == ("a-fp32",)
    assert load(workflow, entries, precision="bf16").left_out == ()
    assert load(workflow, entries)["a-fp32"].experiment.precision == "fp32"  # and can be trained
    capped = load(workflow, entries, "demo", interpret=[], max_epochs=10)
    assert capped.left_out == ("a-fp32", "longer")


def test_an_expert_never_takes_the_place_of_the_network_that_is_combined(table):
    network, *experts = table.combined
    runs, first_seeds = table.combined_runs(experts)
    assert runs == []
    assert [name for name, _ in first_seeds] == experts
    runs, first_seeds = table.combined_runs([network])
    assert runs == [(network, seed) for seed in table.seeds(network)]
    assert first_seeds == []


def test_the_demo_looks_into_the_networks_of_the_figures(table):
    assert table.looked_into == ["task2-exp5", "task5-final-4", "vgg16"]
    assert len(experiments.load(ROOT / "workflow", "paper").looked_into) == 9


def test_every_seed_is_looked_into_and_the_first_look_has_the_experiments_name(table):
    assert table.looks == {name: (name, 0) for name in ("task2-exp5", "task5-final-4")}
    later = experiments.load(ROOT / "workflow", "demo", {"seeds": [3, 4]}).looks
    assert [*later][:2] == ["task2-exp5", "task2-exp5-run-seed4"]
    assert [*later.values()][:2] == [("task2-exp5", 3), ("task2-exp5", 4)]
    assert {layout.looked_into(look)[0] for look in later} == {*table.looks}


def test_backbones_have_caps_of_their_own(table):
    small, backbone = table["task1"].experiment, table["task5-vgg16"].experiment
    preset = table.preset
    assert (small.epochs, small.max_eval_images) == (preset.max_epochs, preset.max_eval_images)
    assert backbone.epochs == preset.max_pretrained_epochs
    assert backbone.max_train_images == preset.max_pretrained_images
    assert backbone.max_eval_images == preset.max_pretrained_eval_images


def test_fields_at_their_default_are_left_out_of_the_spec(workflow):
    plain = load(workflow, BASE + "  a: {base: cifar, group: task1}\n")
    explicit = load(workflow, BASE + "  a: {base: cifar, group: task1, dropout: 0.0}\n")
    assert plain.trigger("a") == explicit.trigger("a")


def test_a_preset_caps_but_never_raises(workflow):
    table = load(
        workflow,
        BASE + "  a: {base: cifar, group: task1}\n  b: {base: a, group: task1, epochs: 2}\n",
        "quick",
    )
    assert table["a"].experiment.epochs == 4
    assert table["b"].experiment.epochs == 2
    assert table["a"].experiment.max_train_images == 10000


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{base: cifar, group: task1, epoch: 3}", "line 6.*'epoch'.*did you mean 'epochs'"),
        ("{base: cifar, group: task1, batch_size: -1}", "line 6, a.batch_size: -1 is less than"),
        (
            "{base: cifar, group: task1, learning_rate: 1e-3}",
            "is not of type 'number'; write 0.001",
        ),
        ("{base: cifar, group: task1, batch_size: big}", "'big' is not of type 'integer'$"),
        (
            "{base: cifar, group: task1, authors: task2-exp55}",
            r"line 6, a\.authors: reference/curves\.csv has no .*did you mean 'task2_exp5'",
        ),
        ("{base: cifer, group: task1}", "no base 'cifer'; did you mean 'cifar'"),
        ("{base: cifar}", "group must start with task1"),
        ("{base: a, group: task1}", "lead back to itself"),
        ("{group: task1, model: customcnn}", "the key 'dataset' is missing; add it"),
        ("{base: cifar, group: task1, augment: cifer}", "no 'cifer'; did you mean 'cifar'"),
        ("7", "must hold a mapping"),
        ("{base: 7, group: task1}", "no base '7'"),
        ("{base: cifar, group: task1, dropout: .nan}", "nan is not of type 'number'"),
        ("{base: cifar, group: task1, batch_size: 64.0}", "64.0 is not of type 'integer'"),
        ("{base: cifar, group: task1, model: customcn}", "did you mean 'customcnn'"),
        ("{base: cifar, group: task1, concat_original: true}", "say how to augment"),
        ("{base: cifar, group: task1, score_augmented: true}", "no image is augmented"),
        (
            "{base: cifar, group: task1, pretrained: imagenet}",
            r"line 6, a\.pretrained: customcnn has no published weights; drop it, or choose vgg16",
        ),
    ],
)
def test_a_wrong_entry_is_refused_with_its_place(workflow, entry, message):
    with pytest.raises(SpecError, match=message):
        load(workflow, BASE + f"  a: {entry}\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("experiments: [a, b]", "experiments must hold a mapping"),
        ("experiments:\n  7: {group: task1}", "line 2: the key 7 must be text"),
        ("experiments:\n  a/b: {group: task1}", "a name has letters, digits"),
        ("experimants: {}", "did you mean 'experiments'"),
        ("a: {base: cifar, group: task1}", "line 1, a: this entry stands at the left edge; indent"),
    ],
)
def test_a_wrong_table_is_refused_with_its_place(workflow, text, message):
    with pytest.raises(SpecError, match=message):
        load(workflow, text)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("networks: {vgg17: cifar10}", r"line 7, vgg17: no published .*did you mean 'vgg19'"),
        ("networks: {vgg16: cifar11}", "line 7, vgg16: no experiment trains .*mean 'cifar10'"),
        ("networks: {vgg16: [cifar10]}", "line 7, vgg16: no experiment trains .*mean 'cifar10'"),
        ("combined: [[a]]", r"line 7, combined: no experiment '\['a'\]'; known: a"),
    ],
)
def test_a_wrong_name_beside_the_experiments_is_refused_with_its_place(workflow, line, message):
    with pytest.raises(SpecError, match=message):
        load(workflow, BASE + f"  a: {{base: cifar, group: task1}}\n{line}\n")


def test_a_preset_looks_into_no_unknown_experiment(workflow):
    preset = workflow / "presets" / "demo.yaml"
    preset.write_text(preset.read_text().replace("task2-exp5,", "task2-exp55,"))
    text = (ROOT / "workflow" / "experiments.yaml").read_text()
    with pytest.raises(SpecError, match=r"demo\.yaml, line \d+, interpret: .*mean 'task2-exp5'"):
        load(workflow, text, "demo")


def test_the_demo_reads_no_images_that_are_named(workflow):
    with pytest.raises(SpecError, match="draws its own images"):
        experiments.load(ROOT / "workflow", "demo", images="somewhere")


def test_a_key_written_twice_is_refused(workflow):
    with pytest.raises(SpecError, match="line 7, 'a' appears twice"):
        load(workflow, BASE + "  a: {base: cifar, group: task1}\n" * 2)


def test_a_file_that_is_no_yaml_is_refused(workflow):
    with pytest.raises(SpecError, match="cannot be read as YAML"):
        load(workflow, "experiments: {")


def test_unknown_names_are_answered_with_the_nearest(workflow, table):
    with pytest.raises(SpecError, match="did you mean 'task2-exp1'"):
        table["task2-exp01"]
    with pytest.raises(SpecError, match="did you mean 'paper'"):
        experiments.load(ROOT / "workflow", "papers")


@pytest.mark.parametrize("seeds", ["[0,2]", ["0", "2"], [0, 2], "0,2"])
def test_seeds_are_taken_as_snakemake_hands_them_over(workflow, seeds):
    table = load(workflow, BASE + "  a: {base: cifar, group: task1}\n", seeds=seeds)
    assert table.preset.seeds == (0, 2)


@pytest.mark.parametrize("seeds", ["one", [-1], [1, 1], []])
def test_seeds_that_are_none_are_refused(workflow, seeds):
    with pytest.raises(SpecError, match="seeds"):
        load(workflow, BASE + "  a: {base: cifar, group: task1}\n", seeds=seeds)


ONE_OF_ITS_OWN = BASE + "  a: {base: cifar, group: task1, seeds: 5}\n  b: {base: a, group: task1}\n"


def test_an_experiment_may_ask_for_its_own_number_of_seeds(workflow):
    paper = load(workflow, ONE_OF_ITS_OWN, "paper")
    assert (paper.seeds("a"), paper.seeds("b")) == ((0, 1, 2, 3, 4), (0, 1, 2))
    assert load(workflow, ONE_OF_ITS_OWN, "quick").seeds("a") == (0,)
    assert load(workflow, ONE_OF_ITS_OWN, "paper", seeds="[7,9]").seeds("a") == (7, 9)


def test_more_seeds_retrain_nothing(workflow):
    plain = load(workflow, BASE + "  a: {base: cifar, group: task1}\n").trigger("a")
    assert load(workflow, ONE_OF_ITS_OWN).trigger("a") == plain


@pytest.mark.parametrize("seeds", ["-1", "0", "2.5", "many", "true", "[0, 1]"])
def test_a_number_of_seeds_that_is_none_is_refused(workflow, seeds):
    with pytest.raises(SpecError, match=r"line 6, a.seeds: .* is no number of seeds"):
        load(workflow, BASE + f"  a: {{base: cifar, group: task1, seeds: {seeds}}}\n")


def test_close_calls_get_five_seeds():
    table = experiments.load(ROOT / "workflow", "paper")
    five = {name for name in table if len(table.seeds(name)) == 5}
    assert five == {"task2-exp4", "task2-exp5", "task5-final-1", "task5-final-3"}
    assert {len(table.seeds(name)) for name in table} == {3, 5}


def different(table, one, other):
    """The settings in which two experiments differ."""
    ours, theirs = (table[name].experiment.as_dict() for name in (one, other))
    return {k for k in (ours | theirs).keys() - {"name"} if ours.get(k) != theirs.get(k)}


@pytest.mark.parametrize(
    ("variant", "of", "settings"),
    [
        ("task2-exp3-30-epochs", "task2-exp3", {"epochs"}),
        ("task2-exp5-no-dropout", "task2-exp5", {"dropout"}),
        ("task2-exp5-no-weight-decay", "task2-exp5", {"weight_decay"}),
        ("task4-2-all-images", "task4-2", {"train_splits"}),
        ("task4-4-as-described", "task4-4", {"freeze"}),
        ("task4-3-low-rate", "task4-3", {"learning_rate"}),
        ("task4-4-low-rate", "task4-4", {"learning_rate"}),
        *((f"task4-{part}-legacy-labels", f"task4-{part}", {"label_hash_seed"})
          for part in ("1", "1.5", "2", "3", "4")),
        ("task5-final-2-concat-only", "task5-final-1", {"concat_original", "equal_steps"}),
        ("task5-final-2-balance-only", "task5-final-1", {"balance"}),
    ],
)  # fmt: skip
def test_a_variant_changes_one_thing(variant, of, settings):
    table = experiments.load(ROOT / "workflow", "paper")
    assert different(table, variant, of) == settings
    assert table[variant].group.endswith("-variants")


def test_a_spec_survives_its_json_form(table):
    for name in table:
        spec = table[name].experiment
        assert experiments.from_dict(spec.as_dict()) == spec


def test_changed_settings_are_checked_like_the_table(table):
    spec = table["task1"].experiment
    changed = experiments.with_settings(
        ROOT / "workflow", spec, experiments.parsed(["epochs=3", "augment=cifar"])
    )
    assert (changed.epochs, changed.augment) == (3, "cifar")
    with pytest.raises(SpecError, match="customcnn has no width to choose"):
        experiments.with_settings(ROOT / "workflow", spec, {"width": 4})
    with pytest.raises(SpecError, match="did you mean 'epochs'"):
        experiments.with_settings(ROOT / "workflow", spec, {"epocs": 3})


def test_the_sizes_of_published_images_are_known():
    assert {name: one.image_size for name, one in DATASETS.items()} == experiments.PIXELS


def test_schema_and_experiment_know_the_same_keys():
    schema = yaml.safe_load((ROOT / "workflow/schemas/experiments.schema.yaml").read_text())
    fields = set(experiments.Experiment.__dataclass_fields__) - {"name"}
    assert set(schema["properties"]) == fields


def test_every_name_of_a_network_can_be_built():
    assert set(architectures.MODELS) == set(MODELS)


def test_the_authors_have_the_curves_that_the_table_names(table):
    curves = read_csv(ROOT / "workflow/reference/curves.csv", ("experiment",))
    named = {table[name].authors for name in table} - {""}
    assert named <= set(curves["experiment"])


def test_parameters_are_those_of_table_3():
    logged = read_csv(ROOT / "workflow/reference/final_metrics.csv", ("experiment", "metric"))
    numbers = logged.set_index(["experiment", "metric"])["value"]
    table = experiments.load(ROOT / "workflow", "paper")
    for name in (n for n in table if table[n].group == "task5"):
        with torch.device("meta"):
            counts = parameters(build(Architecture.of(table[name].experiment, 10)))
        theirs = {k: int(numbers[table[name].authors, f"params_{k}"]) for k in counts}
        assert counts == theirs


def test_task2_is_the_ablation_of_the_report():
    table = experiments.load(ROOT / "workflow", "paper")
    keys = ("batch_size", "augment", "batch_norm", "dropout", "weight_decay", "epochs")
    rows = {n: tuple(getattr(table[n].experiment, k) for k in keys) for n in table}
    assert rows["task1"] == (64, "none", True, 0.25, 0.0, 10)
    assert rows["task2-exp1"] == (32, "none", False, 0.0, 0.0, 10)
    assert rows["task2-exp2"] == (32, "cifar", False, 0.0, 0.0, 10)
    assert rows["task2-exp3"] == (512, "cifar", False, 0.0, 0.0, 10)
    assert rows["task2-exp4"] == (512, "cifar", True, 0.0, 0.0, 10)
    assert rows["task2-exp5"] == (512, "cifar", True, 0.25, 0.001, 10)
    assert rows["task5-customcnn"] == (512, "eurosat-jitter", True, 0.25, 0.001, 15)


def test_what_is_looked_into_stands_beside_an_experiment(table, workflow):
    kinds = {name: table[name].interpret for name in table if table[name].interpret}
    assert kinds.pop("task2-exp5") == "last"  # where the test split looks on while training
    assert len(kinds) == 7
    assert set(kinds.values()) == {"best"}
    assert table.networks == {"vgg16": "cifar10"}
    text = BASE + "  a: {base: cifar, group: task1, interpret: lst}\n"
    with pytest.raises(SpecError, match=r"line 6, a\.interpret: .*'lst'.*best or last"):
        load(workflow, text)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"presett": "quick"}, "--config, presett: unknown key 'presett'; did you mean 'preset'?"),
        ({"data": "/nowhere"}, "--config, data: /nowhere does not exist; name a folder or an arch"),
        ({"data": 3}, "--config, data: 3 is not of type 'string'"),
        ({"data": "."}, "--config, data: . is empty; put archives or folders of images there"),
        ({"seeds": 3}, "write seeds=[3] for seed 3, or seeds=[0,1,2] for three seeds"),
        ({"device": "banana"}, "there is no device 'banana'; choose auto, cpu, cuda or cuda:1"),
    ],
)
def test_a_wrong_configuration_of_the_workflow_is_one_sentence(
    config, message, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError) as error:
        experiments.check_config(config, ROOT / "workflow", {})
    assert message in str(error.value)


def test_a_wrong_setting_of_the_user_is_not_blamed_on_the_preset():
    said = r"preset paper with changed settings, seeds\.0: -1 is less than"
    with pytest.raises(SpecError, match=said):
        experiments.load(ROOT / "workflow", "paper", {"seeds": [-1]})
