import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from shutil import copytree

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
    records = json.loads(lc("--run", run, photos, "--json").stdout)["predictions"]
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
    result = lc("--run", run, photos, "--epoch", "last")
    assert result.exit_code == 0, result.output
    assert "toy, seed 0, last epoch (1); probabilities not calibrated" in result.stdout
    assert result.stdout.count(", tile.png") == 5
    assert "5 images" in result.stdout
    assert not result.stderr


@pytest.mark.parametrize("form", ["--json", "--csv"])
def test_a_broken_image_leaves_the_output_whole(lc, run, broken, form):
    result = lc("--run", run, broken, form)
    said = result.stdout
    good = json.loads(said)["predictions"] if form == "--json" else said.splitlines()[1:]
    assert len(good) == 4
    assert result.exit_code == 1
    first, *_, last = result.stderr.splitlines()
    assert first.startswith("photos/2, tile.png is truncated or damaged")
    if form == "--json":
        assert json.loads(said)["broken"] == ["photos/2, tile.png"]
    assert last == "Error: 1 of 5 images could not be read; the others are above"


def test_an_image_that_may_not_be_read_is_skipped_and_named(lc, run, photos, monkeypatch):
    def denied(file):
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr(os, "access", lambda file, _: Path(file).suffix != ".png")  # for click
    monkeypatch.setattr(Path, "read_bytes", denied)
    result = lc("--run", run, "photos/0, tile.png")
    assert result.exit_code == 1
    said, error = result.stderr.splitlines()
    assert said.startswith("photos/0, tile.png cannot be read (Permission denied)")
    assert error == "Error: the image could not be read; the reason is above"


@pytest.mark.parametrize("shape", [(32, 32, 13), (32, 32)])
def test_a_raster_is_for_map(lc, run, shape):
    rasterio = pytest.importorskip("rasterio")
    values = np.zeros(shape, np.float32).reshape(32, 32, -1)
    profile = {"driver": "GTiff", "height": 32, "width": 32, "count": values.shape[2]}
    with pytest.warns(), rasterio.open("s.tif", "w", dtype="float32", **profile) as file:
        file.write(values.transpose(2, 0, 1))
    result = lc("--run", run, "s.tif")
    said, _ = result.stderr.splitlines()
    assert said == "s.tif has bands or values that predict cannot read; use `lc-cli map s.tif`"


@pytest.mark.slow
def test_a_closed_pipe_is_no_traceback(run, photos, tmp_path):
    command = [sys.executable, "-m", "lc_cli", "predict", "--run", run, photos, "--csv"]
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(command, check=False, cwd=tmp_path, stdout=writer, stderr=-1)
    os.close(writer)
    assert (result.returncode, result.stderr) == (1, b"")


def test_fewer_classes_than_three_leave_cells_empty():
    from lc_cli.predict import _row

    assert _row("x", (("a", 0.75), ("b", 0.25))) == ["x", "a", 0.75, "b", 0.25, "", ""]


def test_the_counts_are_of_the_first_classes(lc, run, photos):
    found = json.loads(lc("--run", run, photos, photos, "--json").stdout)
    assert len(found["predictions"]) == 10
    first = [record["class"] for record in found["predictions"]]
    assert found["counts"] == {name: first.count(name) for name in found["counts"]}
    assert sum(found["counts"].values()) == 10


def test_eight_views_of_a_turned_image_are_the_same(lc, run, photos, tmp_path):
    with Image.open(tmp_path / "photos/0, tile.png") as image:
        image.rotate(90).save(tmp_path / "turned.png")
    words = ("--run", run, "--views", "8", "photos/0, tile.png", "turned.png", "--json")
    one, two = json.loads(lc(*words).stdout)["predictions"]
    assert one["probability"] == pytest.approx(two["probability"], abs=1e-6)
    (plain,) = json.loads(lc("--run", run, "turned.png", "--json").stdout)["predictions"]
    assert plain["probability"] != pytest.approx(two["probability"], abs=1e-6)


def test_the_sheet_has_every_image_and_reaches_for_nothing(lc, run, photos):
    result = lc("--run", run, photos, "--sheet", "out/sheet.html")
    assert result.exit_code == 0, result.output
    page = Path("out/sheet.html").read_text()
    assert page.count("data:image/jpeg;base64,") == page.count("<figure>") == 5
    assert not re.search(r"(src|href)=\"(?!data:)|url\(|@import|<script", page)
    shares = [float(share) for share in re.findall(r"<dd>([\d.]+) %</dd>", page)][::3]
    assert shares == sorted(shares)


def test_the_sheet_names_the_images_that_could_not_be_read(lc, run, broken):
    result = lc("--run", run, broken, "--sheet", "sheet.html")
    assert "sheet.html: 4 images\n" in result.stderr
    assert "<p>1 image could not be read: photos/2, tile.png</p>" in Path("sheet.html").read_text()


def test_a_sheet_that_cannot_be_written_does_not_cost_the_answers(lc, run, photos):
    Path("file").write_text("")
    result = lc("--run", run, photos, "--json", "--sheet", "file/sheet.html")
    assert result.exit_code == 1
    assert len(json.loads(result.stdout)["predictions"]) == 5


def test_a_file_name_is_no_markup_on_the_sheet(lc, run, photos, tmp_path):
    (tmp_path / "photos/0, tile.png").rename(tmp_path / "photos/<b onclick='x'>.png")
    assert lc("--run", run, photos, "--sheet", "sheet.html").exit_code == 0
    page = Path("sheet.html").read_text()
    assert "<b onclick" not in page
    assert "&lt;b onclick" in page


def test_a_sheet_that_cannot_be_written_is_one_sentence(lc, run, photos, tmp_path):
    (tmp_path / "file").touch()
    result = lc("--run", run, photos, "--sheet", "file/sheet.html")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: file/sheet.html cannot be written")


SAID = {"preset": "paper", "precision": "fp32", "weights": {}, "best": ""}


def test_the_best_network_of_the_reference_is_the_default(lc, run, photos, tmp_path):
    reference = tmp_path / "results/reference"
    copytree(run, reference / "runs/toy/seed3")
    facts = SAID | {"best": "toy", "weights": {"toy": 3}}
    (reference / "distilled.json").write_text(json.dumps(facts))
    result = lc(photos, "--json")
    assert json.loads(result.stdout)["run"] == "results/reference/runs/toy/seed3"
    assert "so this run is used: results/reference/runs/toy/seed3" in result.stderr


@pytest.mark.parametrize(
    "facts", [None, SAID, SAID | {"best": "x"}, SAID | {"best": "x", "weights": {"y": 0}}]
)
def test_without_a_reference_the_error_says_what_to_do(lc, photos, tmp_path, facts):
    if facts is not None:
        (tmp_path / "results/reference").mkdir(parents=True)
        (tmp_path / "results/reference/distilled.json").write_text(json.dumps(facts))
    result = lc(photos)
    assert result.exit_code == 1
    assert "results/reference names no best network; " in result.stderr
    assert "say with --run which" in result.stderr
    assert ("in the project's folder" in result.stderr) == (facts is None)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--run", "nowhere", "photos"), "nowhere does not exist; name the folder of a run"),
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
    "words",
    [
        (),
        ("--run", "x"),
        ("--views", "4", "x"),
        ("--run", "x", "--json", "--csv", "y"),
        ("x", "--sheet", "s.txt"),
    ],
)
def test_wrong_usage_is_exit_code_2(lc, words):
    assert lc(*words).exit_code == 2
