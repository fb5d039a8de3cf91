"""The multi-task step, timed."""

import resource
import statistics
import sys
import time
from contextlib import nullcontext

import torch

from . import losses
from .network import Network
from .presets import PRESETS, TASKS, box_strides

RATE, WEIGHT_DECAY = 1e-4, 1e-2
BOXES = 32


def synchronise(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


class Step:
    """A model, its optimisers, and one batch of every task."""

    def __init__(self, preset: str, size: int, batch: int, device: str, precision: str):
        torch.manual_seed(0)
        self.config, self.device, self.size = PRESETS[preset], device, size
        self.network = Network(self.config, TASKS).to(device).train()
        self.shared = optimiser(self.network.foundation)
        self.own = [optimiser(head) for head in self.network.heads]
        self.images = [torch.rand(batch, 3, size, size).to(device) for _ in TASKS]
        self.masks = torch.randint(0, len(TASKS[0]["classes"]), (batch, size, size)).to(device)
        self.classes = torch.randint(0, len(TASKS[1]["classes"]), (batch,)).to(device)
        sides, corners = 8 + 56 * torch.rand(batch, BOXES, 2), torch.rand(batch, BOXES, 2)
        corners = corners * (size - sides)
        self.boxes = torch.cat([corners, corners + sides], dim=-1)
        self.kinds = torch.randint(0, len(TASKS[2]["classes"]), (batch, BOXES))
        dtype = {"bfloat16": torch.bfloat16, "float16": torch.float16}.get(precision)
        self.cast = (lambda: torch.autocast(device, dtype)) if dtype else nullcontext

    def loss(self, task: int) -> torch.Tensor:
        """Forward pass and loss of one task; targets become tensors here, as they do in Medley."""
        with self.cast():
            outputs = self.network(task, self.images[task])
        if task == 0:
            return losses.segmentation(outputs.float(), self.masks)
        if task == 1:
            return losses.classification(outputs.float(), self.classes)
        side = -(-self.size // 32) * 32
        strides = box_strides(self.config)
        assignments = [losses.assign(b, k, side, side, strides) for b, k in zip(self.boxes, self.kinds)]
        return losses.detection(tuple(x.float() for x in outputs), assignments)

    def update(self) -> None:
        """One batch of every task, each with its own backward pass; heads step at once, the shared blocks on the sum."""
        for task, own in enumerate(self.own):
            self.loss(task).backward()
            own.step()
            own.zero_grad()
        self.shared.step()
        self.shared.zero_grad()

    def passes(self) -> tuple[float, float]:
        """Seconds of the forward passes (with losses) and of the backward passes, without any update."""
        forward = backward = 0.0
        for task in range(len(TASKS)):
            start = time.perf_counter()
            loss = self.loss(task)
            synchronise(self.device)
            middle = time.perf_counter()
            loss.backward()
            synchronise(self.device)
            forward, backward = forward + middle - start, backward + time.perf_counter() - middle
        self.network.zero_grad()
        return forward, backward


def optimiser(module: torch.nn.Module) -> torch.optim.AdamW:
    """AdamW without decay of norms and biases."""
    parameters = list(module.parameters())
    groups = [
        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": WEIGHT_DECAY},
        {"params": [p for p in parameters if p.dim() <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=RATE)


def peak_memory(device: str) -> int:
    """Of the process on the CPU, of the allocator on a GPU, in bytes."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def measure(preset: str, size: int, batch: int, device: str, precision: str, warmup: int, repeats: int) -> dict:
    """Medians over the repeats."""
    step = Step(preset, size, batch, device, precision)
    for _ in range(warmup):
        step.update()
    synchronise(device)
    updates = []
    for _ in range(repeats):
        start = time.perf_counter()
        step.update()
        synchronise(device)
        updates.append(time.perf_counter() - start)
    forward, backward = (statistics.median(times) for times in zip(*(step.passes() for _ in range(repeats))))
    seconds = statistics.median(updates)
    return {
        "preset": preset,
        "device": device,
        "threads": torch.get_num_threads(),
        "forward_ms": 1e3 * forward,
        "backward_ms": 1e3 * backward,
        "step_ms": 1e3 * seconds,
        "images_per_second": len(TASKS) * batch / seconds,
        "peak_memory_bytes": peak_memory(device),
    }
