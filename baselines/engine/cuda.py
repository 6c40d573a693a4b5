"""A cycle of passes as one CUDA graph: the device is told once what to do, and then only to do it again.

Launching some ninety small kernels a pass costs more than running them. A graph launches all of them at once. It
replays addresses, so everything that a pass reads or changes keeps its place: parameters, data, and the number of the
pass, from which the random numbers and the learning rates come.
"""

import logging
from collections.abc import Callable

import torch

from gnomon.baselines.engine.stacked import Stacked

WARM_UP = 3  # cycles that run before the capture, in which libraries choose kernels and allocate
log = logging.getLogger(__name__)


def cycle_of(passes: Stacked) -> Callable[[], None]:
    """A function that makes one cycle of passes: a captured graph where that can be, else the passes one by one.

    Warming up and capturing leave the state as it was.
    """
    device = passes.number.device
    if device.type != "cuda":
        return lambda: _run(passes)
    with torch.cuda.device(device):
        try:
            replay = _captured(passes).replay
        except RuntimeError as error:
            log.warning("The passes are run one by one: they could not be captured as a CUDA graph (%s).", error)
            replay = lambda: _run(passes)  # noqa: E731

    def on_its_device() -> None:
        with torch.cuda.device(device):
            replay()

    return on_its_device


def _run(passes: Stacked) -> None:
    for position in range(1, passes.cycle + 1):
        passes.one(position)


def _captured(passes: Stacked) -> torch.cuda.CUDAGraph:
    before = {name: tensor.clone() for name, tensor in passes.state.tensors.items()}
    number, graph = passes.number.clone(), torch.cuda.CUDAGraph()
    try:
        _warm_up(passes)
        with torch.cuda.graph(graph):
            _run(passes)
    finally:
        for name, tensor in passes.state.tensors.items():
            tensor.copy_(before[name])
        passes.number.copy_(number)
    return graph


def _warm_up(passes: Stacked) -> None:
    """On a stream of its own, as capturing demands."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(WARM_UP):
            _run(passes)
    torch.cuda.current_stream().wait_stream(stream)
