"""Single operations at the shapes of a step, timed: forward, and the gradients of all inputs and weights."""

import json
import statistics
import time
from pathlib import Path

import torch
import torch.nn.functional as F

from .step import synchronise


def operation(op: dict, leaf) -> tuple:
    """What computes `op`, and the tensors whose gradients are taken. `leaf` makes a tensor of a shape."""
    x, shape = leaf(op["input"]), op["input"]
    match op["op"]:
        case "linear":
            weight, bias = leaf([op["outputs"], shape[-1]]), leaf([op["outputs"]])
            return lambda: F.linear(x, weight, bias), [x, weight, bias]
        case "conv":
            weight, bias = leaf([op["outputs"], shape[1], op["kernel"], op["kernel"]]), leaf([op["outputs"]])
            options = {"stride": op["stride"], "padding": op["padding"]}
            leaves = [weight] if op.get("gradients") == "weight" else [x, weight, bias]
            return lambda: F.conv2d(x, weight, bias, **options), leaves
        case "gelu":
            return lambda: F.gelu(x), [x]
        case "softmax":
            return lambda: x.softmax(-1), [x]
        case "layer_norm":
            weight, bias = leaf([shape[-1]]), leaf([shape[-1]])
            return lambda: F.layer_norm(x, shape[-1:], weight, bias), [x, weight, bias]
        case "group_norm":
            weight, bias = leaf([shape[1]]), leaf([shape[1]])
            return lambda: F.group_norm(x, 1, weight, bias), [x, weight, bias]
        case "relu":
            return lambda: F.relu(x), [x]
        case "matmul":
            y = leaf(op["other"])
            return lambda: x @ y, [x, y]
        case "normalize":
            return lambda: F.normalize(x, dim=-1), [x]
        case "upsample":
            return lambda: F.interpolate(x, scale_factor=2.0, mode="nearest"), [x]
        case "roll":
            return lambda: torch.roll(x, (4, 4), dims=(1, 2)), [x]
        case other:
            raise SystemExit(f"no operation `{other}`")


def median_ms(work, device: str, repeats: int) -> float:
    times = []
    for _ in range(repeats + 2):
        synchronise(device)
        start = time.perf_counter()
        work()
        synchronise(device)
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times[2:])


def measure(path: Path, device: str, repeats: int) -> list[dict]:
    """The table: every operation of the list with `forward_ms` and `backward_ms`."""
    torch.manual_seed(0)
    table = []
    for op in json.loads(path.read_text()):
        run, leaves = operation(op, lambda shape: torch.randn(shape, device=device).requires_grad_())
        output = run()
        gradient = torch.randn_like(output)
        forward = median_ms(run, device, repeats)
        backward = median_ms(
            lambda: torch.autograd.grad(output, leaves, gradient, retain_graph=True), device, repeats
        )
        table.append({"name": op["name"], "count": op["count"], "forward_ms": forward, "backward_ms": backward})
    return table
