"""Which code, which versions and which machine made a result."""

import hashlib
import platform
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGES = ("landcover", "torch", "torchvision", "numpy", "pandas", "scikit-learn", "pillow")
SHOWS_RESULTS = {"report", "figures", "tables", "results", "stats"}  # and makes none


def provenance() -> dict[str, Any]:
    """JSON-ready; the same for every result of one process."""
    return {
        "code_sha256": code_sha256(),
        "commit": commit(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processor": processor(),
        "versions": {package: _version(package) for package in PACKAGES},
    }


@cache
def code_sha256() -> str:
    """Over the source that can change a result, so that one made by other code can be told."""
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*.py") if path.stem not in SHOWS_RESULTS):
        digest.update(
            path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0"
        )
    return digest.hexdigest()


@cache
def commit() -> str:
    """The checkout's commit, with "+" where it has changes; "" outside a checkout."""
    root = Path(__file__).parent
    head = _git(root, "rev-parse", "HEAD")
    return head and head + ("+" if _git(root, "status", "--porcelain") else "")


@cache
def processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def _git(folder: Path, *arguments: str) -> str:
    try:
        answer = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return answer.stdout.strip()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "absent"
