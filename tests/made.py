"""Results folders that tests make: what the stages leave, with numbers made up here."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from landcover import artifacts, experiments, style
from landcover.provenance import code_sha256
from landcover.results import layout

WORKFLOW = Path(__file__).parents[1] / "workflow"
TABLE = experiments.load(WORKFLOW, "demo", {"seeds": [0, 1]})
EPOCHS = 3
IMAGES = {"dataset": "cifar10", "fidelity": "synthetic", "source": "drawn", "sha256": ""}
CLASSES = ("Forest", "Highway", "River")
COUNTS = ((10, 0, 0), (1, 6, 3), (0, 5, 5))  # test images, with the best weights

PROVENANCE = {
    "commit": "0123456789abcdef",
    "python": "3.11.7",
    "platform": "Linux",
    "processor": "a processor",
    "versions": {"torch": "2.13.0"},
}


def write_run(results, name, seed, *, table=TABLE, history=None, code="", **facts):
    """Writes a run as training leaves it; `facts` replace what run.json would say."""
    folder = layout.run(results, name, seed)
    history = epochs(seed) if history is None else history
    accuracy = history["eval_accuracy"]
    artifacts.write_csv(folder / layout.HISTORY, history)
    spec = table[name].experiment.as_dict()
    artifacts.write_json(folder / layout.SPEC, spec | {"seed": seed})
    run = {
        "experiment": name,
        "seed": seed,
        "parameters": {"total": 551466, "trainable": 551466, "frozen": 0},
        "data": IMAGES,
        "classes": list(CLASSES),
        "train_images": 1000,
        "eval_images": 500,
        "epochs": len(history),
        "best_epoch": int(accuracy.argmax()) + 1,
        "best_accuracy": accuracy.max(),
        "last_accuracy": accuracy.iloc[-1],
        "seconds": 7.5,
        "peak_memory_bytes": 10**8,
        "device": "a processor",
        "threads": 1,
        "finished": "2024-01-12T10:00:00+00:00",
        "provenance": PROVENANCE | {"code_sha256": code or code_sha256("train")},
    } | facts
    artifacts.write_json(folder / layout.RUN, run)
    return folder


def epochs(seed):
    """Returns a history of EPOCHS epochs, the second of which is the best."""
    accuracy = [0.25, 0.5, 0.375 + seed / 8]
    history = pd.DataFrame({"epoch": range(1, EPOCHS + 1), "eval_accuracy": accuracy})
    for column in ("train_loss", "train_loss_mean", "eval_loss"):
        history[column] = [2.0, 1.5, 1.25]
    history[["learning_rate", "train_seconds", "eval_seconds"]] = 0.001, 2.0, 0.5
    return history


def write_evaluation(results, experiment, seed):
    """Writes the evaluation of a run: COUNTS; the last weights take every image for a forest."""
    folder = layout.run(results, experiment, seed)
    confusion, scores = [], ("accuracy", "loss", "macro_precision", "macro_recall", "macro_f1")
    for weights, counts in (("best", COUNTS), ("last", ((10, 0, 0),) * 3)):
        for split in ("val", "test"):
            confusion += [
                (weights, split, true, predicted, counts[i][j])
                for i, true in enumerate(CLASSES)
                for j, predicted in enumerate(CLASSES)
            ]
    columns = ["weights", "split", "true", "predicted", "count"]
    confusion = pd.DataFrame(confusion, columns=columns)
    artifacts.write_csv(folder / "confusion.csv", confusion)
    per_class = confusion.rename(columns={"true": "class"}).query("predicted == 'River'")
    per_class[["precision", "recall", "f1", "support"]] = 0.5, 0.25, 0.75, 10
    artifacts.write_csv(folder / "per_class.csv", per_class)
    of_best, of_last = ({"n": 30} | dict.fromkeys(scores, value) for value in (0.7, 1 / 3))
    metrics = {
        "experiment": experiment,
        "seed": seed,
        "best": {"epoch": 2, "val": of_best, "test": of_best},
        "last": {"epoch": EPOCHS, "val": of_last, "test": of_last},
        "data": IMAGES,
        "provenance": {"code_sha256": code_sha256("evaluate")},
    }
    artifacts.write_json(folder / "metrics.json", metrics)


def write_pictures(results):
    """Writes what exploring leaves: one picture as SVG, one as PNG, and their summary."""
    folder = results / "explore" / "eurosat"
    artifacts.write_text(folder / "samples.svg", style.svg(Figure(), "samples"))
    artifacts.write(folder / "class_counts.png", lambda file: file.write(style.png(Figure())))
    audit = {"data": IMAGES | {"dataset": "eurosat"}, "images": {"train": 1500, "test": 500}}
    artifacts.write_json(folder / "audit.json", audit)


def write_results(folder):
    """Writes two seeds of two experiments, one seed of three others, and no other run."""
    write_run(folder, "task1", 0)
    write_run(folder, "task1", 1)
    write_run(folder, "task2-exp4", 0, code="another")
    write_run(folder, "task5-customcnn", 0)
    write_run(folder, "task5-resnet50", 0)
    write_run(folder, "task5-final-4", 0)
    write_run(folder, "task5-final-4", 1)
    for experiment, seed in (("task5-resnet50", 0), ("task5-final-4", 0), ("task5-final-4", 1)):
        write_evaluation(folder, experiment, seed)
    write_pictures(folder)
    return folder
