import json
import re
import shlex
from pathlib import Path
from shutil import copytree

import pytest
import torch
from click.testing import CliRunner

from landcover import artifacts, device
from landcover.models import Architecture, build
from lc_cli import main, output, places

IMAGE = Path(__file__).parents[1] / "images/River_1008.jpg"


@pytest.fixture
def lc(tmp_path, monkeypatch, few_images):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(places, "WORKFLOW", few_images / "workflow")
    for name in ("DATA", "DEVICE", "PRESET"):
        monkeypatch.delenv(f"LANDCOVER_{name}", raising=False)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


def test_experiments_lists_every_entry_with_its_parameters(lc):
    entries = {entry["name"]: entry for entry in json.loads(lc("experiments", "--json").stdout)}
    assert entries["task1"]["parameters"] == {"total": 551466, "trainable": 551466, "frozen": 0}
    assert entries["task2-exp1"]["parameters"]["total"] == 550570
    assert entries["task5-customcnn"]["parameters"]["total"] == 1337898
    assert entries["task5-customcnn"]["dataset"] == "eurosat"
    assert entries["task2-exp3"]["model"] == "customcnn"
    assert entries["task2-exp1"]["dropout"] == 0.0
    assert entries["task5-vgg16"]["parameters"]["frozen"] == 14_714_688


def test_a_run_from_nothing_to_its_measures(lc):
    trained = lc("train", "task1", "--set", "max_eval_images=20", "--out", "my run")
    assert trained.exit_code == 0, trained.output
    assert "synthetic images" in trained.stdout
    measured = json.loads(lc("evaluate", "--run", "my run", "--json").stdout)
    assert measured["best"]["test"]["n"] == 20
    assert measured["data"]["fidelity"] == "synthetic"


def test_a_finished_run_is_trained_again_only_with_other_settings_or_if_asked(lc):
    words = ("train", "task1", "--set", "max_eval_images=20", "--out", "run")
    assert lc(*words).exit_code == 0
    assert lc("evaluate", "--run", "run").exit_code == 0
    files = {file.name: file.read_bytes() for file in Path("run").iterdir()}
    again = lc(*words)
    assert again.exit_code == 0
    assert again.stderr.endswith("It was finished before; --restart trains it again.\n")
    assert {file.name: file.read_bytes() for file in Path("run").iterdir()} == files
    for more in (("--restart",), ("--set", "epochs=2"), ("--seed", "1")):
        lc("evaluate", "--run", "run")
        if "--restart" not in more:
            refused = lc(*words, *more)
            assert refused.exit_code == 1
            assert "run holds a finished run of task1, seed 0, with other" in refused.stderr
            more = (*more, "--restart-changed")
        trained = lc(*words, *more)
        assert "finished before" not in trained.stderr
        assert json.loads(Path("run/run.json").read_text()) != json.loads(files["run.json"])
        assert not Path("run/metrics.json").exists()  # it was of the weights before
    Path("run/run.json").write_text("{")
    refused = lc(*words)
    assert "run holds a finished run that cannot be read; choose another --out" in refused.stderr
    assert lc(*words, "--restart-changed").exit_code == 0


def test_the_number_of_threads_is_what_was_asked_for(lc, monkeypatch):
    used = []
    monkeypatch.setattr(torch, "set_num_threads", used.append)
    lc("train", "task1", "--set", "epochs=1", "--out", "run", "--threads", "3")
    assert used == [3]
    assert "range" in lc("train", "task1", "--threads", "0").stderr


def test_weights_that_were_distilled_away_are_named_with_those_that_are_kept(lc):
    lc("train", "task1")
    lc("evaluate", "task1")
    lc("train", "task2-exp1")
    lc("distill", "--preset", "demo", "--weights", "task1", "--out", "small")
    kept, other = (Path("small/runs") / name / "seed0" for name in ("task1", "task2-exp1"))
    has_best = f"{kept} was distilled: it has its best weights, but not its last"
    for words, said in (
        (("predict", "--run", other, IMAGE), f"choose the best epoch of one of these: {kept}"),
        (("evaluate", "--run", kept), f"{has_best}, and evaluate needs both; use `lc-cli predict"),
        (("interpret", "--run", kept), f"{has_best}; add --epoch best"),
    ):
        refused = lc(*words)
        assert refused.exit_code == 1
        assert said in refused.stderr
    for command in ("claims", "report"):
        other = lc(command, "--results", "small", "--preset", "quick")
        assert other.exit_code == 1
        assert (
            "small holds results of the preset demo, not quick; leave out --preset" in other.stderr
        )
    unlike = lc("report", "--results", "small", "--precision", "bf16")
    assert (
        "small holds results of the precision fp32, not bf16; leave out --precision"
        in unlike.stderr
    )
    assert lc("claims", "--results", "small", "--preset", "demo").exit_code == 0
    copytree("results/demo", "results/quick")
    lc("distill", "--results", "results/quick", "--out", "of-quick")
    assert json.loads(Path("of-quick/distilled.json").read_text())["preset"] == "quick"
    own = lc("distill", "--preset", "demo", "--out", "results/demo")
    assert "results/demo is the folder of the runs; name another folder" in own.stderr
    twice = lc("distill", "--preset", "demo", "--results", "small", "--out", "smaller")
    assert "small is distilled already" in twice.stderr
    assert not Path("smaller").exists()


