"""The committed run: it is of the table's experiments, and its page and network can be used."""

import headline
import pytest
from small_workflow import ROOT

from landcover import artifacts, classifier, experiments
from landcover.results import layout, study

REFERENCE = ROOT / layout.REFERENCE
FACTS = artifacts.read_json(REFERENCE / layout.DISTILLED)
MOST_BYTES = 15_000_000
RUNS = layout.finished(REFERENCE)


@pytest.fixture(scope="module")
def table():
    settings = {"precision": FACTS["precision"]}
    return experiments.load(ROOT / "workflow", FACTS["preset"], settings)


@pytest.mark.parametrize(("name", "seed"), RUNS)
def test_a_run_is_of_the_tables_experiment(table, name, seed):
    spec = artifacts.read_json(layout.run(REFERENCE, name, seed) / layout.SPEC)
    assert spec == table[name].experiment.as_dict() | {"seed": seed}


def test_every_run_was_evaluated_and_read_whole(table):
    found = study.read(REFERENCE, table, ROOT / "workflow")
    assert {(run.name, run.seed) for run in found.runs} == set(RUNS)
    for run in found.runs:
        assert run.evaluation is not None
        of_best = run.evaluation.scores["best", run.experiment.selection_split]["accuracy"]
        assert of_best == pytest.approx(run.best_accuracy)


def test_it_is_small_enough_to_be_committed():
    files = [file for file in REFERENCE.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) < MOST_BYTES


def test_predict_takes_its_best_network():
    found = classifier.load(classifier.Use(run=classifier.reference_run(REFERENCE)))
    assert found.network.experiment.name == FACTS["best"]
    assert "calibrated (temperature" in found.title


def test_the_readme_quotes_its_numbers():
    assert headline.BEGIN + headline.block() + headline.END in headline.README.read_text()
