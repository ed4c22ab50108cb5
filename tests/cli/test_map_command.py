import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from lc_cli import main

FILES = ["areas.csv", "classes.tif", "confidence.tif", "map.json", "map.png"]


@pytest.fixture
def lc(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LANDCOVER_DEVICE", raising=False)
    return lambda *words: CliRunner().invoke(main, ["map", *map(str, words)])


@pytest.fixture
def scene(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (100, 130, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "my scene.png")
    return "my scene.png"


def visible(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_it_writes_beside_the_scene_and_says_where(lc, toy_run, scene, tmp_path):
    result = lc(scene, "--run", toy_run)
    assert result.exit_code == 0, result.output
    assert visible(tmp_path / "my scene-map") == FILES
    assert "toy, seed 0, best epoch" in result.stdout
    assert "my scene-map: classes.tif" in result.stdout
    first, second = result.stderr.splitlines()
    assert first == "Warning: my scene.png has no projection, so areas are in pixels."
    assert second.startswith("Warning: the network was trained on cifar10")


def test_json_is_what_the_file_says(lc, toy_run, scene, tmp_path):
    words = (
        "--run",
        toy_run,
        "--stride",
        16,
        "--views",
        8,
        "--precision",
        "fp32",
        "--bands",
        "3,2,1",
    )
    made = json.loads(lc(scene, *words, "--out", "out", "--json").stdout)
    assert made.pop("folder") == "out"
    assert made == json.loads((tmp_path / "out/map.json").read_text())
    assert (made["stride"], made["views"], made["bands"]) == (16, 8, [3, 2, 1])
    assert made["cells"] == [7, 9]


def test_the_same_question_has_the_same_bytes(lc, toy_run, scene, tmp_path):
    for out in ("once", "again"):
        assert lc(scene, "--run", toy_run, "--out", out).exit_code == 0
    for name in FILES:
        once, again = (tmp_path / out / name for out in ("once", "again"))
        assert once.read_bytes() == again.read_bytes(), name


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nowhere.tif",), "nowhere.tif cannot be read (No such file"),
        (("my scene.png", "--stride", "33"), "the stride 33 does not fit windows of 32 pixels"),
        (("my scene.png", "--bands", "1,2,9"), "my scene.png has no band 9; it has 1 to 3"),
        (("my scene.png", "--resample"), "my scene.png has no projection"),
        (("my scene.png", "--out", "file/x"), "file/x/.lock cannot be written"),
    ],
)
def test_what_the_user_can_mend_is_one_line(lc, toy_run, scene, tmp_path, words, message):
    (tmp_path / "file").touch()
    result = lc(*words, "--run", toy_run)
    assert result.exit_code == 1, result.output
    assert result.stderr.startswith(f"Error: {message}")
    assert result.stderr.count("\n") == 1
    assert not result.stdout
    assert not list(tmp_path.glob("*-map/[a-z]*"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "Missing argument"),
        (("--bands", "1,2"), "is not 3 whole numbers"),
        (("--bands", "r,g,b"), "is not 3 whole numbers"),
        (("--range", "1"), "is not 2 numbers"),
        (("--range", "5,5"), "the lower one first"),
        (("--range", "nan,1"), "the lower one first"),
        (("--range", "0,inf"), "the lower one first"),
        (("--batch-size", "0"), "--batch-size"),
        (("--stride", "0"), "--stride"),
    ],
)
def test_wrong_usage_is_exit_code_2(lc, words, message):
    result = lc(*(["x.tif", *words] if words else words))
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_run_that_is_none_is_named(lc, scene):
    result = lc(scene, "--run", "nowhere")
    assert result.exit_code == 1
    assert "nowhere does not exist; name the folder of a run" in result.stderr


@pytest.mark.slow
def test_a_stop_in_the_middle_leaves_no_files(toy_run, tmp_path):
    Image.fromarray(np.full((1500, 1500, 3), 90, np.uint8)).save(tmp_path / "large.png")
    words = ["large.png", "--run", toy_run, "--stride", "2", "--out", "out"]
    with subprocess.Popen(
        [sys.executable, "-m", "lc_cli", "map", *map(str, words)], cwd=tmp_path, stderr=-1
    ) as process:
        while not (tmp_path / "out/.lock").exists() and process.poll() is None:
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGTERM)
        process.communicate()
    assert process.returncode == 143
    assert visible(tmp_path / "out") == []
