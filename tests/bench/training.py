"""Rows of training: against the authors' way, against the network alone, and how it grows."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import authors
import torch
from measure import LeftOut, Options, Row, rates, rounds
from torch import nn

from landcover import experiments, models
from landcover.artifacts import read_csv
from landcover.data import prepared
from landcover.data.batches import DeviceSplit
from landcover.data.catalog import dataset
from landcover.data.prepared import Prepared
from landcover.device import computes_in_bf16
from landcover.experiments import Experiment
from landcover.fetch import draw
from landcover.inference import forward
from landcover.train import train

WORKFLOW = Path(__file__).parents[2] / "workflow"
NO_BF16 = "the processor has no bf16 in hardware"
AUTHORS = "the authors' way"
RUN = """
import sys
from pathlib import Path
from dataclasses import replace
import torch
from landcover import experiments
from landcover.data import prepared
from landcover.train import train
workflow, folder, out, seeds = sys.argv[1:]
spec = replace(experiments.load(Path(workflow), "paper")["task1"].experiment, epochs=1)
data = prepared.read(Path(folder))
found = 0.0
for seed in range(int(seeds)):
    facts = train(replace(spec, max_eval_images=10), seed, data, Path(out, str(seed)),
                  torch.device("cpu"))
    found += facts["seconds"]
