import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from landcover import experiments
from landcover.data import eurosat, eurosat_splits
from landcover.data.catalog import dataset
from landcover.data.download import Archive, md5
from landcover.errors import DataError
from landcover.fetch import fetch
from lc_cli import main

OFFICIAL = dataset("eurosat-official")
COUNTS = {"train": 6, "val": 2, "test": 2}  # of each class


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """`Class/Class_n.jpg`, ten of each class, each of one grey of its own."""
    folder = tmp_path_factory.mktemp("images") / "eurosat"
    for i, name in enumerate(eurosat.CLASSES):
        (folder / name).mkdir(parents=True)
        for n in range(1, 11):
            Image.new("RGB", (64, 64), (10 * i + n,) * 3).save(folder / name / f"{name}_{n}.jpg")
    return folder


def split_of(n):
    return "train" if n <= 6 else "val" if n <= 8 else "test"


@pytest.fixture
def lists(tmp_path):
    """The lists of the official split, their lines in no order."""
    noise = np.random.default_rng(0)
    names = [f"{name}_{n}.jpg" for name in eurosat.CLASSES for n in range(1, 11)]
    folder = tmp_path / "lists"
    folder.mkdir()
    for split in COUNTS:
        own = [n for n in names if split_of(int(n.split("_")[1][:-4])) == split]
        (folder / f"eurosat-{split}.txt").write_text("\n".join(noise.permutation(own)) + "\n")
    return folder


def test_every_image_goes_where_its_list_says(images, lists, tmp_path):
    data = fetch(OFFICIAL, images, tmp_path, lists=lists)
    assert data.manifest["images"] == {split: 10 * count for split, count in COUNTS.items()}
    for file, split, label, pixels in zip(
        data.files, data.splits, data.labels, data.pixels, strict=True
    ):
        number = int(file.split("_")[1][:-4])
        assert split == split_of(number)
        assert file == f"{eurosat.CLASSES[label]}/{eurosat.CLASSES[label]}_{number}.jpg"
        assert (pixels == 10 * label + number).all()


def test_folder_archive_and_lists_beside_them_give_the_same(images, lists, tmp_path):
    once = fetch(OFFICIAL, images, tmp_path, lists=lists)
    beside = tmp_path / "beside"
    beside.mkdir()
    with zipfile.ZipFile(beside / "EuroSAT.zip", "w") as archive:
        for path in images.rglob("*.jpg"):
            archive.write(path, f"2750/{path.relative_to(images)}")
    for path in lists.iterdir():
        (beside / path.name).write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    again = fetch(OFFICIAL, beside, tmp_path)
    assert again.manifest["sha256"] == once.manifest["sha256"]


def test_the_manifest_says_whether_lists_are_the_published_ones(
    images, lists, tmp_path, monkeypatch
):
    data = fetch(OFFICIAL, images, tmp_path, lists=lists)
    assert data.identity["dataset"] == "eurosat-official"
    assert data.identity["source"] == "eurosat, split by unknown lists"
    digests = {split: md5(lists / f"eurosat-{split}.txt") for split in COUNTS}
    assert {split: one["md5"] for split, one in data.manifest["lists"].items()} == digests
    monkeypatch.setitem(eurosat_splits.MD5, "eurosat-official", digests)
    known = fetch(OFFICIAL, images, tmp_path, lists=lists)
    assert known.identity["source"] == "eurosat, split by published lists"
    assert all(one["published"] for one in known.manifest["lists"].values())


def test_another_split_is_another_identity(images, lists, tmp_path):
    once = fetch(OFFICIAL, images, tmp_path, lists=lists)
    for split, other in (("val", "test"), ("test", "val")):
        text = (lists / f"eurosat-{split}.txt").read_text()
        (lists / f"eurosat-spatial-{other}.txt").write_text(text)
    (lists / "eurosat-train.txt").rename(lists / "eurosat-spatial-train.txt")
    spatial = fetch(dataset("eurosat-spatial"), images, tmp_path, lists=lists)
    assert spatial.identity["dataset"] == "eurosat-spatial"
    assert spatial.identity["sha256"] != once.identity["sha256"]
    assert set(spatial.split("val").files) == set(once.split("test").files)


def test_images_that_no_list_names_are_passed_over(images, lists, tmp_path):
    path = lists / "eurosat-val.txt"
    path.write_text(path.read_text().replace("River_7.jpg\n", ""))
    data = fetch(OFFICIAL, images, tmp_path, lists=lists)
    assert data.manifest["passed_over"] == ["River/River_7.jpg"]
    assert data.manifest["images"]["val"] == 19


