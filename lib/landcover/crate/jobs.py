"""What each stage did, job by job, as its own records have it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from landcover import artifacts
from landcover.results import Run, run_folder

WEIGHTS = ("best.safetensors", "last.safetensors")
TRAINED = ("spec.json", "run.json", "history.csv", *WEIGHTS)
EVALUATED = ("metrics.json", "per_class.csv", "confusion.csv", "predictions.csv")
USED = ("seconds", "peak_memory_bytes", "threads", "device")  # of run.json


@dataclass(frozen=True)
class Images:
    """A data set, as what was made from it says."""

    dataset: str
    fidelity: str
    source: str
    sha256: str


@dataclass(frozen=True)
class Job:
    stage: str
    of: str  # a data set, a network, or an experiment and its seed
    results: tuple[Path, ...]
    provenance: Mapping[str, Any]
    images: tuple[Images, ...] = ()
    files: tuple[Path, ...] = ()  # that it read, beside the images
    settings: Mapping[str, Any] = field(default_factory=dict)
    used: Mapping[str, Any] = field(default_factory=dict)
    finished: str = ""  # ISO 8601


def jobs(results: Path, runs: Sequence[Run]) -> list[Job]:
    """In the order of the stages."""
    return [
        *map(_explored, sorted(results.glob("explore/*/audit.json"))),
        *map(_profiled, sorted(results.glob("profile/*/profile.json"))),
        *(_trained(results, run) for run in runs),
        *_evaluated(runs),
    ]


def _explored(audit: Path) -> Job:
    facts = artifacts.read_json(audit)
    folder = audit.parent
    beside = (path for path in sorted(folder.glob("*.*")) if path.suffix in {".csv", ".svg"})
    return Job(
        "explore",
        folder.name,
        results=(audit, *beside),
        provenance=facts.get("provenance", {}),
        images=_images(facts),
    )


def _profiled(profile: Path) -> Job:
    facts = artifacts.read_json(profile)
    return Job(
        "profile",
        profile.parent.name,
        results=_there(
            profile.parent, ("profile.json", "layers.csv", "table1.csv", "warm_times.csv")
        ),
        provenance=facts.get("provenance", {}),
        settings={"batch_size": facts["batch_size"]} if "batch_size" in facts else {},
        used={"device": facts["device"]} if "device" in facts else {},
    )


def _trained(results: Path, run: Run) -> Job:
    facts = artifacts.read_json(run.folder / "run.json")
    ancestor = run.spec.get("init_from")
    start = run_folder(results, ancestor, run.seed) if ancestor else None
    return Job(
        "train",
        f"{run.experiment}/seed{run.seed}",
        results=_there(run.folder, TRAINED),
        provenance=run.provenance,
        images=_images(facts),
        files=_there(start, WEIGHTS[1:]) if start else (),
        settings=run.spec,
        used={name: facts[name] for name in USED},
        finished=run.finished,
    )


def _evaluated(runs: Sequence[Run]) -> Iterator[Job]:
    for run in runs:
        if run.evaluation:
            yield Job(
                "evaluate",
                f"{run.experiment}/seed{run.seed}",
                results=_there(run.folder, EVALUATED),
                provenance=run.evaluation.provenance,
                images=_images(artifacts.read_json(run.folder / "metrics.json")),
                files=_there(run.folder, WEIGHTS),
            )


def _images(facts: Mapping[str, Any]) -> tuple[Images, ...]:
    """Those that it trained on, the second data set's too; none where they are not said."""
    found = (facts[key] for key in ("data", "also") if key in facts)
    keys = ("dataset", "fidelity", "source", "sha256")
    return tuple(Images(*(str(data.get(key, "")) for key in keys)) for data in found)


def _there(folder: Path, names: Sequence[str]) -> tuple[Path, ...]:
    return tuple(folder / name for name in names if (folder / name).exists())
