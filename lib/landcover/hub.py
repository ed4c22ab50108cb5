"""Published weights in torch's cache: where their files lie and whether they can be had.

It needs no torch, so that the workflow can ask before anything trains.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from urllib.request import Request, urlopen

FILES = {  # as torchvision names them; the digits begin their SHA-256
    "vgg16": "vgg16-397923af.pth",
    "vgg19": "vgg19-dcbb9e9d.pth",
    "resnet50": "resnet50-0676ba61.pth",
    "resnet152": "resnet152-394f9c45.pth",
}
URL = "https://download.pytorch.org/models"
TIMEOUT_SECONDS = 3.0


def folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Returns the folder of torch's hub cache."""
    cached = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    home = environment.get("TORCH_HOME") or Path(cached, "torch")
    return Path(home, "hub", "checkpoints")


def is_cached(name: str) -> bool:
    return (folder() / FILES[name]).exists()


def is_obtainable(name: str) -> bool:
    """Tells whether the weights are cached or their server answers within seconds."""
    return is_cached(name) or _server_answers()


def _server_answers() -> bool:
    return answers(f"{URL}/{FILES['vgg16']}")


@cache
def answers(url: str) -> bool:
    """Tells whether the server of a file answers within seconds and has the file."""
    # S310: the addresses are constants of this package, never a user's
    request = Request(url, method="HEAD")  # noqa: S310
    with suppress(OSError):  # HTTPError is one
        urlopen(request, timeout=TIMEOUT_SECONDS).close()  # noqa: S310
        return True
    return False


def sha256_start(name: str) -> str:
    return FILES[name].rpartition("-")[2].removesuffix(".pth")


def how_to_get(name: str) -> str:
    """Returns the sentence about weights that are neither cached nor can be downloaded."""
    return (
        f"the ImageNet weights of {name} are not in {folder()} and cannot be downloaded; run "
        f"`lc-cli fetch {name}` where there is a network, or put {FILES[name]} from {URL} there"
    )
