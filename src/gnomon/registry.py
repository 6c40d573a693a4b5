"""A named collection of things, one file each, with nothing to keep in step by hand."""

import sys
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from importlib import import_module
from pkgutil import iter_modules
from typing import Generic, TypeVar

from gnomon.errors import UnknownId

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """Maps ids to entries; the entries are found by importing every file of `packages`, on first use.

    A file that fails to import is kept in `broken` and does not hide the others.
    """

    def __init__(self, kind: str, *packages: str) -> None:
        self.kind = kind
        self.broken: dict[str, Exception] = {}
        self._packages = packages
        self._entries: dict[str, T] = {}
        self._places: dict[str, str] = {}
        self._loaded = False

    def add(self, id: str, entry: T) -> T:
        """Register `entry`; a second registration of one id is refused with both places."""
        place = _caller()
        if id in self._entries:
            raise ValueError(f"{self.kind} {id!r} is registered twice: in {self._places[id]} and in {place}")
        self._entries[id] = entry
        self._places[id] = place
        return entry

    def register(self, id: str) -> Callable[[T], T]:
        """`add` as a decorator."""
        return lambda entry: self.add(id, entry)

    def _all(self) -> dict[str, T]:
        if not self._loaded:
            self._loaded = True
            for package in self._packages:
                for module in iter_modules(import_module(package).__path__):
                    self._load(f"{package}.{module.name}")
        return self._entries

    def _load(self, module: str) -> None:
        try:
            import_module(module)
        except Exception as error:  # whatever a foreign file raises
            self.broken[module] = error

    def __getitem__(self, id: str) -> T:
        entries = self._all()
        if id not in entries:
            raise UnknownId(f"There is no {self.kind} {id!r}.{self._hint(id)}")
        return entries[id]

    def _hint(self, id: str) -> str:
        near = get_close_matches(id, self._all(), n=3, cutoff=0.5)
        hint = f" Did you mean {' or '.join(near)}?" if near else f" Known: {', '.join(sorted(self._all())[:8])}."
        broken = "".join(f" {module} could not be imported ({error})." for module, error in self.broken.items())
        return hint + broken

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._all()))

    def __len__(self) -> int:
        return len(self._all())

    def __contains__(self, id: object) -> bool:
        return id in self._all()


def _caller() -> str:
    """File and line of the first frame outside this file."""
    frame = sys._getframe(1)
    while frame.f_back and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
