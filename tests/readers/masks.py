"""Masks, with Pillow and nibabel."""

import csv
import gzip
import io
import zipfile
from pathlib import Path

import nibabel
import numpy
from PIL import Image


def pixels(file):
    """The values of a picture with one channel or a palette."""
    picture = Image.open(file)
    assert picture.mode in ("P", "L"), f"{file}: mode {picture.mode}"
    return numpy.asarray(picture)


def brought(folder):
    """The masks of a folder, by the names of their images."""
    return {file.stem: pixels(file) for file in sorted(Path(folder).glob("*.png"))}


def classes(archive):
    """Values with the names of their classes."""
    table = io.TextIOWrapper(archive.open("classes.csv"), "utf-8", newline="")
    return {int(row["value"]): row["class"] for row in csv.DictReader(table)}


def png(export, folder):
    """Every mask is the one in `folder`, pixel by pixel, and none is missing."""
    expected = brought(folder)
    with zipfile.ZipFile(export) as archive:
        names = classes(archive)
        files = [name for name in archive.namelist() if name.endswith(".png")]
        found = {Path(name).stem: pixels(archive.open(name)) for name in files}
    assert found.keys() == expected.keys(), f"{sorted(found)} instead of {sorted(expected)}"
    for name, mask in found.items():
        same(name, mask, expected[name])
        assert set(numpy.unique(mask)) <= names.keys(), f"{name} has values without a class"
    return {"files": len(found), "foreground": foreground(found.values()), "classes": names}


def nifti(export, images, labels):
    """Every volume lies where its image lies, and has the labels that were brought."""
    found = volumes(export)
    assert found, "no volume"
    for name, volume in found.items():
        image = nibabel.load(Path(images) / name)
        assert volume.shape == image.shape, f"{name}: shape {volume.shape} instead of {image.shape}"
        assert numpy.allclose(volume.affine, image.affine, atol=1e-4), (
            f"{name}: affine\n{volume.affine}\ninstead of\n{image.affine}"
        )
        assert nibabel.aff2axcodes(volume.affine) == nibabel.aff2axcodes(image.affine), name
        assert volume.get_data_dtype().kind in "ui", f"{name}: {volume.get_data_dtype()} are no labels"
        same(name, numpy.asarray(volume.dataobj), numpy.asarray(nibabel.load(Path(labels) / name).dataobj))
    return {"files": len(found), "foreground": foreground(numpy.asarray(v.dataobj) for v in found.values())}


def nifti_flat(export, folder):
    """The same of pictures: one slice, columns first."""
    expected = brought(folder)
    found = {name.removesuffix(".nii.gz"): volume for name, volume in volumes(export).items()}
    assert found.keys() == expected.keys(), f"{sorted(found)} instead of {sorted(expected)}"
    for name, volume in found.items():
        values = numpy.asarray(volume.dataobj)
        same(name, values.reshape(values.shape[:2]).T, expected[name])
    return {"files": len(found), "foreground": foreground(expected.values())}


def volumes(export):
    """The volumes in a zip file, by name."""
    with zipfile.ZipFile(export) as archive:
        names = [name for name in archive.namelist() if name.endswith(".nii.gz")]
        packed = {Path(name).name: archive.read(name) for name in names}
    # `from_bytes` of nibabel does not unpack.
    return {name: nibabel.Nifti1Image.from_bytes(gzip.decompress(data)) for name, data in packed.items()}


def oblique(source, target):
    """Writes the volume `source` to `target` as a scanner that was tilted would have stored it: turned about two axes,
    with slices thicker than pixels, and mirrored."""
    volume = nibabel.load(source)
    tilt, turn = numpy.deg2rad(20), numpy.deg2rad(-35)
    about_x = numpy.array(
        [[1, 0, 0], [0, numpy.cos(tilt), -numpy.sin(tilt)], [0, numpy.sin(tilt), numpy.cos(tilt)]]
    )
    about_z = numpy.array(
        [[numpy.cos(turn), -numpy.sin(turn), 0], [numpy.sin(turn), numpy.cos(turn), 0], [0, 0, 1]]
    )
    affine = numpy.eye(4)
    affine[:3, :3] = about_x @ about_z @ numpy.diag([-0.5, 0.75, 2.0])
    affine[:3, 3] = [31.5, -47.25, 12.0]
    values = numpy.asarray(volume.dataobj)
    nibabel.save(nibabel.Nifti1Image(values, affine, dtype=values.dtype), target)
    return {"shape": values.shape}


def same(name, found, expected):
    assert found.shape == expected.shape, f"{name}: {found.shape} instead of {expected.shape}"
    different = int((found != expected).sum())
    assert different == 0, f"{name}: {different} of {expected.size} values differ"


def foreground(all_masks):
    """Labelled values that are not background."""
    return sum(int(((mask > 0) & (mask < 255)).sum()) for mask in all_masks)