@pytest.mark.parametrize(("flags", "warned"), [("fpu avx2", True), ("fpu avx512_bf16", False)])
def test_bf16_without_hardware_is_warned_of_before_the_work(
    lc, tmp_path, monkeypatch, flags, warned
):
    processor = tmp_path / "cpuinfo"
    processor.write_text(f"processor : 0\nmodel name : bf16\nflags : {flags}\n")
    monkeypatch.setattr(device, "PROCESSOR", processor)
    refused = lc("train", "task1", "--precision", "bf16", "--device", "cpu", "--data", "nowhere")
    assert refused.exit_code == 1
    assert ("has no bf16 in its hardware" in refused.stderr) == warned


def test_real_images_are_prepared_where_they_are_named(lc, photographs):
    result = lc("fetch", "cifar10", "--data", photographs)
    assert "results/paper/data/cifar10: 20 train, 20 test (copy" in result.stdout
    assert lc("fetch", "cifar10", "--preset", "quick", "--source", photographs).exit_code == 0


def test_the_table_has_the_parameters_of_task_4(lc):
    entries = {entry["name"]: entry for entry in json.loads(lc("experiments", "--json").stdout)}
    counts = {
        name: tuple(entries[name]["parameters"].values()) for name in entries if "task4" in name
    }
    assert counts["task4-1"] == counts["task4-1.5"] == (551_853, 551_853, 0)
    assert counts["task4-2"] == (551_853, 1_677, 550_176)
    assert counts["task4-3"] == (68_208_461, 53_493_773, 14_714_688)
    assert counts["task4-4"] == counts["task4-4-normalised"] == (68_217_686, 68_217_686, 0)
    assert counts["task4-4-terrassa-only"] == (68_208_461, 68_208_461, 0)
    assert counts["task4-3-as-described"] == (68_208_461, 67_653_133, 555_328)


def test_photographs_of_ones_own_are_fetched_trained_on_and_predicted(lc, photographs):
    photographs.rename(photographs.with_name("mine"))
    fetched = lc("fetch", "mine", "--source", ".", "--image-size", "16")
    assert "results/paper/data/mine-16: 20 train, 20 test (copy, from mine)" in fetched.output
    changes = ("dataset=mine", "image_size=16", "epochs=1")
    settings = [word for change in changes for word in ("--set", change)]
    trained = lc("train", "task4-1", "--preset", "paper", *settings, "--out", "run")
    assert trained.exit_code == 0, trained.output
    assert lc("evaluate", "--run", "run").exit_code == 0
    predicted = lc("predict", "--run", "run", "mine/test/cat", "--json")
    assert predicted.exit_code == 0, predicted.output


def test_photographs_are_fetched_at_every_size_that_the_table_asks_for(lc):
    made = json.loads(lc("fetch", "terrassa", "--preset", "demo", "--json").stdout)
    assert [one["image_size"] for one in made] == [32, 64]
    assert lc("fetch", "terrassa", "--preset", "demo", "--out", "x").exit_code == 2


def test_weights_to_start_from_are_refused_where_none_are_wanted(lc, tmp_path):
    (tmp_path / "x.safetensors").touch()
    result = lc("train", "task4-1", "--init-from", "x.safetensors")
    assert result.exit_code == 2
    assert "task4-1 starts from no other" in result.stderr


def test_what_starts_from_other_weights_says_which_are_missing(lc):
    result = lc("train", "task4-1.5")
    assert result.exit_code == 1
    assert "starts from the last weights of task2-exp5, which are not there" in result.stderr


