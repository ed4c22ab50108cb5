"""The language of the ledger, its own file, and the rules on made-up values."""

from pathlib import Path

import pytest
import yaml

from landcover import claims, experiments
from landcover.claims import arithmetic, chance, expression, ledger, verdicts
from landcover.claims.expression import MissingError
from landcover.claims.verdicts import (
    RULES,
    Expected,
    Verdict,
    beyond_chance,
    in_words,
    of_paper,
    of_single,
    ordering,
)
from landcover.errors import SpecError
from landcover.results import study

WORKFLOW = Path(__file__).parents[2] / "workflow"
TABLE = experiments.load(WORKFLOW, "paper")


def value(text, **functions):
    return expression.evaluate(expression.parse(text), arithmetic.FUNCTIONS | functions)


@pytest.fixture
def refused(workflow):
    """What is said of a ledger of one claim."""

    def refused(**entry):
        entry = {"claim": "Something is so.", "ours": {"rule": "shape", "value": "1"}} | entry
        text = yaml.safe_dump({"claims": {"T1.made-up": entry}}, sort_keys=False)
        (workflow / "claims.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(SpecError) as error:
            claims.check(TABLE, workflow)
        return str(error.value)

    return refused


def test_expressions_know_numbers_texts_lists_and_comparisons():
    assert value("(1 + 2 * 3) / 2 - 1") == 2.5
    assert value("[1, 'a'] == [1, 'a'] and not 2 < 1 < 3 or 'a' != 'a'")
    assert value("max(twice(2), 3)", twice=lambda x: 2 * x) == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2 / 3 >= 1", "0.6667 ≥ 1"),
        ("1102932 / 2 == 551466", "551,466 = 551,466"),
        ("1 < 2 == 2 or [1, 2, 3, 4, 5] != 'a'", "1 < 2 = 2 or 1, 2, 3, 4, … (5 values) ≠ a"),
        ("1 + 1", ""),
    ],
)  # fmt: skip
def test_a_comparison_is_told_with_its_numbers(text, said):
    assert expression.in_numbers(expression.parse(text), {}) == said


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


@pytest.mark.parametrize(
    "text", ["at([1, 2], 3)", "at([1], 0)", "after([1, 2], 2)", "largest_rise([1])"]
)
def test_an_epoch_that_was_not_trained_is_a_gap(text):
    with pytest.raises(MissingError):
        value(text)


def test_curves_are_described_as_a_reader_would():
    assert value("rises([3, 2, 2, 4, 5])") == 2
    assert value("largest_rise([3, 2, 4])") == 2
    assert value("longest_wait([1, 3, 2, 3, 3, 4, 1])") == 3
    assert value("longest_wait(until([[1, 3, 2, 2], [1, 2, 1, 3]], 3))") == [1, 1]
    assert value("below([1, 2], [2, 3])")
    assert not value("below([1, 3], [2, 3])")


def test_lists_are_described_as_a_reader_would():
    assert value("share(['a', 'b', 'a', 'c'], 'a', 'c')") == 0.75
    assert value("purity(['a', 'b', 'a', 'a'])") == 0.75
    assert value("concordance(columns([[1, 6], [2, 5], [3, 4]]), [7, 8, 9])") == [1, -1]
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


def test_curves_may_be_asked_about_together():
    assert value("argmin([[3, 1, 2], [1, 2, 3]])") == [2, 1]
    assert value("end([[3, 1, 2], [1, 2, 3]])") == [2, 3]
    assert value("argmin([3, 1, 2])") == 2


@pytest.mark.parametrize(
    ("number", "stated", "same"),
    [
        (83.52, 84, True),  # rounded
        (84.66, 84, True),  # cut
        (81.4, 82, False),
        (82.4691, 82.22, False),
        (83.4568, 83.46, True),
        (0.85, 0.8, True),
        (-0.5, 0, True),
        (551466.0, 551466, True),
    ],
)
def test_a_number_is_the_papers_where_it_is_rounded_or_cut_to_its_digits(number, stated, same):
    assert arithmetic.matches(number, stated) is same


