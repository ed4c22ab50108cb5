"""The committed run: it is of the table's experiments, and its page and network can be used."""

import csv
import lzma
import re
import shutil
from pathlib import Path

import committed
import pytest
from click.testing import CliRunner
from small_workflow import ROOT

from landcover import artifacts, classifier, experiments
from landcover.predict import files, predict
from landcover.results import layout, study
from lc_cli import main

REFERENCE = ROOT / layout.REFERENCE
FACTS = artifacts.read_json(REFERENCE / layout.DISTILLED)
IMAGES = ROOT / "tests" / "images"
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


def test_predict_gives_the_committed_predictions():
    run = classifier.reference_run(REFERENCE)
    with lzma.open(run / layout.packed(layout.PREDICTIONS), "rt") as packed:
        expected = {
            Path(row["file"]).name: row["predicted"]
            for row in csv.DictReader(packed)
            if (row["weights"], row["split"]) == ("best", "test")
        }
    found = list(predict(classifier.load(classifier.Use(run=run)), files([IMAGES])))
    assert len(found) == 12
    assert {Path(one.file).name: one.classes[0] for one in found} == {
        Path(one.file).name: expected[Path(one.file).name] for one in found
    }
    wrong = [one for one in found if not Path(one.file).name.startswith(one.classes[0])]
    assert len(wrong) == 2  # so that the names of the files do not tell the answer


def test_its_page_links_only_to_files_that_are_there():
    report = layout.report(REFERENCE)
    links = re.findall(r'<a href="([^"#]+)"', (report / layout.PAGE).read_text())
    assert len(links) > 10
    assert [link for link in links if not (report / link).exists()] == []


def test_its_gaps_are_filled_where_results_are_made_and_in_the_precision_of_each(table):
    page = (layout.report(REFERENCE) / layout.PAGE).read_text()
    commands = re.findall(r"lc-cli train (\S+) (.*)", page)
    assert len(commands) > 10
    for name, command in commands:
        precision = table[name].experiment.precision
        assert ("--precision bf16" in command) == (precision == FACTS["precision"] == "bf16")
        assert "--out" not in command


def test_the_readme_quotes_its_numbers():
    assert committed.BEGIN + committed.block() + committed.END in committed.README.read_text()


def test_its_report_is_made_from_its_files_byte_for_byte(tmp_path, monkeypatch):
    """After a change of the report or the ledger: `python tests/committed.py`."""
    copied = tmp_path / REFERENCE.name
    shutil.copytree(REFERENCE, copied, ignore=shutil.ignore_patterns("report", "README.md"))
    monkeypatch.chdir(copied)
    answer = CliRunner().invoke(main, ["report", "--results", "."])
    assert answer.exit_code == 0, answer.stderr
    made, expected = (
        {
            str(file.relative_to(folder)): file.read_bytes()
            for file in folder.rglob("*")
            if file.is_file()
        }
        for folder in (copied, REFERENCE)
    )
    assert sorted(made) == sorted(expected)
    assert [name for name in made if made[name] != expected[name]] == []
