from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, f1_score, log_loss

from landcover import calibration, metrics, trained, weights
from landcover.artifacts import read_csv, read_json
from landcover.augment import AUGMENTATIONS
from landcover.data.batches import DeviceSplit, normalised
from landcover.data.catalog import dataset
from landcover.errors import ArtifactError, DataError
from landcover.evaluate import evaluate_run, evaluate_weights
from landcover.fetch import draw
from landcover.inference import logits, score
from landcover.models import Architecture, build
from landcover.report.items import reliability
from landcover.results.evaluations import read
from landcover.train import train

CPU = torch.device("cpu")


def test_the_measures_of_a_case_done_by_hand():
    true, predicted = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
    table = metrics.per_class(true, predicted, ("a", "b", "c")).set_index("class")
    assert table.loc["a"].tolist() == pytest.approx([1, 2 / 3, 0.8, 3])
    assert table.loc["b"].tolist() == pytest.approx([0.5, 1, 2 / 3, 1])
    assert table.loc["c"].tolist() == [0, 0, 0, 0]
    assert metrics.summary(true, predicted, ("a", "b", "c"))["accuracy"] == 0.75
    counts = metrics.confusion(true, predicted, ("a", "b"))["count"].tolist()
    assert counts == [2, 1, 0, 1]


def test_best_weights_score_what_training_saw(toy_run, tiny, tmp_path):
    facts = read_json(toy_run / "run.json")
    result = evaluate_run(toy_run, tiny, tmp_path, CPU)
    assert result["best"]["test"]["accuracy"] == facts["best_accuracy"]
    assert result["last"]["test"]["accuracy"] == facts["last_accuracy"]
    assert result["best"]["epoch"] == facts["best_epoch"]


def test_augmented_training_images_are_scored_alike_each_time(toy, tiny, tmp_path):
    spec = replace(toy, augment="cifar", score_augmented=True, epochs=1)
    train(spec, 3, tiny, tmp_path, CPU)
    once, again = (evaluate_run(tmp_path, tiny, tmp_path, CPU) for _ in range(2))
    assert list(once["best"]) == ["epoch", "test", "train-augmented"]
    assert once["last"] == again["last"]
    found = once["last"]["train-augmented"]
    assert found["n"] == 80
    network = trained.load(tmp_path, "last", CPU)
    split = DeviceSplit.of(tiny.split("train"), CPU, "half")
    assert found["loss"] != score(logits(network.model, split, "fp32"), split.labels).loss
    counts = read_csv(tmp_path / "confusion.csv", ()).query("weights == 'last'")
    counts = counts[counts["split"] == "train-augmented"]
    assert counts["count"].sum() == 80
    assert counts.query("true == predicted")["count"].sum() == pytest.approx(80 * found["accuracy"])
    assert set(read_csv(tmp_path / "predictions.csv", ())["split"]) == {"test"}


def test_where_nothing_is_augmented_nothing_more_is_scored(toy, tiny, tmp_path):
    train(replace(toy, score_augmented=True, epochs=1), 3, tiny, tmp_path, CPU)
    assert list(evaluate_run(tmp_path, tiny, tmp_path, CPU)["best"]) == ["epoch", "test"]


def test_what_is_scored_is_the_augmented_image(toy, tiny, monkeypatch, tmp_path):
    """An augmentation that changes nothing gives the numbers of the images themselves."""
    train(replace(toy, augment="cifar", score_augmented=True, epochs=1), 3, tiny, tmp_path, CPU)
    monkeypatch.setitem(AUGMENTATIONS, "cifar", lambda images, generator: images)
    found = evaluate_run(tmp_path, tiny, tmp_path, CPU)["last"]["train-augmented"]
    network = trained.load(tmp_path, "last", CPU)
    split = DeviceSplit.of(tiny.split("train"), CPU, "half")
    expected = score(logits(network.model, split, "fp32"), split.labels)
    assert (found["loss"], found["accuracy"]) == pytest.approx((expected.loss, expected.accuracy))


def test_the_files_agree_with_the_summary(toy_run, tiny, tmp_path):
    result = evaluate_run(toy_run, tiny, tmp_path, CPU)
    guesses = read_csv(tmp_path / "predictions.csv", ()).query("weights == 'best'")
    classes = read_csv(tmp_path / "per_class.csv", ()).query("weights == 'best'")
    counts = read_csv(tmp_path / "confusion.csv", ()).query("weights == 'best'")
    accuracy = result["best"]["test"]["accuracy"]
    assert accuracy_score(guesses["true"], guesses["predicted"]) == accuracy
    assert counts.query("true == predicted")["count"].sum() == accuracy * 40
    assert classes["f1"].mean() == pytest.approx(
        f1_score(guesses["true"], guesses["predicted"], average="macro")
    )