@pytest.mark.parametrize(
    ("split", "change", "message"),
    [
        ("train", "Forest_1.jpg", r"train.txt, line 61: Forest_1.jpg is listed already in .*train"),
        ("val", "Forest_1.jpg", r"val.txt, line 21: Forest_1.jpg is listed already in .*train.txt"),
        ("test", "Forest_99.jpg", r"test.txt lists images that .* does not have: Forest/Forest_99"),
        ("test", "Forrest_1.jpg", "line 21: EuroSAT has no class 'Forrest'; did you mean 'Forest'"),
        ("test", "../Forest_1.jpg", r"line 21: '../Forest_1.jpg' names no image; write"),
        ("test", "2750/Forest/Forest_1.jpg", "names no image"),
        ("test", "Forest_1.tif", "names no image"),
        ("test", "\x00", "names no image"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_one_sentence(images, lists, tmp_path, split, change, message):
    path = lists / f"eurosat-{split}.txt"
    path.write_text(f"{path.read_text()}{change}\n")
    with pytest.raises(DataError, match=message):
        fetch(OFFICIAL, images, tmp_path, lists=lists)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe\x00"])
def test_an_empty_or_binary_list_is_one_sentence(images, lists, tmp_path, content):
    (lists / "eurosat-val.txt").write_bytes(content)
    with pytest.raises(DataError, match=r"eurosat-val\.txt is (empty|no text)"):
        fetch(OFFICIAL, images, tmp_path, lists=lists)


def test_a_missing_list_is_named(images, lists, tmp_path):
    (lists / "eurosat-val.txt").unlink()
    with pytest.raises(DataError, match=r"eurosat-val\.txt does not exist; eurosat-official needs"):
        fetch(OFFICIAL, images, tmp_path, lists=lists)


def test_without_lists_the_published_ones_are_downloaded(images, lists, tmp_path, monkeypatch):
    asked = []

    def download(archive, folder, on_bytes):
        asked.append(archive)
        return lists / archive.name

    monkeypatch.setattr("landcover.fetch.download", download)
    assert fetch(OFFICIAL, images, tmp_path).manifest["images"]["test"] == 20
    assert [one.name for one in asked] == [f"eurosat-{split}.txt" for split in COUNTS]
    assert all(isinstance(one, Archive) and len(one.urls) > 1 for one in asked)


def test_the_data_sets_are_eurosat_but_for_their_split():
    for name in eurosat_splits.MD5:
        wanted = replace(eurosat.EUROSAT, name=name, title="", read=None)
        assert replace(dataset(name), title="", read=None) == wanted
        assert experiments.prepared_name(name, 64) == name


@pytest.fixture
def lc(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("DATA", "PRESET"):
        monkeypatch.delenv(f"LANDCOVER_{name}", raising=False)
    return lambda *words: CliRunner().invoke(main, ["fetch", *map(str, words)])


def test_a_folder_of_lists_makes_a_data_set_that_an_experiment_can_name(lc, images, lists):
    made = lc("eurosat", "--splits", lists, "--data", images)
    assert made.exit_code == 0, made.output
    assert "results/paper/data/eurosat-official: 60 train, 20 val, 20 test (copy" in made.stdout
    assert "Warning: eurosat-train.txt, eurosat-val.txt, eurosat-test.txt: not the" in made.stderr
    settings = [f"--set={one}" for one in ("dataset=eurosat-official", "epochs=1", "batch_size=16")]
    trained = CliRunner().invoke(
        main, ["train", "task5-customcnn", "--preset", "paper", *settings, "--out", "run", "--json"]
    )
    assert trained.exit_code == 0, trained.output
    assert json.loads(trained.stdout)["data"]["source"] == "eurosat, split by unknown lists"


def test_both_splits_are_made_where_both_have_lists(lc, images, lists):
    for path in list(lists.iterdir()):
        (lists / path.name.replace("-", "-spatial-")).write_bytes(path.read_bytes())
    made = json.loads(lc("eurosat", "--splits", lists, "--data", images, "--json").stdout)
    assert [one["dataset"] for one in made] == ["eurosat-official", "eurosat-spatial"]
    one = json.loads(
        lc("eurosat-spatial", "--splits", lists, "--data", images, "--json", "--out", "x").stdout
    )
    assert one["folder"] == "x"
    assert lc("eurosat", "--splits", lists, "--data", images, "--out", "x").exit_code == 2


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("cifar10", "--splits", "lists"), 2, "--splits is for eurosat"),
        (("eurosat", "--splits", "lists", "--preset", "demo"), 2, "--splits divides real images"),
        (("eurosat", "--splits", "nowhere"), 1, "nowhere is no folder; name the one with eurosat-"),
        (("eurosat", "--splits", "."), 1, ". has no lists of a split; put eurosat-{train,val,"),
    ],
)
def test_what_cannot_be_divided_is_one_sentence(lc, lists, tmp_path, words, code, message):
    result = lc(*words)
    assert result.exit_code == code
    assert message in result.stderr
    assert not (tmp_path / "results").exists()
