"""Folders as their owners keep them: annotated as Terrassa is, or sorted by class."""

import shutil
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from landcover.data import prepared
from landcover.data.catalog import dataset
from landcover.data.photographs import as_stored
from landcover.errors import DataError
from landcover.fetch import fetch

RNG = np.random.default_rng(0)
BUILDINGS = {"a1": "catedral", "a2": "mnactec", "a3": "catedral"}


def photograph(path, size=(50, 40), mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = RNG.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).convert(mode).save(path)


@pytest.fixture
def terrassa(tmp_path):
    folder = tmp_path / "terrassa"
    for split in ("train", "val", "test"):
        for image_id in BUILDINGS:
            photograph(folder / split / "images" / f"{image_id}.jpg")
        annotate(folder, split, [f"{i}\t{name}" for i, name in BUILDINGS.items()])
    return folder


def annotate(folder, split, lines, ends="\n", header="ImageID\tClassID"):
    text = ends.join([header, *lines, ""])
    (folder / split / "annotation.txt").write_bytes(text.encode())


def read(folder, size=32, name="terrassa"):
    return fetch(dataset(name, size), folder, folder / "no-cache")


def refused(folder, message, name="terrassa"):
    with pytest.raises(DataError, match=message):
        read(folder, name=name)


def test_images_come_in_the_order_of_their_annotation(terrassa):
    annotate(terrassa, "train", ["a3 catedral", "a2   mnactec", "", "a1\tcatedral"], ends="\r\n")
    data = read(terrassa)
    assert data.classes == ("catedral", "mnactec")
    assert data.split("train").files.tolist() == [f"train/images/a{i}.jpg" for i in (3, 2, 1)]
    assert data.split("train").labels.tolist() == [0, 1, 0]
    assert data.manifest["images"] == {"train": 3, "val": 3, "test": 3}


