"""Makes the entities of a Provenance Run Crate from jobs, each a dictionary of JSON-LD.

The rocrate package could make the descriptor and the lists of references, some 40 of these lines,
but it adds 0.3 s to each report, and its default versions would change the bytes. Tests read the
crate with it.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from landcover.experiments import Preset
from landcover.provenance import LICENCE
from landcover.report.crate.jobs import Job
from landcover.results import layout
from landcover.results.image_record import ImageRecord

Entity = dict[str, Any]
Settings = Mapping[str, Any]

RO_CRATE = "https://w3id.org/ro/crate/1.1"
TERMS = "https://w3id.org/ro/terms/workflow-run#"
CONTEXT = [  # terms that RO-Crate 1.1 lacks; they are here, so that no second context is downloaded
    f"{RO_CRATE}/context",
    {name: f"{TERMS}{name}" for name in ("resourceUsage", "sha256")},
]
WORKFLOW_CRATE = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/ro/wfrun/provenance/0.5": "Provenance Run Crate",
    WORKFLOW_CRATE: "Workflow RO-Crate",
}
COMPUTATIONAL_WORKFLOW = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
SNAKEMAKE = "https://w3id.org/workflowhub/workflow-ro-crate#snakemake"
LICENCE_URL = f"https://spdx.org/licenses/{LICENCE}"
COMPLETED = "http://schema.org/CompletedActionStatus"
STAGES = {
    "explore": "Counts, draws and audits the images of a data set",
    "profile": "Measures memory and time of every layer of a network",
    "train": "Trains one experiment with one seed",
    "evaluate": "Scores a run's best and last weights",
    "interpret": "Looks into a network, with one method",
    "combine": "Combines seeds, views and experts of networks",
    "missed": "Shows the test images that every seed classifies wrongly",
    "report": "Assembles the page with its figures and tables",
}
WHOLE = "workflow"  # an action beside the stages, for the run of all of them
UNITS = {  # codes of UN/CEFACT's Recommendation 20; C62: none
    "seconds": "SEC",
    "peak_memory_bytes": "AD",
    "threads": "C62",
    "device": "C62",
}
FORMATS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".safetensors": "application/octet-stream",
    ".svg": "image/svg+xml",
    ".xz": "application/x-xz",
    ".yaml": "application/yaml",
}
TYPES = {str: "Text", bool: "Boolean", int: "Integer", float: "Float"}  # of schema.org
LARGEST_HASHED_BYTES = 2**25  # to hash the weights of a VGG would take longer than the page


@dataclass(frozen=True)
class Place:
    """Gives ids to files: their path in the crate or, outside of it, their usual place."""

    out: Path
    shown: Callable[[Path], str]

    def id(self, path: Path) -> str:
        if path.is_relative_to(self.out):
            return quote(path.relative_to(self.out).as_posix())
        return f"#{quote(self.shown(path))}"


def entities(
    place: Place, preset: Preset, done: Sequence[Job], copies: Sequence[Path]
) -> list[Entity]:
    """Returns all entities, the descriptor first; the first of `copies` is the Snakefile."""
    read = tuple(
        path for job in done for path in job.results if path.suffix in {".json", ".csv", ".xz"}
    )
    jobs = [*done, Job("report", preset.name, (place.out / layout.PAGE,), {}, files=read)]
    files = [*copies[1:], *(path for job in jobs for path in (*job.files, *job.results))]
    chosen: Settings = {
        "preset": preset.name,
        "data": preset.data,
        "precision": preset.precision,
        "seeds": ", ".join(map(str, preset.seeds)),
    }
    given = {stage: [job.settings for job in jobs if job.stage == stage] for stage in STAGES}
    described = [
        _file(place, copies[0]) | _workflow(jobs, chosen),
        *(_file(place, path) for path in dict.fromkeys(files)),
        _folder(layout.FIGURES, "Every figure, as SVG"),
        _folder(layout.TABLES, "Every table, as CSV, Markdown and LaTeX"),
        *map(_images, dict.fromkeys(images for job in jobs for images in job.image_records)),
    ]
    context = [
        *(_profile(uri, name) for uri, name in PROFILES.items()),
        _snakemake(),
        _licence(),
        *(_tool(stage, jobs) for stage in _stages(jobs)),
        *(_step(stage, position) for position, stage in enumerate(_stages(jobs), 1)),
        *_software(jobs),
        *(
            entity
            for owner, settings in [(WHOLE, [chosen]), *given.items()]
            for entity in _parameters(owner, settings)
        ),
        *(entity for job in jobs for entity in _used(job)),
    ]
    actions = [
        _whole(place, preset, jobs, chosen, place.id(copies[0])),
        *(_action(place, job) for job in jobs),
        *(_control(job) for job in jobs),
    ]
    root = _root(preset, jobs, described, actions)
    return [_descriptor(), root, *described, *context, *actions]


def _descriptor() -> Entity:
    return {
        "@id": layout.CRATE,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": _ids([RO_CRATE, WORKFLOW_CRATE]),
    }


def _root(
    preset: Preset, jobs: Sequence[Job], parts: Sequence[Entity], actions: Sequence[Entity]
) -> Entity:
    trained = sum(job.stage == "train" for job in jobs)
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Deep learning and land-cover classification, reproduced ({preset.name})",
        "description": (
            f"What {trained} training runs measured (images: {', '.join(_fidelities(jobs))}), "
            f"and how each was made. Files whose name starts with {layout.HOME}/ are not part of "
            "this folder; a sha256 tells whether one that you have is the same."
        ),
        "datePublished": _finished(jobs),
        "license": {"@id": LICENCE_URL},
        "conformsTo": _ids(PROFILES),
        "mainEntity": {"@id": parts[0]["@id"]},
        "hasPart": _ids(e["@id"] for e in parts),
        "mentions": _ids(e["@id"] for e in actions),
    }


def _workflow(jobs: Sequence[Job], chosen: Settings) -> Entity:
    """Returns the properties that the Snakefile has as a workflow."""
    return {
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
        "name": "Images, runs, measurements, one page",
        "version": ", ".join(_commits(jobs)) or "not known",
        "conformsTo": {"@id": COMPUTATIONAL_WORKFLOW},
        "programmingLanguage": {"@id": SNAKEMAKE},
        "license": {"@id": LICENCE_URL},
        "input": _ids(_parameter_id(WHOLE, name) for name in chosen),
        "hasPart": _ids(map(_tool_id, _stages(jobs))),
        "step": _ids(map(_step_id, _stages(jobs))),
    }


def _file(place: Place, path: Path) -> Entity:
    size = path.stat().st_size
    entity = {
        "@id": place.id(path),
        "@type": "File",
        "name": place.id(path).removeprefix("#"),
        "encodingFormat": FORMATS.get(path.suffix, "text/plain"),
        "contentSize": str(size),
    }
    if size <= LARGEST_HASHED_BYTES:
        entity["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return entity


def _folder(name: str, description: str) -> Entity:
    return {"@id": f"{name}/", "@type": "Dataset", "name": name, "description": description}


def _images(images: ImageRecord) -> Entity:
    return {
        "@id": _images_id(images),
        "@type": "Dataset",
        "name": f"{images}",
        "description": f"Decoded from {images.source}; the sha256 is of the prepared arrays",
        "sha256": images.sha256,
    }


def _profile(uri: str, name: str) -> Entity:
    version = uri.rpartition("/")[2]
    return {"@id": uri, "@type": "CreativeWork", "name": name, "version": version}


def _snakemake() -> Entity:
    return {
        "@id": SNAKEMAKE,
        "@type": "ComputerLanguage",
        "name": "Snakemake",
        "identifier": {"@id": "https://doi.org/10.1093/bioinformatics/bts480"},
        "url": {"@id": "https://snakemake.readthedocs.io"},
    }


def _licence() -> Entity:
    return {"@id": LICENCE_URL, "@type": "CreativeWork", "name": LICENCE}


def _tool(stage: str, jobs: Sequence[Job]) -> Entity:
    its = [job for job in jobs if job.stage == stage]
    parameters = dict.fromkeys(name for job in its for name in job.settings)
    return {
        "@id": _tool_id(stage),
        "@type": "SoftwareApplication",
        "name": f"lc-cli {stage}",
        "description": STAGES[stage],
        "softwareVersion": ", ".join(_commits(its)) or "not known",
        "input": _ids(_parameter_id(stage, name) for name in parameters),
        "softwareRequirements": _ids(e["@id"] for e in _software(its)),
    }


def _step(stage: str, position: int) -> Entity:
    return {
        "@id": _step_id(stage),
        "@type": "HowToStep",
        "name": stage,
        "position": str(position),
        "workExample": {"@id": _tool_id(stage)},
    }


def _software(jobs: Sequence[Job]) -> list[Entity]:
    """Returns Python and the recorded packages, once per version."""
    versions_of_jobs = [
        {"python": job.provenance.get("python", ""), **job.provenance.get("versions", {})}
        for job in jobs
    ]
    pairs = dict.fromkeys(
        (name, version) for versions in versions_of_jobs for name, version in versions.items()
    )
    return [
        {
            "@id": f"#software/{name}/{quote(version)}",
            "@type": "SoftwareApplication",
            "name": name,
            "softwareVersion": version,
        }
        for name, version in pairs
        if version
    ]


def _parameters(owner: str, given: Sequence[Settings]) -> list[Entity]:
    """Returns each setting as a formal parameter, and each of its values."""
    pairs = list(dict.fromkeys(pair for settings in given for pair in settings.items()))
    formal = [
        {
            "@id": _parameter_id(owner, name),
            "@type": "FormalParameter",
            "name": name,
            "additionalType": TYPES[type(next(v for n, v in pairs if n == name))],
            "workExample": _ids(_value_id(owner, n, value) for n, value in pairs if n == name),
        }
        for name in dict.fromkeys(name for name, _ in pairs)
    ]
    values = [
        {
            "@id": _value_id(owner, name, value),
            "@type": "PropertyValue",
            "name": name,
            "value": value,
            "exampleOfWork": {"@id": _parameter_id(owner, name)},
        }
        for name, value in pairs
    ]
    return [*formal, *values]


def _used(job: Job) -> list[Entity]:
    return [
        {
            "@id": _used_id(job, name),
            "@type": "PropertyValue",
            "name": name,
            "propertyID": f"{layout.RUN}#{name}",
            "unitCode": UNITS[name],
            "value": value,
        }
        for name, value in job.used.items()
    ]


def _whole(
    place: Place, preset: Preset, jobs: Sequence[Job], chosen: Settings, snakefile: str
) -> Entity:
    images = dict.fromkeys(_images_id(images) for job in jobs for images in job.image_records)
    values = (_value_id(WHOLE, name, value) for name, value in chosen.items())
    return {
        "@id": f"#{WHOLE}",
        "@type": "CreateAction",
        "name": f"The preset {preset.name}",
        "description": f"snakemake --config preset={preset.name}",
        "instrument": {"@id": snakefile},
        "object": _ids([*images, *values]),
        "result": _ids(
            [place.id(place.out / layout.PAGE), f"{layout.FIGURES}/", f"{layout.TABLES}/"]
        ),
        "endTime": _finished(jobs),
        "actionStatus": COMPLETED,
    }


def _action(place: Place, job: Job) -> Entity:
    values = (_value_id(job.stage, name, value) for name, value in job.settings.items())
    images, files = map(_images_id, job.image_records), map(place.id, job.files)
    action = {
        "@id": _job_id(job),
        "@type": "CreateAction",
        "name": f"{job.stage} {job.of}",
        "description": f"{STAGES[job.stage]}: {job.of}",
        "instrument": {"@id": _tool_id(job.stage)},
        "object": _ids([*images, *files, *values]),
        "result": _ids(map(place.id, job.results)),
        "actionStatus": COMPLETED,
    }
    if job.finished:
        action["endTime"] = job.finished
    if job.used:
        action["resourceUsage"] = _ids(_used_id(job, name) for name in job.used)
    return action


def _control(job: Job) -> Entity:
    return {
        "@id": f"#control/{job.stage}/{quote(job.of)}",
        "@type": "ControlAction",
        "name": f"Schedule {job.stage} {job.of}",
        "instrument": {"@id": _step_id(job.stage)},
        "object": {"@id": _job_id(job)},
        "actionStatus": COMPLETED,
    }


def _stages(jobs: Sequence[Job]) -> list[str]:
    done = {job.stage for job in jobs}
    return [stage for stage in STAGES if stage in done]


def _fidelities(jobs: Sequence[Job]) -> list[str]:
    return sorted({images.fidelity for job in jobs for images in job.image_records})


def _commits(jobs: Sequence[Job]) -> list[str]:
    return sorted({commit for job in jobs if (commit := job.provenance.get("commit"))})


def _finished(jobs: Sequence[Job]) -> str:
    """Returns when the last job ended, ISO 8601; not every job has a time."""
    return max(job.finished for job in jobs)


def _images_id(images: ImageRecord) -> str:
    return f"#images/{quote(images.dataset)}/{images.sha256}"


def _tool_id(stage: str) -> str:
    return f"#tool/{stage}"


def _step_id(stage: str) -> str:
    return f"#step/{stage}"


def _job_id(job: Job) -> str:
    return f"#{job.stage}/{quote(job.of)}"


def _parameter_id(owner: str, name: str) -> str:
    return f"#parameter/{owner}/{name}"


def _value_id(owner: str, name: str, value: object) -> str:
    return f"#value/{owner}/{name}/{quote(str(value), safe='')}"


def _used_id(job: Job, name: str) -> str:
    return f"#used/{job.stage}/{quote(job.of)}/{name}"


def _ids(ids: Iterable[str]) -> Entity | list[Entity]:
    """Returns references; a single one is not a list in JSON-LD."""
    references = [{"@id": name} for name in ids]
    return references[0] if len(references) == 1 else references
