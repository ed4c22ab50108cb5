import lzma
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from landcover import artifacts, style, weights
from landcover.distill.folder import distill
from landcover.errors import ArtifactError
from landcover.evaluate import evaluate_run
from landcover.report.svg import Drawings
from landcover.results import distilled, layout, prepared
from landcover.results.insides import Inside
from landcover.train import train

CPU = torch.device("cpu")
SAMPLES = "../../../explore/eurosat/samples.svg"


@pytest.fixture(scope="module")
def results(toy, tiny, tmp_path_factory):
    """Two seeds of one experiment, one of them evaluated, and what other stages leave."""
    folder = tmp_path_factory.mktemp("results")
    for seed in (0, 1):
        train(toy, seed, tiny, layout.run(folder, "toy", seed), CPU)
    evaluate_run(layout.run(folder, "toy", 0), tiny, layout.run(folder, "toy", 0), CPU)
    data = layout.data(folder, "cifar10")
    artifacts.write_text(data / layout.INDEX, "file,class,split\na.png,ship,train\n")
    manifest = {"classes": ["ship"], "images": {"train": 1}, "image_size": 32, "split_sha256": {}}
    manifest |= {"fidelity": "original", "place": "/home/somebody"}
    artifacts.write_json(data / layout.MANIFEST, manifest)
    artifacts.write_text(data / layout.PIXELS, "many bytes")
    inside = layout.interpret(folder, "toy") / "filters"
    for name in ("conv1.svg", "conv1.png", "only.png", layout.SUMMARY):
        artifacts.write_text(inside / name, name)
    return folder


def test_what_reports_read_is_kept_and_what_is_large_is_not(results, table, tmp_path):
    said = distill(
        results, table, tmp_path, [], best="toy", shown={("toy", "conv1.svg"), ("toy", "only.png")}
    )
    run = layout.run(tmp_path, "toy", 0)
    there = {file.name for file in run.iterdir()}
    assert {"best.safetensors", "metrics.json", "predictions.csv.xz", "run.json"} <= there
    assert not there & {"last.safetensors", "logits.safetensors", "predictions.csv"}
    assert not (layout.run(tmp_path, "toy", 1) / "best.safetensors").exists()
    assert not (layout.data(tmp_path, "cifar10") / layout.PIXELS).exists()
    (record,) = prepared.read(tmp_path).values()
    assert record.class_sizes == {"ship": 1}
    assert "place" not in record.manifest
    pictures = {file.name for file in (layout.interpret(tmp_path, "toy") / "filters").iterdir()}
    assert pictures == {"conv1.svg", "only.png", layout.SUMMARY}
    assert said == distilled.read(tmp_path)
    assert said.weights == {"toy": 0}
    assert said.best == "toy"


