"""Swin Transformer V2 (Liu et al., CVPR 2022): a pyramid of strides 4, 8, 16 and 32 of an image."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

MAX_LOGIT_SCALE = math.log(100.0)


class PositionBias(nn.Module):
    """Log-spaced continuous position bias (section 3.3): a small network from coordinates to a bias per head."""

    def __init__(self, heads: int, window: int):
        super().__init__()
        self.hidden = nn.Linear(2, 512)
        self.heads = nn.Linear(512, heads, bias=False)
        self.tokens = window * window
        offset = 8 * torch.arange(1 - window, window).float() / max(window - 1, 1)
        spaced = offset.sign() * (offset.abs() + 1).log2() / 3
        coordinates = torch.stack(torch.meshgrid(spaced, spaced, indexing="ij"), dim=-1).reshape(-1, 2)
        y, x = (axis.flatten() for axis in torch.meshgrid(*[torch.arange(window)] * 2, indexing="ij"))
        dy, dx = (axis[:, None] - axis[None] + window - 1 for axis in (y, x))
        self.register_buffer("coordinates", coordinates, persistent=False)
        self.register_buffer("index", (dy * (2 * window - 1) + dx).flatten(), persistent=False)

    def forward(self) -> Tensor:
        """`[heads, tokens, tokens]`."""
        bias = 16 * self.heads(F.relu(self.hidden(self.coordinates))).sigmoid()
        return bias[self.index].view(self.tokens, self.tokens, -1).permute(2, 0, 1)


class WindowAttention(nn.Module):
    """Scaled cosine attention within windows (section 3.2)."""

    def __init__(self, channels: int, heads: int, window: int, shift: int):
        super().__init__()
        self.qkv = nn.Linear(channels, 3 * channels)
        self.proj = nn.Linear(channels, channels)
        self.logit_scale = nn.Parameter(torch.full((heads,), math.log(10.0)))
        self.position = PositionBias(heads, window)
        self.heads, self.window, self.shift = heads, window, shift
        self.masks: dict = {}

    def mask(self, padded: list[int], shift: list[int], device: torch.device) -> Tensor:
        """`[windows, tokens, tokens]`: -100 between tokens that the shift brought together, 0 elsewhere."""
        key = (*padded, *shift, device)
        if key not in self.masks:
            regions = []
            for side, by in zip(padded, shift):
                position = torch.arange(side, device=device)
                regions.append((position >= side - self.window).int() + ((position >= side - by) & (by > 0)))
            region = (3 * regions[0][:, None] + regions[1][None])[None, :, :, None]
            region = self.partition(region)[..., 0]
            self.masks[key] = (region[:, :, None] != region[:, None]).float() * -100
        return self.masks[key]

    def partition(self, x: Tensor) -> Tensor:
        """`[B, H, W, C]` to `[B * windows, tokens, C]`."""
        batch, height, width, channels = x.shape
        size = self.window
        x = x.view(batch, height // size, size, width // size, size, channels)
        return x.permute(0, 1, 3, 2, 4, 5).reshape(-1, size * size, channels)

    def forward(self, x: Tensor) -> Tensor:
        """`[B, H, W, C]` to the same shape."""
        batch, height, width, channels = x.shape
        size = self.window
        padded = [-(-side // size) * size for side in (height, width)]
        if padded != [height, width]:
            x = F.pad(x, (0, 0, 0, padded[1] - width, 0, padded[0] - height))
        shift = [0 if size >= side else self.shift for side in padded]
        if any(shift):
            x = torch.roll(x, (-shift[0], -shift[1]), dims=(1, 2))
        x = self.partition(x)

        # Keys have no bias.
        query_bias, _, value_bias = self.qkv.bias.chunk(3)
        bias = torch.cat([query_bias, torch.zeros_like(query_bias), value_bias])
        qkv = F.linear(x, self.qkv.weight, bias).view(*x.shape[:2], 3, self.heads, channels // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        scale = self.logit_scale.clamp(max=MAX_LOGIT_SCALE).exp().view(1, self.heads, 1, 1)
        logits = (F.normalize(query, dim=-1) * scale) @ F.normalize(key, dim=-1).transpose(-2, -1)
        logits = logits + self.position()[None]
        if any(shift):
            mask = self.mask(padded, shift, x.device)
            logits = (logits.view(batch, len(mask), *logits.shape[1:]) + mask[None, :, None]).view_as(logits)
        x = (logits.softmax(dim=-1) @ value).transpose(1, 2).reshape(x.shape)
        x = self.proj(x)

        x = x.view(batch, padded[0] // size, padded[1] // size, size, size, channels)
        x = x.permute(0, 1, 3, 2, 4, 5).reshape(batch, *padded, channels)
        if any(shift):
            x = torch.roll(x, shift, dims=(1, 2))
        return x[:, :height, :width]


class Block(nn.Module):
    """Attention and a perceptron, each normalised before it is added to its input."""

    def __init__(self, channels: int, heads: int, window: int, shift: int):
        super().__init__()
        self.attention = WindowAttention(channels, heads, window, shift)
        self.norm1, self.norm2 = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.expand, self.contract = nn.Linear(channels, 4 * channels), nn.Linear(4 * channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.norm1(self.attention(x))
        return x + self.norm2(self.contract(F.gelu(self.expand(x))))


class PatchMerging(nn.Module):
    """Joins 2x2 tokens into one of twice the channels."""

    def __init__(self, channels: int):
        super().__init__()
        self.reduction = nn.Linear(4 * channels, 2 * channels, bias=False)
        self.norm = nn.LayerNorm(2 * channels)

    def forward(self, x: Tensor) -> Tensor:
        _, height, width, _ = x.shape
        if height % 2 or width % 2:
            x = F.pad(x, (0, 0, 0, width % 2, 0, height % 2))
        neighbours = [x[:, dy::2, dx::2] for dy, dx in ((0, 0), (1, 0), (0, 1), (1, 1))]
        return self.norm(self.reduction(torch.cat(neighbours, dim=-1)))


class Stage(nn.Module):
    """Blocks at one resolution; every second one looks through shifted windows."""

    def __init__(self, channels: int, heads: int, depth: int, window: int, first: bool):
        super().__init__()
        self.merging = None if first else PatchMerging(channels // 2)
        self.blocks = nn.ModuleList(
            Block(channels, heads, window, window // 2 if index % 2 else 0) for index in range(depth)
        )

    def forward(self, x: Tensor) -> Tensor:
        if self.merging is not None:
            x = self.merging(x)
        for block in self.blocks:
            x = block(x)
        return x


class SwinV2(nn.Module):
    """`[B, 3, H, W]` to four maps `[B, C << i, H / s, W / s]`."""

    def __init__(self, width: int, depths: list[int], heads: list[int], window: int):
        super().__init__()
        self.patch = nn.Conv2d(3, width, kernel_size=4, stride=4)
        self.norm = nn.LayerNorm(width)
        self.stages = nn.ModuleList(
            Stage(width << i, heads[i], depths[i], window, first=i == 0) for i in range(4)
        )

    def forward(self, images: Tensor) -> list[Tensor]:
        x = self.norm(self.patch(images).permute(0, 2, 3, 1))
        pyramid = []
        for stage in self.stages:
            x = stage(x)
            pyramid.append(x.permute(0, 3, 1, 2))
        return pyramid
