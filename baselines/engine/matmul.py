"""Which library multiplies matrices on the processor: chosen by what it can do and how exact it is, never by timing.

PyTorch's MKL takes its AVX2 path on AMD processors; oneDNN has an AVX-512 path with twice the speed, which PyTorch
takes when it may round float32 products to bfloat16. Whether it does round depends on the processor: a probe measures
it. So the choice is a property of the machine, not of its load, and a record can name it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

import torch

BACKENDS = {"mkl": "none", "onednn": "bf16"}  # name → value of PyTorch's switch
LARGEST_ERROR = 1e-6  # root mean square, relative; float32 has 2e-7 to 3e-7, bfloat16 3e-3


@contextmanager
def matmul_backend(name: str) -> Iterator[None]:
    """Multiply by a back end inside the block; elsewhere nothing changes."""
    switch = torch.backends.mkldnn.matmul  # pyright: ignore[reportAttributeAccessIssue]
    before = switch.fp32_precision
    switch.fp32_precision = BACKENDS[name]
    try:
        yield
    finally:
        switch.fp32_precision = before


@contextmanager
def recorded_choice(name: str) -> Iterator[None]:
    """Inside the block `best_backend` is the one of that name: a training that is done again computes as it did."""
    token = _recorded.set(name)
    try:
        yield
    finally:
        _recorded.reset(token)


_recorded: ContextVar[str | None] = ContextVar("recorded", default=None)


def best_backend() -> str:
    """`onednn` where the processor has AVX-512 and the probe finds float32's accuracy, else `mkl`."""
    return _recorded.get() or _probed()


@cache
def _probed() -> str:
    has_wide_vectors = "AVX512" in torch.backends.cpu.get_cpu_capability()
    return "onednn" if has_wide_vectors and relative_error("onednn") < LARGEST_ERROR else "mkl"


def relative_error(backend: str) -> float:
    """Root mean square error of a product of two random matrices [256, 256], relative to float64's."""
    generator = torch.Generator().manual_seed(0)
    left, right = (torch.randn(256, 256, generator=generator) for _ in range(2))
    exact = left.double() @ right.double()
    with matmul_backend(backend):
        return float((left @ right - exact).square().mean().sqrt() / exact.square().mean().sqrt())
