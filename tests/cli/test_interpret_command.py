import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from landcover.data import prepared
from landcover.errors import DataError
from landcover.models import Architecture, build
from lc_cli import main


@pytest.fixture
def lc(tmp_path, monkeypatch, tiny):
    monkeypatch.chdir(tmp_path)
    for name in ("DATA", "DEVICE"):
        monkeypatch.delenv(f"LANDCOVER_{name}", raising=False)
    monkeypatch.setenv("LANDCOVER_PRESET", "demo")
    prepared.write(tmp_path / "results/demo/data/cifar10", tiny)
    torch.save(build(Architecture("customcnn", 32, 10)).state_dict(), "some.pth")
    return lambda *words: CliRunner().invoke(main, ["interpret", *map(str, words)])


FILE = ("--model", "customcnn", "--weights", "some.pth")


@pytest.mark.slow
def test_a_published_network_needs_nothing_before_it(lc, tmp_path):
    answer = lc("--model", "resnet50", "--method", "topk", "--json")
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.stdout)["topk"]
    assert (found["weights"], found["normalise"], found["image_size"]) == ("random", "half", 32)
    assert [layer["units"] for layer in found["layers"]] == [1000]
    assert (tmp_path / "results/demo/interpret/resnet50/topk/fc1.svg").is_file()


@pytest.fixture
def without_network(monkeypatch):
    def fails(*_):
        raise DataError("the archive cannot be downloaded")

    monkeypatch.delenv("LANDCOVER_PRESET")
    monkeypatch.setenv("TORCH_HOME", "nowhere")
    monkeypatch.setattr("lc_cli.places.CACHE", Path("nowhere"))
    monkeypatch.setattr("landcover.fetch.download", fails)
    monkeypatch.setattr("landcover.hub.answers", lambda _: False)


@pytest.mark.parametrize("words", [("--model", "foo"), ("--model", "foo", "--weights", "some.pth")])
def test_an_unknown_network_is_refused_before_images_are_looked_for(lc, without_network, words):
    answer = lc(*words)
    assert answer.exit_code == 1
    assert answer.stderr.startswith("Error: no ")
    assert "'foo'; known: " in answer.stderr


@pytest.mark.slow
def test_what_cannot_be_had_is_replaced_with_a_warning_and_marked(lc, without_network, tmp_path):
    answer = lc("--model", "resnet50", "--method", "topk", "--units", "1")
    assert answer.exit_code == 0, answer.output
    images, weights = answer.stderr.splitlines()
    assert images.startswith("Warning: synthetic images are shown, because CIFAR-10 is not in")
    assert "with --data PATH, or run `lc-cli fetch cifar10 --preset paper`" in images
    assert weights.startswith("Warning: random weights are shown, because the ImageNet weights of")
    assert "`lc-cli fetch resnet50`" in weights
    (picture,) = tmp_path.glob("results/demo/interpret/*/topk/fc1.svg")
    assert "Random weights, synthetic images" in picture.read_text()


def test_a_preset_or_named_weights_are_never_replaced(lc, without_network):
    answer = lc("--model", "resnet50", "--pretrained", "imagenet", "--preset", "demo")
    assert answer.exit_code == 1
    assert "the ImageNet weights of resnet50 cannot be had" in answer.stderr
    answer = lc("--model", "resnet50", "--preset", "paper")
    assert answer.exit_code == 1
    assert "the archive cannot be downloaded" in answer.stderr


def test_a_run_prints_a_table_and_the_folder(lc, toy_run, tmp_path):
    answer = lc(
        "--run", toy_run, "--epoch", "last", "--method", "topk", "--top", 5, "--out", "there"
    )
    assert answer.exit_code == 0, answer.output
    assert "topk of toy (last, epoch 2), synthetic" in answer.stdout
    assert answer.stdout.endswith("there\n")
    assert json.loads((tmp_path / "there/topk/summary.json").read_text())["top"] == 5


def test_weights_from_elsewhere_explain_what_they_see(lc, tmp_path):
    answer = lc(*FILE, "--method", "gradcam", "--layers", "conv6", "--json")
    assert answer.exit_code == 0, answer.output
    assert len(json.loads(answer.stdout)["gradcam"]["explained"]) == 10
    assert (tmp_path / "results/demo/interpret/some-layers-conv6/gradcam/images.png").is_file()


@pytest.mark.parametrize(
    ("words", "folder"),
    [
        ((), "some"),
        (("--top", 10, "--engine", "sklearn", "--dataset", "cifar10"), "some"),
        (("--top", 5), "some-top-5"),
        (("--units", "3,4", "--max-images", 35), "some-units-3-4-max-images-35"),
        (("--normalise", "imagenet"), "some-normalise-imagenet"),
    ],
)
def test_another_question_than_the_authors_goes_to_another_folder(lc, tmp_path, words, folder):
    answer = lc(*FILE, "--method", "topk", *words)
    assert answer.exit_code == 0, answer.output
    assert [path.name for path in (tmp_path / "results/demo/interpret").iterdir()] == [folder]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--model", "vgg61"), "no published weights of 'vgg61'"),
        (("--model", "customcnn"), "no published weights of 'customcnn'"),
        ((*FILE, "--layers", "fc3"), "known: conv1 ... conv6, fc1, fc2"),
        ((*FILE, "--method", "topk", "--units", "12,128"), "fc1 has no unit 128; it has 0 ... 127"),
        ((*FILE, "--method", "topk", "--top", "50"), "there are no 50 best of 40 images"),
        ((*FILE, "--dataset", "cifar"), "did you mean 'cifar10'"),
        ((*FILE, "--image", "bird"), "no image 'bird' in the test split"),
        (("--model", "vgg16", "--weights", "some.pth"), "lacks the tensor 'features.0.weight'"),
        (("--run", "nowhere"), "nowhere does not exist; name the folder of a run"),
        (("task2-exp6",), "did you mean 'task2-exp5'"),
    ],
)
def test_what_the_user_can_mend_is_one_line(lc, words, message):
    answer = lc(*words)
    assert answer.exit_code == 1, answer.output
    assert message in answer.stderr
    assert answer.stderr.startswith("Error: ")
    assert answer.stderr.count("\n") == 1
    assert not answer.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "Say one of"),
        (("task1", "--model", "vgg16"), "Say one of"),
        (("task1", "--run", "."), "Say one of"),
        (("task1", "--image-size", "224"), "go with --model"),
        ((*FILE, "--units", "one"), "--units are whole numbers"),
        (("--model", "vgg16", "--method", "topks"), "'topks' is not one of"),
    ],
)
def test_wrong_usage_is_exit_code_2(lc, words, message):
    answer = lc(*words)
    assert answer.exit_code == 2
    assert message in answer.stderr
