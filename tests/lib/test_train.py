import hashlib
import multiprocessing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from landcover import artifacts, experiments, models, trained
from landcover.artifacts import read_csv, read_json
from landcover.data.batches import DeviceSplit, normalised
from landcover.data.splits import capped
from landcover.data.training_set import Task
from landcover.errors import ArtifactError, DataError, TrainingError
from landcover.evaluate import evaluate_run
from landcover.experiments import Experiment
from landcover.inference import logits, score
from landcover.streams import stream
from landcover.train import _moving_average, train
from landcover.work import Work, batches

CPU = torch.device("cpu")
TIMES = ["train_seconds", "eval_seconds"]
SPEC = Experiment(
    name="toy",
    dataset="cifar10",
    model="customcnn",
    image_size=32,
    batch_size=32,
    epochs=3,
    learning_rate=0.001,
    normalise="half",
    batch_norm=True,
    dropout=0.25,
    weight_decay=0.001,
    augment="cifar",
    concat_original=True,
    train_loss="ema",
    selection_split="test",
    plateau_factor=0.5,
)


def fingerprint(run: Path) -> str:
    """All bytes of weights and history but for the times."""
    digest = hashlib.sha256()
    for name in ("best.safetensors", "last.safetensors", "spec.json"):
        digest.update((run / name).read_bytes())
    digest.update(read_csv(run / "history.csv", ()).drop(columns=TIMES).to_csv().encode())
    return digest.hexdigest()


