"""The prepared images of a data set: how many, how large, of which classes."""

from pathlib import Path
from typing import Any

from landcover import artifacts
from landcover.claims.evidence import Evidence, Lookup
from landcover.claims.expression import MissingError
from landcover.results import layout


def _images(seen: Evidence, dataset: str, split: str) -> int:
    return int(_manifest(seen, dataset)["images"].get(split, 0))


def _class_images(seen: Evidence, dataset: str, name: str) -> int:
    """Of all splits."""
    return _by_class(seen, dataset).count(name)


def _class_sizes(seen: Evidence, dataset: str) -> list[int]:
    """Images of each class, of all splits."""
    found = _by_class(seen, dataset)
    return [found.count(name) for name in _manifest(seen, dataset)["classes"]]


def _pixels(seen: Evidence, dataset: str) -> int:
    """Height and width, as they were prepared."""
    return int(_manifest(seen, dataset)["image_size"])


def _classes(seen: Evidence, dataset: str) -> int:
    return len(_manifest(seen, dataset)["classes"])


def _split_sha256(seen: Evidence, dataset: str, split: str) -> str:
    """Of the sorted names of its images, a line each."""
    return str(_manifest(seen, dataset)["split_sha256"].get(split, ""))


def _by_class(seen: Evidence, dataset: str) -> list[str]:
    """The class of every image."""
    _manifest(seen, dataset)
    file = _folder(seen, dataset) / layout.INDEX
    seen.files.add(file)
    return [str(name) for name in artifacts.read_csv(file, ("class",))["class"]]


def _folder(seen: Evidence, dataset: str) -> Path:
    return layout.data(seen.study.folder, seen.study.prepared[dataset])


def _manifest(seen: Evidence, dataset: str) -> dict[str, Any]:
    file = _folder(seen, dataset) / layout.MANIFEST
    if not file.exists():
        raise MissingError(f"the images of {dataset} were not prepared")
    seen.files.add(file)
    manifest = artifacts.read_json(file)
    seen.fidelities.add(str(manifest["fidelity"]))
    return manifest


LOOKUPS = {
    "images": Lookup(("dataset", "split"), _images),
    "class_images": Lookup(("dataset", "class"), _class_images),
    "class_sizes": Lookup(("dataset",), _class_sizes),
    "pixels": Lookup(("dataset",), _pixels),
    "classes": Lookup(("dataset",), _classes),
    "split_sha256": Lookup(("dataset", "split"), _split_sha256),
}
