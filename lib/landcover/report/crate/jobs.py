"""The jobs of each stage, from its own records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from landcover.results import layout, packed
from landcover.results.audits import AuditRecord
from landcover.results.evaluations import WEIGHTS
from landcover.results.image_record import ImageRecord
from landcover.results.profiles import ProfileRecord
from landcover.results.runs import Run
from landcover.results.study import Study

EVALUATED = (*layout.OF_EVALUATION, layout.LOGITS)
PROFILED = (layout.PROFILE, layout.LAYERS, layout.TABLE_1, layout.WARM_TIMES)
ASKED = ("split", "images", "image_size", "normalise", "weights")  # of a look inside a network
USED = ("seconds", "peak_memory_bytes", "threads", "device")  # of a run


@dataclass(frozen=True)
class Job:
    stage: str
    of: str  # a data set, a network, or an experiment and its seed
    results: tuple[Path, ...]
    provenance: Mapping[str, Any]
    image_records: tuple[ImageRecord, ...] = ()
    files: tuple[Path, ...] = ()  # that it read, except images
    settings: Mapping[str, Any] = field(default_factory=dict)
    used: Mapping[str, Any] = field(default_factory=dict)
    finished: str = ""  # ISO 8601


def recorded_jobs(study: Study) -> list[Job]:
    """Returns all jobs, in the order of the stages."""
    return [
        *map(_explored, study.audits.values()),
        *map(_profiled, study.profiles.values()),
        *(_trained(study.folder, run) for run in study.runs),
        *_evaluated(study.runs),
        *_looked_into(study),
        *_combined(study),
        *_missed(study),
    ]


def _explored(audit: AuditRecord) -> Job:
    return Job(
        "explore",
        audit.folder.name,
        results=_all_of(audit.file),
        provenance={},
        image_records=audit.image_records,
    )


def _profiled(profile: ProfileRecord) -> Job:
    facts, folder = profile.facts, profile.file.parent
    return Job(
        "profile",
        folder.name,
        results=_there(folder / name for name in PROFILED),
        provenance=profile.provenance,
        settings={"batch_size": facts["batch_size"]} if "batch_size" in facts else {},
        used={"device": profile.device},
    )


def _trained(results: Path, run: Run) -> Job:
    ancestor = run.experiment.init_from
    start = layout.weights(layout.run(results, ancestor, run.seed), "last")
    return Job(
        "train",
        f"{run.name}/seed{run.seed}",
        results=_there((*(run.folder / name for name in layout.OF_TRAINING), *_weights(run))),
        provenance=run.provenance,
        image_records=run.image_records,
        files=_there((start,)) if ancestor else (),
        settings=run.experiment.as_dict() | {"seed": run.seed},
        used={name: getattr(run, name) for name in USED},
        finished=run.finished,
    )


def _evaluated(runs: Sequence[Run]) -> Iterator[Job]:
    for run in runs:
        if run.evaluation:
            yield Job(
                "evaluate",
                f"{run.name}/seed{run.seed}",
                results=_there(run.folder / name for name in EVALUATED),
                provenance=run.evaluation.provenance,
                image_records=run.evaluation.image_records,
                files=_there(_weights(run)),
            )


def _looked_into(study: Study) -> Iterator[Job]:
    for (look, method), found in study.insides.items():
        about = found.about
        run = study.run(layout.looked_into(look)[0], found.seed)
        yield Job(
            "interpret",
            f"{look}/{method}",
            results=_all_of(found.file),
            provenance=about["provenance"],
            image_records=found.image_records,
            files=_there([layout.weights(run.folder, str(about.get("kind")))]) if run else (),
            settings={key: about[key] for key in ASKED},
            used={"device": found.device},
        )


def _combined(study: Study) -> Iterator[Job]:
    if found := study.combinations:
        yield Job(
            "combine",
            found.about["experiment"],
            results=_all_of(found.file),
            provenance=found.about["provenance"],
            image_records=found.image_records,
            files=_of_runs(study, found.runs, layout.METRICS, layout.LOGITS),
            used={"device": found.about["device"]},
        )


def _missed(study: Study) -> Iterator[Job]:
    for name, found in study.misses.items():
        seeds = [(found.about["experiment"], seed) for seed in found.about["seeds"]]
        yield Job(
            "missed",
            name,
            results=_all_of(found.file),
            provenance=found.about["provenance"],
            image_records=found.image_records,
            files=_of_runs(study, seeds, layout.PREDICTIONS),
            used={"device": found.about["device"]},
        )


def _all_of(summary: Path) -> tuple[Path, ...]:
    """Returns a summary, and the tables and drawings beside it."""
    files = sorted(summary.parent.glob("*.*"))
    return (summary, *(path for path in files if path.suffix in {".csv", ".svg", ".xz"}))


def _of_runs(study: Study, runs: Iterable[tuple[str, int]], *names: str) -> tuple[Path, ...]:
    folders = (layout.run(study.folder, name, seed) for name, seed in runs)
    return _there(folder / name for folder in folders for name in names)


def _weights(run: Run) -> list[Path]:
    return [layout.weights(run.folder, kind) for kind in WEIGHTS]


def _there(files: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(file for file in map(packed.present, files) if file.exists())
