"""Images that continue each other across a border, like patches cut side by side from one scene.

The images themselves teach what a seam inside a scene looks like: their two middle lines of pixels
lie left and right of a seam between JPEG blocks, too. Canonical correlation finds which patterns
along a line survive the step to the next line, and how well (Hotelling, 1936). Under a Gaussian
model, this gives the log-likelihood ratio of "continues" against "unrelated" for any two borders,
as one inner product. Every right border is compared with every left one, and every bottom one with
every top one.

The number of matches by chance is measured, not assumed: each border is also compared with every
other one in reverse, which has the same pixels but continues nothing. The threshold is the lowest
one at which mirrored matches are at most 5 % of the matches. Target and decoy searches in mass
spectrometry use the same method (Elias and Gygi, 2007).

The number of missed neighbours has only a lower bound: seams inside images, from one moment and one
file, are at least as clear as those between two images. A border of open water has no pattern to
recognise, and images that overlap or touch at a corner are not searched.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from landcover.explore.contents import Floats, Ints, Pixels

FALSE_SHARE = 0.05  # of the pairs found, at most
PATTERNS = 64  # along a border; weaker ones hardly survive the step across a seam
RIDGE = 1e-3  # of the mean variance; with few images, it prevents a fit to noise
SURE = 0.999  # the largest correlation that is allowed
NOISE = 1.0  # grey levels: a border with less contrast has no pattern
LEVELS = 30.0  # grey levels: the typical difference of mean colours, to scale them like patterns
ROWS = 256  # of the table of scores that are in memory at once


@dataclass(frozen=True)
class Borders:
    """The outermost lines of pixels of each image, each (N, L, 3), from the top or left."""

    left: Pixels
    right: Pixels
    top: Pixels
    bottom: Pixels


@dataclass(frozen=True)
class Model:
    """A model that distinguishes two borders of one seam from borders of different places."""

    mean: Tensor  # (F,)
    patterns: Tensor  # (F, K)
    correlations: Tensor  # (K,), of each pattern across a seam

    def pair(self, ours: Tensor, theirs: Tensor) -> tuple[Tensor, Tensor]:
        """Returns two (N, K + 2) of features (N, F); inner products are log-likelihood ratios."""
        r = self.correlations
        u, v = (ours - self.mean) @ self.patterns, (theirs - self.mean) @ self.patterns  # (N, K)
        weight = r.square() / (2 * (1 - r.square()))
        constant = -0.5 * torch.log1p(-r.square()).sum()
        one = torch.ones(len(u), 1)
        from_u = constant - u.square() @ weight[:, None]
        from_v = -v.square() @ weight[:, None]
        return torch.cat([u * (r / (1 - r.square())), from_u, one], 1), torch.cat(
            [v, one, from_v], 1
        )


@dataclass(frozen=True)
class Matches:
    """The best partner of each image on one side, and the best mirrored one."""

    side: str
    image: Ints  # (N,)
    score: Floats  # (N,), log-likelihood ratios in nats
    mirrored: Ints
    mirrored_score: Floats


@dataclass(frozen=True)
class Search:
    matches: tuple[Matches, ...]
    seams: Floats  # scores of lines that truly lie side by side, inside images
    threshold: float | None  # None if no threshold keeps chance below 5 %

    @property
    def sensitivity(self) -> float | None:
        """Returns the share of the seams inside images that the threshold would find."""
        return None if self.threshold is None else float((self.seams >= self.threshold).mean())


def search(pixels: Pixels) -> Search:
    middle = pixels.shape[1] // 2
    inside = [
        (features(pixels[:, :, middle - 1]), features(pixels[:, :, middle])),
        (features(pixels[:, middle - 1]), features(pixels[:, middle])),
    ]
    ours, theirs = (torch.cat(lines) for lines in zip(*inside, strict=True))
    model = fit(ours, theirs)
    seams = torch.linalg.vecdot(*model.pair(ours, theirs)).numpy().astype(np.float64)
    edges = borders(pixels)
    matches = (
        _matches("right", model, edges.right, edges.left),
        _matches("below", model, edges.bottom, edges.top),
    )
    straight = np.concatenate([match.score for match in matches])
    mirrored = np.concatenate([match.mirrored_score for match in matches])
    return Search(matches, seams, threshold(straight, mirrored))


def borders(pixels: Pixels) -> Borders:
    return Borders(
        *(np.ascontiguousarray(line) for line in (
            pixels[:, :, 0], pixels[:, :, -1], pixels[:, 0], pixels[:, -1]
        ))
    )  # fmt: skip


def features(lines: Pixels) -> Tensor:
    """Returns features (N, 3 L + 4) of lines (N, L, 3): pattern, mean colour and contrast.

    The pattern is divided by the contrast, because a seam in a city is as sure as one in a meadow.
    The logarithm of the contrast and the mean colour are four more numbers, because neighbours
    share them.
    """
    pixels = torch.from_numpy(np.ascontiguousarray(lines)).float()
    level = pixels.mean(1)  # (N, 3)
    pattern = (pixels - level[:, None]).flatten(1)  # (N, 3 L)
    contrast = pattern.square().mean(1, keepdim=True).sqrt()
    return torch.cat([pattern / (contrast + NOISE), level / LEVELS, torch.log(contrast + NOISE)], 1)


def fit(ours: Tensor, theirs: Tensor) -> Model:
    """Fits canonical correlations of lines (N, F) across seams, in both directions."""
    mean = torch.cat([ours, theirs]).mean(0)
    x, y = ours - mean, theirs - mean
    total = 2 * len(x)
    variance = (x.T @ x + y.T @ y).double() / total  # (F, F)
    shared = (x.T @ y + y.T @ x).double() / total
    ridge = RIDGE * variance.diagonal().mean() * torch.eye(len(variance), dtype=torch.float64)
    values, vectors = torch.linalg.eigh(variance + ridge)
    whiten = vectors / values.sqrt()
    correlations, rotation = torch.linalg.eigh(whiten.T @ shared @ whiten)
    patterns = (whiten @ rotation).flip(1)[:, :PATTERNS]
    kept = correlations.flip(0)[:PATTERNS].clamp(0, SURE)
    return Model(mean, patterns.float(), kept.float())


def threshold(straight: Floats, mirrored: Floats) -> float | None:
    """Returns the lowest score at which (mirrored + 1) / straight matches are at most 5 %.

    The 1 makes it careful with small counts.
    """
    levels = np.sort(straight)
    kept = len(levels) - np.arange(len(levels))
    false = len(mirrored) - np.searchsorted(np.sort(mirrored), levels)
    allowed = levels[(false + 1) / kept <= FALSE_SHARE]
    return float(allowed[0]) if len(allowed) else None


def _matches(side: str, model: Model, ours: Pixels, theirs: Pixels) -> Matches:
    u = features(ours)
    image, score = _best(*model.pair(u, features(theirs)))
    mirrored, mirrored_score = _best(*model.pair(u, features(theirs[:, ::-1])))
    return Matches(side, image, score, mirrored, mirrored_score)


def _best(ours: Tensor, theirs: Tensor) -> tuple[Ints, Floats]:
    """Returns the best partner of each image but itself, and its score."""
    image, score = np.empty(len(ours), np.int64), np.empty(len(ours))
    for start in range(0, len(ours), ROWS):
        rows = torch.arange(start, min(start + ROWS, len(ours)))
        scores = ours[rows] @ theirs.T  # (B, N)
        scores[rows - start, rows] = -torch.inf
        best = scores.max(1)
        image[start : start + ROWS], score[start : start + ROWS] = best.indices, best.values
    return image, score