@pytest.fixture(scope="module")
def read():
    return ledger.load(WORKFLOW, study.read(Path("no results"), TABLE, WORKFLOW))


def test_no_claim_stands_in_the_ledger_twice(read):
    entries = [*read.claims, *read.findings]
    assert len({entry.id for entry in entries}) == len(entries)
    assert len({entry.text for entry in entries}) == len(entries)
    assert not [entry.id for entry in entries if entry.id.endswith((".ours", ".log"))]


def test_what_the_paper_says_is_a_claim_and_what_it_does_not_say_is_a_finding(read):
    assert all(claim.section for claim in read.claims)
    assert not any(finding.section for finding in read.findings)


def test_every_statement_of_the_paper_that_can_be_checked_is_a_claim(read):
    ids = [claim.id for claim in read.claims]
    assert set(CHECKABLE.split()) <= set(ids)


def test_every_inconsistency_of_the_paper_is_somewhere(read):
    ids = {entry.id for entry in (*read.claims, *read.findings)}
    assert sorted(INCONSISTENCIES) == list(range(1, 52))
    assert {name for names in INCONSISTENCIES.values() for name in names.split()} <= ids


def test_what_no_measurement_of_ours_could_decide_says_why(read):
    assert all(bool(entry.undecidable) != bool(entry.ours) for entry in read.claims)
    assert all(bool(entry.undecidable) != bool(entry.ours) for entry in read.findings)


def test_the_paper_is_held_against_nothing_that_a_user_edits(read):
    """Only lookups of the authors' files; `_check` refuses others."""
    for entry in (*read.claims, *read.findings):
        files = entry.files
        nodes = [entry.expect, *([files.value, files.holds, files.nearly] if files else [])]
        asked = [name for node in nodes for name, _ in ledger.lookups_of(node)]
        assert all(name.startswith("authors") or name == "setting" for name in asked)


