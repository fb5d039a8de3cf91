"""Models, with safetensors."""

import json
from pathlib import Path

import numpy
from safetensors import safe_open
from safetensors.numpy import load_file


def metadata(file):
    with safe_open(file, framework="numpy") as opened:
        return opened.metadata()


def model(export, base):
    """A whole model: every tensor of the pretrained one is there in its shape, the encoder as it was, and the metadata
    tell format, licence and tasks."""
    tuned, known = load_file(export), load_file(base)
    facts = metadata(export)
    for name, tensor in tuned.items():
        assert numpy.isfinite(tensor).all(), f"{name} is not finite"
    shared = [name for name in known if not name.startswith("heads.")]
    missing = [name for name in shared if name not in tuned or tuned[name].shape != known[name].shape]
    assert not missing, f"missing or of another shape: {missing}"
    changed = [name for name in shared if not numpy.array_equal(tuned[name], known[name])]
    moved = [name for name in changed if name.startswith("foundation.encoder.")]
    assert not moved, f"quick tuning leaves the encoder alone, but these changed: {moved}"
    assert changed, "nothing was learnt"
    tasks = json.loads(facts["medley.tasks"])
    return {"tensors": len(tuned), "changed": len(changed), "tasks": [t["id"] for t in tasks], "keys": sorted(facts)}


def head(export, base, whole):
    """What differs from the pretrained model, and nothing else: together they are the whole one."""
    part, known, tuned = load_file(export), load_file(base), load_file(whole)
    joined = {**known, **part}
    for name, tensor in tuned.items():
        assert name in joined and numpy.array_equal(joined[name], tensor), f"{name} is not as in the whole model"
    same = [name for name, tensor in part.items() if name in known and numpy.array_equal(known[name], tensor)]
    assert not same, f"no need for {same}"
    sizes = [Path(file).stat().st_size for file in (export, whole)]
    assert sizes[0] < sizes[1], f"{sizes[0]} bytes are no less than {sizes[1]}"
    return {"tensors": len(part), "bytes": sizes[0], "whole": sizes[1]}
