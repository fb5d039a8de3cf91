"""The numbers of the network, as in `core/src/model/config.rs` and in the metadata of a model file."""

NANO = {
    "encoder": {"width": 32, "depths": [2, 2, 6, 2], "heads": [1, 2, 4, 8], "window": 8},
    "squeeze": 128,
    "pixel": {"widths": [64, 48, 32, 16], "embedding": 16},
    "boxes": {"channels": 64, "towers": 2, "first_stride": 4, "extra_levels": 1},
}
TINY = {
    "encoder": {"width": 96, "depths": [2, 2, 6, 2], "heads": [3, 6, 12, 24], "window": 8},
    "squeeze": 512,
    "pixel": {"widths": [96, 64, 32, 16], "embedding": 16},
    "boxes": {"channels": 128, "towers": 4, "first_stride": 8, "extra_levels": 2},
}
BASE = TINY | {"encoder": {"width": 128, "depths": [2, 2, 18, 2], "heads": [4, 8, 16, 32], "window": 8}}

PRESETS = {"nano": NANO, "tiny": TINY, "base": BASE}

# The tasks that are timed: one of each label type. The Rust side has the same.
TASKS = [
    {"id": "segmentation", "kind": "segmentation", "classes": ["background", "object"]},
    {"id": "classification", "kind": "classification", "classes": [f"class {i}" for i in range(8)]},
    {"id": "detection", "kind": "detection", "classes": ["first", "second", "third"]},
]


def box_strides(config: dict) -> list[int]:
    """Strides of the levels that the box decoder sees, finest first."""
    stride, strides = config["boxes"]["first_stride"], []
    while stride <= 32 << config["boxes"]["extra_levels"]:
        strides.append(stride)
        stride *= 2
    return strides
