"""What several tests share: the table, the real images where they are, a small data set."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import small_workflow
import torch
from PIL import Image

from landcover import artifacts, experiments
from landcover.data import prepared
from landcover.data.catalog import dataset
from landcover.experiments import Experiment
from landcover.fetch import draw
from landcover.train import train

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"
torch.set_num_threads(1)  # small batches gain nothing from a second thread
os.environ["OMP_NUM_THREADS"] = "1"  # nor do those of the processes that tests start
LONGEST_FIRST = ("workflow", "faults", "hostile")  # folders


def pytest_collection_modifyitems(items):
    """Begins with the files that take minutes, or a worker would end with one of them alone."""
    places = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path.parent.name, len(places)))


@pytest.fixture(autouse=True)
def one_thread():
    """Takes back what a command's --threads set, or the tests after it would train other bytes."""
    yield
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Makes a folder once in a run of the tests, whichever of its processes asks first."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name, make):
        here = base / "made" / name
        with artifacts.held(here, patiently=True):
            if not (here / "done").exists():
                shutil.rmtree(here / "made", ignore_errors=True)
                make(here / "made")
                (here / "done").touch()
        return here / "made"

    return made


@pytest.fixture
def workflow(tmp_path):
    """A copy to spoil."""
    return shutil.copytree(ROOT / "workflow", tmp_path / "workflow")


@pytest.fixture(scope="session")
def table():
    return experiments.load(ROOT / "workflow", "demo")


@pytest.fixture(scope="session")
def shared():
    if not SHARED.is_dir():
        pytest.skip("no real images beside the checkout")
    return SHARED


@pytest.fixture(scope="session")
def copy_of_workflow():
    return small_workflow.copy_of_workflow


@pytest.fixture(scope="session")
def few_images(made_once, copy_of_workflow):
    """A checkout whose demo draws few images and trains for an epoch; tests only read it."""
    return made_once("few_images", copy_of_workflow)


@pytest.fixture(scope="session")
def tiny():
    """A few synthetic images of CIFAR-10's classes, in memory."""
    return draw(dataset("cifar10"), {"train": 8, "val": 4, "test": 4})


@pytest.fixture(scope="session")
def toy():
    """An experiment of a second."""
    return Experiment(
        name="toy",
        dataset="cifar10",
        model="customcnn",
        image_size=32,
        batch_size=16,
        epochs=2,
        learning_rate=0.001,
        normalise="half",
        batch_norm=True,
        selection_split="test",
    )


@pytest.fixture(scope="session")
def toy_run(toy, tiny, made_once):
    """Its run's folder, which tests only read."""
    return made_once("toy", lambda out: train(toy, 0, tiny, out, torch.device("cpu")))


@pytest.fixture(scope="session")
def finished_workflow(made_once):
    """A folder with the checkout of a workflow and, in `work`, all that it makes."""
    return made_once("workflow", small_workflow.finished)


@pytest.fixture
def tiny_folder(tiny, tmp_path):
    prepared.write(tmp_path / "data", tiny)
    return tmp_path / "data"


@pytest.fixture
def photographs(tmp_path):
    """An image folder as a user might have it: train|test/class/*.png, two of each."""
    rng = np.random.default_rng(0)
    for split in ("train", "test"):
        for name in dataset("cifar10").classes:
            folder = tmp_path / "photographs" / split / name
            folder.mkdir(parents=True)
            for i in range(2):
                pixels = rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(folder / f"{i}.png")
    return tmp_path / "photographs"
