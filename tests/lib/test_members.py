import os
import tarfile
import zipfile
from io import BytesIO

import numpy as np
import pytest

from landcover.data.members import members
from landcover.errors import DataError

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (32, 32, 3), dtype=np.uint8)  # (H, W, 3)
FILES = {f"train/{name}/{i}.png": RNG.bytes(3000) for name in ("cat", "dog") for i in range(3)}
LITTER = {
    "train/.DS_Store": b"",
    "train/cat/._0.png": b"",
    "train/cat/Thumbs.db": b"",
    "desktop.ini": b"",
    "__MACOSX/train/cat/0.png": b"",
    ".git/config": b"",
}
ARCHIVES = ("images.zip", "images.tar", "images.tar.gz", "images.tgz", "images.tar.xz", "a.tar.bz2")


def folder_of(files, folder):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def archive_of(files, path):
    (zip_of if path.suffix == ".zip" else tar_of)(files, path)
    return path


def zip_of(files, path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("train")
        for name, content in files.items():
            archive.writestr(name, content)


def tar_of(files, path):
    compression = {".gz": "gz", ".tgz": "gz", ".xz": "xz", ".bz2": "bz2"}.get(path.suffix, "")
    with tarfile.open(path, f"w:{compression}") as archive:
        archive.addfile(special("./train", tarfile.DIRTYPE))
        archive.addfile(special("./train/cat/link.png", tarfile.SYMTYPE, "0.png"))
        archive.addfile(special("./train/cat/hard.png", tarfile.LNKTYPE, "./train/cat/0.png"))
        archive.addfile(special("./device.png", tarfile.CHRTYPE))
        for name, content in files.items():
            entry = tarfile.TarInfo(f"./{name}")
            entry.size = len(content)
            archive.addfile(entry, BytesIO(content))


def special(name, kind, target=""):
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, target
    return entry


def forbid(path):
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("whoever runs this may read everything")


def test_a_folder_is_read_in_order_without_litter(tmp_path):
    folder_of(FILES | LITTER, tmp_path)
    assert list(members(tmp_path)) == sorted(FILES.items())


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_holds_what_its_folder_holds(tmp_path, name):
    source = archive_of(FILES | LITTER, tmp_path / name)
    assert dict(members(source)) == dict(members(folder_of(FILES, tmp_path / "folder")))


@pytest.mark.parametrize("name", ["images.zip", "images.tar.xz"])
def test_an_archive_is_read_in_its_own_order(tmp_path, name):
    backwards = dict(reversed(FILES.items()))
    assert list(members(archive_of(backwards, tmp_path / name))) == list(backwards.items())


def test_names_of_a_windows_archive_get_slashes(tmp_path):
    zip_of({"train\\cat\\": b"", "train\\cat\\0.png": b"cat"}, tmp_path / "images.ZIP")
    assert list(members(tmp_path / "images.ZIP")) == [("train/cat/0.png", b"cat")]


def test_a_link_in_a_zip_is_passed_over(tmp_path):
    link = zipfile.ZipInfo("link.png")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "images.zip", "w") as archive:
        archive.writestr(link, "0.png")
    assert list(members(tmp_path / "images.zip")) == []


def test_linked_folders_are_read_and_do_not_go_round_in_circles(tmp_path):
    folder_of(FILES, tmp_path / "elsewhere")
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "train").symlink_to(tmp_path / "elsewhere" / "train")
    (tmp_path / "elsewhere" / "train" / "up").symlink_to(tmp_path / "images")
    assert dict(members(tmp_path / "images")) == FILES


@pytest.mark.parametrize("name", ARCHIVES)
@pytest.mark.parametrize("kept", [0.0, 0.03, 0.3, 0.6])
def test_a_truncated_archive_is_named(tmp_path, name, kept):
    source = archive_of(FILES, tmp_path / name)
    os.truncate(source, int(kept * source.stat().st_size))
    with pytest.raises(DataError, match=rf"{source} is a damaged, truncated .*; get it again"):
        list(members(source))


def test_a_tar_cut_between_two_files_is_truncated(tmp_path):
    source = archive_of(FILES, tmp_path / "images.tar")
    with tarfile.open(source) as archive:
        starts = [entry.offset for entry in archive]
    os.truncate(source, starts[-2])
    with pytest.raises(DataError, match="it ends too early"):
        list(members(source))


@pytest.mark.parametrize("name", ["images.zip", "images.tar.gz", "images.tar.xz", "images.tar.bz2"])
def test_a_changed_byte_is_noticed(tmp_path, name):
    source = archive_of(FILES, tmp_path / name)
    content = bytearray(source.read_bytes())
    content[len(content) // 2] ^= 1
    source.write_bytes(content)
    with pytest.raises(DataError, match=rf"{source} is a damaged"):
        list(members(source))


def test_a_damaged_header_amid_a_tar_is_noticed(tmp_path):
    source = archive_of(FILES, tmp_path / "images.tar")
    content = source.read_bytes()
    source.write_bytes(content.replace(b"./train/dog/1.png", b"./train/dug/1.png"))
    with pytest.raises(DataError, match="damaged"):
        list(members(source))


def test_a_missing_source_is_named(tmp_path):
    with pytest.raises(DataError, match=rf"{tmp_path}/none cannot be read \(No such file"):
        list(members(tmp_path / "none"))


def test_a_file_that_is_no_archive_is_answered_with_the_known_ones(tmp_path):
    (tmp_path / "images.rar").touch()
    with pytest.raises(DataError, match=r"images\.rar is no folder and none of \.zip, \.tar,"):
        list(members(tmp_path / "images.rar"))


def test_a_link_to_nothing_is_named(tmp_path):
    folder_of(FILES, tmp_path)
    (tmp_path / "train" / "cat" / "9.png").symlink_to("nowhere")
    with pytest.raises(DataError, match=rf"{tmp_path}/train/cat/9\.png cannot be read"):
        list(members(tmp_path))


@pytest.mark.parametrize("name", ["train/cat", "train/cat/1.png", "."])
def test_what_may_not_be_read_is_named(tmp_path, name):
    folder = folder_of(FILES, tmp_path / "images")
    forbid(folder / name)
    with pytest.raises(DataError, match=rf"{folder / name} cannot be read \(Permission denied\)"):
        list(members(folder))
