import numpy as np
import pytest
import torch
from PIL import Image
from scipy.stats import chisquare, ks_2samp

from landcover.augment import AUGMENTATIONS, crop, geometry, hue, jitter
from landcover.models.guarded_torchvision import torchvision

F = torchvision.transforms.functional
T = torchvision.transforms
BILINEAR = T.InterpolationMode.BILINEAR
DRAWS = 3000
SIGNIFICANCE = 0.01


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def photographs(count, size):
    """Smooth coloured blobs on a gradient, with a little noise, some of it cut off at 0 and 255."""
    coarse = torch.rand(count, 3, 6, 6, generator=seeded(1))
    smooth = torch.nn.functional.interpolate(coarse, size=(size, size), mode="bicubic")
    noise = 0.04 * torch.randn(count, 3, size, size, generator=seeded(2))
    gradient = torch.linspace(-0.2, 0.2, size)
    return ((1.6 * smooth - 0.3 + noise + gradient).clamp(0, 1) * 255).to(torch.uint8)


def pillow_images(images):
    return [Image.fromarray(image.permute(1, 2, 0).contiguous().numpy()) for image in images]


def pixels(pillow_images):
    return torch.stack([torch.from_numpy(np.array(i)).permute(2, 0, 1) for i in pillow_images])


def turned(image, turn, i):
    image = F.hflip(image) if turn.mirrored[i] else image
    image = F.vflip(image) if turn.upended[i] else image
    return F.rotate(image, turn.angle[i].item())


def sheared(image, affine, i):
    shear = [affine.shear[i].item(), 0.0]
    return F.affine(image, angle=0, translate=[0, 0], scale=affine.scale[i].item(), shear=shear)


def cropped(image, box, i):
    sides = [side[i].item() for side in (box.top, box.left, box.height, box.width)]
    return F.resized_crop(image, *sides, size=[image.height, image.width], interpolation=BILINEAR)


def jittered(image, colours, i):
    blends = [F.adjust_brightness, F.adjust_contrast, F.adjust_saturation]
    for operation in colours.order[i].tolist():
        if operation == jitter.HUE:
            image = F.adjust_hue(image, colours.hue[i].item())
        else:
            image = blends[operation](image, colours.factors[i, operation].item())
    return image


def assert_same_pixels(ours, theirs):
    """Every pixel agrees here; 0.1 % may differ where another processor rounds a tie otherwise."""
    assert (ours != theirs).float().mean() <= 1e-3


def test_cifar_pixels_are_those_of_torchvision_on_pillow_images():
    images, generator = photographs(200, 32), seeded()
    turn = geometry.draw_turn(200, generator, mirror=0.5, upend=0.0, degrees=10)
    affine = geometry.draw_affine(200, generator, shear=10, scale=(0.8, 1.2))
    colours = jitter.draw_jitter(200, generator, strength=0.2)
    ours = jitter.apply(geometry.apply(images, turn, affine), colours)
    theirs = [
        jittered(sheared(turned(image, turn, i), affine, i), colours, i)
        for i, image in enumerate(pillow_images(images))
    ]
    assert_same_pixels(ours, pixels(theirs))


def test_eurosat_pixels_are_those_of_torchvision_on_pillow_images():
    images, generator = photographs(200, 64), seeded()
    turn = geometry.draw_turn(200, generator, mirror=0.5, upend=0.5, degrees=60)
    box = crop.draw_crop(200, generator, 64, area=(0.8, 1.0), ratio=(3 / 4, 4 / 3))
    colours = jitter.draw_jitter(200, generator, strength=0.2, hue=0.2)
    plain = crop.apply(geometry.apply(images, turn), box)
    theirs = [cropped(turned(im, turn, i), box, i) for i, im in enumerate(pillow_images(images))]
    assert_same_pixels(plain, pixels(theirs))
    theirs = [jittered(image, colours, i) for i, image in enumerate(theirs)]
    assert_same_pixels(jitter.apply(plain, colours), pixels(theirs))


def test_hue_agrees_for_every_kind_of_colour():
    levels = torch.tensor([0, 1, 2, 63, 84, 85, 86, 127, 128, 170, 200, 254, 255])
    colours = torch.cartesian_prod(levels, levels, levels).T.reshape(1, 3, 13, 169).to(torch.uint8)
    images = colours.expand(21, -1, -1, -1)
    shifts = torch.linspace(-0.2, 0.2, 21)
    ours = hue.shift(images.float(), shifts).to(torch.uint8)
    theirs = [
        F.adjust_hue(image, shift)
        for image, shift in zip(pillow_images(images), shifts.tolist(), strict=True)
    ]
    assert_same_pixels(ours, pixels(theirs))


def test_a_crop_of_another_size_is_off_by_one_level_per_pass_at_most():
    images = photographs(50, 50)  # no power of two, so that weights and ties are rounded
    box = crop.draw_crop(50, seeded(), 50, area=(0.8, 1.0), ratio=(3 / 4, 4 / 3))
    theirs = pixels([cropped(image, box, i) for i, image in enumerate(pillow_images(images))])
    difference = (crop.apply(images, box).int() - theirs.int()).abs()
    assert difference.max() <= 2
    assert difference.float().mean() < 0.02


def test_a_quarter_turn_moves_four_pixels_round():
    image = torch.tensor([[[[1, 2], [3, 4]]]], dtype=torch.uint8)
    no = torch.tensor([False])
    turn = geometry.Turn(mirrored=no, upended=no, angle=torch.tensor([90.0]))
    assert geometry.apply(image, turn).tolist() == [[[[2, 4], [1, 3]]]]


