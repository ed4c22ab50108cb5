"""Archives and images that would lead out of their place, or fill memory, end in a sentence."""

import bz2
import gzip
import io
import lzma
import os
import re
import stat
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from landcover.classifier import Use
from landcover.data import class_folders, members, photographs
from landcover.data.decode import squeezed
from landcover.errors import DataError
from landcover.predict import Broken, predict

ROOT = Path(__file__).parents[2]
OPEN = {".tar": open, ".tar.gz": gzip.open, ".tar.xz": lzma.open, ".tar.bz2": bz2.open}
OUTSIDE = ("../../escaped", "a/../../escaped", "/etc/escaped", "..\\..\\escaped", "C:\\escaped")
MB = 1_000_000


def read(source, wanted=lambda name: True):
    return list(members.members(source, wanted))


def entry(name, size=0, kind=tarfile.REGTYPE, target=""):
    made = tarfile.TarInfo(name)
    made.size, made.type, made.linkname = size, kind, target
    return made


def zip_of(path, contents, packed=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", packed) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def tar_of(path, entries):
    """`entries` are headers with their content."""
    with OPEN[path.name[path.name.index(".tar") :]](path, "wb") as file:
        for header, content in entries:
            file.write(header.tobuf())
            for start in range(0, len(content), MB):
                file.write(content[start : start + MB])
            file.write(bytes(-len(content) % tarfile.BLOCKSIZE))
        file.write(bytes(2 * tarfile.BLOCKSIZE))
    return path


def claiming(path, size):
    """The one entry of a zip then says that it has another size, both times it says so."""
    content = bytearray(path.read_bytes())
    for signature, place in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        struct.pack_into("<I", content, content.index(signature) + place, size)
    path.write_bytes(content)
    return path


def peak_bytes(action):
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def refuses(source, message):
    """With little memory, whatever it says it holds."""

    def attempt():
        with pytest.raises(DataError, match=message):
            read(source)

    assert peak_bytes(attempt) < 100 * MB


@pytest.fixture
def strict(monkeypatch):
    """As if 2 MB were already suspicious, so that the bombs of the tests can be small."""
    monkeypatch.setattr(members, "HARMLESS_BYTES", 2 * MB)


@pytest.mark.parametrize("name", ["images.zip", "images.tar.gz"])
def test_no_path_of_an_archive_leads_out_of_it(tmp_path, name):
    source = tmp_path / "here" / name
    source.parent.mkdir()
    if source.suffix == ".zip":
        zip_of(source, dict.fromkeys(OUTSIDE, b"x"))
    else:
        links = [(entry(f"l{t}", 0, t, "/etc/passwd"), b"") for t in (b"1", b"2")]
        through = (entry("l2/escaped", 1), b"x")
        tar_of(source, [*((entry(path, 1), b"x") for path in OUTSIDE), *links, through])
    before = set(tmp_path.rglob("*"))
    found = {path for path, _ in read(source)}
    assert found <= {"etc/escaped", "C:/escaped", "l2/escaped"}  # names, nothing more
    assert set(tmp_path.rglob("*")) == before
    assert not Path("/etc/escaped").exists()


def test_nothing_in_the_project_unpacks_an_archive_to_disk():
    unpacking = re.compile(r"extractall|\.extract\(|unpack_archive")
    sources = [path for part in ("lib", "cli") for path in (ROOT / part).rglob("*.py")]
    assert not [path for path in sources if unpacking.search(path.read_text())]


@pytest.mark.parametrize("packed", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_entry_that_gives_more_than_it_says_is_damaged(tmp_path, packed):
    source = zip_of(tmp_path / "bomb.zip", {"cat.png": bytes(150 * MB)}, packed)
    refuses(claiming(source, 1000), "damaged")


@pytest.mark.parametrize("size", [members.LARGEST_FILE_BYTES + 1, 2**32 - 2])
def test_an_entry_that_says_more_than_an_image_can_have_is_not_read(tmp_path, size):
    source = claiming(zip_of(tmp_path / "bomb.zip", {"cat.png": b"x"}), size)
    refuses(source, r"bomb\.zip/cat\.png is larger than 1,100,000,000 bytes")


def test_what_nobody_wants_is_not_read(tmp_path):
    source = claiming(zip_of(tmp_path / "bomb.zip", {"cat.png": b"x"}), 2**32 - 2)
    assert read(source, lambda name: False) == []
    assert members.names(source) == ["cat.png"]


def test_many_entries_of_a_sensible_size_may_be_a_bomb_together(tmp_path, strict):
    source = zip_of(tmp_path / "bomb.zip", {f"{n}.png": bytes(MB) for n in range(3)})
    refuses(source, "would unpack to more than 2,000,000 bytes")


@pytest.mark.parametrize("suffix", OPEN)
def test_a_tar_may_not_hold_a_file_larger_than_an_image(tmp_path, suffix):
    header = entry("cat.png", 2 * members.LARGEST_FILE_BYTES)
    refuses(tar_of(tmp_path / f"bomb{suffix}", [(header, b"")]), r"cat\.png is larger than")


@pytest.mark.parametrize("suffix", [".tar.gz", ".tar.xz", ".tar.bz2"])
def test_what_a_tar_skips_is_bounded_too(tmp_path, suffix, strict):
    """Litter, then an image; and what follows the end."""
    zeros = bytes(5 * MB)
    for name in (".hidden", "cat.png"):
        bomb = tar_of(tmp_path / f"{name}{suffix}", [(entry(name, len(zeros)), zeros)])
        refuses(bomb, "would unpack to more than")
    tail = tar_of(tmp_path / f"tail{suffix}", [])
    with OPEN[suffix](tail, "ab") as file:
        file.write(zeros)
    refuses(tail, "would unpack to more than")


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_header_of_a_tar_may_not_be_a_bomb(tmp_path, kind):
    bomb = tar_of(tmp_path / "bomb.tar.gz", [(entry("x", 300 * MB, kind), bytes(300 * MB))])
    refuses(bomb, "a header of 300,")


def test_a_sparse_file_may_not_claim_what_is_not_there(tmp_path):
    header = tarfile.TarInfo("cat.png")
    header.pax_headers = {"GNU.sparse.size": "8000000000000", "GNU.sparse.map": "0,0"}
    source = tmp_path / "bomb.tar"
    source.write_bytes(header.tobuf(tarfile.PAX_FORMAT) + bytes(2 * tarfile.BLOCKSIZE))
    refuses(source, r"cat\.png is larger than")


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.XHDTYPE, b"9"])
def test_a_tar_does_not_go_round_in_circles(tmp_path, kind):
    """A negative size makes tarfile read the same header over and over."""
    back = entry(".x", -1024, kind)
    content = back.tobuf(tarfile.GNU_FORMAT) + bytes(2 * tarfile.BLOCKSIZE)
    (tmp_path / "circle.tar").write_bytes(entry("a").tobuf() + content)
    refuses(tmp_path / "circle.tar", "damaged")


