"""A Medley model file in this network, and what it computes: the proof that both are the same."""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .network import Network

DTYPES = {"F16": np.float16, "F32": np.float32}


def read(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """The tensors and the metadata of a safetensors file."""
    data = path.read_bytes()
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:end])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        values = np.frombuffer(data[end + first : end + last], DTYPES[entry["dtype"]])
        tensors[name] = torch.from_numpy(values.astype(np.float32)).reshape(entry["shape"])
    return tensors, metadata


def burn_names(network: Network) -> dict[str, tuple[nn.Parameter, bool]]:
    """Every parameter under its name in a model file, and whether it is stored transposed.

    Burn stores the weight of a linear layer as [input, output], and calls those of a layer norm gamma and beta.
    """
    found = {}
    for path, module in network.named_modules():
        first, _, rest = path.partition(".")
        if first == "heads" and rest:
            index, _, rest = rest.partition(".")
            path = ".".join(filter(None, ["heads", network.tasks[int(index)]["id"], rest.replace("class_", "class")]))
        for name, parameter in module.named_parameters(recurse=False):
            if isinstance(module, nn.LayerNorm):
                name = {"weight": "gamma", "bias": "beta"}[name]
            found[f"{path}.{name}"] = (parameter, isinstance(module, nn.Linear) and name == "weight")
    return found


@torch.no_grad()
def load(path: Path) -> Network:
    """The network of a model file. Every tensor of the file must find its place, and every parameter its tensor."""
    tensors, metadata = read(path)
    network = Network(json.loads(metadata["medley.config"]), json.loads(metadata["medley.tasks"]))
    for name, (parameter, transposed) in burn_names(network).items():
        values = tensors.pop(name)
        parameter.copy_(values.T if transposed else values)
    if tensors:
        raise SystemExit(f"{path}: no place for {sorted(tensors)}")
    return network.eval()


@torch.no_grad()
def check(model: Path, images: Path, outputs: Path) -> None:
    """Runs every head of a model on images `[B, 3, H, W]` in [0, 1] and writes the raw outputs."""
    network = load(model)
    x = torch.from_numpy(np.load(images).astype(np.float32))
    _, pyramid = network.foundation.encode(x)
    results = {f"pyramid.{4 << level}": values for level, values in enumerate(pyramid)}
    for index, task in enumerate(network.tasks):
        values = network(index, x)
        if isinstance(values, tuple):
            for part, value in zip(("class", "distances", "centreness"), values):
                results[f"{task['id']}.{part}"] = value
        else:
            results[task["id"]] = values
    np.savez(outputs, **{name: values.contiguous().numpy() for name, values in results.items()})
    shared = sum(p.numel() for p in network.foundation.parameters())
    total = sum(p.numel() for p in network.parameters())
    print(f"{model}: {total} parameters, {shared} of them shared; {len(results)} outputs in {outputs}")
