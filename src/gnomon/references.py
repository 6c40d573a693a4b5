"""References by name: `package.module:attribute` or `path/to/file.py:attribute` → object and source digest."""

import inspect
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from gnomon.errors import UsageError
from gnomon.files import hash_file, hash_of


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
    if not place or not name or place.startswith("."):
        raise UsageError(f"{text!r} is not a reference; write path/to/file.py:Name or package.module:Name.")
    module = _import_file(Path(place)) if place.endswith(".py") else _import_module(place)
    if not hasattr(module, name):
        raise UsageError(f"{place} defines no {name!r}.{_near(name, module)}")
    target = getattr(module, name)
    return Reference(text, target, hash_file(_source_of(target, module, text)))


def _source_of(target: Any, module: ModuleType, text: str) -> Path:
    """The file that defines the target, which may be another one than the file that names it."""
    for thing in (target, module):
        with suppress(TypeError, OSError):
            return Path(inspect.getfile(thing))
    raise UsageError(f"{text} has no source file; save it in one and pass path/to/file.py:Name.")


def _near(name: str, module: ModuleType) -> str:
    public = [attribute for attribute in vars(module) if not attribute.startswith("_")]
    near = get_close_matches(name, public, n=1)
    return f" Did you mean {near[0]}?" if near else ""


def _import_file(path: Path) -> ModuleType:
    """Import a file under a name made from place and content, so that an edited file is another module."""
    path = path.resolve()
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    name = f"gnomon_user_{path.stem}_{hash_of([str(path), hash_file(path)])[:12]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = spec_from_file_location(name, path, loader=_SourceOnly(name, str(path)))
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)
    try:
        _importing.append(name)
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise UsageError(f"{path} could not be imported: {type(error).__name__}: {error}") from error
    finally:
        _importing.remove(name)
    return module


def is_importing_a_file() -> bool:
    """Whether a user's file is being imported right now, by this thread of work."""
    return bool(_importing)


_importing: list[str] = []


class _SourceOnly(SourceFileLoader):
    """Never reads or writes byte code, which would hide an edit within the same second that keeps the size."""

    def path_stats(self, path: str) -> Mapping[str, Any]:
        raise OSError(f"{path} is compiled anew")


def _import_module(name: str) -> ModuleType:
    try:
        return import_module(name)
    except Exception as error:  # whatever a foreign module raises
        raise UsageError(f"{name} could not be imported: {type(error).__name__}: {error}") from error
