"""The demo's own numbers, once `make demo` has made them: small, and still with a meaning."""

import csv
import json
import re
from pathlib import Path

import pytest
from scipy.stats import chisquare

DEMO = Path(__file__).parents[2] / "results/demo"
PAGE = DEMO / "report/index.html"
CHANCE = 0.1  # of ten classes
ITEMS = [*(f"table-{n}" for n in range(1, 4)), *(f"figure-{n}" for n in range(1, 25))]

pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="`make demo` has not run here")


def best(experiment):
    return json.loads((DEMO / f"runs/{experiment}/seed0/run.json").read_text())["best_accuracy"]


def rows(path):
    with (DEMO / path).open() as file:
        return list(csv.DictReader(file))


def test_the_customcnn_learns_well_above_chance():
    assert best("task1") > 2 * CHANCE
    assert best("task2-exp4") > 2.5 * CHANCE


def test_what_was_learned_on_cifar10_helps_with_buildings():
    assert best("task4-1.5") > best("task4-1")


def test_legacy_labels_cost_accuracy():
    assert best("task4-1-legacy-labels") < best("task4-1")


def test_some_classes_are_confused_more_than_others():
    counted = rows("runs/task2-exp5/seed0/confusion.csv")
    errors = [
        int(row["count"])
        for row in counted
        if (row["weights"], row["split"]) == ("best", "test") and row["true"] != row["predicted"]
    ]
    assert chisquare(errors).pvalue < 1e-6


def test_tsne_keeps_classes_apart():
    (output,) = (
        row for row in rows("interpret/task2-exp5/tsne/separation.csv") if row["layer"] == "fc2"
    )
    assert float(output["map_knn_accuracy"]) > 2 * CHANCE


@pytest.mark.parametrize("item", ITEMS)
def test_every_table_and_figure_of_the_paper_is_on_the_page(item):
    assert re.search(f'id="{item}(-a)?"', PAGE.read_text())


def test_it_fits_in_two_gigabytes():
    files = {file.stat().st_ino: file.stat().st_size for file in DEMO.rglob("*") if file.is_file()}
    assert sum(files.values()) < 2e9
