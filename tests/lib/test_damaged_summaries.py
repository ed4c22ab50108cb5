"""A summary that lacks what is needed, or has something else there, is told with what to run."""

import json

import made_study
import pandas as pd
import pytest

from landcover import artifacts
from landcover.errors import ArtifactError
from landcover.results import layout, study

MISSED = {
    "experiment": "task5-residual", "seeds": [0], "wrong": [2], "n": 4, "wrong_in_any": 2,
    "wrong_in_all": 2, "same_class_in_all": 2, "drawn": 2, "data": made_study.data("eurosat"),
    "device": "a GPU", "provenance": made_study.PROVENANCE,
}  # fmt: skip
SUMMARY = layout.SUMMARY
PROFILE = f"profile/customcnn/{layout.PROFILE}"
AUDIT = f"explore/eurosat/{layout.AUDIT}"
RUN = f"runs/task5-residual/seed0/{layout.RUN}"
METRICS = f"runs/task5-residual/seed0/{layout.METRICS}"


@pytest.fixture
def results(tmp_path):
    for network in ("vgg16", "task2-exp5"):
        made_study.write_inside(tmp_path, network, made_study.CIFAR)
    made_study.write_combinations(tmp_path)
    made_study.write_profile(tmp_path)
    made_study.write_run(tmp_path, "task5-residual", 0, made_study.MADE["task5-residual"])
    made_study.write_images(tmp_path, "eurosat", made_study.EUROSAT, 64, {"test": 4050})
    audit = {"images": {"test": 4050}, "data": made_study.data("eurosat")}
    artifacts.write_json(tmp_path / AUDIT, audit)
    artifacts.write_json(layout.missed(tmp_path, "task5-residual") / SUMMARY, MISSED)
    study.read(tmp_path, made_study.TABLE, made_study.WORKFLOW)  # nothing is damaged yet
    return tmp_path


@pytest.mark.parametrize(
    ("file", "facts", "advice"),
    [
        (f"data/eurosat/{layout.MANIFEST}", {"images": 4050}, "fetch the images again"),
        (f"data/eurosat/{layout.MANIFEST}", {"classes": 10}, "fetch the images again"),
        (f"data/eurosat/{layout.MANIFEST}", {"image_size": "large"}, "fetch the images again"),
        (f"interpret/vgg16/topk/{SUMMARY}", {"data": {}}, "interpret --model vgg16 --method topk`"),
        (f"interpret/task2-exp5/tsne/{SUMMARY}", {"layers": [{}]}, "task2-exp5 --method tsne`"),
        (f"interpret/task2-exp5/tsne/{SUMMARY}", {"images": None}, "task2-exp5 --method tsne`"),
        (f"interpret/task2-exp5/tsne/{SUMMARY}", {"provenance": 1}, "task2-exp5 --method tsne`"),
        (f"missed/task5-residual/{SUMMARY}", {"wrong": 2}, "lc-cli missed task5-residual`"),
        (f"missed/task5-residual/{SUMMARY}", {"n": "many"}, "lc-cli missed task5-residual`"),
        (f"missed/task5-residual/{SUMMARY}", {"data": {}}, "lc-cli missed task5-residual`"),
        (f"combine/{SUMMARY}", {"experts": 2}, "combine again"),
        (PROFILE, {"table": 5}, "lc-cli profile"),
        (PROFILE, {"warm_times": 5}, "lc-cli profile"),
        (PROFILE, {"warm_times": []}, "lc-cli profile"),
        (METRICS, {"temperature": [1]}, "evaluate the run again"),
        (METRICS, {"best": 1}, "evaluate the run again"),
        (f"combine/{SUMMARY}", {"provenance": "none"}, "combine again"),
        (f"combine/{SUMMARY}", {"seeds": []}, "combine again"),
        (PROFILE, {"batch_size": None}, "lc-cli profile"),
        (PROFILE, {"warm_times": [{"index": 0}]}, "lc-cli profile"),
        (PROFILE, {"table": [{"name": "Conv1"}]}, "lc-cli profile"),
        (PROFILE, {"layers": [{"type": "Conv2d"}]}, "lc-cli profile"),
        (AUDIT, {"images": {"test": 1e999}}, "explore eurosat again"),
        (AUDIT, {"neighbours": {"looked_for": True}}, "explore eurosat again"),
        (RUN, {"epochs": 1e999}, "train it again"),
        (RUN, {"energy_joules": "3 kJ"}, "train it again"),
        (RUN, {"mistaught": {"train": 5}}, "train it again"),
        (RUN, {"provenance": {"versions": 5}}, "train it again"),
        (METRICS, {"provenance": 5}, "evaluate the run again"),
    ],
)
def test_a_fact_of_another_kind_is_told_with_the_file(results, file, facts, advice):
    damaged = artifacts.read_json(results / file) | facts
    artifacts.write_text(results / file, json.dumps(damaged))  # also what JSON has no word for
    told(results, file, advice)


@pytest.mark.parametrize(
    ("file", "advice"),
    [
        (f"data/eurosat/{layout.MANIFEST}", "fetch the images again"),
        (f"interpret/vgg16/topk/{SUMMARY}", "lc-cli interpret --model vgg16 --method topk`"),
        (f"missed/task5-residual/{SUMMARY}", "lc-cli missed task5-residual`"),
        (f"combine/{SUMMARY}", "combine again"),
    ],
)
def test_an_empty_summary_is_told_with_the_file(results, file, advice):
    artifacts.write_json(results / file, {})
    told(results, file, advice)


@pytest.mark.parametrize("setting", [{"small_share": "x"}, {"batch_size": 1.5}, {"dataset": None}])
def test_a_setting_of_another_kind_is_told_with_the_file(results, setting):
    file = results / f"runs/task5-residual/seed0/{layout.SPEC}"
    artifacts.write_json(file, artifacts.read_json(file) | setting)
    (key,) = setting
    with pytest.raises(ArtifactError, match=rf"{layout.SPEC}: a spec has .* as its {key}; make"):
        study.read(results, made_study.TABLE, made_study.WORKFLOW)


@pytest.mark.parametrize("name", [layout.COMBINATIONS, layout.COMBINED_CLASSES])
def test_a_combination_without_a_number_is_told_with_the_file(results, name):
    file = layout.combine(results) / name
    artifacts.write_csv(file, pd.read_csv(file).assign(low="much"))
    with pytest.raises(ArtifactError, match=f"{name} lacks a number in the column 'low'"):
        study.read(results, made_study.TABLE, made_study.WORKFLOW)


def told(results, file, advice):
    with pytest.raises(ArtifactError) as error:
        study.read(results, made_study.TABLE, made_study.WORKFLOW)
    message = str(error.value)
    assert message.startswith(f"{results / file} is not what lc-cli ")
    assert message.endswith(advice)
    assert "\n" not in message
