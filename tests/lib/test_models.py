import pytest
import torch

from landcover.errors import SpecError
from landcover.models import Architecture, build, parameters


@pytest.mark.parametrize(
    ("architecture", "total"),
    [
        (Architecture("customcnn", 32, 10), 551_466),
        (Architecture("customcnn", 32, 10, batch_norm=False, dropout=0.0), 550_570),
        (Architecture("customcnn", 64, 10), 1_337_898),
        (Architecture("customcnn", 32, 13), 551_853),
    ],
)
def test_parameter_counts_of_the_report(architecture, total):
    with torch.device("meta"):
        assert parameters(build(architecture)) == {"total": total, "trainable": total, "frozen": 0}


def test_all_variants_share_the_names_of_their_weights():
    plain = build(Architecture("customcnn", 32, 10, batch_norm=False, dropout=0.0)).state_dict()
    full = build(Architecture("customcnn", 32, 10)).state_dict()
    assert plain.keys() <= full.keys()
    assert {name.split(".")[0] for name in full.keys() - plain.keys()} == {
        f"bn{i}" for i in range(1, 7)
    }


def test_logits_have_one_column_per_class():
    model = build(Architecture("customcnn", 64, 13)).eval()
    assert model(torch.zeros(2, 3, 64, 64)).shape == (2, 13)


def test_an_odd_image_size_is_refused():
    with pytest.raises(SpecError, match="multiple of 8"):
        build(Architecture("customcnn", 30, 10))


def test_an_unknown_model_is_answered_with_the_nearest_one():
    with pytest.raises(SpecError, match="did you mean 'customcnn'"):
        build(Architecture("custom_cnn", 32, 10))
