"""Measures the memory and time of each leaf module of a network: the paper's Table 1.

Each leaf module is timed in two ways. Cold is the authors' way: an untrained network in training
mode, one batch, one call per leaf by the host's clock, without warm-up or synchronisation. So the
first calls include the start of libraries, and on a GPU the queue hides the rest. A process can
measure cold times only once. Warm is the real cost of a layer: repeated and synchronised, in
evaluation mode and in training mode, in which dropout works and batch norms take statistics of the
batch. Each repeat has its input ready and is waited for, so the sum over leaves can differ from the
time of the whole network.
"""

import math
import os
import statistics
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import pandas as pd
import torch
from torch import Tensor, nn, profiler

from landcover import artifacts
from landcover.device import device_name, synchronise
from landcover.errors import SpecError
from landcover.models import Architecture, build, parameters
from landcover.provenance import provenance
from landcover.results import layout

MODES = {"evaluation": False, "training": True}  # the value for Module.train
SECONDS = 0.3  # of all repeats for a further batch size, if LEAST_REPEATS allows it
LEAST_REPEATS = 5
FLOAT32_BYTES = 4  # of a weight or an activation; the paper measures no other precision

# Leaves without a row in Table 1: they belong to the row before them.
FOLDED = frozenset({"BatchNorm2d", "LeakyReLU", "ReLU", "Identity"})
# Table 1's words for leaf types; other types keep their own names.
ROW_NAMES = {
    "Conv2d": "Conv",
    "MaxPool2d": "Pool",
    "AdaptiveAvgPool2d": "Pool",
    "Linear": "FC",
}
OPERATIONS = {
    "Conv2d": "Conv",
    "BatchNorm2d": "BN",
    "MaxPool2d": "Max Pooling",
    "AdaptiveAvgPool2d": "Average Pooling",
}


@dataclass(frozen=True)
class Leaf:
    """One call of one leaf module; counts are per image, memory and times per batch."""

    index: int  # from 1, in the order of execution
    name: str  # in the state dict, such as "features.0"
    type: str
    output_shape: tuple[int, ...]  # (C, H, W) or (units,)
    parameters: int
    formula: str  # of `parameters`, as in the paper; empty if there are none
    macs: int  # multiply-accumulates of convolutions and linear layers, without biases
    activation_elements: int
    memory_kb: float  # of the output alone, as in the paper; 1 KB = 1000 bytes
    cold_time_seconds: float
    warm_time_median_seconds: float  # in evaluation mode
    warm_time_q1_seconds: float
    warm_time_q3_seconds: float
    training_time_median_seconds: float  # warm, too
    training_time_q1_seconds: float
    training_time_q3_seconds: float


@dataclass(frozen=True)
class WarmTime:
    """The time of one call of one leaf, or of the whole network, in one mode."""

    mode: str  # "evaluation" or "training"
    batch_size: int
    index: int  # of the layer; 0: the whole network, with everything between the leaves
    name: str
    type: str
    median_seconds: float
    q1_seconds: float
    q3_seconds: float
    repeats: int


@dataclass(frozen=True)
class Profile:
    architecture: Architecture
    batch_size: int
    device: str  # the hardware's own name
    parameters: dict[str, int]  # total, trainable, frozen
    macs: int  # per image
    weight_bytes: int
    activation_bytes: int  # of all leaf outputs of a batch together, including views
    peak_memory_bytes: int  # the most at any moment of a forward pass in evaluation mode
    cold_time_seconds: float  # sum over the leaves, as in the paper
    warm_time_median_seconds: float  # of the whole forward pass
    warm_time_q1_seconds: float
    warm_time_q3_seconds: float
    warmups: int
    repeats: int
    layers: tuple[Leaf, ...]
    warm_times: tuple[WarmTime, ...]  # in both modes, also for further batch sizes


@dataclass(frozen=True)
class TableRow:
    """A row of Table 1: the numbers of its first leaf, and the sums over all its leaves."""

    name: str
    leaves: tuple[str, ...]  # names of the layers in this row
    output_size: str  # H×W×C
    formula: str
    operation: str
    parameters: int
    memory_kb: float
    cold_time_seconds: float
    warm_time_median_seconds: float
    training_time_median_seconds: float
    group_parameters: int
    group_memory_kb: float
    group_cold_time_seconds: float
    group_warm_time_median_seconds: float  # sum of the leaves' medians
    group_training_time_median_seconds: float