lines = Path("/proc/self/status").read_text().splitlines()
anonymous = next((int(line.split()[1]) for line in lines if line.startswith("RssAnon")), 0)
print(found, anonymous / 1024)
"""


def experiment(name: str) -> Experiment:
    return experiments.load(WORKFLOW, "paper")[name].experiment


def images(name: str, count: int) -> Prepared:
    return draw(dataset(name), {"train": -(-count // 10), "val": 1, "test": 1})


def our_rate(spec: Experiment, data: Prepared, device: torch.device) -> float:
    """Images per second in the second of two epochs."""
    with tempfile.TemporaryDirectory() as folder:
        facts = train(replace(spec, epochs=2), 0, data, Path(folder), device)
        table = read_csv(Path(folder, "history.csv"), ("train_seconds",))
    count = facts["train_images"] * (2 if spec.concat_original else 1)
    return count / float(table["train_seconds"].iloc[1])


def network_rate(spec: Experiment, data: Prepared, device: torch.device) -> float:
    """The same network, loss and optimizer on one batch that is always ready, in channels_last."""
    split = DeviceSplit.of(data.split("train"), device, spec.normalise)
    rows = torch.arange(spec.batch_size, device=device)
    x, y = split.normalised(split.images(rows), rows), split.labels[rows]
    network = models.build(models.Architecture.of(spec, len(data.classes))).train()
    network = network.to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(network.parameters(), spec.learning_rate, fused=True)
    steps = max(len(split) // spec.batch_size, 1)
    for measured in (False, True):
        started = time.perf_counter()
        for _ in range(steps if measured else 2):
            loss = nn.functional.cross_entropy(forward(network, x, spec.precision), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        loss.item()
    return steps * spec.batch_size / (time.perf_counter() - started)


def input_rate(spec: Experiment, data: Prepared, device: torch.device) -> float:
    """Shuffled batches, taken from the array and normalised, and nothing else."""
    split = DeviceSplit.of(data.split("train"), device, spec.normalise)
    order = torch.randperm(len(split)).to(device)
    started = time.perf_counter()
    for rows in order.split(spec.batch_size):
        batch = split.normalised(split.images(rows), rows)
    batch.sum().item()
    return len(split) / (time.perf_counter() - started)


def task1(options: Options) -> list[Row | LeftOut]:
    spec, data = experiment("task1"), images("cifar10", options.count(1280))
    ways: dict[str, Callable[[], float]] = {
        "authors": lambda: authors.rate(spec, data, options.device)
    }
    for precision in _precisions(options):
        own = replace(spec, precision=precision)
        ways |= {
            precision: lambda own=own: our_rate(own, data, options.device),
            f"{precision} alone": lambda own=own: network_rate(own, data, options.device),
        }
    ways["input"] = lambda: input_rate(spec, data, options.device)
    found = rounds(ways, options.repeats)
    rows: list[Row | LeftOut] = []
    for precision, goal in (("fp32", 1.35), ("bf16", 3.5)):
        what = f"Task 1 training, {precision}"
        if precision not in found:
            rows.append(LeftOut(what, NO_BF16))
            continue
        alone = found[f"{precision} alone"]
        share = tuple(100 * a / b for a, b in zip(alone, found["input"], strict=True))
        rows += [
            rates(what, AUTHORS, found[precision], found["authors"], goal),
            rates(what, "the network alone, ready tensor", found[precision], alone, 0.95),
            Row(
                f"Input pipeline, {precision}",
                "the network alone",
                share,
                5,
                at_most=True,
                unit="%",
            ),
        ]
    return rows


def exp3(options: Options) -> list[Row | LeftOut]:
    spec, data = experiment("task2-exp3"), images("cifar10", options.count(1024))
    ways = {"authors": lambda: authors.rate(spec, data, options.device)}
    for precision in _precisions(options):
        own = replace(spec, precision=precision)
        ways[precision] = lambda own=own: our_rate(own, data, options.device)
    return _against(options, "Exp 3 (augmented) training", AUTHORS, ways, (1.8, 3.5))


def vgg16(options: Options) -> list[Row | LeftOut]:
    """Ours also augments every image; the plain loop has them as they are."""
    data = images("eurosat", options.count(256))
    spec = replace(experiment("task5-vgg16"), pretrained="random", batch_size=64)
    ways = {"authors": lambda: _plain_loop(spec, data, options.device)}
    for precision in _precisions(options):
        own = replace(spec, precision=precision)
        ways[precision] = lambda own=own: our_rate(own, data, options.device)
    return _against(
        options, "Frozen VGG16, 64 px, training", "a plain loop with autograd", ways, (2.0, 4.0)
    )


def growth(options: Options) -> list[Row | LeftOut]:
    """Seconds and memory of runs in processes of their own; files that are mapped do not count."""
    count = options.count(1280)
    with tempfile.TemporaryDirectory() as folder:
        for times in (1, 2, 4):
            prepared.write(Path(folder, str(times)), images("cifar10", times * count))
        found = rounds(
            {str(n): lambda n=n: _run(folder, n, 1) for n in (1, 2, 4)}
            | {"seeds": lambda: _run(folder, 1, 3)},
            options.repeats,
        )
    once = found["1"]
    rows: list[Row | LeftOut] = []
    for what, key, times in (
        ("2 times the images", "2", 2), ("4 times the images", "4", 4), ("3 seeds", "seeds", 3),
    ):  # fmt: skip
        grown = tuple(b[0] / a[0] / times for a, b in zip(once, found[key], strict=True))
        rows.append(Row(f"{what}: time", f"{times} times that of one", grown, 1.1, at_most=True))
    more = tuple(b[1] / a[1] for a, b in zip(once, found["4"], strict=True))
    rows.append(Row("4 times the images: memory", "that of one", more, 1.1, at_most=True))
    return rows


def _run(folder: str, times: int, seeds: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as out:
        data = str(Path(folder, str(times)))
        command = [sys.executable, "-c", RUN, str(WORKFLOW), data, out, str(seeds)]
        answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    seconds, memory_mib = map(float, answer.split())
    return seconds, memory_mib


def _plain_loop(spec: Experiment, data: Prepared, device: torch.device) -> float:
    """The whole network under autograd, of which the optimizer has only the head."""
    split = DeviceSplit.of(data.split("train"), device, spec.normalise)
    network = authors.model(spec, len(data.classes)).to(device).train()
    head = [p for p in network.parameters() if p.requires_grad]
    network.requires_grad_()
    optimizer = torch.optim.Adam(head, spec.learning_rate)
    started = time.perf_counter()
    for rows in torch.arange(len(split), device=device).split(spec.batch_size):
        x = split.normalised(split.images(rows), rows).contiguous()
        loss = nn.functional.cross_entropy(network(x), split.labels[rows])
        network.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()
    return len(split) / (time.perf_counter() - started)


def _precisions(options: Options) -> tuple[str, ...]:
    return ("fp32", "bf16") if computes_in_bf16(options.device) else ("fp32",)


def _against(
    options: Options,
    what: str,
    peer: str,
    ways: dict[str, Callable[[], float]],
    goals: tuple[float, float],
) -> list[Row | LeftOut]:
    found = rounds(ways, options.repeats)
    return [
        rates(f"{what}, {precision}", peer, found[precision], found["authors"], goal)
        if precision in found
        else LeftOut(f"{what}, {precision}", NO_BF16)
        for precision, goal in zip(("fp32", "bf16"), goals, strict=True)
    ]
