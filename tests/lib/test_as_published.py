"""What the authors ran stays so, whatever somebody edits."""

from pathlib import Path

import pytest
from made import write_run

from landcover import experiments
from landcover.results import authors, study

WORKFLOW = Path(__file__).parents[2] / "workflow"
PUBLISHED = authors.read(WORKFLOW / "reference").published


def test_the_plain_entries_of_the_table_are_what_the_authors_ran():
    table = experiments.load(WORKFLOW, "paper")
    plain = [name for name in table if table[name].authors or not table[name].is_variant]
    assert dict(PUBLISHED) == {name: table[name].experiment for name in plain}


def test_whatever_the_authors_logged_has_its_settings():
    table = experiments.load(WORKFLOW, "paper")
    assert {name for name in table if table[name].authors} <= set(PUBLISHED)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("experiments.yaml", "authors: task1, batch_size: 64,", "authors: task1, batch_size: 32,"),
        ("presets/paper.yaml", "data: real", "data: real\nmax_batch_size: 32"),
    ],
)
def test_an_edit_of_the_table_or_of_a_cap_is_a_departure_of_the_run(
    tmp_path, workflow, file, old, new
):
    text = (workflow / file).read_text()
    assert old in text
    (workflow / file).write_text(text.replace(old, new))
    table = experiments.load(workflow, "paper")
    results = tmp_path / "results"
    write_run(results, "task1", 0, table=table)
    found = study.read(results, table, workflow)
    [run] = found.runs
    [batch] = run.differences(found.published["task1"])
    assert (batch.key, batch.ours, batch.theirs) == ("batch_size", 32, 64)
    assert found.result("task1").stale == ("data synthetic, now real",)  # of the table it is


def test_a_variant_is_not_capped_either(workflow):
    paper = workflow / "presets/paper.yaml"
    paper.write_text(paper.read_text() + "\nmax_epochs: 1\n")
    table = experiments.load(workflow, "paper")
    found = study.read(workflow / "no results", table, workflow)
    assert table["task2-exp3-30-epochs"].experiment.epochs == 1
    assert found.published["task2-exp3-30-epochs"].epochs == 30


def test_one_function_has_one_word_for_what_is_off():
    ours = PUBLISHED["task2-exp1"].as_dict() | {"seed": 0}
    theirs = PUBLISHED["task2-exp5"].as_dict() | {"seed": 1, "name": "task2-exp1"}
    found = {one.key: (one.ours, one.theirs) for one in experiments.differences(ours, theirs)}
    assert found == {
        "batch_size": (32, 512),
        "batch_norm": ("off", True),
        "dropout": ("off", 0.25),
        "weight_decay": ("off", 0.001),
        "augment": ("none", "cifar"),
        "concat_original": ("off", True),
        "clean_train_loss": ("off", True),
        "seed": (0, 1),
    }
