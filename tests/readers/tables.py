"""Measurements, with Python's own csv."""

import csv
from collections import defaultdict
from pathlib import Path

import nibabel
import numpy

import masks


def objects(export, folder):
    """The objects of every image are the pieces of its mask in `folder`: as many, as large, in the same places."""
    expected = masks.brought(folder)
    found = defaultdict(list)
    for row in rows(export):
        assert row["unit"] == "px" and float(row["area"]) == int(row["pixels"]), row
        bounds = [int(float(row[side])) for side in ("left", "top", "right", "bottom")]
        found[Path(row["file"]).stem].append((int(row["pixels"]), *bounds))
    for name, mask in expected.items():
        pieces = sorted(components(mask > 0))
        assert sorted(found[name]) == pieces, f"{name}: {sorted(found[name])} instead of {pieces}"
    assert found.keys() <= expected.keys(), f"{sorted(found)}: unknown images"
    return {"objects": sum(map(len, found.values())), "pixels": sum(piece[0] for f in found.values() for piece in f)}


def volume(export, images, labels):
    """Pixels of every class in every slice are those of the volumes in `labels`; areas are in square millimetres."""
    counted = defaultdict(int)
    for row in rows(export):
        zooms = nibabel.load(Path(images) / row["file"]).header.get_zooms()
        area = int(row["pixels"]) * float(zooms[0]) * float(zooms[1])
        assert row["unit"] == "mm", row
        assert abs(float(row["area"]) - area) <= 1e-3 * area, f"{row['area']} mm² instead of {area}"
        counted[row["file"], int(row["slice"]), row["class"]] += int(row["pixels"])
    classes = sorted({name for _, _, name in counted})
    for file in Path(labels).glob("*.nii.gz"):
        values = numpy.asarray(nibabel.load(file).dataobj)
        # A slice is numbered from 0, as in NIfTI.
        for place in range(values.shape[2]):
            expected = sorted(int((values[:, :, place] == value).sum()) for value in range(1, int(values.max()) + 1))
            own = sorted(counted[file.name, place, name] for name in classes)
            assert own == expected, f"{file.name}, slice {place}: {own} instead of {expected}"
    return {"pixels": sum(counted.values()), "classes": classes}


def rows(export):
    with open(export, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def components(mask):
    """Pixels and bounds of each piece; pixels that touch by a corner hang together."""
    left = mask.copy()
    height, width = left.shape
    for start in zip(*numpy.nonzero(mask)):
        if not left[start]:
            continue
        left[start] = False
        waiting, piece = [start], []
        while waiting:
            row, column = waiting.pop()
            piece.append((row, column))
            for y in range(max(row - 1, 0), min(row + 2, height)):
                for x in range(max(column - 1, 0), min(column + 2, width)):
                    if left[y, x]:
                        left[y, x] = False
                        waiting.append((y, x))
        ys, xs = zip(*piece)
        yield len(piece), int(min(xs)), int(min(ys)), int(max(xs)) + 1, int(max(ys)) + 1
