"""`snakemake --logger landcover`: one line of progress instead of a block of text for each job.

On a terminal it shows how many jobs are done, which ones run, and about how long the rest takes. In
a pipe there is no progress. Both show warnings, and for each job that fails its own error. A dry
run, and a run with --verbose or --printshellcmds, look as without this plugin.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_landcover.jobs import Jobs

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

LAST_LINES = 15  # shown of a job's log without an error
SAID_BETTER = (  # the job's own error and the last line say it better
    "RuleException",
    "WorkflowError:\nAt least one job did not complete",
    "Exiting because a job execution failed",
)


class LogHandler(LogHandlerBase):
    """Snakemake needs a class with this name, and calls `emit` in its own thread."""

    def __post_init__(self) -> None:
        from rich.console import Console

        settings = self.common_settings
        self.is_plain = settings.dryrun or settings.verbose or settings.printshellcmds
        self.console = Console(stderr=not settings.stdout, highlight=False)
        self.jobs = Jobs()
        self.line: Progress | None = None
        self.task: TaskID | None = None
        self.is_closed = False  # first Snakemake closes it, then Python does it again

    def emit(self, record: logging.LogRecord) -> None:
        if self.is_plain:
            self._say(self.format(record))
            return
        match getattr(record, "event", None):
            case LogEvent.RUN_INFO:
                self.jobs.expect(_facts(record)["stats"])
                self.line, self.task = _line(self.console)
            case LogEvent.JOB_INFO:
                self.jobs.start(_facts(record))
            case LogEvent.JOB_FINISHED:
                self.jobs.finish(_facts(record)["job_id"])
            case LogEvent.JOB_ERROR:
                self._say(_failure(self.jobs.fail(_facts(record)["jobid"]), _facts(record)))
            case LogEvent.GROUP_ERROR:
                self._say(self.format(record))
            case _ if record.levelno >= logging.WARNING:
                text = self.format(record)
                if not text.startswith(SAID_BETTER):
                    self._say(text)
        self._move()

    def _move(self) -> None:
        if self.line and self.task is not None:
            jobs = self.jobs
            self.line.update(
                self.task, completed=jobs.done, total=jobs.total,
                running=", ".join(jobs.running), left=_duration(jobs.seconds_left()),
            )  # fmt: skip

    def _say(self, text: str) -> None:
        if text and text != "None":  # Snakemake's formatter writes it for a record without text
            self.console.print(text, markup=False, soft_wrap=True)

    def close(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            self._end()
        super().close()

    def _end(self) -> None:
        if self.line:
            self.line.stop()
        if failed := len(self.jobs.failed):
            self._say(
                f"{failed} of {self.jobs.total} jobs failed, {self.jobs.done} are done. "
                "Once the cause is gone, the same command does the rest."
            )

    @property
    def writes_to_stream(self) -> bool:
        return True

    @property
    def writes_to_file(self) -> bool:
        return False

    @property
    def has_filter(self) -> bool:
        return not self.is_plain

    @property
    def has_formatter(self) -> bool:
        return False

    @property
    def needs_rulegraph(self) -> bool:
        return False


def _facts(record: logging.LogRecord) -> Mapping[str, Any]:
    return record.__dict__


def _line(console: "Console") -> "tuple[Progress, TaskID]":
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.table import Column

    names = TextColumn("{task.fields[running]}", table_column=Column(ratio=1, no_wrap=True))
    left = TextColumn("{task.fields[left]}")
    line = Progress(
        MofNCompleteColumn(), BarColumn(bar_width=20), names, left,
        console=console, disable=not console.is_terminal, transient=True, expand=True,
    )  # fmt: skip
    line.start()
    return line, line.add_task("jobs", running="", left="")


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"about {seconds / 60:.0f} min left" if seconds >= 90 else "about a minute left"


def _failure(name: str, facts: Mapping[str, Any]) -> str:
    """Returns the job's own error, from its log, and the place of the log."""
    logs = [Path(log) for log in facts["log"]]
    texts = [log.read_text("utf-8", errors="replace") for log in logs if log.exists()]
    lines = [line for text in texts for line in text.splitlines()]
    errors = [line for line in lines if line.startswith("Error: ")]
    reason = errors[-1:] or lines[-LAST_LINES:] or ["Error: it ended without a word"]
    return "\n".join((f"Failed: {name}", *(f"  {line}" for line in [*reason, *map(str, logs)])))
