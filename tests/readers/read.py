"""Opens what the studio exports, with the libraries that others would use, and compares it with what was brought in.

    python read.py KIND EXPORT [FILE OR FOLDER]...

Prints what was found as one line of JSON. Where something differs, it says what and exits with 1. Each kind is a
function of the modules beside this file. Nothing here knows Medley's own readers.
"""

import json
import sys

import archives
import masks
import outlines
import pages
import tables
import weights

KINDS = {
    "masks-png": masks.png,
    "masks-nifti": masks.nifti,
    "masks-nifti-flat": masks.nifti_flat,
    "oblique": masks.oblique,
    "coco": outlines.coco,
    "geojson": outlines.geojson,
    "csv": tables.objects,
    "csv-volume": tables.volume,
    "model": weights.model,
    "head": weights.head,
    "project": archives.project,
    "report": pages.report,
}


def main():
    kind, *arguments = sys.argv[1:]
    try:
        found = KINDS[kind](*arguments)
    except AssertionError as difference:
        sys.exit(f"{kind}: {difference}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
