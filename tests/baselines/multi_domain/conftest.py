"""Three small datasets of two domains, written once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from domains import shared_home


@pytest.fixture(scope="package")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with one small dataset of each of three tasks."""
    yield from shared_home(tmp_path_factory.mktemp("domains"))
