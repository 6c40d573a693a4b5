"""How a CUDA device multiplies matrices: in float32, or faster and rougher where somebody asks for it.

`tf32` keeps 10 bits of each factor's fraction, `bfloat16` keeps 7; sums and parameters stay float32 in both. Neither is
ever chosen for anybody, and a record names what was asked for, because scores may differ.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from gnomon.errors import UsageError

PRECISIONS = ("float32", "tf32", "bfloat16")


def check_precision(name: str, device: str) -> None:
    """Refuse a precision that is unknown, or that the device has no use for.

    Raises:
        UsageError: with the way out.
    """
    if name not in PRECISIONS:
        raise UsageError(f"There is no precision {name!r}: it is one of {', '.join(PRECISIONS)}.")
    if name != "float32" and torch.device(device).type != "cuda":
        raise UsageError(f"The precision {name} is for CUDA devices; on {device} leave it at float32.")


@contextmanager
def computing_in(name: str, device: str) -> Iterator[None]:
    """Multiply in that precision on the device inside the block."""
    switch = torch.backends.cuda.matmul
    before = switch.fp32_precision
    switch.fp32_precision = "tf32" if name == "tf32" else "ieee"
    try:
        with torch.autocast(torch.device(device).type, torch.bfloat16, name == "bfloat16", cache_enabled=False):
            yield
    finally:
        switch.fp32_precision = before
