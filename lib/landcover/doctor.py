"""What this machine can do, and how to get what is missing.

Every package may be absent or broken: that is a finding and no error of the program.
"""

import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from landcover import hub
from landcover.errors import some
from landcover.provenance import processor
from landcover.results import layout
from landcover.sources import ARCHIVES, FILL_IT

OLDEST_PYTHON = (3, 11)
OLDEST_CONDA = (24, 7, 1)  # Snakemake refuses others
TORCHVISION_AFTER_TORCH = 15  # torch 2.N belongs to torchvision 0.(N + 15)
ENOUGH_DISK_BYTES = 5e9  # every data set decoded, and the weights of some runs
ANSWER_SECONDS = 10
SHOWN = 5  # names in a finding
IMAGES = "your images (--data)"
INSTALL = "pip install --constraint envs/constraints.txt --editable"
PINS = f"{INSTALL} ."


@dataclass(frozen=True)
class Finding:
    subject: str
    state: str  # "good"; "bad" if every run needs it; "absent" if only some do, as `advice` says
    found: str
    advice: str = ""


@dataclass(frozen=True)
class Places:
    """The folders where files are looked for and written."""

    cache: Path
    results: Path
    source: Path | None  # the user's own images


Check = Callable[[Places], Finding]


def examine(places: Places) -> list[Finding]:
    return [check(places) for check in CHECKS]


def _python(_: Places) -> Finding:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if tuple(map(int, platform.python_version_tuple()[:2])) < OLDEST_PYTHON:
        return Finding("python", "bad", found, "install Python 3.11 or newer")
    return Finding("python", "good", found)


def _processor(_: Places) -> Finding:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Finding("processor", "good", f"{processor()}, {cores} cores, {_size(memory_bytes)}")


def _torch(_: Places) -> Finding:
    try:
        import torch
    except Exception as error:  # noqa: BLE001 - a broken install fails in any way it likes
        return Finding("torch", "bad", _reason(error), PINS)
    return Finding("torch", "good", torch.__version__)


def _torchvision(_: Places) -> Finding:
    versions = [_version(name) for name in ("torch", "torchvision")]
    try:
        from landcover.models.guarded_torchvision import torchvision

        torch_minor, own_minor = (int(version.split(".")[1]) for version in versions)
    except Exception as error:  # noqa: BLE001
        return Finding("torchvision", "bad", _reason(error), PINS)
    if own_minor != torch_minor + TORCHVISION_AFTER_TORCH:
        found = f"{torchvision.__version__}, made for another torch than {versions[0]}"
        return Finding("torchvision", "bad", found, PINS)
    return Finding("torchvision", "good", f"{torchvision.__version__}, fits torch {versions[0]}")


def _device(_: Places) -> Finding:
    try:
        import torch

        if torch.cuda.is_available():
            memory_bytes = torch.cuda.get_device_properties(0).total_memory
            name = f"{torch.cuda.get_device_name()} ({_size(memory_bytes)})"
            return Finding("device", "good", f"cuda: {torch.cuda.device_count()} × {name}")
        built_for = torch.version.cuda
    except Exception as error:  # noqa: BLE001
        return Finding("device", "bad", _reason(error), PINS)
    if shutil.which("nvidia-smi"):
        why = f"built for CUDA {built_for}" if built_for else "built for processors only"
        advice = "install the torch that fits the driver: https://pytorch.org/get-started/locally"
        return Finding("device", "bad", f"cpu, beside an NVIDIA driver (torch is {why})", advice)
    advice = "the demo and CustomCNN do without a GPU; VGG and ResNet on real images take days"
    return Finding("device", "absent", "cpu only", advice)


