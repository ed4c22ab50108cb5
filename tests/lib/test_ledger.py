"""The language of the ledger, its own file, and the rules on made-up values."""

from pathlib import Path
from shutil import copytree

import pytest

from landcover import claims, experiments
from landcover.claims import arithmetic, expression
from landcover.claims.expression import MissingError
from landcover.claims.ledger import load
from landcover.claims.verdicts import RULES, Expected, in_words
from landcover.errors import SpecError
from landcover.results import study

WORKFLOW = Path(__file__).parents[2] / "workflow"
TABLE = experiments.load(WORKFLOW, "paper")


def value(text, **functions):
    return expression.evaluate(expression.parse(text), arithmetic.FUNCTIONS | functions)


@pytest.fixture
def workflow(tmp_path):
    """A copy to spoil."""
    return copytree(WORKFLOW, tmp_path / "workflow")


@pytest.fixture
def refused(workflow):
    """What is said of a ledger of one claim."""

    def refused(**entry):
        entry = {"claim": "Something is so.", "rule": "shape", "measure": "1"} | entry
        lines = [f"  {key}: {text!r}" for key, text in entry.items()]
        ledger = "\n".join(["# a comment", "T1.made-up:", *lines, ""])
        (workflow / "claims.yaml").write_text(ledger, encoding="utf-8")
        with pytest.raises(SpecError) as error:
            claims.check(TABLE, workflow)
        return str(error.value)

    return refused


def test_expressions_know_numbers_texts_lists_and_comparisons():
    assert value("(1 + 2 * 3) / 2 - 1") == 2.5
    assert value("[1, 'a'] == [1, 'a'] and not 2 < 1 < 3 or 'a' != 'a'")
    assert value("max(twice(2), 3)", twice=lambda x: 2 * x) == 4


@pytest.mark.parametrize(
    "text",
    [
        "().__class__", "x", "lambda: 1", "max(1, key=2)", "9 ** 9 ** 9", "1 << 99",
        "7 % 2", "7 // 2",
        "[x for x in [1]]", "{1: 2}", "{1}", "(1, 2)", "[1][0]", "1 if 2 else 3", "f'{1}'", "b'a'",
        "None", "1j", "...", "max(*[1])", "(max)(1)(2)", "1 in [1]", "1 is 1", "(x := 1)", "~1",
        "await 1", "'a'.upper()", "max.__call__(1)",
    ],
)  # fmt: skip
def test_expressions_refuse_everything_else(text):
    with pytest.raises(SpecError):
        expression.parse(text)


@pytest.mark.parametrize("text", ["", "1 +", "1; 2", "import os", "\0", "x = 1", "(" * 1000])
def test_what_is_no_expression_is_refused(text):
    with pytest.raises(SpecError, match="no expression"):
        expression.parse(text)


@pytest.mark.parametrize("text", ["'a' * 1000", "[1] + [2]", "-'a'", "[1] * 1000000000"])
def test_only_numbers_are_added_and_multiplied(text):
    with pytest.raises(SpecError, match="only of numbers"):
        value(text)


def test_a_division_by_zero_is_a_gap():
    with pytest.raises(MissingError, match="zero"):
        value("1 / 0")


def test_epochs_count_from_one():
    curve = [3.0, 1.0, 2.0]
    assert (arithmetic.argmin(curve), arithmetic.argmax(curve)) == (2, 1)
    assert (arithmetic.at(curve, 3), arithmetic.end(curve)) == (2.0, 2.0)
    assert (arithmetic.until(curve, 2), arithmetic.after(curve, 2)) == ([3.0, 1.0], [2.0])
    assert (arithmetic.reaches(curve, 3), arithmetic.reaches(curve, 9)) == (1, 4)


@pytest.mark.parametrize("text", ["at([1, 2], 3)", "at([1], 0)", "after([1, 2], 2)", "slope([1])"])
def test_an_epoch_that_was_not_trained_is_a_gap(text):
    with pytest.raises(MissingError):
        value(text)


def test_curves_are_described_as_a_reader_would():
    assert value("rises([3, 2, 2, 4, 5])") == 2
    assert value("largest_rise([3, 2, 4])") == 2
    assert value("slope([1, 3, 5])") == 2
    assert value("longest_wait([1, 3, 2, 3, 3, 4, 1])") == 3
    assert value("below([1, 2], [2, 3])")
    assert not value("below([1, 3], [2, 3])")


