import hashlib
import random
import signal
import subprocess
import sys
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from landcover.data import download as module
from landcover.data.download import Archive, download
from landcover.errors import DataError

CONTENT = random.Random(0).randbytes(1_000_000)
FORGED = CONTENT[:-1] + b"?"
MD5 = hashlib.md5(CONTENT).hexdigest()  # noqa: S324
BREAKS_AFTER_BYTES = 300_000

# Runs the file without the package around it, whose imports take seconds.
CHILD = """
import os, runpy, signal, sys
from pathlib import Path

code, url, md5, folder, killed_at = sys.argv[1:]
Archive, download = map(runpy.run_path(code).get, ("Archive", "download"))
def on_bytes(done, total):
    if done > int(killed_at):
        os.kill(os.getpid(), signal.SIGKILL)
download(Archive("images.zip", (url,), md5, None), Path(folder), on_bytes)
"""


class Server(ThreadingHTTPServer):
    """Each first word of a path is another mirror, most of them with a vice of their own."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.sent_bytes = {}  # per mirror
        self.starts = {}  # per mirror, the first byte that each request asked for
        self.closing = Event()

    def archive(self, *mirrors, size_bytes=1_000_000):
        urls = (f"http://127.0.0.1:{self.server_port}/{mirror}/images.zip" for mirror in mirrors)
        return Archive("images.zip", tuple(urls), MD5, size_bytes)


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        mirror = self.path.split("/")[1]
        start = int(self.headers.get("Range", "bytes=0-")[len("bytes=") : -1])
        self.server.starts.setdefault(mirror, []).append(start)
        if mirror.isdigit():
            self.send_error(int(mirror))
        elif start >= len(CONTENT):
            self.send_error(416)
        elif mirror == "stalls":
            self.server.closing.wait()
        else:
            self.send_file(mirror, 0 if mirror == "ignores-range" else start)

    def send_file(self, mirror, start):
        rest = {"forges": FORGED, "shortens": CONTENT[:-1]}.get(mirror, CONTENT)[start:]
        self.send_response(206 if start else 200)
        if mirror != "hides-length":
            self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        part = rest[:BREAKS_AFTER_BYTES] if mirror == "breaks" else rest
        # counted first: once the last byte is out, whoever reads it may already look here
        self.server.sent_bytes[mirror] = self.server.sent_bytes.get(mirror, 0) + len(part)
        self.wfile.write(part)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with Server() as server:
        Thread(target=server.serve_forever, args=(0.01,)).start()
        yield server
        server.closing.set()
        server.shutdown()


def killed_download(archive, folder, at_bytes):
    arguments = (module.__file__, archive.urls[0], archive.md5, folder, str(at_bytes))
    return subprocess.Popen([sys.executable, "-c", CHILD, *arguments])


def files(folder):
    return {path.name for path in folder.iterdir() if not path.name.endswith(".lock")}


def test_a_download_ends_under_its_final_name_alone(server, tmp_path):
    path = download(server.archive("good"), tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / "images.zip"
    assert path.read_bytes() == CONTENT
    assert files(path.parent) == {"images.zip"}


def test_a_file_that_is_there_is_not_fetched_again(server, tmp_path):
    download(server.archive("good"), tmp_path)
    download(server.archive("good"), tmp_path)
    assert server.starts == {"good": [0]}


def test_a_broken_connection_is_resumed_where_it_broke(server, tmp_path):
    path = download(server.archive("breaks"), tmp_path)
    assert path.read_bytes() == CONTENT
    assert server.starts == {"breaks": [0, 300_000, 600_000, 900_000]}
    assert server.sent_bytes == {"breaks": len(CONTENT)}


def test_the_next_mirror_goes_on_where_the_last_one_gave_up(server, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "TRIES_PER_MIRROR", 2)
    path = download(server.archive("breaks", "good"), tmp_path)
    assert path.read_bytes() == CONTENT
    assert server.sent_bytes == {"breaks": 600_000, "good": 400_000}


@pytest.mark.parametrize("mirror", ["404", "500", "503", "forges", "shortens", "stalls"])
def test_a_bad_mirror_is_followed_by_the_next(server, tmp_path, monkeypatch, mirror):
    monkeypatch.setattr(module, "TIMEOUT_SECONDS", 0.3)
    path = download(server.archive(mirror, "good"), tmp_path)
    assert path.read_bytes() == CONTENT
    assert server.starts == {mirror: [0], "good": [0]}


def test_a_mirror_that_nobody_serves_is_followed_by_the_next(server, tmp_path):
    archive = server.archive("good")
    path = download(replace(archive, urls=("http://127.0.0.1:1/x", *archive.urls)), tmp_path)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("size_bytes", [None, len(CONTENT)])
def test_a_server_may_hide_the_length(server, tmp_path, size_bytes):
    path = download(server.archive("hides-length", size_bytes=size_bytes), tmp_path)
    assert path.read_bytes() == CONTENT


def test_a_server_that_ignores_range_makes_it_start_over(server, tmp_path):
    (tmp_path / "images.zip.part").write_bytes(CONTENT[:1000])
    assert download(server.archive("ignores-range"), tmp_path).read_bytes() == CONTENT
    assert server.starts == {"ignores-range": [1000]}


def test_a_part_file_that_is_too_long_makes_it_start_over(server, tmp_path):
    (tmp_path / "images.zip.part").write_bytes(CONTENT + b"more")
    assert download(server.archive("good"), tmp_path).read_bytes() == CONTENT
    assert server.starts == {"good": [len(CONTENT) + 4, 0]}


def test_a_part_file_that_is_wrong_is_fetched_anew_from_the_same_mirror(server, tmp_path):
    (tmp_path / "images.zip.part").write_bytes(b"wrong")
    assert download(server.archive("good"), tmp_path).read_bytes() == CONTENT
    assert server.starts == {"good": [5, 0]}


def test_a_part_file_that_is_whole_needs_no_server(server, tmp_path):
    (tmp_path / "images.zip.part").write_bytes(CONTENT)
    assert download(server.archive("404"), tmp_path).read_bytes() == CONTENT
    assert server.starts == {}


@pytest.mark.parametrize("size_bytes", [None, len(CONTENT)])
@pytest.mark.parametrize("mirror", ["forges", "shortens"])
def test_a_wrong_file_never_gets_the_final_name(server, tmp_path, mirror, size_bytes):
    with pytest.raises(DataError, match=r"another md5|999,999 bytes instead of 1,000,000"):
        download(server.archive(mirror, size_bytes=size_bytes), tmp_path)
    assert files(tmp_path) == set()


def test_a_file_of_another_length_spares_what_has_arrived(server, tmp_path):
    (tmp_path / "images.zip.part").write_bytes(CONTENT[:1000])
    with pytest.raises(DataError, match="offers 999,999 bytes instead of 1,000,000"):
        download(server.archive("shortens"), tmp_path)
    assert (tmp_path / "images.zip.part").read_bytes() == CONTENT[:1000]


def test_a_wrong_file_under_the_final_name_is_set_aside_and_replaced(server, tmp_path):
    (tmp_path / "images.zip").write_bytes(FORGED)
    assert download(server.archive("good"), tmp_path).read_bytes() == CONTENT
    assert (tmp_path / "images.zip.wrong").read_bytes() == FORGED


def test_a_wrong_file_is_set_aside_even_when_no_mirror_helps(server, tmp_path):
    (tmp_path / "images.zip").write_bytes(FORGED)
    with pytest.raises(DataError, match=r"has another md5, now called images\.zip\.wrong"):
        download(server.archive("404"), tmp_path)
    assert files(tmp_path) == {"images.zip.wrong"}


def test_the_error_names_each_mirror_and_the_way_out(server, tmp_path):
    archive = server.archive("404", "500", "forges")
    with pytest.raises(DataError) as raised:
        download(archive, tmp_path)
    reasons = (
        "HTTP 404 Not Found",
        "HTTP 500 Internal Server Error",
        "sends a file with another md5",
    )
    mirrors = ", ".join(f"{url} ({why})" for url, why in zip(archive.urls, reasons, strict=True))
    assert str(raised.value) == (
        f"images.zip cannot be downloaded: {mirrors}; try again later, "
        f"or put the file with md5 {MD5} into {tmp_path} by hand, or name "
        "your own images with --data"
    )


def test_a_killed_process_leaves_a_part_file_that_is_resumed(server, tmp_path):
    archive = server.archive("good")
    assert killed_download(archive, tmp_path, at_bytes=500_000).wait() == -signal.SIGKILL
    assert files(tmp_path) == {"images.zip.part"}
    had_bytes = (tmp_path / "images.zip.part").stat().st_size
    assert had_bytes > 400_000
    assert download(archive, tmp_path).read_bytes() == CONTENT
    assert server.starts == {"good": [0, had_bytes]}


def test_an_interrupted_download_is_resumed(server, tmp_path):
    def interrupt(done_bytes, _total_bytes):
        if done_bytes > 500_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(server.archive("good"), tmp_path, interrupt)
    download(server.archive("resumes"), tmp_path)
    assert server.sent_bytes["resumes"] < 500_000


def test_processes_that_start_at_once_fetch_once(server, tmp_path):
    never = len(CONTENT)
    children = [killed_download(server.archive("good"), tmp_path, never) for _ in range(3)]
    assert [child.wait() for child in children] == [0, 0, 0]
    assert (tmp_path / "images.zip").read_bytes() == CONTENT
    assert server.starts == {"good": [0]}


def test_progress_counts_what_was_there_before(server, tmp_path):
    (tmp_path / "images.zip.part").write_bytes(CONTENT[:900_000])
    heard = []
    download(server.archive("good"), tmp_path, lambda *progress: heard.append(progress))
    assert heard == [(965_536, 1_000_000), (1_000_000, 1_000_000)]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_named(server, tmp_path):
    (tmp_path / "images.zip.part").symlink_to("/dev/full")
    with pytest.raises(DataError, match=f"kept in {tmp_path} .No space left on device.; free"):
        download(server.archive("good"), tmp_path)


def test_a_folder_that_cannot_be_made_is_named(server, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=f"kept in {tmp_path}/file/folder .Not a directory.; free"):
        download(server.archive("good"), tmp_path / "file" / "folder")