@pytest.mark.parametrize("batch_norm", [True, False])
def test_foreign_weights_are_recognised_by_their_keys(tiny, tmp_path, batch_norm):
    torch.manual_seed(0)
    model = build(Architecture("customcnn", 32, 10, batch_norm=batch_norm, dropout=0.5))
    torch.save(model.state_dict(), tmp_path / "x.pth")
    result = evaluate_weights(tmp_path / "x.pth", "customcnn", tiny, "test", None, CPU)
    split = DeviceSplit.of(tiny.split("test"), CPU, "half")
    with torch.no_grad():
        output = model.eval()(normalised(split.images(torch.arange(len(split))), "half"))
    assert result["batch_norm"] is batch_norm
    assert result["accuracy"] == (output.argmax(1) == split.labels).double().mean()
    assert result["loss"] == pytest.approx(
        log_loss(split.labels, output.double().softmax(1).numpy()), rel=1e-5
    )


def test_foreign_weights_of_another_size_name_the_layer(tiny, tmp_path):
    torch.save(build(Architecture("customcnn", 64, 10)).state_dict(), tmp_path / "x.pth")
    with pytest.raises(ArtifactError, match=r"'fc1.weight' .*\(128, 8192\).*\(128, 2048\)"):
        evaluate_weights(tmp_path / "x.pth", "customcnn", tiny, "test", None, CPU)


def test_a_run_without_weights_is_one_sentence(tiny, tmp_path):
    with pytest.raises(ArtifactError, match=r"spec\.json cannot be read"):
        evaluate_run(tmp_path, tiny, tmp_path, CPU)


def test_a_run_is_not_measured_on_images_it_was_not_made_for(toy_run):
    other = draw(dataset("cifar10"), {"train": 2, "test": 2})
    with pytest.raises(DataError, match="was trained on other images"):
        evaluate_run(toy_run, other, toy_run, CPU)


def test_eight_views_stand_beside_one_and_each_has_its_temperature(toy, tmp_path):
    drawn = draw(dataset("eurosat"), {"train": 8, "val": 4, "test": 4})
    spec = replace(toy, selection_split="val", symmetric_views=True, epochs=1, image_size=64)
    train(replace(spec, dataset="eurosat"), 3, drawn, tmp_path, CPU)
    result = evaluate_run(tmp_path, drawn, tmp_path, CPU)
    names = ["val", "val-8-views", "test", "test-8-views"]
    assert list(result["best"]) == ["epoch", *names]
    assert list(result["temperature"]) == ["best", "last", "best-8-views", "last-8-views"]
    stored, notes = weights.read(tmp_path / "logits.safetensors")
    assert notes["classes"] == list(drawn.classes)
    assert set(stored) == {f"{kind}.{name}" for kind in ("best", "last") for name in names}
    labels = drawn.labels[drawn.rows("test")]
    for name in ("test", "test-8-views"):
        found, own = result["last"][name], stored[f"last.{name}"].double().numpy()
        assert found["accuracy"] == (own.argmax(1) == labels).mean()
        bins = read_csv(tmp_path / "calibration.csv", ()).query("weights == 'last'")
        assert bins[bins["split"] == name]["temperature"].nunique() == 2
        assert found["ece"] == calibration.expected_error(calibration.reliability(own, labels))
    drawn_bins = reliability.drawn(read(tmp_path, "toy", 3, (1, 1)).calibration("last", "test"))
    heights = [bar.get_height() for bar in drawn_bins.axes[0].patches]
    assert heights
    assert all(0 <= height <= 1 for height in heights)
    val = stored["last.val"].double().numpy()
    fitted = calibration.temperature(val, drawn.labels[drawn.rows("val")])
    assert result["temperature"]["last"] == fitted


def test_an_expert_is_measured_on_its_classes_and_keeps_its_logits_of_all_images(
    toy, tiny, tmp_path
):
    pair = "+".join(tiny.classes[:2])
    train(replace(toy, only_classes=pair, epochs=1), 3, tiny, tmp_path, CPU)
    result = evaluate_run(tmp_path, tiny, tmp_path, CPU)
    labels = tiny.labels[tiny.rows("test")]
    assert result["best"]["test"]["n"] == (labels < 2).sum()
    assert set(read_csv(tmp_path / "predictions.csv", ())["true"]) == set(tiny.classes[:2])
    stored, notes = weights.read(tmp_path / "logits.safetensors")
    assert stored["best.test"].shape == (len(labels), 2)
    assert notes["classes"] == list(tiny.classes[:2])