def test_lists_are_described_as_a_reader_would():
    assert value("share(['a', 'b', 'a', 'c'], 'a', 'c')") == 0.75
    assert value("purity(['a', 'b', 'a', 'a'])") == 0.75
    assert value("reaching([0.5, 0.9, 1.0], 0.9)") == pytest.approx(2 / 3)
    assert value("nth_least([3, 1, 2], 2)") == 2
    assert value("median([1, 9, 2, 3])") == 2.5
    assert value("rounded([1.234, 5], 2)") == [1.23, 5]


def test_concordance_is_one_for_the_same_order_and_minus_one_for_the_reverse():
    assert value("concordance([1, 2, 3], [10, 20, 90])") == 1
    assert value("concordance([1, 2, 3], [3, 2, 1])") == -1


def test_a_percentage_is_countable_where_a_number_of_images_makes_it():
    assert value("countable(82.22, 4050)")  # 3330
    assert not value("countable(87.29, 4050)")  # 3535 are 87.28, 3536 are 87.31


def test_every_claim_of_the_ledger_loads_and_no_two_are_alike():
    ledger = load(WORKFLOW, study.read(Path("no results"), TABLE, WORKFLOW))
    assert len(ledger) > 150
    assert len({claim.claim for claim in ledger}) == len(ledger)


def test_a_claim_that_nothing_could_decide_says_why():
    ledger = load(WORKFLOW, study.read(Path("no results"), TABLE, WORKFLOW))
    assert all(claim.note for claim in ledger if claim.rule == "unknowable")


@pytest.mark.parametrize(
    ("measure", "reason"),
    [
        ("bset('task1')", "there is no measurement 'bset'; did you mean 'best'?"),
        ("best('task2-exp6')", "best: no experiment 'task2-exp6'; did you mean 'task2-exp5'?"),
        ("best('task1', 1)", "best takes 1: experiment"),
        ("curve('task1', 'eval_los')", "no column 'eval_los'; did you mean 'eval_loss'?"),
        ("setting('task1', 'epoch')", "no setting 'epoch'; did you mean 'epochs'?"),
        ("parameters('task1', 'all')", "no count 'all'; did you mean 'total'?"),
        ("authors('task1', 'test/f2')", "no their metric 'test/f2'"),
        ("authors('task1', 'test/f1/River')", "the authors left no test/f1/River of task1"),
        ("authors_curve('task1', 'val', 'loss')", "the authors left no val loss of task1"),
        ("authors_top('task3_vgg', 'fc3', 1)", "the authors left no fc3 1 of task3_vgg"),
        ("of_class('task5-vgg16', 'Rivers', 'f1')", "no class 'Rivers'; did you mean 'River'?"),
        ("units('vgg16', 'fc1', 'pure')", "no of a unit 'pure'; did you mean 'purity'?"),
        ("units('vgg17', 'fc1', 'purity')", "no network 'vgg17'; did you mean 'vgg16'?"),
        ("images('cifar100', 'test')", "no dataset 'cifar100'; did you mean 'cifar10'?"),
        ("best(max('task1', 'task1'))", "best must be given its experiment as it is"),
        ("argmin()", "argmin cannot be asked of 0 values"),
        ("max()", "max cannot be asked of 0 values"),
        ("open('secret')", "there is no measurement 'open'"),
        ("best.__class__", "may not stand in an expression"),
    ],
)
def test_a_measure_that_points_nowhere_is_told_with_its_place(refused, measure, reason):
    said = refused(measure=measure)
    assert reason in said
    assert "claims.yaml, line 5, measure (T1.made-up)" in said


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"rule": "guess"}, "line 4, rule (T1.made-up): 'guess' is not one of"),
        ({"rules": "shape"}, "'rules' was unexpected"),
        ({"rule": "accuracy"}, "line 2, T1.made-up (T1.made-up): nothing says what is expected"),
        ({"logged": "best('x')"}, "line 6, logged (T1.made-up): best: no experiment 'x'"),
        ({"nearly": "1 +"}, "line 6, nearly (T1.made-up): '1 +' is no expression"),
        ({"tolerance": -1}, "line 6, tolerance (T1.made-up): -1 is less than the minimum"),
    ],
)
def test_an_entry_that_cannot_be_judged_is_told_with_its_place(refused, entry, reason):
    assert reason in refused(**entry)