class _Call(NamedTuple):
    name: str
    leaf: nn.Module
    output_shape: tuple[int, ...]
    cold_time_seconds: float


class _Timing(NamedTuple):
    median_seconds: float
    q1_seconds: float
    q3_seconds: float


def profile(
    architecture: Architecture,
    batch_size: int,
    device: torch.device,
    *,
    further: Sequence[int] = (),
    seed: int = 0,
    warmups: int = 20,
    repeats: int = 200,
) -> Profile:
    """Profiles an untrained network on noise; the cold times need a new process.

    For `further` batch sizes, only warm times are measured, with fewer repeats if they are long.
    Raises SpecError for a batch, a device or an image size that the network cannot run with.
    """
    for size in (batch_size, *further):
        _check(size, device, warmups, repeats)
    gpus = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=gpus):
        torch.manual_seed(seed)
        model = build(architecture).to(device)
        size = architecture.image_size
        try:
            images = _noise(batch_size, size, device)
            calls = _cold(model.train(), images)
            with torch.inference_mode():
                peak_memory_bytes = _peak_memory_bytes(model.eval(), images)
                warm_times = _warm_times(model, images, warmups, repeats)
                for count in further:
                    images = _noise(count, size, device)
                    fewer = _affordable(model, images, repeats)
                    warm_times += _warm_times(model, images, min(warmups, 2), fewer)
        except (RuntimeError, ValueError) as error:  # images too small, or out of memory
            reason = str(error).splitlines()[0]
            raise SpecError(
                f"profile: {architecture.model} does not run with batch_size {batch_size} and "
                f"image_size {size} on {device} ({reason}); change one of them"
            ) from error
    of_batch = {
        (time.mode, time.index): time for time in warm_times if time.batch_size == batch_size
    }
    layers = tuple(
        _leaf(i, call, of_batch["evaluation", i], of_batch["training", i], batch_size)
        for i, call in enumerate(calls, start=1)
    )
    whole = of_batch["evaluation", 0]
    return Profile(
        architecture=architecture,
        batch_size=batch_size,
        device=_hardware(device),
        parameters=parameters(model),
        macs=sum(layer.macs for layer in layers),
        weight_bytes=sum(weight.nbytes for weight in model.parameters()),
        activation_bytes=sum(x.activation_elements for x in layers) * batch_size * FLOAT32_BYTES,
        peak_memory_bytes=peak_memory_bytes,
        cold_time_seconds=sum(layer.cold_time_seconds for layer in layers),
        warm_time_median_seconds=whole.median_seconds,
        warm_time_q1_seconds=whole.q1_seconds,
        warm_time_q3_seconds=whole.q3_seconds,
        warmups=warmups,
        repeats=repeats,
        layers=layers,
        warm_times=tuple(warm_times),
    )


def _noise(count: int, size: int, device: torch.device) -> Tensor:
    return torch.empty(count, 3, size, size).uniform_(-1, 1).to(device)


def table1(measured: Profile) -> tuple[TableRow, ...]:
    """Returns the rows of Table 1: norms and activations belong to the row before them.

    Rows are numbered by kind in the order of execution (Conv1, Conv2, ...), independent of the
    names of modules. The report shows only the memory and time of a row's first leaf; the `group_`
    sums include all its leaves.
    """
    groups: list[list[Leaf]] = []
    for layer in measured.layers:
        if groups and layer.type in FOLDED:
            groups[-1].append(layer)
        else:
            groups.append([layer])
    kinds = [ROW_NAMES.get(group[0].type, group[0].type) for group in groups]
    names = [
        kind if kinds.count(kind) == 1 else f"{kind}{kinds[: i + 1].count(kind)}"
        for i, kind in enumerate(kinds)
    ]
    return tuple(_row(name, group) for name, group in zip(names, groups, strict=True))


def write(measured: Profile, out: Path) -> None:
    """Writes layers.csv, table1.csv, warm_times.csv and, last, profile.json with everything."""
    warm = pd.DataFrame([asdict(x) for x in measured.warm_times])
    artifacts.write_csv(out / layout.WARM_TIMES, warm)
    artifacts.write_csv(out / layout.LAYERS, pd.DataFrame([asdict(x) for x in measured.layers]))
    artifacts.write_csv(out / layout.TABLE_1, pd.DataFrame([asdict(x) for x in table1(measured)]))
    facts = as_dict(measured) | {"provenance": provenance("profile")}
    artifacts.write_json(out / layout.PROFILE, facts)


