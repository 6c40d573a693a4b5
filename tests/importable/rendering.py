"""Tasks whose observations are drawn: what needs a renderer says so instead of failing."""

import pytest

from gnomon.errors import GnomonError


def is_drawn(id: str) -> bool:
    """Whether the observations of a task, or of a dataset by its id, are pictures that a renderer draws."""
    return id.split("/")[1].removesuffix("-v1").endswith("-pixels")


def marked(id: str) -> object:
    """The id as a parameter that is slow where it is drawn: a picture takes 3 ms, and a contract needs thousands."""
    return pytest.param(id, marks=pytest.mark.slow if is_drawn(id) else ())


def skip_without_renderer() -> None:
    """Skip the test that runs, with the sentence of the simulator, where nothing can draw without a screen."""
    from gnomon.benchmarks.simulators.kitchen_pixels import painter

    try:
        painter()
    except GnomonError as error:
        pytest.skip(str(error))