def _bf16(_: Places) -> Finding:
    try:
        import torch

        from landcover.device import computes_in_bf16

        known = computes_in_bf16(torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    except Exception as error:  # noqa: BLE001
        return Finding("bf16", "bad", _reason(error), PINS)
    if known:
        return Finding("bf16", "good", "in hardware: --precision bf16 is faster than fp32")
    return Finding("bf16", "absent", "not in hardware", "stay with --precision fp32")


def _imagenet(_: Places) -> Finding:
    folder = hub.folder()
    there = [name for name in hub.FILES if hub.is_cached(name)]
    found = f"{', '.join(there) or 'none'} in {folder}"
    if len(there) == len(hub.FILES):
        return Finding("ImageNet weights", "good", found)
    missing = [name for name in hub.FILES if name not in there]
    advice = (
        "`lc-cli fetch vgg16` (and the others) downloads them; if there is no network, "
        f"copy {', '.join(hub.FILES[name] for name in missing)} to that folder"
    )
    return Finding("ImageNet weights", "absent", found, advice)


def _archives(places: Places) -> Finding:
    files = [path for path in _listed(places.cache, "[!.]*") if path.is_file()]
    named = ", ".join(f"{path.name} ({_size(path.stat().st_size)})" for path in files)
    if files:
        return Finding("cache", "good", f"{places.cache}: {named}")
    advice = "`lc-cli fetch cifar10 --preset paper` downloads to it; or name your own with --data"
    return Finding("cache", "absent", f"{places.cache}: empty", advice)


def _source(places: Places) -> Finding:
    if places.source is None:
        advice = (
            "real images are then downloaded; to read your own, give --data or set LANDCOVER_DATA"
        )
        return Finding(IMAGES, "absent", "not set", advice)
    try:
        places.source.stat()
    except OSError as error:
        advice = "correct the path; a folder or an archive with images goes there"
        is_absent = isinstance(error, FileNotFoundError)
        why = "does not exist" if is_absent else f"cannot be read ({error.strerror})"
        return Finding(IMAGES, "bad", f"{places.source} {why}", advice)
    if places.source.is_file() and not places.source.name.lower().endswith(ARCHIVES):
        advice = f"give a folder, or an archive ({', '.join(ARCHIVES)})"
        return Finding(IMAGES, "bad", f"{places.source} is neither", advice)
    names = sorted(path.name for path in _listed(places.source, "*"))
    if places.source.is_dir() and not names:
        return Finding(IMAGES, "bad", f"{places.source} is empty", FILL_IT)
    return Finding(IMAGES, "good", f"{places.source}: {some(names, SHOWN) or 'a file'}")


def _prepared(places: Places) -> Finding:
    made = sorted(_listed(places.results, layout.PREPARED))
    names = [f"{path.parts[-4]}/{path.parts[-2]}" for path in made]
    if names:
        return Finding("prepared images", "good", some(names, SHOWN))
    advice = "any command prepares what it needs; `lc-cli fetch NAME` does nothing else"
    return Finding("prepared images", "absent", f"none in {places.results}", advice)


def _disk(places: Places) -> Finding:
    folder = places.results.absolute()
    while not folder.exists():
        folder = folder.parent
    free_bytes = shutil.disk_usage(folder).free
    found = f"{_size(free_bytes)} free in {folder}"
    if not os.access(folder, os.W_OK):
        advice = "run in a folder that you may write to"
        return Finding("disk", "bad", f"{folder} is closed to writing", advice)
    if free_bytes < ENOUGH_DISK_BYTES:
        advice = f"free some: all data sets and runs need about {_size(ENOUGH_DISK_BYTES)}"
        return Finding("disk", "bad", found, advice)
    return Finding("disk", "good", found)


def _snakemake(_: Places) -> Finding:
    if version := _version("snakemake"):
        return Finding("snakemake", "good", version)
    return Finding("snakemake", "bad", "not installed", PINS)


def _slurm(_: Places) -> Finding:
    use = "only needed on a cluster"
    if not shutil.which("sbatch"):
        return Finding("slurm", "absent", "no sbatch here", use)
    partitions = _answer("sinfo", "--noheader", "--format=%R")
    if partitions is None:
        return Finding("slurm", "absent", "sinfo does not answer", f"{use}: ask who runs it")
    found = f"partitions {', '.join(partitions.split())}"
    if plugin := _version("snakemake-executor-plugin-slurm"):
        return Finding("slurm", "good", f"{found}; plugin {plugin}")
    return Finding("slurm", "absent", f"{found}; no plugin", f"{INSTALL} '.[slurm]'")


def _conda(_: Places) -> Finding:
    use = "only needed for --use-conda"
    if not shutil.which("conda"):
        return Finding("conda", "absent", "not on the path", use)
    version = (_answer("conda", "--version") or "").removeprefix("conda").strip()
    numbers = tuple(int(part) for part in version.split(".") if part.isdigit())
    if numbers < OLDEST_CONDA:
        advice = f"{use}, and then 24.7.1 or newer"
        return Finding("conda", "absent", version or "does not answer", advice)
    return Finding("conda", "good", version)


CHECKS: tuple[Check, ...] = (
    _python,
    _processor,
    _torch,
    _torchvision,
    _device,
    _bf16,
    _imagenet,
    _archives,
    _source,
    _prepared,
    _disk,
    _snakemake,
    _slurm,
    _conda,
)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".partition("\n")[0]


def _answer(*command: str) -> str | None:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=ANSWER_SECONDS
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None


def _listed(folder: Path, pattern: str) -> Iterator[Path]:
    """Yields matching paths in a folder; none if it is absent or cannot be read."""
    try:
        yield from folder.glob(pattern)
    except OSError:
        return


def _size(size_bytes: float) -> str:
    return f"{size_bytes / 1e9:,.1f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:,.1f} MB"