@pytest.mark.parametrize(
    ("measure", "reason"),
    [
        ("bset('task1')", "there is no measurement 'bset'; did you mean 'best'?"),
        ("best('task2-exp6')", "best: no experiment 'task2-exp6'; did you mean 'task2-exp5'?"),
        ("best(['task1', 'tsk1'])", "best: no experiment 'tsk1'; did you mean 'task1'?"),
        ("best('task1', 1)", "best takes 1: experiment"),
        ("curve('task1', 'eval_los')", "no column 'eval_los'; did you mean 'eval_loss'?"),
        ("setting('task1', 'epoch')", "no setting 'epoch'; did you mean 'epochs'?"),
        ("parameters('task1', 'all')", "no count 'all'; did you mean 'total'?"),
        ("authors('task1', 'test/f2')", "no their metric 'test/f2'"),
        ("authors('task1', 'test/f1/River')", "the authors have no test/f1/River of task1"),
        ("authors_curve('task1', 'val', 'loss')", "the authors have no val loss of task1"),
        ("authors_top('task3_vgg', 'fc3', 1)", "the authors have no fc3 1 of task3_vgg"),
        ("of_class('task5-vgg16', 'Rivers', 'f1')", "no class 'Rivers'; did you mean 'River'?"),
        ("units('vgg16', 'fc1', 'pure')", "no of a unit 'pure'; did you mean 'purity'?"),
        ("units('vgg17', 'fc1', 'purity')", "no network 'vgg17'; did you mean 'vgg16'?"),
        ("images('cifar100', 'test')", "no dataset 'cifar100'; did you mean 'cifar10'?"),
        ("best(max('task1', 'task1'))", "best needs its experiment as a plain value"),
        ("argmin()", "argmin does not take 0 values"),
        ("max()", "max does not take 0 values"),
        ("open('secret')", "there is no measurement 'open'"),
        ("best.__class__", "may not stand in an expression"),
    ],
)
def test_a_measure_that_points_nowhere_is_told_with_its_place(refused, measure, reason):
    said = refused(ours={"rule": "shape", "value": measure})
    assert reason in said
    assert "claims.yaml, line 6, T1.made-up.ours.value" in said


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (
            {"ours": {"rule": "ratoi", "value": "1"}},
            "line 5, T1.made-up.ours.rule: there is no 'ratoi'; did you mean 'ratio'?",
        ),
        ({"notes": "x"}, "line 7, T1.made-up.notes: unknown key 'notes'; did you mean 'note'?"),
        ({"ours": {"rule": "accuracy", "value": "1"}}, "ours: nothing says what is expected"),
        ({"files": {"value": "1"}}, "line 7, T1.made-up.files: nothing says what is expected"),
        (
            {"files": {"tolerance": 1}, "reported": 1},
            "files: 'value' or 'holds' is missing; add one",
        ),
        (
            {"files": {"holds": "best('task1') > 1"}},
            "line 8, T1.made-up.files.holds: best reads our results; here only the authors' files",
        ),
        ({"expect": "first('task1')"}, "T1.made-up.expect: first reads our results"),
        (
            {"ours": {"rule": "shape"}},
            "line 4, T1.made-up.ours: the key 'value' is missing; add it",
        ),
        ({"ours": "no"}, "line 4, T1.made-up.ours: 'no' is too short"),
        (
            {"ours": {"rule": "shape", "value": "1", "nearly": "1 +"}},
            "line 7, T1.made-up.ours.nearly: '1 +' is no expression",
        ),
        (
            {"ours": {"rule": "shape", "value": "1", "tolerance": -1}},
            "line 7, T1.made-up.ours.tolerance: -1 is less than the minimum",
        ),
        (
            {"ours": {"rule": "shape", "value": "1", "tolerance": float("inf")}},
            "line 7, T1.made-up.ours.tolerance: inf is not of type 'number'",
        ),
    ],
)
def test_an_entry_that_cannot_be_judged_is_told_with_its_place(refused, entry, reason):
    assert reason in refused(**entry)


def test_a_section_that_is_neither_of_claims_nor_of_findings_is_told(workflow):
    (workflow / "claims.yaml").write_text("clams: {}\n", encoding="utf-8")
    with pytest.raises(SpecError, match=r"line 1, clams: unknown key; did you mean 'claims'\?"):
        claims.check(TABLE, workflow)


@pytest.mark.parametrize(
    ("value", "expected", "tolerance", "word"),
    [
        (83.52, 84, None, "consistent"),
        (2.2, 1.5, None, "contradicted"),
        (1.54, 1.5, 0.05, "consistent"),
        ([84.66, 83.33], 84, None, "nearly"),  # two runs, of which one says so
        ([81.28, 81.4], 82, None, "contradicted"),
        ([1, 2], [1, 2], None, "consistent"),
        ([1, 3], [1, 2], None, "contradicted"),
        ([1], [1, 2], None, "contradicted"),
        ([True, False], [True, False], None, "consistent"),
        (True, True, None, "consistent"),
        (False, True, None, "contradicted"),
        ([True, False], True, None, "nearly"),
        ("eurosat", "cifar10", None, "contradicted"),
    ],
)
def test_files_bear_the_paper_out_or_not(value, expected, tolerance, word):
    assert of_paper(value, Expected(expected, tolerance)) == word


def test_what_the_files_nearly_say_is_nearly_so():
    assert of_paper(value=False, expected=Expected(value=True), nearly=True) == "nearly"


