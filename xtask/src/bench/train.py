"""Times the multi-task step of Medley's network in PyTorch; started by `cargo xtask bench train`.

Needs torch 2, and numpy for `--check`. Prints one JSON value: an object of the step's figures, or with `--ops` a list with one object
per operation. The three forward passes (with losses), the three backward passes, and the whole step (one batch of a
segmentation, a classification and a detection task, shared gradients summed, AdamW) are timed apart.
"""

import argparse
import json
from pathlib import Path

import torch


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", choices=["nano", "tiny", "base"], default="nano")
    parser.add_argument("--size", type=int, default=224, help="side of the images")
    parser.add_argument("--batch", type=int, default=4, help="images of each task")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--precision", choices=["float32", "tf32", "bfloat16", "float16"], default="float32")
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--ops", type=Path, metavar="LIST.json", help="time the operations of a list instead")
    parser.add_argument(
        "--check",
        type=Path,
        nargs=3,
        metavar=("MODEL.safetensors", "INPUT.npy", "OUT.npz"),
        help="write the raw outputs of a Medley model instead",
    )
    return parser.parse_args()


def main() -> None:
    args = arguments()
    torch.set_num_threads(args.threads)
    tf32 = args.precision == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
    if args.check:
        from pytorch import weights

        weights.check(*args.check)
    elif args.ops:
        from pytorch import ops

        print(json.dumps(ops.measure(args.ops, args.device, args.repeats)))
    else:
        from pytorch import step

        figures = step.measure(
            args.preset, args.size, args.batch, args.device, args.precision, args.warmup, args.repeats
        )
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
