import io
import pickle
import tarfile
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from landcover.data import cifar10, prepared, splits
from landcover.data.batches import DeviceSplit
from landcover.data.catalog import dataset
from landcover.data.download import md5
from landcover.errors import DataError, SpecError
from landcover.fetch import fetch

CIFAR10 = dataset("cifar10")


def test_folder_and_zip_of_it_give_the_same_images(photographs, tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for path in photographs.rglob("*.png"):
            archive.write(path, path.relative_to(photographs.parent))
    folder, archive = (fetch(CIFAR10, p, tmp_path) for p in (photographs, tmp_path / "x.zip"))
    assert folder.manifest["sha256"] == archive.manifest["sha256"]


def test_an_image_keeps_its_pixels_class_and_split(photographs, tmp_path):
    test = fetch(CIFAR10, photographs, tmp_path).split("test")
    at = list(test.files).index("deer/1.png")
    with Image.open(photographs / "test/deer/1.png") as image:
        assert np.array_equal(test.pixels[at], np.asarray(image))
    assert CIFAR10.classes[test.labels[at]] == "deer"


def spoil(photographs, name, content):
    path = photographs / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def small_png():
    buffer = io.BytesIO()
    Image.new("RGB", (31, 32)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("train/cat/0.png", b"", "train/cat/0.png is empty"),
        ("train/cat/0.png", small_png()[:40], "train/cat/0.png is "),
        ("train/cat/notes.txt", b"hello", "train/cat/notes.txt is no image"),
        ("train/cat/0.png", small_png(), "31 × 32 pixels instead of 32 × 32"),
        ("train/cta/0.png", small_png(), "'cta', which is no class; did you mean 'cat'"),
    ],
)
def test_a_broken_file_is_named_with_its_path(photographs, tmp_path, name, content, message):
    spoil(photographs, name, content)
    with pytest.raises(DataError, match=message):
        fetch(CIFAR10, photographs, tmp_path)


def test_a_missing_class_folder_is_named(photographs, tmp_path):
    for path in (photographs / "train/frog").iterdir():
        path.unlink()
    with pytest.raises(DataError, match="class 'frog' in the train split"):
        fetch(CIFAR10, photographs, tmp_path)


def test_one_split_is_enough_where_one_is_asked_for(photographs, tmp_path):
    (photographs / "train").rename(tmp_path / "elsewhere")
    assert len(fetch(CIFAR10, photographs, tmp_path, ("test",)).split("test").labels) == 20
    with pytest.raises(DataError, match="no images of the train split"):
        fetch(CIFAR10, photographs, tmp_path)


def test_one_folder_may_hold_both_data_sets(photographs, tmp_path):
    (tmp_path / "all" / "eurosat" / "River").mkdir(parents=True)
    (tmp_path / "all" / "eurosat" / "River" / "x.jpg").touch()
    photographs.rename(tmp_path / "all" / "cifar10")
    assert fetch(CIFAR10, tmp_path / "all", tmp_path).manifest["images"]["train"] == 20


def test_prepared_images_of_another_data_set_are_refused(tiny_folder, tmp_path):
    with pytest.raises(DataError, match="holds cifar10 at 32 pixels, not eurosat at 64"):
        fetch(dataset("eurosat"), tiny_folder, tmp_path)


def test_a_folder_without_images_says_what_it_should_hold(tmp_path):
    with pytest.raises(DataError, match=r"expected cifar-10-python.tar.gz.*airplane"):
        fetch(CIFAR10, tmp_path, tmp_path)
    with pytest.raises(DataError, match="does not exist"):
        fetch(CIFAR10, tmp_path / "nope", tmp_path)


def test_an_unknown_data_set_is_answered_with_the_nearest():
    with pytest.raises(SpecError, match="did you mean 'cifar10'"):
        dataset("cifar-10")


def official_archive(path, content=None):
    """The publisher's format with one image a batch: pickled dicts, channels first."""
    with tarfile.open(path, "w:gz") as archive:
        for i, name in enumerate(cifar10.BATCHES):
            batch = {
                b"data": np.full((1, 3072), i, np.uint8),
                b"labels": [i],
                b"filenames": [f"{i}.png".encode()],
            }
            entry = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            raw = content or pickle.dumps(batch, protocol=2)
            entry.size = len(raw)
            archive.addfile(entry, io.BytesIO(raw))
    return path


def test_the_published_format_is_read(tmp_path):
    path = official_archive(tmp_path / "cifar-10-python.tar.gz")
    images = cifar10.read_batches(path, md5(path))
    assert images.pixels.shape == (6, 32, 32, 3)
    assert images.labels.tolist() == [0, 1, 2, 3, 4, 5]
    assert images.splits == ("train",) * 5 + ("test",)
    assert (images.pixels[4] == 4).all()
    assert images.fidelity == "original"


def test_an_archive_with_another_checksum_is_not_opened(tmp_path):
    official_archive(tmp_path / "cifar-10-python.tar.gz")
    with pytest.raises(DataError, match="not the published archive"):
        fetch(CIFAR10, tmp_path, tmp_path)


def test_a_batch_that_would_run_code_is_refused(tmp_path):
    path = official_archive(tmp_path / "x.tar.gz", b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(DataError, match="not part of an array"):
        cifar10.read_batches(path, md5(path))


def test_prepared_images_are_read_back(tiny, tiny_folder):
    again = prepared.read(tiny_folder)
    assert again.identity == tiny.identity
    assert np.array_equal(again.split("test").pixels, tiny.split("test").pixels)


@pytest.mark.parametrize("name", ["images.npy", "labels.npy", "index.csv"])
def test_a_flipped_byte_is_found(tiny_folder, name):
    path = tiny_folder / name
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match=f"{name} was changed|no usable data set"):
        prepared.read(tiny_folder)


def test_a_split_on_a_processor_is_the_mapped_file_itself(tiny_folder):
    data = prepared.read(tiny_folder)
    images = DeviceSplit.of(data.split("train"), torch.device("cpu"), "half")
    assert np.shares_memory(images.pixels.numpy(), data.pixels)
    some = data.split("train", most=3)
    assert not np.shares_memory(some.pixels, data.pixels)
    assert np.array_equal(some.pixels, data.pixels[np.isin(data.files, some.files)])


def test_a_folder_without_manifest_is_no_data_set(tiny_folder):
    (tiny_folder / "manifest.json").unlink()
    with pytest.raises(DataError, match="no usable data set"):
        prepared.read(tiny_folder)


def test_a_cap_keeps_the_classes_in_proportion():
    labels = np.repeat([0, 1, 2], [600, 300, 100])
    kept = splits.capped(labels, 100)
    assert np.bincount(labels[kept]).tolist() == [60, 30, 10]
    assert len(set(kept)) == 100
    assert len(splits.capped(labels, 5000)) == 1000


def test_splits_share_no_synthetic_image(tiny):
    images = {tiny.split(name).pixels[i].tobytes() for name in ("train", "test") for i in range(40)}
    assert len(images) == 80
