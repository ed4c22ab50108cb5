import os
import zipfile
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image

from landcover import trained, weights
from landcover.artifacts import read_csv
from landcover.classifier import Use, load
from landcover.errors import ArtifactError, DataError
from landcover.evaluate import evaluate_run
from landcover.predict import Broken, Prediction, files, predict
from landcover.train import train

CPU = torch.device("cpu")
RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (32, 32, 3), dtype=np.uint8)  # (H, W, 3)
PHOTOGRAPH = Image.fromarray(RNG.integers(0, 256, (40, 50, 3), dtype=np.uint8))


@pytest.fixture(scope="module")
def network(toy_run):
    return load(Use(toy_run, device="cpu"))


def encoded(image, kind="PNG", **options):
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def folder_of(images, folder):
    """Files `000.png`, `001.png`, ... of arrays (H, W, 3)."""
    folder.mkdir()
    for i, pixels in enumerate(images):
        Image.fromarray(pixels).save(folder / f"{i:03}.png")
    return folder


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("kind", ["best", "last"])
def test_the_test_split_in_files_gives_the_predictions_of_the_evaluation(
    toy, tiny, tmp_path, kind, precision
):
    train(replace(toy, precision=precision), 0, tiny, tmp_path / "run", CPU)
    evaluate_run(tmp_path / "run", tiny, tmp_path, CPU)
    table = read_csv(tmp_path / "predictions.csv", ()).query("weights == @kind and split == 'test'")
    folder = folder_of(tiny.split("test").pixels, tmp_path / "images")
    use = load(Use(tmp_path / "run", kind, batch_size=40, device="cpu"))
    found = list(predict(use, files([folder])))
    assert [one.classes[0] for one in found] == table["predicted"].tolist()
    assert [one.probabilities[0] for one in found] == pytest.approx(
        table["probability"].tolist(), abs=1e-6
    )


def test_the_batch_size_changes_nothing(network, tmp_path):
    folder = folder_of(RNG.integers(0, 256, (300, 32, 32, 3), dtype=np.uint8), tmp_path / "images")
    together = list(predict(network, files([folder])))
    alone = list(predict(replace(network, use=replace(network.use, batch_size=1)), files([folder])))
    assert [one.file for one in together] == [f"{folder}/{i:03}.png" for i in range(300)]
    assert [one.classes for one in together] == [one.classes for one in alone]
    np.testing.assert_allclose(
        [one.probabilities for one in together], [one.probabilities for one in alone], atol=1e-6
    )


def test_all_classes_are_ranked_by_a_distribution(network, tmp_path):
    folder = folder_of([PIXELS], tmp_path / "images")
    (only,) = predict(network, files([folder]))
    assert sorted(only.classes) == sorted(network.network.classes)
    assert list(only.probabilities) == sorted(only.probabilities, reverse=True)
    assert sum(only.probabilities) == pytest.approx(1)


def test_a_batch_is_opened_only_when_it_is_wanted(network, tmp_path):
    folder = folder_of([PIXELS] * 8, tmp_path / "images")
    taken = []
    pairs = replace(network, use=replace(network.use, batch_size=2))
    results = predict(pairs, (taken.append(file) or file for file in files([folder])))
    next(results)
    assert len(taken) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"no image at all", "is no image that Pillow knows"),
        (encoded(PHOTOGRAPH, "JPEG")[:900], "is truncated or damaged"),
        (encoded(PHOTOGRAPH)[:900], "is truncated or damaged"),
    ],
)
def test_a_broken_image_is_named_and_the_others_are_predicted(network, tmp_path, content, reason):
    folder = folder_of([PIXELS] * 3, tmp_path / "images")
    (folder / "001.png").write_bytes(content)
    first, broken, last = predict(network, files([folder]))
    assert isinstance(broken, Broken)
    assert broken.reason.startswith(f"{folder}/001.png {reason}")
    assert isinstance(first, Prediction)
    assert first.probabilities == pytest.approx(last.probabilities)


def test_an_image_that_may_not_be_read_is_named(network, tmp_path):
    folder = folder_of([PIXELS] * 2, tmp_path / "images")
    (folder / "001.png").chmod(0)
    if os.access(folder / "001.png", os.R_OK):
        pytest.skip("whoever runs this may read everything")
    _, broken = predict(network, files([folder]))
    assert "001.png cannot be read (Permission denied)" in broken.reason


def test_folders_are_searched_in_order_and_only_for_images(tmp_path):
    for name in (
        "b/2.JPG",
        "b/10.png",
        "a/deep/1.tif",
        "a/notes.txt",
        "a/._1.png",
        "b/3.gif",
        ".git/x.png",
    ):
        path = tmp_path / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "images/b/up").symlink_to(tmp_path / "images")  # leads back: no endless search
    (tmp_path / "images/b/gone.png").symlink_to(tmp_path / "nowhere")  # to be named later
    folder, notes = tmp_path / "images", tmp_path / "images/a/notes.txt"
    inside = ["a/deep/1.tif", "b/10.png", "b/2.JPG", "b/3.gif", "b/gone.png"]
    assert files([notes, folder]) == [notes, *(folder / name for name in inside)]


def test_an_archive_is_predicted_up_to_its_damage(network, tmp_path):
    path, image = tmp_path / "images.zip", encoded(Image.fromarray(PIXELS))
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("a/1.png", "a/notes.txt", "a/2.png"):
            archive.writestr(name, image)
    content = bytearray(path.read_bytes())
    content[content.rindex(b"IDAT") + 9] ^= 1
    path.write_bytes(content)
    good, broken = predict(network, files([path]))
    assert good.file == f"{path}/a/1.png"
    assert broken.reason.startswith(f"{path} is a damaged")


@pytest.mark.parametrize(("name", "reason"), [("nowhere", "nowhere cannot"), ("", "no images")])
def test_nothing_to_predict_is_an_error(tmp_path, name, reason):
    with pytest.raises(DataError, match=reason):
        files([tmp_path / name])


def test_an_archive_without_images_is_broken(network, tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("notes.txt", b"")
    (broken,) = predict(network, files([tmp_path / "x.zip"]))
    assert "x.zip holds no images" in broken.reason


def test_weights_for_other_classes_are_refused(toy_run, tmp_path):
    tensors, notes = weights.read(toy_run / "best.safetensors")
    (tmp_path / "spec.json").write_bytes((toy_run / "spec.json").read_bytes())
    weights.write(tmp_path / "best.safetensors", tensors, notes | {"classes": ["cat", "dog"]})
    with pytest.raises(
        ArtifactError, match=r"best\.safetensors: 'fc2.* \(10, 128\), .* \(2, 128\)"
    ):
        trained.load(tmp_path, "best", CPU)
