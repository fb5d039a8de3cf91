"""The losses of `core/src/task`, about 1 for an untrained head."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

IGNORE = 255
CENTRE_RADIUS = 1.5
REACH = 8.0


def uniform(classes: int) -> float:
    return math.log(max(classes, 2))


def classification(logits: Tensor, classes: Tensor) -> Tensor:
    """Cross-entropy / ln K."""
    return F.cross_entropy(logits, classes) / uniform(logits.shape[1])


def segmentation(logits: Tensor, labels: Tensor) -> Tensor:
    """Soft Dice plus focal / ln K; `labels` `[B, H, W]`, 255 where unlabelled."""
    count = logits.shape[1]
    labelled = labels != IGNORE
    truth = F.one_hot(labels.where(labelled, 0), count).movedim(-1, 1) * labelled[:, None]
    probabilities = logits.softmax(1) * labelled[:, None]
    overlap, total = (probabilities * truth).sum((0, 2, 3)), (probabilities + truth).sum((0, 2, 3))
    dice = 1 - ((2 * overlap + 1) / (total + 1)).mean()
    cost = F.cross_entropy(logits, labels, ignore_index=IGNORE, reduction="none")
    focal = ((1 - torch.exp(-cost)) ** 2 * cost).sum() / labelled.sum().clamp(min=1)
    return dice + focal / uniform(count)


def positions(height: int, width: int, strides: list[int]) -> tuple[Tensor, Tensor]:
    """Centres `[N, 2]` (x, y) of all positions, and the level of each."""
    centres, levels = [], []
    for level, stride in enumerate(strides):
        y, x = ((torch.arange(-(-side // stride)) + 0.5) * stride for side in (height, width))
        grid = torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1).reshape(-1, 2)
        centres.append(grid)
        levels.append(torch.full((len(grid),), level))
    return torch.cat(centres), torch.cat(levels)


def assign(boxes: Tensor, classes: Tensor, height: int, width: int, strides: list[int]) -> tuple[Tensor, ...]:
    """The positions of one image that answer for an object: their index, class, distances and centreness.

    A position answers for the smallest box that contains it, near its centre, if the box's size suits its level; a box
    that no position suits gets the one nearest to its centre on the finest level. `boxes` is `[M, 4]` (x0, y0, x1, y1).
    """
    if len(boxes) == 0:
        empty = torch.zeros(0)
        return empty.long(), empty.long(), torch.zeros(0, 4), empty
    centres, level = positions(height, width, strides)
    stride = torch.tensor(strides, dtype=torch.float32)
    low = torch.cat([torch.zeros(1), REACH * stride[:-1]])[level][:, None]
    high = torch.cat([REACH * stride[:-1], torch.tensor([math.inf])])[level][:, None]
    distances = torch.cat([centres[:, None] - boxes[None, :, :2], boxes[None, :, 2:] - centres[:, None]], dim=-1)
    farthest = distances.amax(-1)
    from_centre = (centres[:, None] - (boxes[:, :2] + boxes[:, 2:])[None] / 2).abs()
    near = (from_centre <= CENTRE_RADIUS * stride[level][:, None, None]).all(-1)
    suits = (distances.amin(-1) > 0) & (farthest > low) & (farthest <= high) & near
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    smallest, owner = torch.where(suits, area[None], math.inf).min(1)
    owner = owner.where(smallest.isfinite(), -1)
    for lost in (~suits.any(0)).nonzero()[:, 0]:
        nearest = from_centre[level == 0, lost].square().sum(-1).argmin()
        if owner[nearest] < 0:
            owner[nearest] = lost
    found = (owner >= 0).nonzero()[:, 0]
    owner = owner[found]
    distances = distances[found, owner].clamp(min=0)
    across, along = distances[:, [0, 2]], distances[:, [1, 3]]
    ratio = lambda pair: pair.amin(1) / pair.amax(1).clamp(min=1e-7)
    return found, classes[owner], distances, (ratio(across) * ratio(along)).sqrt()


def generalised_iou(a: Tensor, b: Tensor) -> Tensor:
    """Of boxes given as distances from one point, `[P, 4]` each."""
    area = lambda x: (x[:, 0] + x[:, 2]) * (x[:, 1] + x[:, 3])
    intersection = area(torch.minimum(a, b))
    union = area(a) + area(b) - intersection
    hull = area(torch.maximum(a, b))
    return intersection / (union + 1e-6) - (hull - union) / (hull + 1e-6)


def detection(outputs: tuple[Tensor, Tensor, Tensor], assignments: list[tuple[Tensor, ...]]) -> Tensor:
    """Focal loss of the classes / ln K, generalised IoU weighted by centreness, 0.2 times centreness."""
    logits, distances, centreness = outputs
    batch, count, classes = logits.shape
    device = logits.device
    # Put together on the CPU: the device does not have to be waited for.
    rows = torch.cat([image * count + found for image, (found, *_) in enumerate(assignments)])
    kinds, truth, weights = (torch.cat(parts) for parts in list(zip(*assignments))[1:])
    hot = torch.zeros(batch * count, classes)
    hot[rows, kinds] = 1
    number, weight_sum = max(len(rows), 1), max(weights.sum().item(), 1e-6)
    rows, hot, truth, weights = (x.to(device, non_blocking=True) for x in (rows, hot, truth, weights))

    logits = logits.reshape(-1, classes)
    probability = logits.sigmoid()
    miss = probability + hot - 2 * probability * hot
    alpha = 0.75 - 0.5 * hot
    cost = F.binary_cross_entropy_with_logits(logits, hot, reduction="none")
    focal = (alpha * miss**2 * cost).sum() / (number * uniform(classes))
    if len(rows) == 0:
        return focal
    predicted = distances.reshape(-1, 4)[rows]
    boxes = ((1 - generalised_iou(predicted, truth)) * weights).sum() / weight_sum
    centre = F.binary_cross_entropy_with_logits(centreness.flatten()[rows], weights, reduction="sum") / number
    return focal + boxes + 0.2 * centre