def test_weights_from_elsewhere_are_measured_on_named_images(lc, photographs, tmp_path):
    torch.save(build(Architecture("customcnn", 32, 10)).state_dict(), "some.pth")
    words = ("--model", "customcnn", "--dataset", "cifar10", "--data", photographs, "--json")
    result = lc("evaluate", "--weights", "some.pth", *words)
    assert 0 <= json.loads(result.stdout)["accuracy"] <= 1


def test_profile_prints_table_1_and_writes_it(lc):
    result = lc("profile", "--batch-size", 1, "--json", "--out", "profile")
    measured = json.loads(result.stdout)
    assert measured["macs"] == 38_896_896
    assert len(measured["layers"]) == 29
    assert len(measured["table"]) == 16


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("train", "task2-exp01"), "did you mean 'task2-exp1'"),
        (("train", "task1", "--set", "epoch=1", "--out", "x"), "did you mean 'epochs'"),
        (("train", "task1", "--set", "learning_rate=-1", "--out", "x"), "learning_rate: -1 is"),
        (("train", "task1", "--set", "model=customcn", "--out", "x"), "did you mean 'customcnn'"),
        (("train", "task1", "--device", "cuda:99"), "the device 'cuda:99' cannot be used"),
        (("fetch", "cifar"), "did you mean 'cifar10'"),
        (("fetch", "cifar10", "--data", "nowhere"), "nowhere does not exist"),
        (("fetch", "cifar10", "--preset", "demo", "--data", "x"), "draws its own images"),
        (("evaluate", "task1"), "seed0 does not exist; train it first"),
        (("evaluate", "taks1"), "did you mean 'task1'"),
        (("evaluate", "--weights", __file__, "--dataset", "cifer10"), "did you mean 'cifar10'"),
        (("train", "task1", "--set", "dropout=.nan", "--out", "x"), "nan is not of type"),
        (("train", "task1", "--set", "augment=[", "--out", "x"), "cannot be read as YAML"),
        (("profile", "--model", "customcn"), "did you mean 'customcnn'"),
        (("profile", "--image-size", "30"), "multiple of 8"),
        (("evaluate", "task1", "--seed", "7"), "train it first: `lc-cli train task1 --seed 7"),
        (("evaluate", "--run", "nowhere"), "nowhere does not exist; name the folder of a run"),
        (("predict", __file__, "--run", "."), ". has no finished run; name the folder of a run"),
        (("combine", "--run", "nowhere"), "nowhere does not exist"),
        (("missed", "task1"), "results/demo has no evaluated run of task1"),
        (("missed", "--run", "nowhere"), "nowhere does not exist"),
        (("claims", "--only", "T2"), "no claim 'T2'; such as T2.aug.size, T2."),
        (("interpret", "task1"), "train it first"),
        (("train", "foo"), "more; `lc-cli experiments` lists all"),
        (("claims", "--only", "FOO"), " more"),
        (("fetch", "vg19"), "photographs name their folder with --source; did you mean 'vgg19'?"),
        (("fetch", "mine", "--source", "."), "add --image-size, such as --image-size 32; known: "),
        (
            ("evaluate", "--weights", __file__, "--dataset", "cifar10", "--model", "x"),
            "network 'x'",
        ),
        (("evaluate", "--weights", __file__, "--dataset", "cifar10"), "is no file of weights"),
    ],
)
def test_what_the_user_can_mend_is_one_line_and_exit_code_1(lc, words, message):
    result = lc(*words)
    assert result.exit_code == 1, result.output
    assert message in result.stderr
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert not result.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("trian",), "No such command"),
        (("train", "task1", "--seed", "-1"), "'--seed'"),
        (("train", "task1", "--set", "epochs=1"), "say with --out"),
        (("evaluate",), "Give exactly one of"),
        (("evaluate", "task1", "--run", "x"), "Give exactly one of"),
        (("evaluate", "--weights", __file__), "--weights needs --dataset"),
        (
            ("evaluate", "--weights", __file__, "--dataset", "cifar10", "--preset", "demo"),
            "--preset is for runs",
        ),
        (("evaluate", "--weights", "x.pth", "--dataset", "cifar10"), "'x.pth' does not exist"),
        (("profile", "--classes", "-1"), "'--classes'"),
        (("profile", "--batch-size", "0"), "0 is not in the range"),
        (("profile", "--batch-size", "x"), "'x' is not a valid whole number from 1 to 65536"),
        (("diff", ".", ".", "--tolerance", "x"), "'x' is not a valid number from 0 to 100"),
        (("report", "--seeds", "a"), "'a' is no list of seeds such as 0,1,2"),
        (("train", "task1", "--preset", "dmo"), "did you mean 'demo'"),
        (("train", "task1", "--set", "batch_size", "--out", "x"), "write KEY=VALUE"),
        (
            ("train", "task1", "--device", "warp"),
            "no device 'warp'; choose auto, cpu, cuda or cuda",
        ),
        (("train", "task1", "--device", "meta"), "there is no device 'meta'"),
        (("evaluate", "task1", "--split", "val"), "--split is for --weights"),
        (("fetch", "vgg16", "--image-size", "32"), "--image-size is for images"),
        (("fetch", "vgg16", "--preset", "quick"), "--preset is for images"),
        (("train", "task1", "--restart", "--restart-changed"), "Give one of --restart"),
        (("missed",), "Give either EXPERIMENT or --run DIR"),
        (("missed", "task1", "--run", "x"), "Give either EXPERIMENT or --run DIR"),
    ],
)
def test_wrong_usage_is_exit_code_2(lc, words, message):
    result = lc(*words)
    assert result.exit_code == 2
    assert message in result.stderr