def test_the_predictions_of_test_images_with_the_best_weights_are_kept(results, table, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(layout.run(results, "toy", 0), layout.run(source, "toy", 0))
    heading = "weights,split,file,true,predicted,probability\n"
    good = "best,test,a.png,cat,dog,0.51234567\nbest,test,b.png,cat,cat,0.99996\n"
    rest = "best,val,c.png,cat,cat,0.9\nbest,test-8-views,b.png,cat,cat,0.9\n"
    rest += "last,test,b.png,cat,cat,0.9\n"
    artifacts.write_text(layout.run(source, "toy", 0) / layout.PREDICTIONS, heading + good + rest)
    distill(source, table, tmp_path / "out", [])
    packed = layout.run(tmp_path / "out", "toy", 0) / layout.packed(layout.PREDICTIONS)
    rounded = "best,test,a.png,cat,dog,0.512\nbest,test,b.png,cat,cat,1.000\n"
    assert lzma.decompress(packed.read_bytes()).decode() == heading + rounded


def test_weights_are_halved_and_still_load(results, table, tmp_path):
    distill(results, table, tmp_path, ["toy"])
    whole, _ = weights.read(layout.weights(layout.run(results, "toy", 0), "best"))
    half, notes = weights.read(layout.weights(layout.run(tmp_path, "toy", 0), "best"))
    assert notes["experiment"] == "toy"
    for name, tensor in whole.items():
        if tensor.is_floating_point():
            assert half[name].dtype == torch.float16
            assert torch.allclose(half[name].float(), tensor, rtol=1e-3, atol=1e-6)
        else:
            assert torch.equal(half[name], tensor)


def test_what_was_distilled_before_stays(results, table, tmp_path):
    other = layout.run(tmp_path, "before", 3) / layout.RUN
    artifacts.write_text(other, "{}")
    distill(results, table, tmp_path, ["toy"])
    said = distill(results, table, tmp_path, [])
    assert other.exists()
    assert said.weights == {"toy": 0}


def test_the_weights_of_an_earlier_seed_take_the_place_of_a_later_one(results, table, tmp_path):
    later = tmp_path / "later"
    shutil.copytree(layout.run(results, "toy", 1), layout.run(later, "toy", 1))
    distill(later, table, tmp_path / "out", ["toy"])
    kept = [layout.weights(layout.run(tmp_path / "out", "toy", seed), "best") for seed in (0, 1)]
    assert [file.exists() for file in kept] == [False, True]
    distill(results, table, tmp_path / "out", ["toy"])
    assert [file.exists() for file in kept] == [True, False]


@pytest.fixture
def trained_again(toy, tiny, tmp_path):
    """A folder with another training of the first run, which was not evaluated yet."""
    folder = tmp_path / "again"
    train(replace(toy, learning_rate=0.01), 0, tiny, layout.run(folder, "toy", 0), CPU)
    return folder


def test_nothing_of_an_earlier_training_stays(results, trained_again, table, tmp_path):
    distill(results, table, tmp_path / "out", [])
    again = layout.run(trained_again, "toy", 0)
    shutil.copy(layout.run(results, "toy", 0) / layout.CONFUSION, again)  # as training leaves it
    distill(trained_again, table, tmp_path / "out", [])
    out = layout.run(tmp_path / "out", "toy", 0)
    assert {file.name for file in out.iterdir()} == {layout.SPEC, layout.HISTORY, layout.RUN}
    assert (out / layout.RUN).read_bytes() == (again / layout.RUN).read_bytes()
    assert (layout.run(tmp_path / "out", "toy", 1) / layout.RUN).exists()  # which `again` lacks


def test_weights_that_were_kept_are_those_of_the_training_beside_them(
    results, trained_again, table, tmp_path
):
    out, again = (layout.run(folder, "toy", 0) for folder in (tmp_path / "out", trained_again))
    distill(results, table, tmp_path / "out", [], best="toy")
    said = distill(trained_again, table, tmp_path / "out", [])
    assert said.weights == {"toy": 0}
    whole, half = (weights.read(layout.weights(run, "best"))[0] for run in (again, out))
    assert all(torch.equal(half[name], t.half()) for name, t in whole.items())
    layout.weights(again, "best").unlink()
    said = distill(trained_again, table, tmp_path / "out", [])
    assert not layout.weights(out, "best").exists()
    assert (said.weights, said.best) == ({}, "")


def test_the_same_results_give_the_same_bytes(results, table, tmp_path):
    for out in (tmp_path / "a", tmp_path / "b"):
        distill(results, table, out, ["toy"])
    files = [file for file in (tmp_path / "a").rglob("*") if file.is_file()]
    assert files
    for file in files:
        other = tmp_path / "b" / file.relative_to(tmp_path / "a")
        assert file.read_bytes() == other.read_bytes()


def test_weights_of_what_was_not_run_are_refused_before_anything_is_written(
    results, table, tmp_path
):
    with pytest.raises(ArtifactError, match="no finished run of 'task1'"):
        distill(results, table, tmp_path / "out", ["task1"])
    assert not (tmp_path / "out").exists()
    with pytest.raises(ArtifactError, match="has no finished run; train"):
        distill(tmp_path, table, tmp_path / "out", [])


def contents(folder):
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("best.safetensors", "damaged"),
        (layout.PREDICTIONS, "is not what lc-cli writes"),
        (SAMPLES, "samples.svg is not what lc-cli writes"),
    ],
)
def test_what_is_damaged_does_not_cost_what_was_kept_before(results, table, tmp_path, name, said):
    out, damaged = tmp_path / "out", tmp_path / "damaged"
    distill(results, table, out, ["toy"])
    run = layout.run(damaged, "toy", 0)
    shutil.copytree(layout.run(results, "toy", 0), run)
    artifacts.write(run / name, lambda file: file.write(b"a\nbest,test,\xff"))
    before = contents(out)
    with pytest.raises(ArtifactError, match=said):
        distill(damaged, table, out, ["toy"])
    assert contents(out) == before