@pytest.fixture(scope="module")
def undisturbed(tiny, tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed")
    train(SPEC, 7, tiny, out, CPU)
    return out


def test_the_same_spec_and_seed_give_the_same_bytes(undisturbed, tiny, tmp_path):
    train(SPEC, 7, tiny, tmp_path, CPU)
    assert fingerprint(tmp_path) == fingerprint(undisturbed)


def test_another_seed_gives_other_weights(undisturbed, tiny, tmp_path):
    train(SPEC, 8, tiny, tmp_path, CPU)
    assert fingerprint(tmp_path) != fingerprint(undisturbed)


@pytest.mark.parametrize("moment", [(1, 2), (2, 1), (3, 5)])
def test_an_interrupted_run_ends_with_the_bytes_of_an_undisturbed_one(
    undisturbed, tiny, tmp_path, moment
):
    def interrupt(epoch, batch, batches):
        if (epoch, batch) == moment:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(SPEC, 7, tiny, tmp_path, CPU, interrupt)
    facts = train(SPEC, 7, tiny, tmp_path, CPU)
    assert facts["resumed_after_epoch"] == moment[0] - 1
    assert fingerprint(tmp_path) == fingerprint(undisturbed)
    assert not (tmp_path / "state").exists()


def train_in_a_process(ready, spec, images, out):
    ready.set()
    train(spec, 7, images, out, CPU)


@pytest.mark.slow
def test_a_run_killed_again_and_again_ends_with_the_same_bytes(undisturbed, tiny, tmp_path):
    forks = multiprocessing.get_context("forkserver")  # imports once, for all of them
    forks.set_forkserver_preload(["landcover.train"])

    def begun(stop_asking):
        ready = forks.Event()
        arguments = (ready, SPEC, tiny, tmp_path / "run")
        process = forks.Process(target=train_in_a_process, args=arguments)
        process.start()
        ready.wait()
        process.join(stop_asking)
        return process

    for patience_seconds in (0.05, 0.4, 0.8, 1.3):
        process = begun(patience_seconds)
        process.kill()
        process.join()
    assert begun(None).exitcode == 0
    assert fingerprint(tmp_path / "run") == fingerprint(undisturbed)


def test_the_checkpoint_of_another_run_is_refused_and_kept(tiny, tmp_path):
    def interrupt(epoch, batch, batches):
        if epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(SPEC, 7, tiny, tmp_path, CPU, interrupt)
    with pytest.raises(ArtifactError, match="batch_size: 32 there, 16 here"):
        train(replace(SPEC, batch_size=16), 7, tiny, tmp_path, CPU)
    assert (tmp_path / "state/checkpoint.safetensors").exists()
    assert read_json(tmp_path / "spec.json")["batch_size"] == 32
    train(replace(SPEC, epochs=1), 7, tiny, tmp_path, CPU, restart="unusable")
    assert read_json(tmp_path / "run.json")["resumed_after_epoch"] == 0


def test_a_run_that_starts_over_is_not_taken_for_finished(tiny, tmp_path):
    train(replace(SPEC, epochs=1), 7, tiny, tmp_path, CPU)

    def interrupt(epoch, batch, batches):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(replace(SPEC, epochs=2), 7, tiny, tmp_path, CPU, interrupt)
    assert not (tmp_path / "run.json").exists()


def test_a_broken_checkpoint_is_one_sentence(tiny, tmp_path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state/checkpoint.safetensors").write_bytes(b"half a file")
    with pytest.raises(ArtifactError, match=r"checkpoint\.safetensors is damaged .* --restart"):
        train(SPEC, 7, tiny, tmp_path, CPU)
    train(replace(SPEC, epochs=1), 7, tiny, tmp_path, CPU, restart="unusable")


def test_two_processes_do_not_train_in_one_folder(tiny, tmp_path):
    with (
        artifacts.held(tmp_path),
        pytest.raises(ArtifactError, match="in use by another process"),
    ):
        train(SPEC, 7, tiny, tmp_path, CPU)


def test_a_loss_that_is_no_number_stops_the_run(tiny, tmp_path):
    with pytest.raises(TrainingError, match=r"toy, seed 0: .* in epoch \d; lower learning_rate"):
        train(replace(SPEC, learning_rate=1e30, batch_norm=False), 0, tiny, tmp_path, CPU)
    assert not (tmp_path / "run.json").exists()


def test_training_stops_when_patience_is_over(tiny, tmp_path):
    stuck = replace(SPEC, learning_rate=1e-12, epochs=9, patience=2, batch_norm=False, dropout=0.0)
    facts = train(stuck, 0, tiny, tmp_path, CPU)
    assert (facts["epochs"], facts["best_epoch"]) == (3, 1)


def learning_rates(tiny, tmp_path, min_lr):
    stuck = replace(SPEC, learning_rate=1e-6, epochs=4, plateau_min_lr=min_lr, batch_norm=False)
    train(stuck, 0, tiny, tmp_path, CPU)
    return read_csv(tmp_path / "history.csv", ())["learning_rate"].tolist()


def test_the_authors_scheduler_never_fires_and_the_working_one_does(tiny, tmp_path):
    assert learning_rates(tiny, tmp_path / "coded", 1e-6) == [1e-6] * 4
    assert learning_rates(tiny, tmp_path / "working", 0.0)[-1] < 1e-6


def test_the_history_and_the_facts_agree(undisturbed):
    history = read_csv(undisturbed / "history.csv", ())
    facts = read_json(undisturbed / "run.json")
    assert history["epoch"].tolist() == [1, 2, 3]
    assert facts["best_accuracy"] == history["eval_accuracy"].max()
    assert facts["best_epoch"] == history["eval_accuracy"].idxmax() + 1
    assert facts["data"]["fidelity"] == "synthetic"
    assert (
        experiments.from_dict(
            {k: v for k, v in read_json(undisturbed / "spec.json").items() if k != "seed"}
        )
        == SPEC
    )


def test_the_moving_average_is_the_authors():
    assert _moving_average([1.0]) == 1.0
    assert _moving_average([1.0, 2.0, 0.0]) == pytest.approx(0.9 * (0.9 * 1 + 0.1 * 2) + 0.1 * 0)


def work(tiny, **changes):
    split = DeviceSplit.of(tiny.split("train"), CPU, "half")
    return Work(replace(SPEC, **changes), 0, split, split)


def test_an_epoch_shows_every_original_once_and_as_many_copies(tiny):
    job = work(tiny)
    seen = [image.numpy().tobytes() for images, *_ in batches(job, 1) for image in images]
    originals = {image.numpy().tobytes() for image in job.train.images(torch.arange(80))}
    assert len(seen) == 160 == job.images_per_epoch
    assert len(originals & set(seen)) == 80


def test_an_epoch_of_equal_steps_is_another_half_of_both_each_time(tiny):
    job = work(tiny, equal_steps=True)
    first, second = (torch.cat([rows for *_, rows in batches(job, e)]) for e in (1, 2))
    assert len(first) == len(second) == len(job.train) == job.images_per_epoch
    assert job.batches_per_epoch == work(tiny, concat_original=False).batches_per_epoch
    assert sorted(first.tolist()) != sorted(second.tolist())
    assert first.bincount().max() == 2  # an original and its copy


def test_without_augmentation_an_epoch_is_a_shuffle(tiny):
    job = work(tiny, augment="none", concat_original=False)
    first, second = (
        [y for _, labels, _ in batches(job, e) for y in labels.tolist()] for e in (1, 2)
    )
    assert sorted(first) == sorted(second) == job.train.labels.tolist()
    assert first != second


def test_every_purpose_and_epoch_has_its_own_seed():
    seeds = {stream(s, e, p) for s in range(3) for e in range(3) for p in ("order", "augment")}
    assert len(seeds) == 18


def test_images_are_normalised_as_torchvision_does(tiny):
    from landcover.models.guarded_torchvision import torchvision

    images = DeviceSplit.of(tiny.split("test"), CPU, "half").images(torch.arange(4))
    transforms = torchvision.transforms
    expected = transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))(images / 255)
    assert torch.allclose(normalised(images, "imagenet"), expected, atol=1e-6)