@pytest.mark.parametrize(
    ("name", "values", "expected", "tolerance", "word"),
    [
        ("exact", [6, 6], 6, None, "reproduced"),
        ("exact", [6, 7], 6, None, "differs"),
        ("exact", [6.4, 5.6], 6, 0.5, "reproduced"),
        ("exact", [[1, "a"]], [1.0, "a"], None, "reproduced"),
        ("accuracy", [80.9, 81.0, 81.1], 82.2, None, "reproduced"),
        ("accuracy", [80.9, 81.0, 81.1], 83.7, None, "close"),
        ("accuracy", [80.5, 81.0, 81.5], 82.2, None, "close"),  # the mean is near, an end is not
        ("accuracy", [80.0, 82.0], 82.4, None, "not certain"),  # an end is far away
        ("accuracy", [80.9, 81.0, 81.1], 84.1, None, "differs"),
        ("accuracy", [75.0, 81.0, 87.0], 90, None, "not certain"),  # inside the seeds' interval
        ("accuracy", [80.9, 81.0, 81.1], 84.1, 4, "reproduced"),
        ("accuracy", [81.0, 81.0], 80, 0, "differs"),
        ("ratio", [1.1, 1.1], 1.0, 0, "differs"),
        ("gain", [2.9, 2.9], 4, None, "reproduced"),
        ("gain", [-0.5, -0.5], 0.9, None, "differs"),  # near, and of the other sign
        ("gain", [-0.5, 0.1], 0.9, None, "not certain"),
        ("gain", [1.0, 7.0], 4, None, "not certain"),
        ("ratio", [1.24, 1.25], 1.0, None, "close"),
        ("ratio", [1.2, 1.2], 1.0, None, "reproduced"),
        ("ratio", [1.5], 1.0, None, "close"),
        ("ratio", [0.3], 1.0, None, "differs"),
        ("ratio", [0.2, 3.6], 1.0, None, "not certain"),
        ("shape", [True, True, True], None, None, "reproduced"),
        ("shape", [True, True, False], None, None, "not certain"),
        ("shape", [True, False, False], None, None, "not certain"),
        ("shape", [False, False, False], None, None, "differs"),
    ],
)
def test_a_rule_judges_made_up_values(name, values, expected, tolerance, word):
    assert RULES[name](values, [], Expected(expected, tolerance)).word == word


@pytest.mark.parametrize(
    ("measured", "direction", "word"),
    [(0.9, "less", "reproduced"), (1.05, "less", "differs"), (0.95, "more", "differs")],
)
def test_a_ratio_has_a_direction(measured, direction, word):
    expected = Expected(0.8 if direction == "less" else 1.1, None, direction)
    assert RULES["ratio"]([measured], [], expected).word == word


def test_what_is_nearly_so_is_close():
    def word(values, nearly):
        return RULES["shape"](values, nearly, Expected()).word

    assert word([False], [True]) == "close"
    assert word([False, True, False], [True, False, True]) == "close"
    assert word([False, True, False], [True, False, False]) == "not certain"
    assert word([False, False, False], [True, False, False]) == "not certain"
    assert word([False, False], [False, False]) == "differs"


def order(differences, corrected=None, tolerance=None):
    """Where it is the only ordering, unless another corrected p is said."""
    links = chance.links(differences)
    p = chance.p_of_chain(links) if corrected is None else corrected
    return ordering(links, p, Expected(tolerance=tolerance))


@pytest.mark.parametrize(
    ("differences", "word"),
    [
        ([2.0, 2.5, 3.0], "reproduced"),
        ([3.0, -1.0, 4.0], "not certain"),  # within the noise
        ([0.3, 0.4, 0.35], "close"),  # sure, but a tie
        ([-0.1, -0.11, -0.12], "close"),  # reversed, but a tie
        ([-2.0, 5.0, -6.0], "not certain"),  # reversed, but the interval holds zero
        ([-2.0, -2.5, -3.0], "differs"),
        ([[2.0, -3.0], [2.1, -3.1], [2.2, -3.2]], "differs"),  # a chain is its weakest link
        ([[2.0, 0.1], [2.1, 0.2], [2.2, 0.1]], "close"),
        ([5, 5, 5], "reproduced"),  # epochs
        ([1, 1], "not certain"),  # two that may be equal by rounding alone
        ([0, 0, 0], "close"),
    ],
)
def test_an_order_is_reproduced_only_outside_of_the_noise_of_the_seeds(differences, word):
    assert order(differences).word == word