def as_dict(measured: Profile) -> dict[str, Any]:
    """Returns the profile JSON-ready, with the rows of Table 1 as `table`."""
    return asdict(measured) | {"table": [asdict(row) for row in table1(measured)]}


def _row(name: str, group: list[Leaf]) -> TableRow:
    first = group[0]
    channels, *pixels = first.output_shape  # (C, H, W) or (units,)
    types = [layer.type for layer in group if layer is first or layer.type != "Identity"]
    return TableRow(
        name=name,
        leaves=tuple(layer.name for layer in group),
        output_size="×".join(map(str, [*pixels, channels])),
        formula=first.formula,
        operation=" + ".join(OPERATIONS.get(kind, kind) for kind in types),
        parameters=first.parameters,
        memory_kb=first.memory_kb,
        cold_time_seconds=first.cold_time_seconds,
        warm_time_median_seconds=first.warm_time_median_seconds,
        training_time_median_seconds=first.training_time_median_seconds,
        group_parameters=sum(layer.parameters for layer in group),
        group_memory_kb=sum(layer.memory_kb for layer in group),
        group_cold_time_seconds=sum(layer.cold_time_seconds for layer in group),
        group_warm_time_median_seconds=sum(layer.warm_time_median_seconds for layer in group),
        group_training_time_median_seconds=sum(x.training_time_median_seconds for x in group),
    )


def _check(batch_size: int, device: torch.device, warmups: int, repeats: int) -> None:
    if batch_size < 1:
        raise SpecError(f"profile: batch_size {batch_size} must be at least 1")
    if warmups < 0 or repeats < 2:  # quartiles need two numbers
        raise SpecError(
            f"profile: warmups {warmups} must be at least 0 and repeats {repeats} at least 2"
        )
    if device.type not in {"cpu", "cuda"}:
        raise SpecError(f"profile: device '{device}' cannot be measured; choose cpu or cuda")
    gpus = torch.cuda.device_count()
    if device.type == "cuda" and (device.index or 0) >= gpus:
        raise SpecError(f"profile: no device '{device}', PyTorch sees {gpus} GPUs; choose cpu")


def _leaves(model: nn.Module) -> dict[nn.Module, str]:
    return {m: name for name, m in model.named_modules() if next(m.children(), None) is None}


