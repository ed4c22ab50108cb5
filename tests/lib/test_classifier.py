import json
from shutil import copytree

import numpy as np
import pytest
import torch

from landcover import weights
from landcover.classifier import Use, load
from landcover.data import eurosat
from landcover.data.colours import colours, rgb
from landcover.errors import ArtifactError

PIXELS = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), np.uint8))


@pytest.fixture
def run(toy_run, tmp_path):
    return copytree(toy_run, tmp_path / "run")


def say(run, temperature):
    (run / "metrics.json").write_text(json.dumps({"temperature": temperature}))


def test_a_temperature_divides_the_logits(run):
    say(run, {"best": 2.5})
    plain = load(Use(run, "last", device="cpu"))
    assert plain.temperature is None
    assert "not calibrated" in plain.title
    copytree(run, run.parent / "plain")
    (run.parent / "plain/metrics.json").unlink()
    before = load(Use(run.parent / "plain", device="cpu")).probabilities(PIXELS).double()
    after = load(Use(run, device="cpu"))
    assert "calibrated (temperature 2.5)" in after.title
    wanted = before ** (1 / 2.5)
    wanted /= wanted.sum(1, keepdim=True)
    assert torch.allclose(after.probabilities(PIXELS).double(), wanted, atol=1e-6)


def test_eight_views_have_a_temperature_of_their_own(run):
    say(run, {"best": 2.5, "best-8-views": 1.5})
    assert load(Use(run, views=8, device="cpu")).temperature == 1.5
    say(run, {"best": 2.5})
    assert load(Use(run, views=8, device="cpu")).temperature is None


@pytest.mark.parametrize("value", [0, -1, "hot", float("nan"), [1]])
def test_a_temperature_that_is_no_positive_number_is_refused(run, value):
    say(run, {"best": value})
    with pytest.raises(ArtifactError, match=r"metrics\.json: the temperature of best is"):
        load(Use(run, device="cpu"))


def test_weights_that_make_no_numbers_are_refused(run):
    tensors, notes = weights.read(run / "best.safetensors")
    tensors["fc2.bias"][0] = torch.nan
    weights.write(run / "best.safetensors", tensors, notes)
    with pytest.raises(ArtifactError, match="outputs NaN or infinity"):
        load(Use(run, device="cpu")).probabilities(PIXELS)


def test_every_class_has_a_colour_of_its_own():
    assert tuple(eurosat.COLOURS) == eurosat.CLASSES
    many = colours([*eurosat.CLASSES, *(f"class {i}" for i in range(40))])
    assert len(set(many.values())) == 50
    assert rgb("#0102ff") == (1, 2, 255)