def test_a_thousand_headers_in_a_row_are_damage(tmp_path):
    row = [(entry("x", 0, tarfile.XHDTYPE), b"")] * 5000
    refuses(tar_of(tmp_path / "row.tar.gz", row), "damaged")


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.DIRTYPE])
@pytest.mark.parametrize("name", ["many.zip", "many.tar.gz"])
def test_members_are_counted(tmp_path, monkeypatch, name, kind):
    monkeypatch.setattr(members, "MOST_MEMBERS", 99)
    names = [f"{n}.png{'/' if kind == tarfile.DIRTYPE else ''}" for n in range(100)]
    if name.endswith(".zip"):
        zip_of(tmp_path / name, dict.fromkeys(names, b""))
    else:
        tar_of(tmp_path / name, [(entry(one, 0, kind), b"") for one in names])
    refuses(tmp_path / name, "has more than 99 members; unpack it")


@pytest.mark.parametrize("name", ["twice.zip", "twice.tar.gz"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_comes_twice_is_refused(tmp_path, name):
    if name.endswith(".zip"):
        zip_of(tmp_path / name, {"a/cat.png": b"1", "./a/cat.png": b"2"})
    else:
        tar_of(tmp_path / name, [(entry("a/cat.png", 1), b"1"), (entry("/a/cat.png", 1), b"2")])
    refuses(tmp_path / name, r"holds 'a/cat\.png' twice")


def test_sixty_thousand_members_are_read(tmp_path):
    names = [f"train/cat/{n}.png" for n in range(60_000)]
    source = zip_of(tmp_path / "all.zip", dict.fromkeys(names, b"x"), zipfile.ZIP_STORED)
    assert len(read(source)) == 60_000


def test_a_folder_is_no_way_to_a_device_or_a_pipe(tmp_path):
    (tmp_path / "endless.png").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "waiting.png")
    assert read(tmp_path) == []


def test_a_file_larger_than_an_image_is_not_read(tmp_path):
    (tmp_path / "cat.png").touch()
    os.truncate(tmp_path / "cat.png", members.LARGEST_FILE_BYTES + 1)  # takes no room
    refuses(tmp_path, r"cat\.png is larger than")
    (broken,) = predict_one(tmp_path / "cat.png")
    assert isinstance(broken, Broken)


def predict_one(file):
    network = SimpleNamespace(experiment=SimpleNamespace(image_size=32))
    return list(predict(SimpleNamespace(use=Use(), network=network), [file]))


def test_every_reader_says_it(tmp_path):
    source = claiming(zip_of(tmp_path / "bomb.zip", {"train/cat/0.png": b"x"}), 2**32 - 2)
    with pytest.raises(DataError, match="is larger than"):
        class_folders.read(source, ("cat", "dog"), 32)
    claiming(zip_of(source, {"train/cat/0.png": b"x", "train/dog/0.png": b"y"}), 2**32 - 2)
    with pytest.raises(DataError, match="is larger than"):
        photographs.read(source, 32)
    (broken,) = predict_one(source)
    assert "is larger than" in broken.reason


def png(width, height, *chunks):
    """Of one bit a pixel, all of them black; what no test decodes is not all there."""

    def chunk(kind, content):
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    pixels = zlib.compress(bytes(1 + width // 8)[:1000] * min(height, 1000))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
        *chunks,
        (b"IDAT", pixels),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


@pytest.mark.parametrize("size", [(13_400, 13_400), (50_000, 50_000), (2**31 - 1, 2**31 - 1)])
def test_an_image_bomb_is_not_decoded(size):
    def attempt():
        with pytest.raises(DataError, match=r"^cat\.png has far too many pixels"):
            squeezed(bomb, "cat.png", 32)

    bomb = png(*size)
    assert peak_bytes(attempt) < 10 * MB


def test_a_text_inside_an_image_may_not_be_a_bomb():
    text = (b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200 * MB)))

    def attempt():
        with pytest.raises(DataError, match=r"^cat\.png is truncated or damaged"):
            squeezed(png(8, 8, text), "cat.png", 8)

    assert peak_bytes(attempt) < 10 * MB


def test_a_photograph_of_a_hundred_megapixels_is_read(tmp_path):
    photograph = io.BytesIO()
    Image.new("L", (10_000, 10_000), 200).save(photograph, "BMP")  # 100 MB, not compressed
    source = zip_of(tmp_path / "large.zip", {"cat.bmp": photograph.getvalue()})
    ((name, content),) = read(source)
    assert (squeezed(content, name, 32) == 200).all()


def test_pillows_own_limit_stands():
    assert Image.MAX_IMAGE_PIXELS == 1024**3 // 4 // 3


def test_the_permissions_of_an_entry_make_it_no_link_to_follow(tmp_path):
    link = zipfile.ZipInfo("train/cat/0.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    zip_of(tmp_path / "link.zip", {link: b"/etc/passwd"})
    assert read(tmp_path / "link.zip") == []
