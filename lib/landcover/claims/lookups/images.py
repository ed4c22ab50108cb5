"""Values of prepared images: how many, how large, of which classes."""

from landcover.claims.evidence import Evidence, Lookup
from landcover.claims.expression import MissingError
from landcover.results.prepared import PreparedRecord


def _images(seen: Evidence, dataset: str, split: str) -> int:
    return int(_prepared(seen, dataset, "images", split).manifest["images"].get(split, 0))


def _class_images(seen: Evidence, dataset: str, name: str) -> int:
    """Returns how many images a class has in all splits."""
    sizes = _sizes(seen, dataset, name)
    if name not in sizes:
        raise MissingError(f"the images of {dataset} have no class {name}")
    return sizes[name]


def _class_sizes(seen: Evidence, dataset: str) -> list[int]:
    """Returns how many images each class has in all splits."""
    return list(_sizes(seen, dataset, "all").values())


def _pixels(seen: Evidence, dataset: str) -> int:
    """Returns the height and width of the prepared images."""
    return int(_prepared(seen, dataset, "image_size").manifest["image_size"])


def _classes(seen: Evidence, dataset: str) -> int:
    return len(_prepared(seen, dataset, "classes").manifest["classes"])


def _split_sha256(seen: Evidence, dataset: str, split: str) -> str:
    """Returns the sha256 of the sorted names of the images, one per line."""
    hashes = _prepared(seen, dataset, "split_sha256", split).manifest["split_sha256"]
    return str(hashes.get(split, ""))


def _sizes(seen: Evidence, dataset: str, name: str) -> dict[str, int]:
    found = _prepared(seen, dataset, "class_sizes", name)
    seen.files.add(found.index)
    return found.class_sizes


def _prepared(seen: Evidence, dataset: str, *value: str) -> PreparedRecord:
    found = seen.study.data.get(seen.study.table.largest(dataset))
    if found is None:
        raise MissingError(f"the images of {dataset} were not prepared")
    seen.reads.add(("images", dataset, *value))
    seen.files.add(found.file)
    seen.fidelities.add(str(found.manifest["fidelity"]))
    return found


LOOKUPS = {
    "images": Lookup(("dataset", "split"), _images),
    "class_images": Lookup(("dataset", "class"), _class_images),
    "class_sizes": Lookup(("dataset",), _class_sizes),
    "pixels": Lookup(("dataset",), _pixels),
    "classes": Lookup(("dataset",), _classes),
    "split_sha256": Lookup(("dataset", "split"), _split_sha256),
}
