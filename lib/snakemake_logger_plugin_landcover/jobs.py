"""The jobs of a workflow: how many there are, which ones run, how long the rest takes."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Job:
    rule: str
    name: str  # rule and wildcards
    started: float  # by the clock


@dataclass
class Jobs:
    clock: Callable[[], float] = time.monotonic
    expected: dict[str, int] = field(default_factory=dict)  # unfinished jobs of each rule
    seconds: dict[str, list[float]] = field(default_factory=dict)  # of each rule's finished jobs
    open: dict[int, Job] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)  # and not tried again since
    began: float = 0.0

    def expect(self, counts: Mapping[str, int]) -> None:
        """Takes the expected number of jobs of each rule, and their `total`."""
        self.expected = {rule: count for rule, count in counts.items() if rule != "total"}
        self.began = self.clock()

    def start(self, facts: Mapping[str, Any]) -> None:
        rule, wildcards = str(facts["rule_name"]), facts["wildcards"] or {}
        words = [rule.replace("_", " ")]
        words += [f"seed {v}" if k == "seed" else v for k, v in wildcards.items() if k != "preset"]
        self.failed.discard(facts["jobid"])
        self.open[facts["jobid"]] = Job(rule, " ".join(words), self.clock())

    def finish(self, number: int) -> None:
        job = self.open.pop(number, None)
        if job:
            self.seconds.setdefault(job.rule, []).append(self.clock() - job.started)
            self.expected[job.rule] -= 1

    def fail(self, number: int) -> str:
        """Ends a job that failed; returns its name."""
        self.failed.add(number)
        job = self.open.pop(number, None)
        return job.name if job else f"job {number}"

    @property
    def done(self) -> int:
        return sum(map(len, self.seconds.values()))

    @property
    def total(self) -> int:
        return self.done + sum(self.expected.values())

    @property
    def running(self) -> list[str]:
        return [job.name for job in self.open.values()]

    def seconds_left(self) -> float | None:
        """Returns an estimate from the finished jobs; None before the first.

        If a rule has no finished job, its jobs count as long as the average job.
        """
        spent = sum(sum(times) for times in self.seconds.values())
        if not spent:
            return None
        mean = {rule: sum(times) / len(times) for rule, times in self.seconds.items()}
        work = sum(mean.get(rule, spent / self.done) * n for rule, n in self.expected.items())
        at_once = spent / (self.clock() - self.began)  # jobs that ran side by side
        return work / at_once
