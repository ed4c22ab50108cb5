import made
import pandas as pd
import pytest

from landcover import experiments
from landcover.results import study

TABLE = experiments.load(made.WORKFLOW, "paper")
SCORE = ("best", "test", "accuracy")


@pytest.mark.parametrize(("name", "small"), [("task1", 0), ("task5-residual", 36)])
def test_an_epoch_counts_like_the_fastest_with_images_of_its_size(tmp_path, name, small):
    epochs = TABLE[name].experiment.epochs
    number = pd.Series(range(1, epochs + 1))
    history = pd.DataFrame({"epoch": number, "eval_accuracy": number / 100, "eval_seconds": 0.25})
    history[["train_loss", "train_loss_mean", "eval_loss", "learning_rate"]] = 0.5
    history["train_seconds"] = [1.0] * small + [4.0] * (epochs - small)
    history.loc[number % 3 == 0, "train_seconds"] = 60.0  # other work
    seconds = 2.0 + history[["train_seconds", "eval_seconds"]].sum().sum()
    made.write_run(tmp_path, name, 0, table=TABLE, history=history, seconds=seconds)
    run = study.read(tmp_path, TABLE, made.WORKFLOW).run(name, 0)
    assert run.undisturbed_seconds == 2 + small * 1.25 + (epochs - small) * 4.25


def test_a_score_that_one_evaluated_seed_lacks_is_not_that_of_the_others(tmp_path):
    for seed in (0, 1, 2):
        made.write_run(tmp_path, "task1", seed)
    assert study.read(tmp_path, made.TABLE, made.WORKFLOW).results["task1"].score(*SCORE) is None
    for seed in (0, 1):  # the third is not evaluated
        made.write_evaluation(tmp_path, "task1", seed)
    result = study.read(tmp_path, made.TABLE, made.WORKFLOW).results["task1"]
    assert result.score(*SCORE).n == 2
    del result.runs[1].evaluation.scores["best", "test"]["accuracy"]
    assert result.score(*SCORE) is None
    assert result.score("best", "test-8-views", "accuracy") is None
