import hashlib
import json
from collections import Counter
from shutil import copy, copytree

import made_study
import pytest
from made import TABLE, WORKFLOW, write_results, write_run
from rocrate.rocrate import ROCrate

from landcover import artifacts
from landcover.report import crate
from landcover.results import layout
from landcover.results.study import read


def written(results, out, workflow=WORKFLOW):
    artifacts.write_text(out / "index.html", "<!DOCTYPE html>")
    for folder in ("figures", "tables"):
        (out / folder).mkdir(exist_ok=True)
    crate.write(read(results, TABLE, workflow), workflow, out)
    return out


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    results = write_results(tmp_path_factory.mktemp("crate") / "results" / "demo")
    artifacts.write_text(results / "runs/task1/seed0/best.safetensors", "weights")
    return written(results, results / "report")


@pytest.fixture(scope="module")
def described(folder):
    """The entities by their id."""
    graph = json.loads((folder / layout.CRATE).read_text())["@graph"]
    assert max(Counter(entity["@id"] for entity in graph).values()) == 1
    return {entity["@id"]: entity for entity in graph}


def references(value):
    if isinstance(value, dict) and set(value) == {"@id"}:
        yield value["@id"]
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from references(part)


def of_type(described, name):
    return [e for e in described.values() if name in (e["@type"], *e["@type"])]


def test_the_rocrate_package_reads_it(folder):
    read_back = ROCrate(folder)
    workflow = read_back.mainEntity
    assert {"File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"} == set(workflow.type)
    assert workflow["programmingLanguage"]["name"] == "Snakemake"
    assert (folder / workflow.id).read_bytes() == (WORKFLOW.parent / "Snakefile").read_bytes()
    profiles = [profile.id for profile in read_back.root_dataset["conformsTo"]]
    assert "https://w3id.org/ro/wfrun/provenance/0.5" in profiles
    assert len(read_back.root_dataset["mentions"]) == len(
        [e for e in read_back.get_entities() if e.type in ("CreateAction", "ControlAction")]
    )


def test_every_reference_leads_to_an_entity_or_to_the_web(described):
    named = {name for entity in described.values() for name in references(list(entity.values()))}
    assert all(name in described or name.startswith("https://") for name in named)


def test_every_file_in_the_folder_is_there_with_its_checksum(folder, described):
    inside = [e for e in of_type(described, "File") if not e["@id"].startswith("#")]
    assert {"index.html", "source/Snakefile", "source/workflow/experiments.yaml"} <= {
        e["@id"] for e in inside
    }
    for entity in inside:
        content = (folder / entity["@id"]).read_bytes()
        assert entity["sha256"] == hashlib.sha256(content).hexdigest()
        assert entity["contentSize"] == str(len(content))


def test_files_elsewhere_go_by_their_usual_place(folder, described):
    weights = described["#results/demo/runs/task1/seed0/best.safetensors"]
    assert weights["sha256"] == hashlib.sha256(b"weights").hexdigest()
    assert not any(str(folder.parent) in json.dumps(entity) for entity in described.values())


def test_files_of_a_distilled_folder_go_by_the_place_that_they_have(tmp_path):
    results = tmp_path / "reference"
    write_run(results, "task1", 0)
    artifacts.write_json(results / layout.DISTILLED, {})
    graph = json.loads((written(results, results / "report") / layout.CRATE).read_text())["@graph"]
    names = {entity["@id"] for entity in graph}
    assert "#results/reference/runs/task1/seed0/run.json" in names
    assert not any(name.startswith("#results/demo/") for name in names)


def test_a_run_says_what_it_was_made_with_and_from(described):
    run = described["#train/task1/seed0"]
    given = [described[name] for name in references(run["object"])]
    values = {e["name"]: e["value"] for e in given if e["@type"] == "PropertyValue"}
    assert values["learning_rate"] == 0.001
    assert values["seed"] == 0
    assert [e["name"] for e in given if e["@type"] == "Dataset"] == ["cifar10 (synthetic)"]
    assert run["endTime"] == "2024-01-12T10:00:00+00:00"
    used = {described[name]["name"]: described[name] for name in references(run["resourceUsage"])}
    assert used["seconds"]["value"] == 7.5
    assert used["device"]["value"] == "a processor"
    assert "#results/demo/runs/task1/seed0/run.json" in references(run["result"])


