import csv
import json
import math
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
import torchinfo
from torch import nn

from landcover.errors import SpecError
from landcover.models import MODELS, Architecture, build
from landcover.models.dropout import Dropout
from landcover.profiling import _affordable, _Timing, profile, table1

CPU = torch.device("cpu")
CUSTOMCNN = Architecture("customcnn", 32, 10)
REFERENCE = Path(__file__).parents[2] / "workflow/reference/table1_profile.csv"
LOGGED = list(csv.DictReader(REFERENCE.read_text(encoding="utf-8").splitlines()))
CONVOLUTION = "Conv + BN + LeakyReLU"
REPORT = [  # layer, output size, parameters, operation, as printed
    ("Conv1", "32×32×32", "3×32×3×3+32", CONVOLUTION),
    ("Conv2", "32×32×32", "32×32×3×3+32", CONVOLUTION),
    ("Pool1", "16×16×32", "", "Max Pooling"),
    ("Dropout1", "16×16×32", "", "Dropout"),
    ("Conv3", "16×16×64", "32×64×3×3+64", CONVOLUTION),
    ("Conv4", "16×16×64", "64×64×3×3+64", CONVOLUTION),
    ("Pool2", "8×8×64", "", "Max Pooling"),
    ("Dropout2", "8×8×64", "", "Dropout"),
    ("Conv5", "8×8×128", "64×128×3×3+128", CONVOLUTION),
    ("Conv6", "8×8×128", "128×128×3×3+128", CONVOLUTION),
    ("Pool3", "4×4×128", "", "Max Pooling"),
    ("Dropout3", "4×4×128", "", "Dropout"),
    ("Flatten", "2048", "", "Flatten"),
    ("FC1", "128", "128×2048+128", "Linear + LeakyReLU"),
    ("Dropout4", "128", "", "Dropout"),
    ("FC2", "10", "10×128+10", "Linear"),  # the report: 128×10+10, inputs first in this row only
]


@pytest.fixture(scope="module")
def customcnn():
    return profile(CUSTOMCNN, 1, CPU, warmups=1, repeats=5)


def profile_of(net, monkeypatch, batch_size=1):
    monkeypatch.setitem(MODELS, "toy", lambda _: net)
    return profile(Architecture("toy", 8, 2), batch_size, CPU, warmups=1, repeats=3)


def value(formula):
    return sum(math.prod(map(int, term.split("×"))) for term in formula.split("+") if term)


def test_the_29_layers_are_those_of_the_authors_log(customcnn):
    ours = [
        (
            str(layer.index),
            layer.name,
            layer.type,
            "x".join(map(str, layer.output_shape)),
            str(layer.parameters),
            str(layer.activation_elements),
            f"{layer.memory_kb:.2f}",
        )
        for layer in customcnn.layers
    ]
    assert ours == [tuple(row.values())[:7] for row in LOGGED]


def test_the_16_rows_are_those_of_the_report(customcnn):
    rows = table1(customcnn)
    assert [(r.name, r.output_size, r.formula, r.operation) for r in rows] == REPORT
    assert [(r.name, f"{r.memory_kb:.2f}") for r in rows] == [
        (row["table1_row"], row["memory_KB"]) for row in LOGGED if row["in_table1"] == "1"
    ]


def test_group_sums_hold_what_the_rows_of_the_report_leave_out(customcnn):
    rows = table1(customcnn)
    assert sum(row.parameters for row in rows) == 550_570
    assert sum(row.group_parameters for row in rows) == 551_466
    assert sum(row.memory_kb for row in rows) == pytest.approx(582.7, abs=0.05)
    assert sum(row.group_memory_kb for row in rows) == pytest.approx(1500.712)
    assert sum(row.group_cold_time_seconds for row in rows) == pytest.approx(
        customcnn.cold_time_seconds
    )


def test_totals_of_the_report(customcnn):
    assert customcnn.parameters == {"total": 551_466, "trainable": 551_466, "frozen": 0}
    assert customcnn.weight_bytes == 2_205_864
    assert customcnn.activation_bytes == 1_500_712
    assert round(customcnn.macs / 1e6, 2) == 38.90