def test_a_claim_to_be_measured_needs_a_measure(workflow):
    text = "T1.x:\n  claim: Something is so.\n  rule: shape\n"
    (workflow / "claims.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match=r"line 1, T1\.x \(T1\.x\): a measure is missing"):
        claims.check(TABLE, workflow)


def test_an_unknown_claim_is_told_with_the_nearest(tmp_path):
    with pytest.raises(SpecError, match=r"no claim 'T1\.ac'; did you mean 'T1\.acc'"):
        claims.judge(study.read(tmp_path, TABLE, WORKFLOW), WORKFLOW, ["T1.ac"])


@pytest.mark.parametrize(
    ("name", "values", "expected", "tolerance", "verdict"),
    [
        ("exact", [6, 6], 6, None, "reproduced"),
        ("exact", [6, 7], 6, None, "differs"),
        ("exact", [[1, "a"]], [1.0, "a"], None, "reproduced"),
        ("accuracy", [80.0, 82.0], 82.4, None, "reproduced"),
        ("accuracy", [80.0, 82.0], 83.9, None, "close"),
        ("accuracy", [80.0, 82.0], 84.1, None, "differs"),
        ("accuracy", [80.0, 82.0], 84.1, 4, "reproduced"),
        ("ratio", [1.2, 1.3], 1.0, None, "reproduced"),
        ("ratio", [1.5], 1.0, None, "close"),
        ("ratio", [0.3], 1.0, None, "differs"),
        ("shape", [True, True, False], None, None, "reproduced"),
        ("shape", [True, False, False], None, None, "close"),
        ("shape", [False], None, None, "differs"),
        ("arithmetic", [True], None, None, "reproduced"),
        ("arithmetic", [False], None, None, "contradicted"),
        ("arithmetic", [2.2], 1.5, 0.05, "contradicted"),
        ("arithmetic", [1.54], 1.5, 0.05, "reproduced"),
        ("arithmetic", [[1, 2]], [1, 2], None, "reproduced"),
    ],
)
def test_a_rule_judges_made_up_values(name, values, expected, tolerance, verdict):
    assert RULES[name](values, [], Expected(expected, tolerance)) == verdict


@pytest.mark.parametrize(
    ("name", "otherwise"), [("shape", "differs"), ("arithmetic", "contradicted")]
)
def test_what_is_nearly_so_is_close(name, otherwise):
    assert RULES[name]([False], [True], Expected()) == "close"
    assert RULES[name]([False], [False], Expected()) == otherwise


@pytest.mark.parametrize(
    ("differences", "verdict"),
    [
        ([2.0, 2.5, 3.0], "reproduced"),
        ([3.0, -1.0, 4.0], "close"),  # the interval holds zero
        ([0.3, 0.4, 0.35], "close"),  # sure, but a tie
        ([-2.0, 5.0, -4.5], "close"),  # reversed, but within the noise
        ([-2.0, -2.5, -3.0], "differs"),
        ([[2.0, -3.0], [2.1, -3.1], [2.2, -3.2]], "differs"),  # a chain is its weakest link
        ([[2.0, 0.1], [2.1, 0.2], [2.2, 0.1]], "close"),
    ],
)
def test_an_order_is_reproduced_only_outside_of_the_noise_of_the_seeds(differences, verdict):
    assert RULES["ordering"](differences, [], Expected()) == verdict


@pytest.mark.parametrize("difference", [0.6, 5.0, 50.0])
def test_a_single_seed_never_reproduces_an_order(difference):
    assert RULES["ordering"]([difference], [], Expected()) == "close"
    assert RULES["ordering"]([-difference], [], Expected()) == "differs"


def test_rules_are_said_in_words():
    assert in_words("accuracy", [1], Expected(83.52)) == (
        "mean over seeds within 1.5 of 83.52; close within 3"
    )
    assert in_words("exact", [1], Expected([551466.0, "a"])) == "equal to 551,466, a"
    assert in_words("arithmetic", [2.2], Expected(1.5, 0.05)) == (
        "1.5 by the authors' own numbers, within 0.05"
    )
    assert in_words("arithmetic", [False], Expected()) == "true by the authors' own numbers"