def test_what_a_step_pushes_out_stays_black():
    image = torch.full((1, 3, 8, 8), 255, dtype=torch.uint8)
    smaller = geometry.Affine(shear=torch.tensor([0.0]), scale=torch.tensor([0.5]))
    larger = geometry.Affine(shear=torch.tensor([0.0]), scale=torch.tensor([2.0]))
    inner = torch.nn.functional.pad(image[..., 2:6, 2:6], (2, 2, 2, 2))
    assert torch.equal(geometry.apply(image, smaller), inner)
    assert torch.equal(geometry.apply(image, larger, smaller), inner)
    assert torch.equal(geometry.apply(image, smaller, larger), image)


def assert_same_distribution(ours, theirs):
    assert ks_2samp(ours, theirs).pvalue > SIGNIFICANCE


@pytest.fixture
def torchvision_seed():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def test_turns_are_distributed_as_torchvision_draws_them(torchvision_seed):
    turn = geometry.draw_turn(DRAWS, seeded(), mirror=0.5, upend=0.0, degrees=60)
    angles = [T.RandomRotation.get_params([-60, 60]) for _ in range(DRAWS)]
    assert_same_distribution(turn.angle, angles)
    assert chisquare(np.bincount(turn.mirrored)).pvalue > SIGNIFICANCE
    assert not turn.upended.any()


def test_affine_maps_are_distributed_as_torchvision_draws_them(torchvision_seed):
    affine = geometry.draw_affine(DRAWS, seeded(), shear=10, scale=(0.8, 1.2))
    ranges = {"degrees": [0, 0], "translate": None, "scale_ranges": [0.8, 1.2]}
    theirs = [
        T.RandomAffine.get_params(**ranges, shears=[-10, 10], img_size=[32, 32])
        for _ in range(DRAWS)
    ]
    assert_same_distribution(affine.scale, [scale for _, _, scale, _ in theirs])
    assert_same_distribution(affine.shear, [shear[0] for _, _, _, shear in theirs])


def test_crops_are_distributed_as_torchvision_draws_them(torchvision_seed):
    box = crop.draw_crop(DRAWS, seeded(), 64, area=(0.8, 1.0), ratio=(3 / 4, 4 / 3))
    ours = np.stack([box.top, box.left, box.height, box.width])
    image, scale, ratio = torch.empty(3, 64, 64), [0.8, 1.0], [3 / 4, 4 / 3]
    theirs = np.array([T.RandomResizedCrop.get_params(image, scale, ratio) for _ in range(DRAWS)]).T
    for mine, reference in zip(ours, theirs, strict=True):
        assert_same_distribution(mine, reference)
    assert_same_distribution(ours[2] * ours[3], theirs[2] * theirs[3])
    assert_same_distribution(ours[2] / ours[3], theirs[2] / theirs[3])
    assert ((ours[:2] >= 0) & (ours[:2] + ours[2:] <= 64)).all()


def test_jitter_is_distributed_as_torchvision_draws_it(torchvision_seed):
    ours = jitter.draw_jitter(DRAWS, seeded(), strength=0.2, hue=0.2)
    ranges = [[0.8, 1.2], [0.8, 1.2], [0.8, 1.2], [-0.2, 0.2]]
    theirs = [T.ColorJitter.get_params(*ranges) for _ in range(DRAWS)]
    for k in range(3):
        assert_same_distribution(ours.factors[:, k], [draw[1 + k] for draw in theirs])
    assert_same_distribution(ours.hue, [draw[4] for draw in theirs])


@pytest.mark.parametrize(("strength", "orders"), [(0.0, 6), (0.2, 24)])
def test_every_order_of_jitter_is_as_likely(strength, orders):
    order = jitter.draw_jitter(DRAWS, seeded(), strength=0.2, hue=strength).order
    _, counts = order.unique(dim=0, return_counts=True)
    assert len(counts) == orders
    assert chisquare(counts).pvalue > SIGNIFICANCE


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_each_image_has_parameters_of_its_own(name):
    augmented = AUGMENTATIONS[name](photographs(1, 32).expand(64, -1, -1, -1), seeded())
    few = name == "dihedral"  # of 8 symmetries and 25 shifts some come twice
    assert len(augmented.flatten(1).unique(dim=0)) >= (48 if few else 64)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_the_seed_decides_every_byte(name):
    images, augment = photographs(8, 32), AUGMENTATIONS[name]
    assert torch.equal(augment(images, seeded(3)), augment(images, seeded(3)))
    assert not torch.equal(augment(images, seeded(3)), augment(images, seeded(4)))


@pytest.mark.parametrize("name", AUGMENTATIONS)
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("count", [0, 1, 5])
def test_shape_type_and_memory_format_are_kept(name, layout, count):
    images = torch.zeros(count, 3, 32, 32, dtype=torch.uint8).contiguous(memory_format=layout)
    augmented = AUGMENTATIONS[name](images, seeded())
    assert (augmented.shape, augmented.dtype) == (images.shape, torch.uint8)
    assert augmented.is_contiguous(memory_format=layout)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_the_memory_format_changes_no_pixel_and_the_originals_stay(name):
    images = photographs(8, 32)
    last = images.contiguous(memory_format=torch.channels_last)
    assert torch.equal(AUGMENTATIONS[name](images, seeded()), AUGMENTATIONS[name](last, seeded()))
    assert torch.equal(images, photographs(8, 32))