def test_an_order_that_is_not_certain_says_in_which_way():
    assert order([-2.0, 5.0, -6.0]).reason == (
        "reversed, but zero lies inside the interval over the seeds"
    )
    assert order([0.3, 0.4, 0.35]).reason == "a tie: nearer to zero than 0.5"
    inside = "in that order, but zero lies inside the interval over the seeds"
    assert order([3.0, -1.0, 4.0]).reason == inside
    noise = "in that order, but within the noise (corrected p 0.06)"
    assert order([2.0, 2.5, 3.0], corrected=0.06).reason == noise
    assert order([-1.0, -1.1]) == Verdict("differs", "reversed")
    assert order([-1.0]) == Verdict("not certain", "reversed")


def test_an_order_that_chance_explains_among_all_orderings_is_not_reproduced():
    assert order([2.0, 2.5, 3.0], corrected=0.04).word == "reproduced"
    assert order([2.0, 2.5, 3.0], corrected=0.06).word == "not certain"


def test_a_gain_that_chance_explains_among_all_that_are_tested_is_not_certain():
    noise = "it agrees, but within the noise (corrected p 0.06)"
    assert beyond_chance(Verdict("reproduced"), 0.06) == Verdict("not certain", noise)
    assert beyond_chance(Verdict("reproduced"), 0.04) == Verdict("reproduced")
    assert beyond_chance(Verdict("close"), None) == Verdict("close")
    assert beyond_chance(Verdict("differs"), 0.9) == Verdict("differs")


@pytest.mark.parametrize("difference", [0.6, 5.0, 50.0])
def test_a_single_seed_decides_no_order(difference):
    assert order([difference]).word == "not certain"
    assert order([-difference]).word == "not certain"


@pytest.mark.parametrize("rule", ["accuracy", "gain", "ratio", "ordering", "shape"])
@pytest.mark.parametrize(
    ("word", "seen"),
    [
        ("reproduced", "it agrees"),
        ("close", "it nearly agrees"),
        ("differs", "it does not agree"),
    ],
)
def test_a_single_seed_or_network_decides_nothing_in_either_direction(rule, word, seen):
    single = "a single seed"
    expected = Verdict("not certain", f"{seen}; a single seed cannot tell")
    assert of_single(Verdict(word), rule, single) == expected
    assert of_single(Verdict(word), rule, "") == Verdict(word)
    assert of_single(Verdict(word), "exact", single) == Verdict(word)


@pytest.mark.parametrize(
    ("name", "values", "expected", "reason"),
    [
        ("accuracy", [75.0, 81.0, 87.0], Expected(90), "far away"),
        ("gain", [-0.5, 0.1], Expected(0.9), "of the other sign"),
        ("ratio", [0.2, 3.6], Expected(1.0), "far away"),
        ("ratio", [0.5, 1.7], Expected(0.8, None, "less"), "not less than 1"),
    ],
)
def test_the_reason_why_a_mean_is_not_certain(name, values, expected, reason):
    contained = f"{reason}, but the interval over the seeds contains the expected value"
    assert RULES[name](values, [], expected) == Verdict("not certain", contained)


@pytest.mark.parametrize(
    ("name", "values", "expected", "limit"),
    [
        ("gain", [0.5, 0.5, 1.3], Expected(0.9), 0),
        ("ratio", [0.78, 0.8, 0.92], Expected(0.8, None, "less"), 1),
    ],
)
def test_what_is_near_is_not_certain_if_no_gain_may_be_the_truth(name, values, expected, limit):
    inside = f"it agrees, but {limit} lies inside the interval over the seeds"
    assert RULES[name](values, [], expected) == Verdict("not certain", inside)


def test_the_reason_why_a_shape_is_not_certain():
    disagree = Verdict("not certain", "the seeds disagree")
    assert RULES["shape"]([True, False], [], Expected()) == disagree


