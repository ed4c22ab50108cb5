"""The code, the versions and the machine that made a result."""

import ast
import hashlib
import io
import platform
import subprocess
import tokenize
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGES = ("landcover", "torch", "torchvision", "numpy", "pandas", "scikit-learn", "pillow")
# Stages whose module has another name.
MODULES = {"profile": "profiling"}
# Modules that stages import but no number depends on. They draw, name or explain results; or they
# read images, whose checksum a result keeps; or they read the table, whose settings a result keeps.
WITHOUT_NUMBERS = {
    "errors", "explore.drawings", "figures", "interpret.scatter", "mosaic",
    "provenance", "results", "style",
    "data.annotation", "data.catalog", "data.cifar10", "data.class_folders", "data.decode",
    "data.download", "data.eurosat", "data.members", "data.paris", "data.photographs",
    "data.terrassa",
    "experiments", "gpus", "hub", "sources", "yaml_source",
}  # fmt: skip
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
LICENCE = "MIT"  # of this code, by its SPDX name


def provenance(stage: str) -> dict[str, Any]:
    """Returns JSON-ready facts, the same for all results of a stage in one process."""
    return {
        "code_sha256": code_sha256(stage),
        "commit": commit(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processor": processor(),
        "versions": {package: _version(package) for package in PACKAGES},
    }


@cache
def code_sha256(stage: str) -> str:
    """Returns the hash of the code that the numbers of a stage depend on."""
    return sha256_of(Path(__file__).parent, stage)


def sha256_of(package: Path, stage: str) -> str:
    """Returns the hash of a stage's code; comments and docstrings do not change it."""
    digest = hashlib.sha256()
    for path in needed(package, stage):
        name = path.relative_to(package).as_posix()
        digest.update(name.encode() + b"\0" + _code(path.read_bytes()) + b"\0")
    return digest.hexdigest()


@cache  # by the text, because stages share most of their modules
def _code(source: bytes) -> bytes:
    """Returns the lines of a module without comments, docstrings and empty lines."""
    lines = source.decode().splitlines()
    for token in tokenize.tokenize(io.BytesIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node):
            docstring = node.body[0]
            for row in range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1):
                lines[row - 1] = ""
    return "\n".join(line.rstrip() for line in lines if line.strip()).encode()


def needed(package: Path, stage: str) -> list[Path]:
    """Returns the modules of a stage: its own, those that it imports, and so on.

    The source is read but not run, so that nothing slow is imported.
    """
    found: set[Path] = set()
    stage = MODULES.get(stage, stage)
    left = [stage, *(f"{stage}.{path.stem}" for path in (package / stage).glob("*.py"))]
    while left:
        name = left.pop()
        path = _file(package, name)
        if path and path not in found and not _without_numbers(name):
            found.add(path)
            left += _imported(package.name, path.read_bytes())
    return sorted(found)


def _without_numbers(name: str) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:n]) in WITHOUT_NUMBERS for n in range(1, len(parts) + 1))


def _file(package: Path, name: str) -> Path | None:
    """Returns the file of a module or a package of the library; None if there is none."""
    place = package.joinpath(*name.split("."))
    return next((p for p in (place.with_suffix(".py"), place / "__init__.py") if p.exists()), None)


@cache  # by the text, because stages share most of their modules
def _imported(library: str, source: bytes) -> list[str]:
    """Returns names of the library; `from a import b` gives a and a.b, as b may be a module."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return [n.removeprefix(f"{library}.") for n in names if n.startswith(f"{library}.")]


@cache
def commit() -> str:
    """Returns the checkout's commit, with "+" if it has changes; "" outside a checkout."""
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
