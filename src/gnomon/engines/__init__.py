"""The engines: each file of this folder maps a function over items on the machines it knows, with the same result."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from gnomon.registry import Registry

Item = TypeVar("Item")
Result = TypeVar("Result")


class Engine(Protocol):
    """Runs a function on many items at once."""

    def __call__(
        self,
        function: Callable[[Item], Result],
        items: Iterable[Item],
        workers: int | str = "auto",
        preload: Sequence[str] = (),
        on_progress: Callable[[int], None] = ...,
    ) -> Iterator[Result]:
        """Yield `function(item)` in the order of the items, which may be endless: about `workers` are under way.

        Args:
            function: a module-level function, or a partial of one, and what it is given and returns can be pickled.
            items: read only as fast as workers take them.
            workers: how many at once; `auto` is one a core.
            preload: modules that workers find already imported, where the engine can do that.
            on_progress: gets what workers reported since the last call (`gnomon.engines.local.report`), where the
                engine can tell.

        Raises:
            GnomonError: a worker was lost; results that were yielded before are the caller's.
        """
        ...


ENGINES: Registry[Engine] = Registry("engine", __name__)
