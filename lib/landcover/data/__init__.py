"""The data sets by name."""

from landcover.data.cifar10 import CIFAR10
from landcover.data.dataset import Dataset
from landcover.data.eurosat import EUROSAT
from landcover.errors import SpecError, nearest

DATASETS: dict[str, Dataset] = {dataset.name: dataset for dataset in (CIFAR10, EUROSAT)}


def dataset(name: str) -> Dataset:
    if name not in DATASETS:
        raise SpecError(f"no data set '{name}'; {nearest(name, DATASETS)}")
    return DATASETS[name]


__all__ = ["DATASETS", "Dataset", "dataset"]
