"""`--logger landcover`: what a person sees of a workflow."""

import logging
import subprocess
import sys
from types import SimpleNamespace

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_landcover import LogHandler, _duration
from snakemake_logger_plugin_landcover.jobs import Jobs

SNAKEFILE = """
rule all:
    input: expand("{n}.txt", n=[1, 2, 3])
rule write:
    output: "{n}.txt"
    log: "{n}.log"
    shell:
        "echo starts > {log}; "
        "test {wildcards.n} != 2 || echo 'Error: two is absent; give it' >> {log}; "
        "test {wildcards.n} != 2; touch {output}"
"""


def start(jobs, number, rule, **wildcards):
    jobs.start({"jobid": number, "rule_name": rule, "wildcards": wildcards})


@pytest.fixture
def clock():
    return SimpleNamespace(now=100.0)


@pytest.fixture
def jobs(clock):
    made = Jobs(clock=lambda: clock.now)
    made.expect({"fetch": 1, "train": 3, "total": 4})
    return made


def test_jobs_are_named_by_rule_and_wildcards(jobs):
    start(jobs, 1, "train", preset="demo", experiment="task1", seed="0")
    start(jobs, 2, "interpret_published", published="vgg16")
    assert jobs.running == ["train task1 seed 0", "interpret published vgg16"]


def test_what_is_done_counts_against_all(jobs, clock):
    assert (jobs.done, jobs.total, jobs.seconds_left()) == (0, 4, None)
    start(jobs, 1, "fetch")
    clock.now += 2
    jobs.finish(1)
    assert (jobs.done, jobs.total, jobs.running) == (1, 4, [])


def test_the_time_left_is_that_of_jobs_like_those_that_are_done(jobs, clock):
    start(jobs, 1, "fetch")
    clock.now += 2
    jobs.finish(1)
    assert jobs.seconds_left() == 6  # three more, each as long as the average, one after another
    start(jobs, 2, "train")
    start(jobs, 3, "train")
    clock.now += 10
    jobs.finish(2)
    jobs.finish(3)
    assert jobs.seconds_left() == pytest.approx(10 / (22 / 12))  # 22 s of work took 12 s


def test_a_duration_is_said_roughly():
    assert [_duration(s) for s in (None, 20, 100, 600)] == [
        "", "about a minute left", "about 2 min left", "about 10 min left",
    ]  # fmt: skip


@pytest.fixture
def handler():
    settings = SimpleNamespace(dryrun=False, verbose=False, printshellcmds=False, stdout=False)
    return LogHandler(settings, None)


def record(level=logging.ERROR, text="", **facts):
    made = logging.LogRecord("snakemake", level, __file__, 0, text, (), None)
    made.__dict__.update(facts)
    return made


def test_a_failed_job_without_an_error_shows_the_end_of_its_log(handler, tmp_path, capsys):
    log = tmp_path / "log.txt"
    log.write_text("".join(f"line {i}\n" for i in range(100)))
    handler.emit(record(event=LogEvent.JOB_ERROR, jobid=7, log=[str(log)]))
    shown = capsys.readouterr().err
    assert "Failed: job 7" in shown
    assert "line 99" in shown
    assert "line 50" not in shown


def test_a_job_that_succeeds_when_it_is_tried_again_did_not_fail(handler, capsys):
    job = {"jobid": 7, "rule_name": "train", "wildcards": {}, "log": []}
    handler.emit(record(event=LogEvent.RUN_INFO, stats={"train": 1, "total": 1}))
    for event in (LogEvent.JOB_INFO, LogEvent.JOB_ERROR, LogEvent.JOB_INFO):
        handler.emit(record(event=event, **job))
    handler.emit(record(event=LogEvent.JOB_FINISHED, job_id=7))
    handler.close()
    shown = capsys.readouterr().err
    assert "Failed: train" in shown
    assert "jobs failed" not in shown


@pytest.fixture
def snakemake(tmp_path):
    (tmp_path / "Snakefile").write_text(SNAKEFILE)

    def run(*words):
        command = [sys.executable, "-m", "snakemake", "--cores", "2", "--keep-going", *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


def test_in_a_pipe_only_failures_are_shown_each_with_its_own_error(snakemake):
    result = snakemake("--logger", "landcover")
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "Failed: write 2",
        "  Error: two is absent; give it",
        "  2.log",
        "1 of 4 jobs failed, 2 are done. Once the cause is gone, the same command does the rest.",
    ]


def test_a_dry_run_lists_its_jobs_as_always(snakemake):
    result = snakemake("--logger", "landcover", "--dry-run")
    assert result.returncode == 0
    assert result.stdout.count("rule write:") == 3


def test_an_error_before_any_job_is_shown(snakemake):
    result = snakemake("absent.csv", "--logger", "landcover")
    assert result.returncode == 1
    assert "absent.csv" in result.stderr
