"""References by name: `package.module:attribute` or `path/to/file.py:attribute` → object and source digest."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from gnomon.errors import UsageError
from gnomon.files import hash_file


@dataclass(frozen=True)
class Reference:
    """What a reference names. `digest` is the SHA-256 of the source file that defines it."""

    text: str
    target: Any
    digest: str


def resolve(text: str) -> Reference:
    """Import what `text` names.

    Raises:
        UsageError: no such file, module or attribute, or the file fails while it is imported.

    >>> resolve("gnomon.files:hash_of").target([]) == resolve("gnomon.files:hash_of").target(())
    True
    """
    place, _, name = text.rpartition(":")
    if not place or not name:
        raise UsageError(f"{text!r} is not a reference; write path/to/file.py:Name or package.module:Name.")
    module = _import_file(Path(place)) if place.endswith(".py") else _import_module(place)
    if not hasattr(module, name):
        raise UsageError(f"{place} defines no {name!r}.{_near(name, module)}")
    assert module.__file__
    return Reference(text, getattr(module, name), hash_file(Path(module.__file__)))


def _near(name: str, module: ModuleType) -> str:
    public = [attribute for attribute in vars(module) if not attribute.startswith("_")]
    near = get_close_matches(name, public, n=1)
    return f" Did you mean {near[0]}?" if near else ""


def _import_file(path: Path) -> ModuleType:
    """Import a file under a name made from its content, so that an edited file is another module."""
    path = path.resolve()
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    name = f"gnomon_user_{path.stem}_{hash_file(path)[:12]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = spec_from_file_location(name, path, loader=_SourceOnly(name, str(path)))
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise UsageError(f"{path} could not be imported: {type(error).__name__}: {error}") from error
    return module


class _SourceOnly(SourceFileLoader):
    """Never reads or writes byte code, which would hide an edit within the same second that keeps the size."""

    def path_stats(self, path: str) -> Mapping[str, Any]:
        raise OSError(f"{path} is compiled anew")


def _import_module(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        raise UsageError(f"{name} could not be imported: {error}") from error
