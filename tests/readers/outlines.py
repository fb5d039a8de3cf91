"""Objects with outlines, with pycocotools and as GeoJSON."""

import contextlib
import io
import json
import zipfile
from pathlib import Path

import numpy
from PIL import Image, ImageDraw
from pycocotools.coco import COCO

import masks

# Pixels of the picture into which a polygon is drawn, per pixel of the image.
FINE = 8


def coco(export, folder):
    """The masks that pycocotools makes of all objects are those in `folder`; areas and boxes are theirs."""
    expected = masks.brought(folder)
    # It reports its progress where the answer belongs.
    with contextlib.redirect_stdout(io.StringIO()):
        labels = COCO(export)
    images = labels.loadImgs(labels.getImgIds())
    names = {Path(image["file_name"]).stem for image in images}
    assert names == expected.keys(), f"{sorted(names)} instead of {sorted(expected)}"
    objects = 0
    for image in images:
        name = Path(image["file_name"]).stem
        mask = expected[name]
        assert (image["height"], image["width"]) == mask.shape, f"{name}: size"
        drawn = numpy.zeros_like(mask)
        for annotation in labels.loadAnns(labels.getAnnIds(imgIds=image["id"])):
            own = labels.annToMask(annotation).astype(bool)
            drawn[own] = annotation["category_id"]
            assert annotation["area"] == own.sum(), f"{name}: area {annotation['area']} instead of {own.sum()}"
            rows, columns = numpy.nonzero(own)
            left, top = columns.min(), rows.min()
            box = [left, top, columns.max() + 1 - left, rows.max() + 1 - top]
            assert numpy.allclose(annotation["bbox"], box), f"{name}: box {annotation['bbox']} instead of {box}"
            objects += 1
        masks.same(name, drawn, mask)
    return {"files": len(images), "objects": objects, "classes": [c["name"] for c in labels.cats.values()]}


def geojson(export, folder):
    """The polygons enclose as many pixels as the masks in `folder` have, in the same places."""
    expected = masks.brought(folder)
    with zipfile.ZipFile(export) as archive:
        files = [name for name in archive.namelist() if name.endswith(".geojson")]
        found = {Path(name).stem: json.loads(archive.read(name)) for name in files}
    assert found.keys() == expected.keys(), f"{sorted(found)} instead of {sorted(expected)}"
    objects = 0
    for name, collection in found.items():
        assert collection["type"] == "FeatureCollection", name
        mask = expected[name] > 0
        canvas = Image.new("1", (mask.shape[1] * FINE, mask.shape[0] * FINE))
        area = 0.0
        for feature in collection["features"]:
            objects += 1
            for rings in polygons(feature["geometry"]):
                for index, ring in enumerate(rings):
                    assert ring[0] == ring[-1], f"{name}: a ring is open"
                    area += abs(enclosed(ring)) * (1 if index == 0 else -1)
                    # A line at the pixel's centre belongs to the pixel.
                    corners = [(x * FINE - 0.5, y * FINE - 0.5) for x, y in ring]
                    ImageDraw.Draw(canvas).polygon(corners, fill=int(index == 0))
        assert area == mask.sum(), f"{name}: polygons enclose {area} pixels instead of {mask.sum()}"
        drawn = numpy.asarray(canvas).reshape(mask.shape[0], FINE, mask.shape[1], FINE).mean((1, 3)) > 0.5
        common = 2 * (drawn & mask).sum() / (drawn.sum() + mask.sum())
        assert common > 0.99, f"{name}: the polygons lie elsewhere (Dice {common:.3f})"
    return {"files": len(found), "objects": objects}


def polygons(geometry):
    """The polygons of a geometry, each a list of rings, the outer one first."""
    if geometry["type"] == "Polygon":
        return [geometry["coordinates"]]
    assert geometry["type"] == "MultiPolygon", geometry["type"]
    return geometry["coordinates"]


def enclosed(ring):
    """What a ring encloses, by the shoelace formula."""
    pairs = zip(ring, ring[1:])
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs) / 2
