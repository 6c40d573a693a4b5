"""Three small datasets of two domains, written once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from domains import add_datasets


@pytest.fixture(scope="package")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with one small dataset of each of three tasks."""
    folder = tmp_path_factory.mktemp("domains")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNOMON_HOME", str(folder))
        add_datasets()
        yield folder