def test_the_clean_loss_is_that_of_all_training_images_in_evaluation_mode(
    undisturbed, tiny, tmp_path
):
    asked = replace(SPEC, clean_train_loss=True)
    train(asked, 7, tiny, tmp_path, CPU)
    network = trained.load(tmp_path, "last", CPU)
    split = DeviceSplit.of(tiny.split("train"), CPU, "half")
    with torch.no_grad():
        outputs = network.model(normalised(split.images(torch.arange(80)), "half"))
    history = read_csv(tmp_path / "history.csv", ())
    expected = torch.nn.functional.cross_entropy(outputs, split.labels).item()
    assert history["clean_train_loss"].iloc[-1] == pytest.approx(expected, rel=1e-5)
    weights = [(run / "last.safetensors").read_bytes() for run in (tmp_path, undisturbed)]
    assert weights[0] == weights[1]  # asking changes nothing
    assert "clean_train_loss" not in read_csv(undisturbed / "history.csv", ())


def test_the_clean_loss_of_many_images_is_that_of_a_fixed_sample(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr("landcover.train.CLEAN_IMAGES", 20)
    train(replace(SPEC, clean_train_loss=True, epochs=1), 7, tiny, tmp_path, CPU)
    loss = read_csv(tmp_path / "history.csv", ())["clean_train_loss"].item()
    model = trained.load(tmp_path, "last", CPU).model
    split = DeviceSplit.of(tiny.split("train", 20), CPU, "half")
    assert loss == pytest.approx(score(logits(model, split, "fp32"), split.labels).loss, rel=1e-5)


def test_images_that_do_not_fit_the_experiment_are_refused(tiny, tmp_path):
    with pytest.raises(
        DataError, match="toy needs cifar10 at 64 pixels, but was given cifar10 at 32"
    ):
        train(replace(SPEC, image_size=64), 0, tiny, tmp_path, CPU)


def test_bf16_learns_too(tiny, tmp_path):
    facts = train(replace(SPEC, precision="bf16", epochs=1), 0, tiny, tmp_path, CPU)
    assert 0 <= facts["best_accuracy"] <= 1


def frozen(tiny, **changes):
    return replace(
        SPEC, model="resnet50", pretrained="random", freeze="backbone", freeze_statistics=True,
        concat_original=False, plateau_factor=0.0, epochs=1, augment="none", dropout=0.0, **changes,
    )  # fmt: skip


@pytest.mark.slow
def test_features_computed_once_give_the_numbers_of_the_whole_network(tiny, tmp_path, monkeypatch):
    cached = train(frozen(tiny), 0, tiny, tmp_path / "cached", CPU)
    monkeypatch.setattr("landcover.train.with_features", lambda work, state: work)
    whole = train(frozen(tiny), 0, tiny, tmp_path / "whole", CPU)
    rows = [read_csv(tmp_path / d / "history.csv", ()).iloc[0] for d in ("cached", "whole")]
    assert rows[0]["train_loss_mean"] == pytest.approx(rows[1]["train_loss_mean"], rel=1e-4)
    assert rows[0]["eval_loss"] == pytest.approx(rows[1]["eval_loss"], rel=1e-4)
    assert cached["frozen_sha256"] == whole["frozen_sha256"] != ""
    epochs = sum(rows[0][column] for column in TIMES)
    assert cached["feature_seconds"] > 0 == whole["feature_seconds"]
    assert cached["seconds"] == pytest.approx(epochs + cached["feature_seconds"])
    assert cached["images_per_second"] == pytest.approx((80 + 40) / cached["seconds"])
    measured = evaluate_run(tmp_path / "cached", tiny, tmp_path / "cached", CPU)
    assert measured["last"]["test"]["accuracy"] == cached["last_accuracy"]


@pytest.mark.slow
@pytest.mark.parametrize("kept", [True, False])
def test_statistics_of_a_frozen_resnet_move_unless_they_are_kept(tiny, tmp_path, kept):
    spec = replace(frozen(tiny), freeze_statistics=kept)
    train(spec, 0, tiny, tmp_path, CPU)
    fresh = models.build(models.Architecture.of(spec, 10))
    models.load_backbone(fresh, "resnet50", "random")
    then = trained.load(tmp_path, "last", CPU).model
    assert torch.equal(then.bn1.running_mean, fresh.bn1.running_mean) == kept
    assert torch.equal(then.conv1.weight, fresh.conv1.weight)


def test_a_balanced_epoch_draws_from_the_classes_alike(tiny):
    split = DeviceSplit.of(tiny.split("train"), CPU, "half")
    rows = torch.arange(64)  # eight classes of ten, so make one rare
    labels = split.labels[rows].clone()
    labels[1:] = 1
    job = Work(
        replace(SPEC, balance=True, concat_original=True, augment="none"),
        0,
        replace(split, pixels=split.pixels[rows], labels=labels),
        split,
    )
    drawn = torch.cat([y for e in range(1, 9) for _, y, _ in batches(job, e)])
    assert len(drawn) == 8 * 128
    assert (drawn == 0).double().mean().item() == pytest.approx(0.5, abs=0.08)


@pytest.mark.slow
def test_a_run_behind_another_backbone_is_refused(tiny, tmp_path, monkeypatch):
    train(frozen(tiny), 0, tiny, tmp_path, CPU)
    assert (tmp_path / "last.safetensors").stat().st_size < 12e6  # head and statistics alone
    monkeypatch.setattr("landcover.models.pretrained.RANDOM_SEED", 1)
    with pytest.raises(ArtifactError, match="behind another backbone"):
        trained.load(tmp_path, "last", CPU)


OPEN = replace(
    SPEC,
    optimizer="adamw",
    one_cycle=0.3,
    label_smoothing=0.1,
    average_decay=0.9,
    model="residual",
    width=4,
    depth=1,
    augment="dihedral",
    concat_original=False,
    plateau_factor=0.0,
    epochs=4,
    small_share=0.5,
    small_image_size=16,
)


@pytest.mark.parametrize("moment", [(2, 1), (3, 2), (4, 1)])
def test_schedule_and_average_survive_an_interruption(tiny, tmp_path, moment):
    def interrupt(epoch, batch, batches):
        if (epoch, batch) == moment:
            raise KeyboardInterrupt

    train(OPEN, 7, tiny, tmp_path / "whole", CPU)
    with pytest.raises(KeyboardInterrupt):
        train(OPEN, 7, tiny, tmp_path / "cut", CPU, interrupt)
    train(OPEN, 7, tiny, tmp_path / "cut", CPU)
    assert fingerprint(tmp_path / "cut") == fingerprint(tmp_path / "whole")


def test_the_average_is_what_is_evaluated_and_kept(tiny, tmp_path):
    facts = train(OPEN, 7, tiny, tmp_path / "average", CPU)
    train(replace(OPEN, average_decay=0.0), 7, tiny, tmp_path / "plain", CPU)
    run = trained.load(tmp_path / "average", "last", CPU)
    test = DeviceSplit.of(tiny.split("test"), CPU, "half")
    scored = score(logits(run.model, test, "fp32"), test.labels)
    assert scored.accuracy == pytest.approx(facts["last_accuracy"])
    plain = trained.load(tmp_path / "plain", "last", CPU)
    assert not torch.equal(run.model.conv1.weight, plain.model.conv1.weight)


def test_early_epochs_see_small_images(tiny, monkeypatch, tmp_path):
    sizes = []
    monkeypatch.setattr(
        "landcover.train.forward",
        lambda model, images, precision: (sizes.append(images.shape[-1]), model(images))[1],
    )
    train(OPEN, 7, tiny, tmp_path, CPU)
    a_half = len(sizes) // 2
    assert sizes == [16] * a_half + [32] * a_half


def test_an_expert_tells_only_its_classes_apart(tiny, tmp_path):
    first, second = tiny.classes[1], tiny.classes[4]
    facts = train(replace(OPEN, only_classes=f"{second}+{first}"), 7, tiny, tmp_path, CPU)
    labels = tiny.labels[tiny.rows("train")]
    assert facts["classes"] == [first, second]
    assert facts["train_images"] == ((labels == 1) | (labels == 4)).sum()
    assert trained.load(tmp_path, "best", CPU).model.fc.out_features == 2


def test_an_expert_tells_its_class_from_the_rest(tiny):
    task = Task.of(replace(SPEC, against_rest=tiny.classes[3]), tiny.classes, tiny.labels)
    assert task.classes == ("rest", tiny.classes[3])
    assert task.kept.all()
    assert (task.labels == (tiny.labels == 3)).all()


def test_an_unknown_class_is_answered_with_the_nearest(tiny):
    with pytest.raises(DataError, match="has no class 'airplan'; did you mean 'airplane'"):
        Task.of(replace(SPEC, only_classes="airplan+ship"), tiny.classes, tiny.labels)


def test_a_tenth_of_the_images_is_part_of_three_tenths():
    labels = np.repeat(np.arange(10), [2100, 2100, 2100, 1750, 1750, 1400, 1750, 2100, 1750, 2100])
    tenth, three = (set(capped(labels, most).tolist()) for most in (1890, 5670))
    assert len(labels) == 18_900
    assert tenth < three