def test_rules_are_said_in_words():
    assert in_words("accuracy", Expected(83.52)) == (
        "the interval over the seeds within 1.5 of 83.52; close within 3; not certain if it "
        "reaches farther, but contains 83.52 or its mean is that near"
    )
    assert in_words("exact", Expected([551466.0, "a"])) == "equal to 551,466, a"
    assert in_words("ratio", Expected(0.75, None, "less")) == (
        "less than 1, and the interval over the seeds within 30% of 0.75; close within 60%; not "
        "certain if it reaches farther, but contains 0.75 or its mean is that near, or if it "
        "contains 1"
    )
    assert in_words("gain", Expected(4)).endswith(
        "is that near, or if it contains 0 or the one-sided p is not below 0.05 once corrected for "
        "their number"
    )


def test_every_rule_of_the_schema_is_a_rule():
    schema = yaml.safe_load((WORKFLOW / "schemas" / "claims.schema.yaml").read_text())
    rules = schema["properties"]["ours"]["properties"]["rule"]["enum"]
    assert set(rules) == {*RULES, verdicts.ORDERING}


# What the paper says and can be checked, section by section.
CHECKABLE = """
T1.data.size T1.params T1.tab1.out T1.tab1.params T1.tab1.paramsum T1.tab1.mem T1.tab1.time
T1.time.conv1max T1.time.fc1 T1.time.pooldrop T1.mem.conv1top T1.mem.monotone T1.mem.cause
T1.mem.pool T1.mem.fc T1.modelsize T1.acc T1.noover T1.hp T2.aug.size T2.exp1.acc T2.exp2.acc
T2.exp3.acc T2.exp4.acc T2.exp5.acc T2.exp5.highest T2.exp1.overfit T2.exp1.flat T2.exp2.overfit
T2.exp2.gain T2.exp2.time T2.exp3.time T2.exp3.acclower T2.exp3.delay T2.exp3.more T2.exp4.faster
T2.exp4.overfit T2.exp5.noover T2.exp5.below T2.exp5.cause T2.exp5.drop T2.tab2.hp T2.tab2.times
T3.layers T3.rgb T3.hier T3.c1.u30 T3.c1.u54 T3.c1.u66 T3.c1.u6 T3.c1.some T3.c2.pure T3.v1.u42
T3.v1.u72 T3.v1.dogcat T3.v2.u36 T3.v2.u127 T3.v2.u98 T3.v2.better T3.v3.unclear T3.cmp T3.tsne.c
T3.tsne.v T3.tsne.order T4.data T4.p1.params T4.p1.start T4.p1.best T4.p1.over T4.p1.time
T4.p15.start T4.p15.best T4.p15.delta0 T4.p15.deltabest T4.p15.gt T4.p15.time T4.p2.params
T4.p2.acc T4.p2.underfit T4.p2.speed T4.p3.frozen5 T4.p3.total T4.p3.start T4.p3.best T4.p3.over
T4.p3.reason T4.paris.count T4.pc.count T4.p4.classes T4.p4.same T4.p4.best T4.p4.delay
T4.p4.delaycause T4.p4.lower T4.p4.time T4.order T4.custombeats T5.size T5.dist T5.pasture200
T5.2500 T5.split T5.split.auth T5.bench T5.tab3.params.customcnn T5.tab3.params.vgg16
T5.tab3.params.vgg19 T5.tab3.params.resnet50 T5.tab3.params.resnet152 T5.cnn.val T5.vgg16.val
T5.vgg19.val T5.r50.val T5.r152.val T5.time.customcnn T5.time.vgg16 T5.time.vgg19 T5.time.resnet50
T5.time.resnet152 T5.best T5.order.val T5.order.test T5.worst T5.r50fast T5.metricsorder
T5.general T5.jitter T5.concat T5.balance T5.imbal T5.fin.val T5.fin.test T5.fin.stop T5.fin.wd
T5.fin.similar T5.fin.noover T5.cm.hwriver T5.cm.worstclass T5.cm.annual T5.cm.herb T5.tsne.trend
T5.tsne.classes T5.top.u646 T5.top.u323 T5.top.sea T5.top.fc2 T5.top.out T5.layers13
T5.river.limit T5.f2
"""