def test_counts_agree_with_torchinfo(customcnn):
    oracle = torchinfo.summary(build(CUSTOMCNN), input_size=(1, 3, 32, 32), verbose=0)
    assert {x.name: x.parameters for x in customcnn.layers} == {
        x.var_name: x.num_params for x in oracle.summary_list[1:]
    }
    convolution_biases = 2 * (32 * 32 * 32 + 64 * 16 * 16 + 128 * 8 * 8)  # one per output
    # torchinfo also counts each bias, and one operation per batch-norm weight.
    assert oracle.total_mult_adds == customcnn.macs + convolution_biases + (128 + 10) + 896


def test_formulas_evaluate_to_the_counts(customcnn):
    assert [value(x.formula) for x in customcnn.layers] == [x.parameters for x in customcnn.layers]


def test_memory_grows_with_the_batch_and_counts_per_image_do_not(customcnn):
    batch = profile(CUSTOMCNN, 4, CPU, warmups=0, repeats=2)
    assert batch.activation_bytes == 4 * customcnn.activation_bytes
    assert batch.layers[0].memory_kb == 4 * customcnn.layers[0].memory_kb
    assert batch.macs == customcnn.macs
    assert batch.peak_memory_bytes > customcnn.peak_memory_bytes


def test_times_are_positive_and_quartiles_in_order(customcnn):
    for x in (customcnn, *customcnn.layers):
        assert x.cold_time_seconds > 0
        assert 0 < x.warm_time_q1_seconds <= x.warm_time_median_seconds <= x.warm_time_q3_seconds


def test_dropout_works_in_training_mode_only(monkeypatch):
    seen = {True: 0, False: 0}

    def forward(self, x):
        seen[self.training] += 1
        return x

    monkeypatch.setattr(Dropout, "forward", forward)
    found = profile(CUSTOMCNN, 1, CPU, warmups=1, repeats=3)
    assert seen == {True: 4 * (1 + 5 + 4), False: 4 * (1 + 5 + 4)}  # cold and memory: one each
    assert {(x.mode, x.batch_size) for x in found.warm_times} == {
        ("evaluation", 1),
        ("training", 1),
    }


def test_the_warm_times_of_a_layer_are_those_of_the_first_batch_size():
    found = profile(CUSTOMCNN, 2, CPU, further=[3], warmups=0, repeats=2)
    assert len(found.warm_times) == 2 * 2 * (29 + 1)  # batch sizes, modes, leaves and the whole
    by_key = {(x.batch_size, x.mode, x.index): x for x in found.warm_times}
    for layer in found.layers:
        both = [by_key[2, mode, layer.index] for mode in ("evaluation", "training")]
        assert {x.name for x in both} == {layer.name}
        assert [x.median_seconds for x in both] == [
            layer.warm_time_median_seconds,
            layer.training_time_median_seconds,
        ]
    assert by_key[2, "evaluation", 0].median_seconds == found.warm_time_median_seconds
    assert found.layers[0].memory_kb == 2 * 131.072


def test_long_repeats_are_fewer_but_never_too_few(monkeypatch):
    times = iter([1.0, 0.02])
    monkeypatch.setattr("landcover.profiling._timing", lambda *_: _Timing(next(times), 0.0, 0.0))
    images = torch.zeros(1, 3, 8, 8)
    assert _affordable(nn.ReLU(), images, 200) == 5
    assert _affordable(nn.ReLU(), images, 200) == 15


def test_peak_memory_lies_between_the_largest_layer_and_all_layers(customcnn):
    largest = max(x.activation_elements for x in customcnn.layers) * 4
    everything = customcnn.weight_bytes + customcnn.activation_bytes
    assert customcnn.weight_bytes + largest <= customcnn.peak_memory_bytes <= everything


def test_peak_memory_of_a_chain_is_its_input_and_two_outputs(monkeypatch):
    chain = nn.Sequential(nn.LeakyReLU(), nn.LeakyReLU(), nn.LeakyReLU())
    assert profile_of(chain, monkeypatch, batch_size=5).peak_memory_bytes == 3 * 5 * 3 * 8 * 8 * 4


def test_a_profile_is_json_ready(customcnn):
    read_back = json.loads(json.dumps(asdict(customcnn)))
    assert read_back["architecture"]["model"] == "customcnn"
    assert read_back["layers"][0]["output_shape"] == [32, 32, 32]


