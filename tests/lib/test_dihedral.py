import torch
import torch.nn.functional as F

from landcover.augment import dihedral
from landcover.augment.dihedral import Move


def seeded():
    return torch.Generator().manual_seed(0)


def flags(*values):
    return torch.tensor(values, dtype=torch.bool)


def test_the_eight_symmetries_are_those_of_flips_and_quarter_turns():
    image = torch.randint(256, (1, 3, 16, 16), dtype=torch.uint8, generator=seeded())
    still = torch.zeros(8, dtype=torch.int64)
    bits = torch.arange(8)
    move = Move(bits & 1 > 0, bits & 2 > 0, bits & 4 > 0, still, still)
    moved = dihedral.apply(image.expand(8, -1, -1, -1), move)
    turns = [torch.rot90(image[0], k, (1, 2)) for k in range(4)]
    wanted = turns + [turn.flip(2) for turn in turns]
    assert {tuple(one.flatten().tolist()) for one in moved} == {
        tuple(one.flatten().tolist()) for one in wanted
    }


def test_a_shift_brings_in_the_mirror_image_of_the_edge():
    images = torch.randint(256, (2, 3, 16, 16), dtype=torch.uint8, generator=seeded())
    move = Move(flags(0, 0), flags(0, 0), flags(0, 0), torch.tensor([2, -1]), torch.tensor([0, 3]))
    moved = dihedral.apply(images, move)
    padded = F.pad(images.float(), (4, 4, 4, 4), mode="reflect").to(torch.uint8)
    assert torch.equal(moved[0], padded[0, :, 2:18, 4:20])  # 2 down: from 2 pixels further up
    assert torch.equal(moved[1], padded[1, :, 5:21, 1:17])


def test_every_symmetry_and_every_shift_is_drawn():
    move = dihedral.draw_move(4000, seeded(), shift=2)
    kinds = (move.transposed * 4 + move.mirrored * 2 + move.upended).bincount(minlength=8)
    assert kinds.min() > 4000 / 8 * 0.8
    for shift in (move.down, move.right):
        assert (shift + 2).bincount(minlength=5).min() > 4000 / 5 * 0.8
        assert shift.abs().max() == 2