def test_all_that_the_page_is_made_from_has_an_action(tmp_path):
    results = made_study.write(tmp_path / "results" / "paper")
    study = read(results, made_study.TABLE, WORKFLOW)
    out = tmp_path / "out"
    artifacts.write_text(out / "index.html", "<!DOCTYPE html>")
    crate.write(study, WORKFLOW, out)
    graph = json.loads((out / layout.CRATE).read_text())["@graph"]
    entities = {entity["@id"]: entity for entity in graph}
    assert {"#interpret/vgg16/topk", "#combine/task5-residual"} <= set(entities)
    report = set(references(entities["#report/paper"]["object"]))
    for folder in ("interpret/task2-exp5/topk", "combine"):
        assert f"#results/paper/{folder}/{layout.SUMMARY}" in report
    given = references(entities["#combine/task5-residual"]["object"])
    assert "#results/paper/runs/task5-residual/seed0/metrics.json" in given


def test_what_was_not_recorded_is_not_made_up(described):
    actions = of_type(described, "CreateAction")
    assert not any({"startTime", "agent"} & set(action) for action in actions)
    assert "endTime" not in described["#evaluate/task5-final-4/seed0"]


def test_every_seed_that_was_run_is_an_action_under_its_step(described):
    trained = [name for name in described if name.startswith("#train/")]
    assert len(trained) == 7
    for name in trained:
        control = described[f"#control/{name.removeprefix('#')}"]
        assert list(references(control)) == ["#step/train", name]
    assert list(references(described["#step/train"])) == ["#tool/train"]


def test_a_value_that_runs_share_is_described_once(described):
    parameter = described["#parameter/train/model"]
    assert {described[name]["value"] for name in references(parameter["workExample"])} == {
        "customcnn", "resnet50", "vgg16",
    }  # fmt: skip


def test_the_same_results_give_the_same_bytes_wherever_they_lie(folder, tmp_path):
    moved = copytree(folder.parent, tmp_path / "elsewhere")
    again = written(moved, tmp_path / "page")
    assert (again / layout.CRATE).read_bytes() == (folder / layout.CRATE).read_bytes()


def test_what_editors_leave_in_the_workflow_is_skipped(tmp_path):
    copy(WORKFLOW.parent / "Snakefile", tmp_path)
    workflow = copytree(WORKFLOW, tmp_path / "workflow")
    (workflow / "report.old").mkdir()
    (workflow / ".cache").mkdir()
    for name in (".DS_Store", ".claims.yaml.swp", ".cache/x.bin", "report.old/sketch.png"):
        (workflow / name).write_bytes(b"\xff\xfe")
    write_run(tmp_path / "results", "task1", 0)
    source = written(tmp_path / "results", tmp_path / "report", workflow) / layout.SOURCE
    new = {f for f in source.rglob("*") if f.is_file() and f.read_bytes() == b"\xff\xfe"}
    assert new == {source / "workflow/report.old/sketch.png"}
    assert (source / "Snakefile").read_bytes() == (tmp_path / "Snakefile").read_bytes()


def test_large_files_are_named_without_a_checksum(tmp_path, monkeypatch):
    monkeypatch.setattr(crate.graph, "LARGEST_HASHED_BYTES", 10)
    write_run(tmp_path, "task1", 0)
    graph = json.loads((written(tmp_path, tmp_path / "report") / layout.CRATE).read_text())[
        "@graph"
    ]
    history = next(e for e in graph if e["@id"].endswith("seed0/history.csv"))
    assert "sha256" not in history
    assert int(history["contentSize"]) > 10


def test_a_crate_of_nothing_is_not_written(tmp_path):
    artifacts.write_text(tmp_path / "report" / layout.CRATE, "{}")
    assert not (written(tmp_path, tmp_path / "report") / layout.CRATE).exists()
