import csv
import json
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from landcover.experiments import Experiment
from landcover.train import train
from lc_cli import main

SPEC = Experiment(
    name="toy", dataset="cifar10", model="customcnn", image_size=32, batch_size=16, epochs=1,
    learning_rate=0.001, normalise="half", batch_norm=True, selection_split="test",
)  # fmt: skip


@pytest.fixture(scope="module")
def run(tiny, tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    train(SPEC, 0, tiny, out, torch.device("cpu"))
    return out


@pytest.fixture
def lc(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LANDCOVER_DEVICE", raising=False)
    return lambda *words: CliRunner().invoke(main, ["predict", *map(str, words)])


@pytest.fixture
def photos(tmp_path):
    rng = np.random.default_rng(0)
    (tmp_path / "photos").mkdir()
    for i in range(5):
        pixels = rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"photos/{i}, tile.png")
    return "photos"


@pytest.fixture
def broken(photos, tmp_path):
    path = tmp_path / "photos/2, tile.png"
    path.write_bytes(path.read_bytes()[:200])
    return photos


def test_json_and_csv_say_the_same(lc, run, photos):
    records = json.loads(lc("--run", run, photos, "--json").stdout)
    rows = list(csv.DictReader(lc("--run", run, photos, "--csv").stdout.splitlines()))
    assert [row["file"] for row in rows] == [f"photos/{i}, tile.png" for i in range(5)]
    for record, row in zip(records, rows, strict=True):
        assert list(record) == ["file", "class", "probability", "top"]
        assert record["top"] == [
            {"class": row["class"], "probability": float(row["probability"])},
            {"class": row["second"], "probability": float(row["second_probability"])},
            {"class": row["third"], "probability": float(row["third_probability"])},
        ]
        assert record["probability"] == float(row["probability"])
        assert record["file"] == row["file"]


def test_a_table_is_for_people(lc, run, photos):
    result = lc("--run", run, photos, "--kind", "last")
    assert result.exit_code == 0, result.output
    assert "toy, seed 0, last weights" in result.stdout
    assert result.stdout.count(", tile.png") == 5
    assert not result.stderr


@pytest.mark.parametrize("form", ["--json", "--csv"])
def test_a_broken_image_leaves_the_output_whole(lc, run, broken, form):
    result = lc("--run", run, broken, form)
    parse = json.loads if form == "--json" else lambda text: text.splitlines()[1:]
    assert len(parse(result.stdout)) == 4
    assert result.exit_code == 1
    first, last = result.stderr.splitlines()
    assert first.startswith("photos/2, tile.png is truncated or damaged")
    assert last == "Error: 1 of 5 images could not be read; the others are above"


@pytest.mark.slow
def test_a_closed_pipe_is_no_traceback(run, photos, tmp_path):
    command = [sys.executable, "-m", "lc_cli", "predict", "--run", run, photos, "--csv"]
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(command, check=False, cwd=tmp_path, stdout=writer, stderr=-1)
    os.close(writer)
    assert (result.returncode, result.stderr) == (1, b"")


def test_fewer_classes_than_three_leave_cells_empty():
    from landcover.predict import Prediction
    from lc_cli.predict import _row

    assert _row(Prediction("x", ("a", "b"), (0.75, 0.25))) == ["x", "a", 0.75, "b", 0.25, "", ""]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--run", "nowhere", "photos"), "nowhere/spec.json cannot be read"),
        (("--run", "RUN", "photos/x.png"), "photos/x.png cannot be read (No such file"),
        (("--run", "RUN", "empty"), "empty: no images there"),
    ],
)
def test_what_the_user_can_mend_is_one_line(lc, run, photos, tmp_path, words, message):
    (tmp_path / "empty").mkdir()
    result = lc(*(run if word == "RUN" else word for word in words))
    assert result.exit_code == 1, result.output
    assert result.stderr.startswith(f"Error: {message}")
    assert result.stderr.count("\n") == 1
    assert not result.stdout


@pytest.mark.parametrize(
    "words", [("x.png",), ("--run", "x"), ("--run", "x", "--json", "--csv", "y")]
)
def test_wrong_usage_is_exit_code_2(lc, words):
    assert lc(*words).exit_code == 2
