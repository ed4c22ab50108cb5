"""The results of `explore` for a data set: the summary that it writes last."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from landcover import artifacts
from landcover.results import layout, packed
from landcover.results.image_record import ImageRecord, image_records
from landcover.results.numbers import finite
from landcover.results.written import written_by

BESIDE = (
    "test_images", "test_images_beside_train", "test_images_beside_train_by_chance", "sensitivity",
)  # fmt: skip
NEIGHBOURS = ("file_a", "split_a", "file_b", "split_b")


@dataclass(frozen=True)
class AuditRecord:
    folder: Path
    counts: Mapping[str, int]  # images by split
    image_records: tuple[ImageRecord, ...]
    neighbours: Mapping[str, float] | None  # patches beside one another; None if none can be told

    @property
    def file(self) -> Path:
        return self.folder / layout.AUDIT

    def beside_training(self, split: str) -> frozenset[str]:
        """Returns the files of a split whose scene goes on in a training image."""
        _, table = packed.read_csv(self.folder / layout.NEIGHBOURS, NEIGHBOURS)
        found: set[str] = set()
        for one, other in (("a", "b"), ("b", "a")):
            is_pair = (table[f"split_{one}"] == split) & (table[f"split_{other}"] == "train")
            found.update(table.loc[is_pair, f"file_{one}"])
        return frozenset(found)


def read(results: Path) -> dict[str, AuditRecord]:
    """Returns all summaries by the name of the prepared images."""
    return {name: _audit(layout.explore(results, name)) for name in layout.explored(results)}


def _audit(folder: Path) -> AuditRecord:
    file = folder / layout.AUDIT
    facts = artifacts.read_json(file)
    with written_by("lc-cli explore", file, f"explore {folder.name} again"):
        counts = {str(split): int(count) for split, count in facts["images"].items()}
        beside = facts.get("neighbours", {})
        can_tell = beside.get("looked_for") and beside["sensitivity"] is not None
        neighbours = {key: finite(beside[key]) for key in BESIDE} if can_tell else None
        return AuditRecord(folder, counts, image_records(facts), neighbours)