# Where the paper contradicts itself, its logs or its code, and what tells of it.
INCONSISTENCIES = {
    1: "T1.modelsize T1.modelsize.outputs",  # the model's size is that of activations
    2: "T1.tab1.paramsum",  # batch norms left out
    3: "T1.tab1.ops",  # rows hold the convolution alone
    4: "T1.time.conv1max T1.time.fc1 T1.time.pooldrop T1.time.conv1max.warm",  # cold times
    5: "T1.mem.cause",  # memory and parameters
    6: "T1.acc",  # the profile is of an untrained network
    7: "T2.figures",  # other runs than the logged ones
    8: "T2.exp2.acc T2.exp4.acc T2.exp5.highest",  # 82 %, 84 %, the highest
    9: "T2.exp5.noover",  # one rise in the log
    10: "T2.exp5.below T2.exp5.cause",  # losses that are not alike
    11: "T2.exp5.drop",  # no dropout behind FC2
    12: "T2.tab2.hp",  # L2 is Adam's weight decay
    13: "T2.exp1.acc",  # chosen on the test images
    14: "T3.model",  # experiment 5's filters
    15: "T3.dense",  # two dense layers
    16: "T3.c1.u6 T3.v2.u127 T3.v2.better",  # units that are something else
    17: "T3.maps T3.tsne.v",  # no maps shown, no PCA
    18: "T3.cmp",  # an unfair comparison
    19: "T4.data.name",  # 4,126 images
    20: "T4.trainval T4.p2.speed",  # the training split alone
    21: "T4.p1.start T4.p1.best",  # 27 %
    22: "T4.p15.delta0",  # percent and points
    23: "T4.p1.over",  # epoch 12
    24: "T4.p3.frozen5 T4.p3.frozen13",  # all convolutions frozen
    25: "T4.p4.same",  # none frozen
    26: "T4.p4.time",  # eight times as long
    27: "T4.p3.reason T4.p4.best",  # runs that are not in the paper
    28: "T4.pc.count",  # eight names for nine landmarks
    29: "T4.pc.count T4.paris.count",  # 961 images
    30: "T4.fix.normalise",  # images of Paris not normalised
    31: "T4.p15.best",  # two normalisations
    32: "T4.fix.labels",  # labels of each split
    33: "T4.p4.best",  # the largest class alone
    34: "T4.p3.total",  # only VGG16 left a run
    35: "T4.custombeats.time",  # 4.3 was faster
    36: "T5.pasture200 T5.2500",  # sizes of classes
    37: "T5.cifar T5.samecnn",  # EuroSAT, and another CustomCNN
    38: "T5.cnn.val T5.vgg16.val T5.vgg19.val T5.r152.val T5.tab3.count",  # Table 3 and logs
    39: "T5.patience T5.fin.patience",  # 5 or 10
    40: "T5.fin.wd T5.scheduler",  # the factor
    41: "T5.fin.test T5.fin.val",  # 90 %, 91 %
    42: "T5.cnn.gap",  # which weights were tested
    43: "T5.fin.noover",  # the least loss in epoch 22
    44: "T5.concat T5.fin.similar",  # no log of the second try
    45: "T5.general",  # longer training
    46: "T5.time.customcnn",  # times of the pipeline
    47: "T5.metricsorder T5.f2",  # precision's order, F1 for F2
    48: "T5.cm.herb",  # Pasture first
    49: "T5.fin.figure18",  # no architecture, another order
    50: "T5.tsne.trend",  # maps drawn twice
    51: "T2.exp5.highest",  # no seeds
}
