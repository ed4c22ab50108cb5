"""What Task 4 asks of training: a start from elsewhere, frozen parts, two sources, old labels."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from landcover import models, trained
from landcover.data.batches import normalised
from landcover.data.catalog import dataset
from landcover.data.legacy_labels import mistaught, numbering
from landcover.data.training_set import classes, training_set
from landcover.errors import ArtifactError, DataError
from landcover.evaluate import evaluate_run
from landcover.experiments import Experiment
from landcover.fetch import draw
from landcover.train import train

CPU = torch.device("cpu")
COUNTS = {"train": 4, "val": 2, "test": 3}
BUILDINGS = Experiment(
    name="buildings", dataset="terrassa", model="customcnn", image_size=32, batch_size=16, epochs=1,
    learning_rate=0.001, normalise="imagenet", batch_norm=True, dropout=0.25, weight_decay=0.001,
    train_splits="train+val", selection_split="test",
)  # fmt: skip
TRANSFERRED = replace(BUILDINGS, init_from="toy")


@pytest.fixture(scope="module")
def terrassa():
    return draw(dataset("terrassa", 32), COUNTS)


@pytest.fixture(scope="module")
def paris():
    return draw(dataset("paris", 32), COUNTS)


@pytest.fixture(scope="module")
def ancestor(toy_run):
    return toy_run / "last.safetensors"


@pytest.fixture(scope="module")
def only_the_head(terrassa, ancestor, tmp_path_factory):
    out = tmp_path_factory.mktemp("head")
    spec = replace(TRANSFERRED, freeze="backbone", train_splits="train")
    facts = train(spec, 0, terrassa, out, CPU, initial=ancestor)
    assert facts["parameters"] == {"total": 551_853, "trainable": 1_677, "frozen": 550_176}
    return load_file(ancestor), load_file(out / "last.safetensors")


def test_frozen_weights_stay_to_the_bit(only_the_head):
    before, after = only_the_head
    kept = [name for name in before if not name.startswith("fc2.") and "running" not in name]
    assert all(torch.equal(before[name], after[name]) for name in kept if "num_batches" not in name)
    assert after["fc2.weight"].shape == (13, 128)


def test_statistics_of_frozen_batch_norms_move_on(only_the_head):
    before, after = only_the_head
    for i in range(1, 7):
        assert not torch.equal(before[f"bn{i}.running_mean"], after[f"bn{i}.running_mean"])
        assert not torch.equal(before[f"bn{i}.running_var"], after[f"bn{i}.running_var"])


@pytest.mark.slow
def test_the_first_five_convolutions_stay_to_the_bit_and_the_sixth_does_not(terrassa, tmp_path):
    spec = replace(
        BUILDINGS, model="vgg16", pretrained="random", freeze="first-5-convolutions",
        batch_norm=False, max_train_images=20,
    )  # fmt: skip
    facts = train(spec, 0, terrassa, tmp_path, CPU)
    assert facts["parameters"]["frozen"] == 555_328
    fresh = models.build(models.Architecture.of(spec, 13))
    models.load_backbone(fresh, "vgg16", "random")
    after = trained.load(tmp_path, "last", CPU).model
    same = [
        torch.equal(a.weight, b.weight) and torch.equal(a.bias, b.bias)
        for a, b in zip(fresh.features, after.features, strict=True)
        if isinstance(a, torch.nn.Conv2d)
    ]
    assert same == [True] * 5 + [False] * 8


def test_a_run_starts_with_the_last_weights_of_its_ancestor(terrassa, ancestor):
    model = trained.untrained(TRANSFERRED, 13)
    fresh = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    trained.start_from(model, TRANSFERRED, ancestor)
    before, now = load_file(ancestor), model.state_dict()
    assert all(torch.equal(before[name], now[name]) for name in now if not name.startswith("fc2"))
    assert torch.equal(fresh["fc2.weight"], now["fc2.weight"])


def test_an_ancestor_that_is_absent_or_another_is_refused(terrassa, ancestor, tmp_path):
    with pytest.raises(ArtifactError, match="starts from the last weights of toy, which are not"):
        train(TRANSFERRED, 0, terrassa, tmp_path, CPU, initial=tmp_path / "none")
    other = replace(TRANSFERRED, init_from="task2-exp5")
    with pytest.raises(ArtifactError, match="is of toy, but buildings starts from task2-exp5"):
        train(other, 0, terrassa, tmp_path, CPU, initial=ancestor)


def test_validation_images_train_too_and_are_not_evaluated_on(terrassa, ancestor, tmp_path):
    facts = train(TRANSFERRED, 0, terrassa, tmp_path, CPU, initial=ancestor)
    assert (facts["train_images"], facts["eval_images"]) == (13 * 6, 13 * 3)
    assert list(evaluate_run(tmp_path, terrassa, tmp_path, CPU)["best"]) == ["epoch", "test"]


def test_without_validation_images_the_training_images_are_all(paris):
    images = training_set(BUILDINGS, 0, paris, None, CPU)
    assert len(images) == 9 * 4


def test_a_second_data_set_adds_classes_and_is_normalised_its_own_way(terrassa, paris):
    spec = replace(BUILDINGS, also_train_on="paris", also_normalise="none")
    images = training_set(spec, 0, terrassa, paris, CPU)
    rows = torch.tensor([0, len(images) - 1])
    pixels = images.images(rows)
    first, last = images.normalised(pixels, rows)
    assert torch.equal(first, normalised(pixels[:1], "imagenet")[0])
    assert torch.equal(last, normalised(pixels[1:], "none")[0])
    assert images.labels.bincount().tolist() == [6] * 13 + [4] * 9
    assert classes(terrassa, paris)[13:] == paris.classes


def test_a_cap_keeps_its_share_of_every_class(terrassa, paris):
    spec = replace(BUILDINGS, also_train_on="paris", max_train_images=57)
    images = training_set(spec, 0, terrassa, paris, CPU)
    assert images.labels.bincount().tolist() == [3] * 13 + [2] * 9


def test_a_class_in_both_data_sets_is_refused(terrassa):
    with pytest.raises(DataError, match="both have the class 'ajuntament'"):
        classes(terrassa, terrassa)


def test_a_network_of_both_is_evaluated_on_the_first_alone(terrassa, paris, tmp_path):
    spec = replace(BUILDINGS, also_train_on="paris", also_normalise="none")
    facts = train(spec, 0, terrassa, tmp_path, CPU, also=paris)
    assert (len(facts["classes"]), facts["also"]["dataset"]) == (22, "paris")
    measured = evaluate_run(tmp_path, terrassa, tmp_path, CPU)["last"]["test"]
    assert measured["n"] == 13 * 3
    assert measured["accuracy"] == facts["last_accuracy"]


def test_a_second_data_set_that_nobody_asked_for_is_refused(terrassa, paris, tmp_path):
    with pytest.raises(DataError, match="needs no second data set at 32 pixels, but was given par"):
        train(BUILDINGS, 0, terrassa, tmp_path, CPU, also=paris)


NAMES = ["eiffel", "louvre", "castle", "barn", "louvre", "tower", "mill", "eiffel", "church"]


@pytest.mark.parametrize("hash_seed", [1, 2])
def test_classes_are_numbered_as_a_set_of_that_python_has_them(hash_seed):
    said = subprocess.run(
        [sys.executable, "-c", f"print(*list(set({NAMES})))"],
        capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONHASHSEED": str(hash_seed)},
    )  # fmt: skip
    assert numbering(NAMES, hash_seed) == said.stdout.split()


def test_old_labels_are_those_of_the_split_as_the_test_split_reads_them(terrassa):
    names = {
        split: terrassa.index.query("split == @split")["class"].to_list()
        for split in ("train", "test")
    }
    seed = next(
        s for s in range(1, 50) if numbering(names["train"], s) != numbering(names["test"], s)
    )
    numbers = {split: numbering(names[split], seed) for split in names}
    spec = replace(BUILDINGS, train_splits="train", label_hash_seed=seed)
    taught = training_set(spec, 0, terrassa, None, CPU).labels.numpy()
    read = [numbers["test"][numbers["train"].index(name)] for name in names["train"]]
    assert np.array(terrassa.classes)[taught].tolist() == read
    assert read != names["train"]
    assert mistaught(terrassa, "test", seed) == {name: name for name in terrassa.classes}


def test_another_seed_is_another_python(terrassa):
    spec = replace(BUILDINGS, label_hash_seed=1)
    shifted = replace(spec, label_hash_seed=2)
    ours, theirs = (
        training_set(one, seed, terrassa, None, CPU).labels
        for one, seed in ((spec, 1), (shifted, 0))
    )
    assert torch.equal(ours, theirs)
