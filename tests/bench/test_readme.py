"""tests/README.md says what the committed result says."""

import json

import readme


def test_its_speeds_are_those_of_the_committed_result():
    result = json.loads(readme.RESULT.read_text())
    assert not result["quick"]
    assert readme.BEGIN + readme.block(result) + readme.END in readme.README.read_text()
