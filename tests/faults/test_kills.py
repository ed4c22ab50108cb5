import pytest
from kills import survive


@pytest.mark.slow
def test_a_workflow_killed_again_and_again_ends_as_an_undisturbed_one(tmp_path):
    assert survive(tmp_path, kills=4, seed=1).total() == 4