def test_without_batch_norm_and_dropout_their_rows_and_words_go():
    plain = Architecture("customcnn", 32, 10, batch_norm=False, dropout=0.0)
    rows = table1(profile(plain, 1, CPU, warmups=0, repeats=2))
    assert [(r.name, r.operation) for r in rows] == [
        (name, operation.replace("BN + ", ""))
        for name, _, _, operation in REPORT
        if operation != "Dropout"
    ]
    assert sum(row.group_parameters for row in rows) == 550_570


class Residual(nn.Module):
    """A block as in a ResNet: one in-place activation, used twice; (B, 3, S, S) -> (B, 6)."""

    def __init__(self):
        super().__init__()
        self.expand = nn.Conv2d(3, 6, kernel_size=1, groups=3, bias=False)
        self.act = nn.LeakyReLU(0.5, inplace=True)
        self.mix = nn.Conv2d(6, 6, kernel_size=3, padding=1)
        self.norm = nn.BatchNorm2d(6)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.seen = []

    def forward(self, x):
        x = self.act(self.expand(x))  # (B, 6, S, S)
        self.seen.append(x.sum().item())
        return self.pool(self.act(x + self.norm(self.mix(x)))).flatten(1)  # (B, 6)


def test_a_shared_leaf_has_one_layer_per_call(monkeypatch):
    measured = profile_of(Residual(), monkeypatch)
    assert [x.name for x in measured.layers] == ["expand", "act", "mix", "norm", "act", "pool"]
    assert [(r.name, r.operation) for r in table1(measured)] == [
        ("Conv1", "Conv + LeakyReLU"),
        ("Conv2", CONVOLUTION),
        ("Pool", "Average Pooling"),
    ]


def test_grouped_convolutions_count_only_their_own_inputs(monkeypatch):
    expand = profile_of(Residual(), monkeypatch).layers[0]
    assert (expand.formula, expand.parameters) == ("1×6×1×1", 6)
    assert expand.macs == 6 * 8 * 8


def test_in_place_leaves_do_not_change_what_the_next_leaf_sees(monkeypatch):
    net = Residual()
    profile_of(net, monkeypatch)
    forwards = 1 + 1 + 2 * (1 + (1 + 3))  # cold, memory; in both modes leaf by leaf, and whole
    assert net.seen == pytest.approx([net.seen[0]] * forwards)


class Fails(nn.Module):
    def __init__(self, training):
        super().__init__()
        self.fails_in_training = training

    def forward(self, x):
        if self.training == self.fails_in_training:
            raise RuntimeError("no such shape\nand a trace")
        return x


@pytest.mark.parametrize("training", [True, False])
def test_hooks_come_off_when_a_forward_fails(monkeypatch, training):
    net = nn.Sequential(nn.ReLU(), Fails(training))
    with pytest.raises(SpecError, match=r"toy .* image_size 8 on cpu \(no such shape\); change"):
        profile_of(net, monkeypatch)
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in net.modules())


def test_hooks_come_off_after_a_profile(monkeypatch):
    net = Residual()
    profile_of(net, monkeypatch)
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in net.modules())


def test_the_callers_random_numbers_stay_as_they_were():
    before = torch.get_rng_state()
    profile(CUSTOMCNN, 1, CPU, warmups=0, repeats=2)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("architecture", "batch_size", "device", "said"),
    [
        (CUSTOMCNN, 0, "cpu", "batch_size 0 must be at least 1"),
        (CUSTOMCNN, 1, "cuda:99", "no device 'cuda:99'"),
        (CUSTOMCNN, 1, "meta", "device 'meta' cannot be measured; choose cpu or cuda"),
        (Architecture("customcnn", 30, 10), 1, "cpu", "multiple of 8"),
    ],
)
def test_what_cannot_be_profiled_is_refused(architecture, batch_size, device, said):
    with pytest.raises(SpecError, match=said):
        profile(architecture, batch_size, torch.device(device))


def test_too_few_repeats_for_quartiles_are_refused():
    with pytest.raises(SpecError, match="repeats 1 at least 2"):
        profile(CUSTOMCNN, 1, CPU, repeats=1)
