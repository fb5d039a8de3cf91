"""The project, with Python's own zipfile."""

import json
import zipfile
from pathlib import Path


def project(export, images):
    """The archive is sound, holds each image as it was brought, byte by byte, and the tuned model."""
    with zipfile.ZipFile(export) as archive:
        broken = archive.testzip()
        assert broken is None, f"{broken} is broken"
        names = archive.namelist()
        held = [archive.read(name) for name in names]
    for file in sorted(Path(images).iterdir()):
        assert file.read_bytes() in held, f"{file.name} is not in the project"
    documents = [json.loads(data) for name, data in zip(names, held) if name.endswith(".json")]
    assert documents, f"no document in {names}"
    return {"files": len(names), "models": sum(name.endswith(".safetensors") for name in names)}
