"""What a row of the table is, and ways that take turns so that a busy machine slows all alike."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import torch

Found = TypeVar("Found")


@dataclass(frozen=True)
class Options:
    repeats: int
    device: torch.device
    quick: bool  # smaller cases, to see that the program runs; its figures say nothing

    def count(self, images: int) -> int:
        return max(images // 20, 40) if self.quick else images


@dataclass(frozen=True)
class Row:
    """One measured value for each repeat, and what it should be at least or at most."""

    what: str
    against: str
    values: tuple[float, ...]
    goal: float | None = None
    at_most: bool = False
    unit: str = "×"  # as fast as the peer
    ours: tuple[float, ...] = ()  # what a ratio is of, in `measured`
    peer: tuple[float, ...] = ()
    measured: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.median <= self.goal if self.at_most else self.median >= self.goal


@dataclass(frozen=True)
class LeftOut:
    what: str
    why: str


def rounds(ways: Mapping[str, Callable[[], Found]], repeats: int) -> dict[str, tuple[Found, ...]]:
    """What each way measures in each round; where there are several, a first one only warms up."""
    warm_ups = 1 if repeats > 1 else 0
    found = [{name: way() for name, way in ways.items()} for _ in range(repeats + warm_ups)]
    return {name: tuple(one[name] for one in found[warm_ups:]) for name in ways}


def rates(
    what: str, against: str, ours: tuple[float, ...], peer: tuple[float, ...], goal: float
) -> Row:
    """Of images per second, round by round."""
    ratios = tuple(a / b for a, b in zip(ours, peer, strict=True))
    return Row(what, against, ratios, goal, ours=ours, peer=peer, measured="images/s")


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def cpu_seconds(work: Callable[[], object]) -> float:
    """By the processor's own clock, which other programs on the machine hardly disturb."""
    started = time.process_time()
    work()
    return time.process_time() - started
