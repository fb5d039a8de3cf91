"""The shared blocks and the heads. Modules have the names that they have in a Medley model file."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .encoder import SwinV2
from .presets import box_strides

STRIDE = 32
MIN_VARIANCE = 1e-4


class ConvNormRelu(nn.Module):
    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.norm = nn.GroupNorm(1, outputs)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.norm(self.conv(x)))


class Squeezer(nn.Module):
    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 1)
        self.norm = nn.GroupNorm(1, outputs)

    def forward(self, x: Tensor) -> Tensor:
        return F.gelu(self.norm(self.conv(x)))


def upsample(x: Tensor, like: Tensor) -> Tensor:
    return F.interpolate(x, size=like.shape[2:], mode="nearest")


class PixelBlock(nn.Module):
    def __init__(self, inputs: int, skip: int, outputs: int):
        super().__init__()
        self.first, self.second = ConvNormRelu(inputs + skip, outputs), ConvNormRelu(outputs, outputs)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        return self.second(self.first(torch.cat([upsample(x, skip), skip], dim=1)))


class PixelDecoder(nn.Module):
    """A U-Net to full resolution; its last step is a sub-pixel convolution."""

    def __init__(self, channels: list[int], squeeze: int, widths: list[int], embedding: int):
        super().__init__()
        folded = 3 * 4
        inputs, skips = [squeeze, *widths[:3]], [*reversed(channels[:3]), folded]
        self.blocks = nn.ModuleList(PixelBlock(*sizes) for sizes in zip(inputs, skips, widths))
        self.finest = ConvNormRelu(widths[3] + folded, 4 * embedding)

    def forward(self, image: Tensor, pyramid: list[Tensor]) -> Tensor:
        image = F.pixel_unshuffle(image, 2)
        x = pyramid[3]
        for block, skip in zip(self.blocks, [pyramid[2], pyramid[1], pyramid[0], image]):
            x = block(x, skip)
        return F.pixel_shuffle(self.finest(torch.cat([x, image], dim=1)), 2)


class BoxDecoder(nn.Module):
    """A feature pyramid network and the two towers of FCOS; pairs (classes, location) from the finest level on."""

    def __init__(self, inputs: list[int], channels: int, towers: int, first_stride: int, extra_levels: int):
        super().__init__()
        self.first_level = int(first_stride > 4)
        inputs = inputs[self.first_level :]
        self.lateral = nn.ModuleList(nn.Conv2d(c, channels, 1) for c in inputs)
        self.smooth = nn.ModuleList(nn.Conv2d(channels, channels, 3, padding=1) for _ in inputs)
        self.extra = nn.ModuleList(
            nn.Conv2d(channels, channels, 3, stride=2, padding=1) for _ in range(extra_levels)
        )
        self.class_tower = nn.Sequential(*(ConvNormRelu(channels, channels) for _ in range(towers)))
        self.box_tower = nn.Sequential(*(ConvNormRelu(channels, channels) for _ in range(towers)))

    def forward(self, pyramid: list[Tensor]) -> list[tuple[Tensor, Tensor]]:
        levels: list[Tensor] = []
        for level, lateral in zip(reversed(pyramid[self.first_level :]), reversed(self.lateral)):
            own = lateral(level)
            levels.insert(0, own + upsample(levels[0], own) if levels else own)
        levels = [smooth(level) for smooth, level in zip(self.smooth, levels)]
        for extra in self.extra:
            levels.append(extra(levels[-1]))
        return [(self.class_tower(level), self.box_tower(level)) for level in levels]


class Foundation(nn.Module):
    """Everything that tasks share."""

    def __init__(self, config: dict):
        super().__init__()
        channels = [config["encoder"]["width"] << stage for stage in range(4)]
        self.encoder = SwinV2(**config["encoder"])
        self.squeezer = Squeezer(channels[3], config["squeeze"])
        self.pixel_decoder = PixelDecoder(channels, config["squeeze"], **config["pixel"])
        self.box_decoder = BoxDecoder([*channels[:3], config["squeeze"]], **config["boxes"])

    def encode(self, images: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Images in [0, 1] of any size to the normalised, padded image and its pyramid, the last level squeezed."""
        mean = images.mean(dim=(1, 2, 3), keepdim=True)
        variance = images.var(dim=(1, 2, 3), correction=0, keepdim=True)
        image = (images - mean) / (variance + MIN_VARIANCE).sqrt()
        bottom, right = (-side % STRIDE for side in images.shape[2:])
        if bottom or right:
            image = F.pad(image, (0, right, 0, bottom))
        *finer, last = self.encoder(image)
        return image, [*finer, self.squeezer(last)]


class ClassHead(nn.Module):
    def __init__(self, config: dict, classes: int):
        super().__init__()
        self.dropout = nn.Dropout(0.2)
        self.linear = nn.Linear(config["squeeze"], classes)

    def forward(self, foundation: Foundation, images: Tensor) -> Tensor:
        """Logits `[B, K]`."""
        _, pyramid = foundation.encode(images)
        return self.linear(self.dropout(pyramid[3].mean(dim=(2, 3))))


class PixelHead(nn.Module):
    def __init__(self, config: dict, classes: int):
        super().__init__()
        self.conv = nn.Conv2d(config["pixel"]["embedding"], classes, 3, padding=1)

    def forward(self, foundation: Foundation, images: Tensor) -> Tensor:
        """Logits `[B, K, H, W]`."""
        pixels = foundation.pixel_decoder(*foundation.encode(images))
        return self.conv(pixels[:, :, : images.shape[2], : images.shape[3]])


class BoxHead(nn.Module):
    def __init__(self, config: dict, classes: int):
        super().__init__()
        conv = lambda outputs: nn.Conv2d(config["boxes"]["channels"], outputs, 3, padding=1)
        self.strides = box_strides(config)
        # The published model of focal loss starts at a foreground probability of 0.01.
        self.class_ = conv(classes)
        nn.init.constant_(self.class_.bias, -math.log(0.99 / 0.01))
        self.location, self.centreness = conv(4), conv(1)
        self.scales = nn.Parameter(torch.ones(len(self.strides)))

    def forward(self, foundation: Foundation, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Class logits `[B, N, K]`, distances `[B, N, 4]`, centreness logits `[B, N]`."""
        _, pyramid = foundation.encode(images)
        parts = []
        for (classes, location), scale, stride in zip(foundation.box_decoder(pyramid), self.scales, self.strides):
            reach = (self.location(location) * scale).clamp(max=6).exp() * stride
            outputs = (self.class_(classes), reach, self.centreness(location))
            parts.append([x.flatten(2).transpose(1, 2) for x in outputs])
        classes, distances, centreness = (torch.cat(levels, dim=1) for levels in zip(*parts))
        return classes, distances, centreness[..., 0]


HEADS = {
    "classification": ClassHead,
    "multilabel": ClassHead,
    "segmentation": PixelHead,
    "detection": BoxHead,
}


class Network(nn.Module):
    """The shared blocks and one head per task."""

    def __init__(self, config: dict, tasks: list[dict]):
        super().__init__()
        self.tasks = tasks
        self.foundation = Foundation(config)
        self.heads = nn.ModuleList(HEADS[task["kind"]](config, len(task["classes"])) for task in tasks)

    def forward(self, task: int, images: Tensor):
        return self.heads[task](self.foundation, images)
