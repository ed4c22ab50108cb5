import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from landcover import experiments, figures, style
from landcover.results import authors
from landcover.results.evaluations import Evaluation
from landcover.results.image_record import ImageRecord
from landcover.results.runs import Result, Run

WORKFLOW = Path(__file__).parents[2] / "workflow"
IMAGES = ImageRecord("cifar10", "synthetic", "", "")
AUTHORS = authors.read(WORKFLOW / "reference")
TABLE = experiments.load(WORKFLOW, "demo")
RECALL = "test/recall/AnnualCrop"


def run_of(name, seed, accuracies, evaluation=None):
    history = pd.DataFrame({"epoch": range(1, len(accuracies) + 1), "eval_accuracy": accuracies})
    history["train_loss"] = history["eval_loss"] = 1.0
    return Run(
        Path(), TABLE[name].experiment, seed, history, (IMAGES,), (), 10, 10, {},
        len(accuracies), 1, max(accuracies), accuracies[-1], 1.0, 1, "", 1, "", {}, evaluation,
    )  # fmt: skip


def result_of(name, *seeds):
    runs = tuple(run_of(name, seed, accuracies) for seed, accuracies in enumerate(seeds))
    return Result(TABLE[name], runs, (), "synthetic")


@pytest.fixture
def two_seeds():
    return figures.curves(result_of("task1", [0.5, 0.75], [0.5, 0.25]), AUTHORS)


def line(axes, label):
    return next(line for line in axes.lines if line.get_label() == label)


def test_ours_is_the_mean_over_seeds_in_percent_from_epoch_1(two_seeds):
    ours = line(two_seeds.axes[1], "Ours, test")
    assert (list(ours.get_xdata()), list(ours.get_ydata())) == ([1, 2], [50.0, 50.0])


def test_the_band_is_one_standard_deviation(two_seeds):
    edges = two_seeds.axes[1].collections[0].get_paths()[0].vertices[:, 1]
    assert max(edges) == pytest.approx(50 + 25 * 2**0.5)  # the sd of 25 and 75


def test_the_authors_line_is_their_log(two_seeds):
    theirs = line(two_seeds.axes[1], "Authors, test (log)").get_ydata()
    assert (len(theirs), theirs[0], theirs[-1]) == (10, 64.25, 83.52)


def test_the_run_of_the_papers_figure_is_drawn_fainter_than_the_log():
    loss, _ = figures.curves(result_of("task2-exp1", [0.5]), AUTHORS).axes
    drawn = line(loss, "Authors' figure run, test (plot)")
    logged = line(loss, "Authors, test (log)")
    assert drawn.get_alpha() < 1
    assert drawn.get_zorder() < logged.get_zorder() < line(loss, "Ours, test").get_zorder()


def test_without_a_run_the_authors_stay():
    _, accuracy = figures.curves(result_of("task1"), AUTHORS).axes
    assert [drawn.get_label() for drawn in accuracy.lines] == ["Authors, test (log)"]


def test_no_curve_that_was_read_off_a_plot_is_called_logged():
    by = ["experiment", "split", "metric"]
    read = {key: set(rows["kind"]) for key, rows in AUTHORS.curves.groupby(by)}
    for name in TABLE:
        for axes in figures.curves(result_of(name), AUTHORS).axes:
            metric = "accuracy" if "accuracy" in axes.get_title("left") else "loss"
            for drawn in axes.lines:
                owner, split, origin = re.fullmatch(
                    r"(Authors|Authors' figure run), (\w+) \((.+)\)", drawn.get_label()
                ).groups()
                run = AUTHORS.figure_run(TABLE[name]) if "figure" in owner else TABLE[name].authors
                split = {"training": "train", "validation": "val"}.get(split, split)
                kinds = {"log": "log", "plot": "digitised"}
                assert {kinds[word] for word in origin.split(" and ")} == read[run, split, metric]


def test_the_training_loss_in_evaluation_mode_is_drawn_where_it_was_taken():
    plain, asked = run_of("task2-exp5", 0, [0.5]), run_of("task2-exp5", 1, [0.5])
    asked.history["clean_train_loss"] = 0.25
    for run, drawn in ((plain, False), (asked, True)):
        loss, _ = figures.curves(Result(TABLE["task2-exp5"], (run,), (), ""), AUTHORS).axes
        labels = [drawn.get_label() for drawn in loss.lines]
        assert ("Ours, training, not augmented" in labels) is drawn


def test_one_thing_has_one_colour():
    loss, accuracy = figures.curves(result_of("task1", [0.5]), AUTHORS).axes
    colours = [line(loss, f"Ours, {name}").get_color() for name in ("training", "test")]
    assert colours == [style.COLOURS["training"], style.COLOURS["evaluation"]]
    assert line(accuracy, "Ours, test").get_color() == style.COLOURS["accuracy"]


def cells(axes):
    """The numbers in a matrix, by column and row."""
    return {text.get_position(): text.get_text() for text in axes.texts}


def test_a_confusion_matrix_is_the_mean_of_the_seeds_percentages():
    counts = [np.array([[3, 1], [0, 4]]), np.array([[1, 1], [0, 2]])]
    tables = [pd.DataFrame(table, ["A", "B"], ["A", "B"]) for table in counts]
    evaluations = [
        Evaluation(Path(), {}, {("best", "test"): table}, {}, {}, (), {}) for table in tables
    ]
    runs = tuple(run_of("task5-vgg16", i, [0.5], made) for i, made in enumerate(evaluations))
    left, right = figures.confusion(
        Result(TABLE["task5-vgg16"], runs, (), "synthetic"), AUTHORS, "best"
    ).axes
    assert cells(left) == {(0, 0): "62", (1, 0): "38", (1, 1): "100"}  # of 75 and 50, 25 and 50
    assert cells(right)[0, 0] == f"{100 * AUTHORS.number('task5_VGG16', RECALL):.0f}"


def test_without_an_evaluation_the_authors_matrix_stays():
    (panel,) = figures.confusion(result_of("task5-vgg16"), AUTHORS, "best").axes
    assert panel.get_title("left") == "Authors (% of a row)"
    assert "HerbaceousVegetation" in [label.get_text() for label in panel.get_xticklabels()]


def test_the_overview_has_a_line_for_every_experiment():
    results = [result_of("task1", [0.5]), result_of("task2-exp1")]
    axes = figures.overview(results, AUTHORS).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["task1", "task2-exp1"]