def _cold(model: nn.Module, images: Tensor) -> list[_Call]:
    names = _leaves(model)
    calls: list[_Call] = []
    started = 0.0

    def before(_leaf: nn.Module, _inputs: tuple[Tensor, ...]) -> None:
        nonlocal started
        started = perf_counter()

    def after(leaf: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        seconds = perf_counter() - started
        calls.append(_Call(names[leaf], leaf, tuple(output.shape[1:]), seconds))

    with ExitStack() as hooks:
        for leaf in names:
            hooks.enter_context(leaf.register_forward_pre_hook(before))
            hooks.enter_context(leaf.register_forward_hook(after))
        model(images)
    return calls


def _affordable(model: nn.Module, images: Tensor, repeats: int) -> int:
    """Returns how many repeats fit in `SECONDS` in the slower mode, but at least LEAST_REPEATS."""
    one = _timing(model.train(), images, 1, 2).median_seconds
    return min(repeats, max(LEAST_REPEATS, int(SECONDS / one)))


def _warm_times(model: nn.Module, images: Tensor, warmups: int, repeats: int) -> list[WarmTime]:
    """Measures every leaf and the whole network in both modes."""
    times: list[WarmTime] = []
    for mode, trains in MODES.items():
        model.train(trains)
        leaves = _warm(model, images, warmups, repeats)
        leaves.append(("", model, _timing(model, images, warmups, repeats)))
        times += [
            WarmTime(mode, len(images), i % len(leaves), name, type(leaf).__name__, *time, repeats)
            for i, (name, leaf, time) in enumerate(leaves, start=1)
        ]
    return times


def _warm(
    model: nn.Module, images: Tensor, warmups: int, repeats: int
) -> list[tuple[str, nn.Module, _Timing]]:
    """Times each leaf when the forward pass reaches it, so that only its input is in memory."""
    names = _leaves(model)
    timings: list[tuple[str, nn.Module, _Timing]] = []

    def before(leaf: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        overwrites = bool(getattr(leaf, "inplace", False))
        time = _timing(leaf.forward, inputs[0], warmups, repeats, overwrites=overwrites)
        timings.append((names[leaf], leaf, time))

    with ExitStack() as hooks:
        for leaf in names:
            hooks.enter_context(leaf.register_forward_pre_hook(before))
        model(images)
    return timings


def _timing(
    forward: Callable[[Tensor], Tensor],
    inputs: Tensor,
    warmups: int,
    repeats: int,
    *,
    overwrites: bool = False,
) -> _Timing:
    """Measures one call on an idle device; on a GPU, this includes the launch of its kernels."""
    seconds = []
    for _ in range(warmups + repeats):
        x = inputs.clone() if overwrites else inputs  # every repeat has the same numbers
        synchronise(inputs.device)
        started = perf_counter()
        forward(x)
        synchronise(inputs.device)
        seconds.append(perf_counter() - started)
    q1, median, q3 = statistics.quantiles(seconds[warmups:], n=4, method="inclusive")
    return _Timing(median, q1, q3)


def _peak_memory_bytes(model: nn.Module, images: Tensor) -> int:
    """Returns the memory before the forward pass, plus the most that the pass adds to it.

    The increase is counted by PyTorch's allocator: it includes the layers' temporary memory, but no
    other memory of this process.
    """
    living = sum(x.nbytes for x in (*model.parameters(), *model.buffers(), images))
    increase = _increase_on_gpu if images.device.type == "cuda" else _increase_on_cpu
    return living + increase(model, images)


def _increase_on_gpu(model: nn.Module, images: Tensor) -> int:
    torch.cuda.synchronize(images.device)
    torch.cuda.reset_peak_memory_stats(images.device)
    before = torch.cuda.memory_allocated(images.device)
    model(images)
    return torch.cuda.max_memory_allocated(images.device) - before


def _increase_on_cpu(model: nn.Module, images: Tensor) -> int:
    """Returns the peak of allocated minus freed bytes, from the profiler's record."""
    # Without this, PyTorch 2.13 prints the start and the stop of each profile to stderr.
    os.environ.setdefault("KINETO_LOG_LEVEL", "6")
    with profiler.profile(
        activities=[profiler.ProfilerActivity.CPU], profile_memory=True
    ) as recorded:
        model(images)
    allocated = peak = 0
    for event in sorted(recorded.events(), key=lambda event: event.time_range.end):
        allocated += event.self_cpu_memory_usage
        peak = max(peak, allocated)
    return peak


def _leaf(
    index: int, call: _Call, evaluation: WarmTime, training: WarmTime, batch_size: int
) -> Leaf:
    elements = math.prod(call.output_shape)
    return Leaf(
        index=index,
        name=call.name,
        type=type(call.leaf).__name__,
        output_shape=call.output_shape,
        parameters=parameters(call.leaf)["total"],
        formula=_formula(call.leaf),
        macs=_macs(call.leaf, elements),
        activation_elements=elements,
        memory_kb=batch_size * elements * FLOAT32_BYTES / 1000,
        cold_time_seconds=call.cold_time_seconds,
        warm_time_median_seconds=evaluation.median_seconds,
        warm_time_q1_seconds=evaluation.q1_seconds,
        warm_time_q3_seconds=evaluation.q3_seconds,
        training_time_median_seconds=training.median_seconds,
        training_time_q1_seconds=training.q1_seconds,
        training_time_q3_seconds=training.q3_seconds,
    )


def _formula(leaf: nn.Module) -> str:
    """Returns a count as in Table 1, which swaps the factors of FC2 alone: 128×10+10."""
    match leaf:
        case nn.Conv2d():
            height, width = leaf.kernel_size
            sizes = [leaf.in_channels // leaf.groups, leaf.out_channels, height, width]
            bias = leaf.out_channels if leaf.bias is not None else 0
        case nn.Linear():
            sizes = [leaf.out_features, leaf.in_features]
            bias = leaf.out_features if leaf.bias is not None else 0
        case nn.BatchNorm2d(affine=True):
            sizes = [2, leaf.num_features]
            bias = 0
        case _:
            return ""
    return "×".join(map(str, sizes)) + (f"+{bias}" if bias else "")


def _macs(leaf: nn.Module, output_elements: int) -> int:
    match leaf:
        case nn.Conv2d():
            return output_elements * leaf.weight[0].numel()  # (in/groups, kh, kw) per element
        case nn.Linear():
            return output_elements * leaf.in_features
        case _:
            return 0


def _hardware(device: torch.device) -> str:
    name = device_name(device)
    return name if device.type == "cuda" else f"{name} (threads: {torch.get_num_threads()})"