def test_results_are_not_distilled_into_their_own_folder(results, table, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(layout.run(results, "toy", 0), layout.run(source, "toy", 0))
    (tmp_path / "link").symlink_to(source)
    before = contents(source)
    with pytest.raises(ArtifactError, match=r"is the folder of the runs; name another"):
        distill(source, table, tmp_path / "link", [])
    assert contents(source) == before


def test_a_damaged_picture_in_a_drawing_is_named(results, table, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(layout.run(results, "toy", 0), layout.run(source, "toy", 0))
    artifacts.write_text(source / "explore/eurosat/samples.svg", "data:image/png;base64,bm9uZQ==")
    with pytest.raises(ArtifactError, match=r"samples\.svg is not what lc-cli writes"):
        distill(source, table, tmp_path / "out", [])


@pytest.mark.parametrize("content", ["", "weights,probability\nbest,test,0.9x\n"])
def test_a_damaged_table_is_one_sentence(results, table, tmp_path, content):
    source = tmp_path / "source"
    shutil.copytree(layout.run(results, "toy", 0), layout.run(source, "toy", 0))
    (layout.run(source, "toy", 0) / layout.PREDICTIONS).write_text(content)
    with pytest.raises(ArtifactError, match=r"predictions\.csv is not what lc-cli writes .* again"):
        distill(source, table, tmp_path / "out", [])


def test_results_of_another_preset_are_not_written_over(results, table, tmp_path):
    distill(results, table, tmp_path, ["toy"])
    other = replace(table, preset=replace(table.preset, name="other"))
    with pytest.raises(ArtifactError, match=r"holds results of the preset .* name another folder"):
        distill(results, other, tmp_path, ["toy"])
    other = replace(table, preset=replace(table.preset, precision="bf16"))
    with pytest.raises(ArtifactError, match=r"of the precision fp32, and these are of bf16"):
        distill(results, other, tmp_path, ["toy"])


@pytest.mark.parametrize("content", ["{}", '{"preset": 3, "weights": {}}', '{"weights": []}'])
def test_a_distilled_folder_that_does_not_say_what_it_is_is_refused(
    results, table, tmp_path, content
):
    artifacts.write_text(tmp_path / layout.DISTILLED, content)
    with pytest.raises(ArtifactError, match=r"distilled\.json is not what lc-cli distill writes"):
        distill(results, table, tmp_path, [])


def test_long_tables_of_a_network_are_packed_and_still_read(results, table, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(results, source)
    folder = layout.interpret(source, "toy") / "topk"
    rows = "".join(f"fc1,{unit},cat\n" for unit in range(60_000))
    artifacts.write_text(folder / "images.csv", f"layer,unit,class\n{rows}")
    distill(source, table, tmp_path / "out", [])
    small = layout.interpret(tmp_path / "out", "toy") / "topk"
    file, read = Inside(small, {}, None, ()).table("images", "layer", "unit")
    assert file.name == "images.csv.xz"
    assert len(read) == 60_000


def test_positions_of_tsne_have_two_digits(results, table, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(results, source)
    folder = layout.interpret(source, "toy") / "tsne"
    heading = "layer,file,class,x,y\n"
    artifacts.write_text(
        folder / "embedding.csv", heading + 600 * "fc1,a.png,cat,-3.456,12.34567\n"
    )
    distill(source, table, tmp_path / "out", [])
    packed = layout.interpret(tmp_path / "out", "toy") / "tsne/embedding.csv.xz"
    short = heading + 600 * "fc1,a.png,cat,-3.46,12.35\n"
    assert lzma.decompress(packed.read_bytes()).decode() == short


def test_a_long_table_is_packed_and_a_short_one_is_not_and_neither_is_there_twice(
    results, table, tmp_path
):
    source = tmp_path / "source"
    shutil.copytree(layout.run(results, "toy", 0), layout.run(source, "toy", 0))
    file = layout.run(source, "toy", 0) / layout.CONFUSION
    short = "".join(file.read_text().splitlines(keepends=True)[:20])
    long = short + "last,other,cat,cat,0\n" * 1000
    place = layout.run(tmp_path / "out", "toy", 0) / layout.CONFUSION
    packed = place.with_name(layout.packed(place.name))
    for content, kept, gone in (
        (short, place, packed),
        (long, packed, place),
        (short, place, packed),
    ):
        artifacts.write_text(file, content)
        distill(source, table, tmp_path / "out", [])
        assert kept.exists()
        assert not gone.exists()
    assert place.read_text() == short


def test_pictures_that_the_report_does_not_show_are_left_out(results, table, tmp_path):
    distill(results, table, tmp_path, [])
    folder = layout.interpret(tmp_path, "toy") / "filters"
    assert [file.name for file in folder.iterdir()] == [layout.SUMMARY]


def test_photographs_in_pictures_take_less_room(results, table, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(layout.run(results, "toy", 0), layout.run(source, "toy", 0))
    file = layout.explore(source, "eurosat") / "samples.svg"
    figure = Figure()
    waves = np.sin(np.arange(64 * 64 * 3).reshape(64, 64, 3) / 700)  # as smooth as a photograph
    noise = np.random.default_rng(0).normal(0, 0.02, waves.shape)
    style.show(figure.subplots(), style.as_bytes(0.5 + waves / 3 + noise))
    artifacts.write_text(file, style.svg(figure, "samples"))
    distill(source, table, tmp_path / "out", [])
    small = layout.explore(tmp_path / "out", "eurosat") / file.name
    assert "data:image/webp" in small.read_text()
    assert 2 * small.stat().st_size < file.stat().st_size
    assert "data:image/webp" in Drawings().inline(small.read_text(), "samples")


def test_a_damaged_index_is_named(results, table, tmp_path):
    distill(results, table, tmp_path, [])
    file = layout.data(tmp_path, "cifar10") / layout.packed(layout.INDEX)
    for content in (file.read_bytes()[:-9], b"no xz"):
        file.write_bytes(content)
        with pytest.raises(ArtifactError, match=r"index\.csv\.xz is damaged"):
            _ = prepared.read(tmp_path)["cifar10"].class_sizes
