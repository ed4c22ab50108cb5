"""Which code, which versions and which machine made a result."""

import hashlib
import platform
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGES = ("landcover", "torch", "torchvision", "numpy", "pandas", "scikit-learn", "pillow")
# Modules and whole packages that make no results: they show them, or look at the machine.
SHOWS_RESULTS = {
    "checklist", "claims", "crate", "diff", "doctor", "figures", "report", "results", "stats",
    "tables",
}  # fmt: skip
LICENCE = "MIT"  # of this code, by its SPDX name


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
    return sha256_of(Path(__file__).parent)


def sha256_of(package: Path) -> str:
    """Over its modules, in all folders, without what only shows results."""
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package)
        if name.parts[0].removesuffix(".py") not in SHOWS_RESULTS:
            digest.update(name.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
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