def test_own_photographs_are_never_drawn(lc):
    drawn = lc("train", "task4-1", "--set", "dataset=my-photos", "--out", "x")
    assert drawn.exit_code == 1
    assert "for your own photographs add --preset paper" in drawn.stderr
    fetched = lc("fetch", "my-photos", "--image-size", "32")
    assert "for your own photographs name their folder with --source" in fetched.stderr
    assert not Path("results").exists()


def test_photographs_of_the_table_and_known_data_sets_are_drawn(lc, tmp_path, monkeypatch):
    workflow = copytree(places.WORKFLOW, tmp_path / "workflow")
    with (workflow / "experiments.yaml").open("a") as file:
        file.write("  mine: {base: task4-1, group: task4-mine, dataset: my-photos}\n")
    monkeypatch.setattr(places, "WORKFLOW", workflow)
    for name in ("my-photos", "eurosat-official"):
        assert "(synthetic" in lc("fetch", name).stdout


def test_training_says_what_the_preset_caps_and_that_an_experiment_has_its_own_precision(lc):
    settings = ("--set", "max_eval_images=20", "--set", "epochs=1", "--out", "x")
    result = lc("train", "task1-fp32", "--precision", "bf16", *settings)
    assert "The preset demo has batch_size 36 instead of 64" in result.stderr
    assert "task1-fp32 is about fp32, so --precision bf16 changes nothing." in result.stderr


def test_a_single_claim_is_told_with_its_rule_formula_and_files(lc):
    told = lc("claims", "--only", "T1.params")
    lines = dict(
        re.split(r"  +", line.strip(), maxsplit=1) for line in told.stdout.splitlines() if line
    )
    assert lines["the paper says"] == "551,466"
    assert lines["by the formula"] == "parameters('task1', 'trainable')"
    assert lines["rule"] == "equal to 551,466"
    assert lines["ours against the paper"] == "not run"
    assert "final_metrics.csv" in lines["files"]
    assert "has no finished run" in told.stderr


def test_the_ledger_shows_no_seeds_where_they_do_not_matter(lc):
    told = lc("claims").stdout
    assert "paper against" in told
    assert "ours against" in told
    assert re.search(r"│ +– │", told)
    assert not re.search(r"│ +0 │", told)


def test_results_in_their_usual_place_say_their_preset(lc):
    Path("results/quick/runs").mkdir(parents=True)
    assert lc("report", "--results", "results/quick").exit_code == 0
    assert "preset quick" in Path("results/quick/report/index.html").read_text()
    Path("results/mine").mkdir()
    assert lc("report", "--results", "results/mine").exit_code == 0
    assert "preset demo" in Path("results/mine/report/index.html").read_text()


def test_runs_that_are_combined_say_their_preset(lc, monkeypatch):
    summary = {"combinations": [], "n": 0, "data": {"fidelity": "copy"}}
    made = []
    monkeypatch.setattr(
        "landcover.combine.combine", lambda runs, experts, out: made.append(out) or summary
    )
    run = Path("results/quick/runs/task5-residual/seed0")
    artifacts.write_json(run / "run.json", {"data": {"fidelity": "copy"}})
    assert lc("combine", "--run", run).exit_code == 0
    assert made == [Path("results/quick/combine")]
    artifacts.write_json(run / "run.json", {"data": 5})
    assert "run.json is not what lc-cli train writes" in lc("combine", "--run", run).stderr


