"""What is asked, without a command: what goes together, the authors' choices, the folder's name."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from landcover import experiments
from landcover.errors import SpecError
from landcover.interpret import Question
from landcover.results import layout

WORKFLOW = Path(__file__).parents[2] / "workflow"
PAPER, DEMO = (experiments.load(WORKFLOW, preset) for preset in ("paper", "demo"))
FILE = Path("some.pth")


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (Question(), "Say one of"),
        (Question(experiment="task1", model="vgg16"), "Say one of"),
        (Question(experiment="task1", run=Path()), "Say one of"),
        (Question(run=Path(), image_size=64), "go with --model alone"),
        (Question(experiment="task1", weights=FILE), "go with --model alone"),
        (Question(run=Path(), model="vgg16"), ""),
        (Question(model="customcnn", weights=FILE, image_size=64), ""),
    ],
)
def test_what_goes_together(question, sentence):
    assert sentence in question.contradiction
    assert bool(question.contradiction) == bool(sentence)


def test_of_a_published_network_the_authors_chose_cifar10_and_half():
    settled = Question(model="vgg16").settled(PAPER)
    assert (settled.dataset, settled.image_size, settled.normalise) == ("cifar10", 32, "half")
    assert (settled.pretrained, settled.max_images) == ("imagenet", 0)
    assert Question(model="vgg16").settled(DEMO).pretrained == "random"


def test_a_file_is_normalised_as_the_report_normalises_the_data_set():
    settled = Question(model="vgg16", weights=FILE, dataset="eurosat").settled(PAPER)
    assert (settled.image_size, settled.normalise, settled.pretrained) == (64, "imagenet", "")


def test_of_a_run_the_authors_chose_the_last_epoch_if_the_test_split_chose_the_best(
    toy_run, tmp_path
):
    settled = Question(run=toy_run).settled(DEMO)
    assert (settled.epoch, settled.dataset, settled.image_size) == ("last", "cifar10", 32)
    shutil.copytree(toy_run, tmp_path / "run")
    spec = json.loads((toy_run / "spec.json").read_text()) | {"selection_split": "val"}
    (tmp_path / "run/spec.json").write_text(json.dumps(spec))
    assert Question(run=tmp_path / "run").settled(DEMO).epoch == "best"
    assert Question(run=tmp_path / "run", epoch="last").settled(DEMO).epoch == "last"


def test_a_run_of_another_model_is_refused(toy_run):
    with pytest.raises(SpecError, match="has a customcnn, not a vgg16"):
        Question(run=toy_run, model="vgg16").settled(DEMO)


def test_all_images_can_be_asked_for_where_the_preset_has_a_cap():
    assert Question(model="vgg16").settled(DEMO).max_images == 120
    assert Question(model="vgg16", max_images=0).settled(DEMO).max_images == 0


@pytest.mark.parametrize(
    ("asked", "folder"),
    [
        ({}, "vgg16"),
        ({"methods": ("topk",)}, "vgg16"),
        ({"dataset": "cifar10", "image_size": 32, "normalise": "half", "top": 10}, "vgg16"),
        ({"layers": ("conv1", "fc1"), "top": 5}, "vgg16-layers-conv1-fc1-top-5"),
        ({"files": ("a/1.png", "b/2.png")}, "vgg16-image-a-1.png-b-2.png"),
        ({"image_size": 224, "normalise": "none"}, "vgg16-image-size-224-normalise-none"),
        ({"max_images": 35, "engine": "fast"}, "vgg16-engine-fast-max-images-35"),
        ({"pretrained": "random"}, "vgg16-pretrained-random"),
        ({"dataset": "eurosat"}, "vgg16-dataset-eurosat"),
    ],
)
def test_the_folder_says_in_what_a_question_is_not_the_authors_own(asked, folder):
    question = Question(model="vgg16", **asked).settled(PAPER)
    assert question.folder("vgg16", PAPER) == folder


def test_all_images_are_another_question_where_the_preset_has_a_cap():
    question = Question(model="vgg16", max_images=0).settled(DEMO)
    assert question.folder("vgg16", DEMO) == "vgg16-max-images-0"


def test_another_run_or_epoch_has_another_folder(toy_run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first, second = (Path(f"results/demo/runs/toy/seed{seed}") for seed in (0, 1))
    for run in (first, second):
        shutil.copytree(toy_run, run)
    assert Question(run=first).settled(DEMO).folder("toy", DEMO) == "toy"
    later = Question(run=second).settled(DEMO).folder("toy", DEMO)
    assert later == layout.look("toy", 1, first=0) == "toy-run-seed1"
    other = Question(run=second, epoch="best").settled(DEMO)
    assert other.folder("toy", DEMO) == "toy-run-seed1-epoch-best"


def test_a_file_with_the_name_of_an_experiment_does_not_take_its_folder():
    question = Question(model="customcnn", weights=Path("task1.pth")).settled(DEMO)
    assert question.folder("task1", DEMO) == "task1-weights-task1.pth"
    assert replace(question, weights=FILE).folder("some", DEMO) == "some"


def test_a_long_name_is_cut_and_stays_unique():
    folders = {
        Question(model="vgg16", units=tuple(range(count))).settled(PAPER).folder("vgg16", PAPER)
        for count in (99, 100)
    }
    assert len(folders) == 2
    assert {len(folder) for folder in folders} == {89}


def test_the_images_of_a_runs_folder_are_those_of_its_preset(toy_run, tmp_path):
    assert Question(run=toy_run).preset == "demo"  # its images are synthetic
    usual = tmp_path / "results/quick/runs/toy/seed0"
    shutil.copytree(toy_run, usual)
    assert Question(run=usual).preset == "quick"
    assert Question(run=tmp_path / "nowhere").preset == ""
    assert Question(model="vgg16").preset == ""
