from dataclasses import replace
from pathlib import Path

import made_study
import pytest
from made import TABLE, WORKFLOW, write_evaluation, write_run

from landcover.provenance import code_sha256
from landcover.report import checklist
from landcover.report.items import combinations
from landcover.results import layout
from landcover.results.study import read


@pytest.fixture
def ask(tmp_path):
    def answer(question):
        rows = checklist.answers(read(tmp_path, TABLE, WORKFLOW))
        return next(row for row in rows if question in row.question)

    return answer


def edit(folder, old, new):
    text = folder.read_text()
    assert old in text
    folder.write_text(text.replace(old, new))


def test_where_nothing_was_run_nothing_is_asked(tmp_path):
    nothing = read(tmp_path, TABLE, WORKFLOW)
    assert checklist.answers(nothing) == []
    assert list(checklist.table(nothing)) == [
        "topic", "question", "answer", "because", "read_from",
    ]  # fmt: skip


def test_every_answer_is_one_of_four_words_and_says_where_it_is_from(tmp_path):
    write_run(tmp_path, "task1", 0)
    rows = checklist.answers(read(tmp_path, TABLE, WORKFLOW))
    assert {row.answer for row in rows} <= {"yes", "in part", "no", "not known"}
    assert all(row.because and row.read_from for row in rows)
    assert len({row.question for row in rows}) == len(rows)


def test_one_seed_gives_no_spread_two_do(tmp_path, ask):
    write_run(tmp_path, "task1", 0)
    assert ask("spread").answer == "no"
    write_run(tmp_path, "task1", 1)
    assert ask("spread").answer == "yes"
    assert ask("repeated").because == "seeds 0, 1 in 1 experiment"
    write_run(tmp_path, "task2-exp1", 0)
    assert ask("spread").answer == "in part"


def test_runs_are_counted_against_those_that_were_asked_for(tmp_path, ask):
    write_run(tmp_path, "task1", 0)
    write_run(tmp_path, "task5-vgg16", 1)
    write_evaluation(tmp_path, "task5-vgg16", 1)
    wanted = 2 * len(TABLE.wanted)
    row = ask("every seed")
    assert row.answer == "in part"
    assert row.because.startswith(f"2 of {wanted} training runs were finished, 1 of them scored")


def test_time_is_the_range_and_the_sum(tmp_path, ask):
    write_run(tmp_path, "task1", 0)
    write_run(tmp_path, "task1", 1)
    edit(tmp_path / "runs/task1/seed1/run.json", '"seconds": 7.5', '"seconds": 120.5')
    assert ask("time").because == "8 s – 2 m a run, 2 m 8 s to train all of them"


@pytest.mark.parametrize(
    ("fidelity", "published", "licence"),
    [("synthetic", "no", "yes"), ("original", "yes", "not known"), ("copy", "no", "not known")],
)
def test_only_original_images_are_the_published_ones(tmp_path, ask, fidelity, published, licence):
    write_run(tmp_path, "task1", 0)
    edit(tmp_path / "runs/task1/seed0/run.json", '"synthetic"', f'"{fidelity}"')
    assert ask("published ones").answer == published
    assert ask("May the images").answer == licence


def test_choosing_by_the_test_images_is_admitted(tmp_path, ask):
    write_run(tmp_path, "task1", 0)
    assert ask("kept out").answer == "no"
    write_run(tmp_path, "task5-vgg16", 0)
    assert ask("kept out").answer == "in part"
    assert ask("kept out").because.startswith("1 of 2 experiments choose")


def test_settings_that_the_preset_changed_are_named(tmp_path, ask):
    write_run(tmp_path, "task1", 0)
    row = ask("the paper's")
    assert (row.answer, row.because) == (
        "no",
        "0 of 1 experiments of the paper run as published; changed: batch_size in 1, epochs in 1",
    )
    capped = TABLE["task1"].experiment
    spec = tmp_path / "runs/task1/seed0/spec.json"
    edit(spec, f'"epochs": {capped.epochs}', '"epochs": 10')
    edit(spec, f'"batch_size": {capped.batch_size}', '"batch_size": 64')
    assert ask("the paper's").answer == "yes"


def test_a_changed_checkout_and_mixed_code_are_admitted(tmp_path, ask):
    write_run(tmp_path, "task1", 0)
    assert (ask("which code").answer, ask("one version").answer) == ("yes", "yes")
    write_run(tmp_path, "task1", 1, code="another")
    edit(tmp_path / "runs/task1/seed1/run.json", "0123456789abcdef", "0123456789abcdef+")
    assert (ask("which code").answer, ask("one version").answer) == ("in part", "no")


def test_combinations_of_other_code_are_admitted(tmp_path, ask):
    write_run(tmp_path, "task1", 0)
    made_study.write_combinations(tmp_path)
    row = ask("one version")
    assert row.answer == "no"
    assert "train 1, combine 1; combine not only by the version that made this page" in row.because
    assert layout.SUMMARY in row.read_from
    study = read(tmp_path, TABLE, WORKFLOW)
    assert study.combinations.made_by_other_code
    assert combinations.content(study, {}).made_by_other_code
    summary = layout.combine(tmp_path) / layout.SUMMARY
    edit(summary, made_study.PROVENANCE["code_sha256"], code_sha256("combine"))
    assert not read(tmp_path, TABLE, WORKFLOW).combinations.made_by_other_code


def test_what_no_record_says_is_not_known(tmp_path, ask):
    write_run(tmp_path, "task1", 0)
    assert {ask(q).answer for q in ("energy", "failed", "were chosen")} == {"not known"}
    edit(tmp_path / "runs/task1/seed0/run.json", "0123456789abcdef", "")
    assert ask("which code").answer == "not known"


def test_the_licence_is_the_projects():
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert f'license = "{checklist.LICENCE}"' in text


def test_real_images_must_be_named_in_the_command(tmp_path):
    write_run(tmp_path, "task1", 0)
    preset = replace(TABLE.preset, name="paper", data="real")
    real = read(tmp_path, replace(TABLE, preset=preset), WORKFLOW)
    row = next(row for row in checklist.answers(real) if "command" in row.question)
    assert row.because.endswith("preset=paper data=IMAGES")