def test_numbers_of_a_table_are_whole_from_a_thousand_on(capsys):
    output.table("Numbers", ("what", "n"), [("a", 551466.0), ("b", 0.123456), ("c", "–")])
    shown = capsys.readouterr().out
    assert re.findall(r"│ +(\S+) │$", shown, flags=re.MULTILINE) == ["551,466", "0.1235", "–"]


def test_the_runs_that_are_named_have_a_place_of_their_own_for_what_they_miss(lc):
    lc("train", "task1", "--set", "max_eval_images=20", "--out", "mine")
    lc("evaluate", "--run", "mine")
    found = lc("missed", "--run", "mine", "--preset", "demo")
    assert found.stdout.endswith("\nresults/demo/missed/task1-run-mine\n")
    assert "in every run" not in found.stdout  # there is one


def test_photographs_without_test_images_are_refused_with_the_layout(lc, photographs):
    result = lc("fetch", "mine", "--source", photographs / "train", "--image-size", "32")
    assert "sort all images into train/CLASS/ and test/CLASS/ (val/CLASS/ may" in result.stderr


def test_a_table_that_is_too_wide_for_the_terminal_becomes_lines(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "30")
    rows = [("Forest_10.jpg", "HerbaceousVegetation", 0.9971), ("b.jpg", "River", 0.5)]
    output.table("Classes", ("file", "class", "probability"), rows)
    shown = capsys.readouterr().out
    assert "file         Forest_10.jpg\nclass        HerbaceousVegetation\n" in shown
    monkeypatch.setenv("COLUMNS", "80")
    output.table("Classes", ("file", "class", "probability"), rows)
    assert "│" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["dir[/x].jpg", "scene[red].jpg", "x:cat:.jpg"])
def test_a_name_is_no_markup_in_the_terminal(capsys, name):
    output.table(name, ("file", name), [(name, name)])
    assert capsys.readouterr().out.count(name) == 4


def test_a_results_folder_that_is_a_file_is_one_sentence(lc, tmp_path):
    (tmp_path / "results").write_text("")
    result = lc("fetch", "cifar10")
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_a_folder_of_images_that_is_not_there_is_refused_also_when_none_is_needed(lc, photographs):
    lc("fetch", "cifar10", "--data", photographs)
    result = lc("train", "task1", "--preset", "paper", "--data", "elsewhere")
    assert result.exit_code == 1
    assert "elsewhere does not exist" in result.stderr


QUICKLY = ("task1", "--preset", "paper", "--set", "epochs=1", "--out", "x")


def test_images_prepared_from_the_same_place_are_used(lc, photographs, monkeypatch):
    lc("fetch", "cifar10", "--data", photographs)
    assert lc("train", *QUICKLY, "--data", photographs).exit_code == 0
    monkeypatch.setenv("LANDCOVER_DATA", str(photographs / ".." / photographs.name))
    assert lc("train", *QUICKLY, "--restart").exit_code == 0


def test_a_folder_that_was_prepared_before_may_be_named_itself(lc, photographs):
    lc("fetch", "cifar10", "--data", photographs)
    assert lc("train", *QUICKLY, "--data", "results/paper/data/cifar10").exit_code == 0


@pytest.mark.parametrize("way", ["flag", "variable"])
def test_other_images_than_the_prepared_ones_are_an_error_with_the_way_out(
    lc, photographs, tmp_path, monkeypatch, way
):
    lc("fetch", "cifar10", "--data", photographs)
    others = copytree(photographs, tmp_path / "other photographs")
    if way == "variable":
        monkeypatch.setenv("LANDCOVER_DATA", str(others))
    result = lc("train", *QUICKLY, *(["--data", others] if way == "flag" else []))
    assert result.exit_code == 1
    assert f"from {photographs}, not from {others}" in result.stderr
    command = re.search("`lc-cli (.*)`", result.stderr)[1]
    assert lc(*shlex.split(command)).exit_code == 0
    assert lc("train", *QUICKLY, "--data", others).exit_code == 0


def test_a_folder_in_the_environment_need_not_have_every_data_set(
    lc, photographs, tmp_path, monkeypatch
):
    lc("fetch", "cifar10", "--data", photographs)
    (tmp_path / "more/terrassa").mkdir(parents=True)
    monkeypatch.setenv("LANDCOVER_DATA", str(tmp_path / "more"))
    assert lc("train", *QUICKLY).exit_code == 0


def test_nothing_half_written_where_images_are_broken(lc, photographs, tmp_path):
    (photographs / "train/cat/0.png").write_bytes(b"")
    result = lc("fetch", "cifar10", "--data", photographs)
    assert "train/cat/0.png is empty" in result.stderr
    assert not (tmp_path / "results").exists()