@pytest.mark.parametrize("size", [32, 224])
def test_photographs_of_any_size_mode_and_ending_are_squeezed(terrassa, size):
    folder = terrassa / "train" / "images"
    (folder / "a1.jpg").unlink()
    photograph(folder / "a1.JPG", size=(300, 20), mode="L")
    (folder / "a2.jpg").unlink()
    photograph(folder / "a2.png", size=(9, 70), mode="RGBA")
    data = read(terrassa, size)
    assert data.pixels.shape == (9, size, size, 3)
    with Image.open(folder / "a1.JPG") as image:
        expected = image.convert("RGB").resize((size, size), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(data.pixels[0], np.asarray(expected))


def test_how_photographs_were_rotated_is_recorded(terrassa):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    path = terrassa / "train" / "images" / "a1.png"
    path.with_suffix(".jpg").unlink()
    Image.fromarray(RNG.integers(0, 256, (32, 32, 3), dtype=np.uint8)).save(path, exif=exif)
    upright = read(terrassa)
    stored = fetch(as_stored(dataset("terrassa", 32)), terrassa, terrassa / "no-cache")
    np.testing.assert_array_equal(upright.pixels[0], np.rot90(stored.pixels[0], 3))
    np.testing.assert_array_equal(upright.pixels[1:], stored.pixels[1:])
    assert upright.manifest["exif"] == {"rotation": "applied", "photographs": 1}
    assert stored.manifest["exif"] == {"rotation": "ignored", "photographs": 1}
    assert stored.identity["exif_rotation"] == "ignored"


def test_what_no_annotation_lists_is_passed_over_and_named(terrassa):
    photograph(terrassa / "train" / "images" / "b7.jpg")
    (terrassa / "train" / "notes.txt").write_text("by hand")
    data = read(terrassa)
    assert len(data.labels) == 9
    assert data.manifest["passed_over"] == ["train/images/b7.jpg", "train/notes.txt"]


def test_an_archive_holds_the_same_images_as_its_folder(terrassa, tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in sorted(terrassa.rglob("*.*"), reverse=True):
            archive.write(path, path.relative_to(tmp_path))
    unpacked, packed = read(terrassa), read(tmp_path / "all.zip")
    np.testing.assert_array_equal(unpacked.pixels, packed.pixels)
    np.testing.assert_array_equal(unpacked.labels, packed.labels)


def test_what_is_written_is_what_was_read(terrassa, tmp_path):
    data = read(terrassa)
    prepared.write(tmp_path / "out", data)
    again = prepared.read(tmp_path / "out")
    np.testing.assert_array_equal(again.pixels, data.pixels)
    assert again.identity == data.identity


Spoil = Callable[..., object]
FAULTS: dict[str, tuple[Spoil, str]] = {
    "a missing column": (
        lambda t: annotate(t, "val", ["a1\tcatedral", "a2"]),
        r"val/annotation\.txt, line 3 has 1 columns instead of 2, image id and class: 'a2'",
    ),
    "an extra column": (
        lambda t: annotate(t, "val", ["a1 la catedral"]),
        r"line 2 has 3 columns",
    ),
    "a duplicate id": (
        lambda t: annotate(t, "test", ["a1 catedral", "a2 mnactec", "a1 mnactec"]),
        r"test/annotation\.txt, line 4: the image 'a1' was listed before, in .*line 2",
    ),
    "an unknown class": (
        lambda t: annotate(t, "val", ["a1 catedral", "a2 mnactec", "a3 catedrall"]),
        r"val/annotation\.txt, line 4: the class 'catedrall' has images in val and none in train; "
        r".*did you mean 'catedral'",
    ),
    "a class that train lacks": (
        lambda t: annotate(t, "train", ["a1 catedral", "a3 catedral"]),
        r"the class 'mnactec' has images in val and none in train",
    ),
    "an absent image": (
        lambda t: (t / "train" / "images" / "a2.jpg").unlink(),
        r"line 3: 1 of the 3 images listed in train/annotation\.txt are not in train/images/: "
        r"a2 \(mnactec\); add them",
    ),
    "a folder for an image": (
        lambda t: ((t / "train/images/a2.jpg").unlink(), (t / "train/images/a2.jpg").mkdir()),
        r"a2\.jpg is a folder, not an image",
    ),
    "two images of one id": (
        lambda t: photograph(t / "train" / "images" / "a2.JPG"),
        r"a2\.JPG and train/images/a2\.jpg have the same id",
    ),
    "no header": (
        lambda t: annotate(t, "val", ["a2 mnactec", "a3 catedral"], header="a1 catedral"),
        r"val/annotation\.txt begins with an image; give it a header",
    ),
    "an empty annotation": (
        lambda t: (t / "val" / "annotation.txt").write_bytes(b""),
        r"val/annotation\.txt lists no images",
    ),
    "an annotation in another encoding": (
        lambda t: (t / "val" / "annotation.txt").write_bytes(b"ID Class\na1 esgl\xe9sia"),
        r"val/annotation\.txt is not a text in UTF-8",
    ),
    "a class that is a path": (
        lambda t: annotate(t, "val", ["a1 ../../catedral"]),
        r"line 2: the class '\.\./\.\./catedral' cannot name a file",
    ),
    "two annotations of a split": (
        lambda t: shutil.copytree(t / "val", t / "valid"),
        r"val/annotation\.txt and valid/annotation\.txt both annotate val",
    ),
    "no annotation at all": (
        lambda t: [(t / split / "annotation.txt").unlink() for split in ("train", "val", "test")],
        r"train/images has no annotation\.txt beside it",
    ),
    "a missing split": (
        lambda t: (t / "val" / "annotation.txt").unlink(),
        r"has no images of the val split",
    ),
    "an empty image": (
        lambda t: (t / "train" / "images" / "a2.jpg").write_bytes(b""),
        r"train/images/a2\.jpg is empty",
    ),
    "a truncated image": (
        lambda t: (t / "train/images/a2.jpg").write_bytes(
            (t / "train/images/a1.jpg").read_bytes()[:400]
        ),
        r"train/images/a2\.jpg is truncated",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_by_its_place(terrassa, fault):
    spoil, message = FAULTS[fault]
    spoil(terrassa)
    refused(terrassa, message)


@pytest.fixture
def folders(tmp_path):
    for split in ("train", "test"):
        for name in ("castle", "barn"):
            for i in range(2):
                photograph(tmp_path / "mine" / split / name / f"{i}.jpeg")
    return tmp_path / "mine"


def test_ids_may_have_their_endings_and_annotations_capitals(terrassa):
    annotate(terrassa, "train", ["a1.jpg catedral", "a2.jpg mnactec"])
    (terrassa / "val" / "annotation.txt").rename(terrassa / "val" / "Annotation.TXT")
    assert read(terrassa).manifest["images"] == {"train": 2, "val": 3, "test": 3}


@pytest.mark.parametrize("names", [("01", "02"), ("1.50", "1e3"), ("1", "2")])
def test_classes_may_look_like_numbers(tmp_path, names):
    for split in ("train", "test"):
        for name in names:
            photograph(tmp_path / "mine" / split / name / "x.jpg")
    prepared.write(tmp_path / "out", read(tmp_path / "mine", name="mine"))
    again = prepared.read(tmp_path / "out")
    assert again.classes == names
    assert set(again.index["class"]) == set(names)


def test_photographs_of_another_data_set_beside_are_not_taken(terrassa):
    photograph(terrassa.parent / "ParisComas" / "triomphe" / "x.jpg")
    refused(terrassa.parent, r"holds no ParisComas: expected a folder 'paris'", name="paris")
    refused(terrassa, r"is divided into splits, and ParisComas is not", name="paris")


def test_photographs_of_ones_own_are_sorted_by_split_class_and_name(folders):
    data = read(folders, name="mine")
    assert data.classes == ("barn", "castle")
    assert data.manifest["images"] == {"train": 4, "test": 4}
    assert data.index["file"].iloc[2] == "train/castle/0.jpeg"
    assert read(folders.parent, name="mine").identity == data.identity


def test_landmarks_without_splits_are_for_training(tmp_path):
    for name in ("triomphe", "defense"):
        photograph(tmp_path / "paris" / name / "x.jpg")
    data = read(tmp_path, name="paris")
    assert data.manifest["images"] == {"train": 2}
    assert data.classes == ("defense", "triomphe")
    stored = fetch(as_stored(dataset("paris", 32)), tmp_path, tmp_path / "no-cache")
    assert stored.manifest["exif"]["rotation"] == "ignored"


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("stray.jpg", r"stray\.jpg lies in no class"),
        ("train/stray.jpg", r"train/stray\.jpg lies in no class"),
        ("tent/0.jpg", r"mixes layouts: .*do not lie alike"),
        ("train/barn/old/0.jpg", r"mixes layouts"),
        ("test/tent/0.jpg", r"the class 'tent' has images in test and none in train"),
    ],
)
def test_an_image_in_the_wrong_place_is_told(folders, place, message):
    photograph(folders / place)
    refused(folders, message, name="mine")


def test_a_folder_around_all_is_not_looked_into(folders):
    folders.rename(folders.parent / "inner")
    folders.mkdir()
    (folders.parent / "inner").rename(folders / "inner")
    refused(folders, r"holds no mine: expected .* or images in train/CLASS/ and test/", name="mine")


@pytest.mark.parametrize("name", ["terrassa", "paris", "cifar-10"])
def test_without_a_source_one_is_told_where_photographs_come_from(tmp_path, name):
    with pytest.raises(DataError, match=r"--source the folder or archive that"):
        fetch(dataset(name, 32), None, tmp_path)
