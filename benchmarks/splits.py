"""Known choices of Meta-World's tasks and the control suite's: learned together, in sequence, or kept for later.

| name                 | what                                              | source                             |
| -------------------- | ------------------------------------------------- | ---------------------------------- |
| `MT10`, `MT50`       | ten tasks, and all, to be learned together        | Meta-World (arXiv 1910.10897)      |
| `ML45`               | forty-five tasks to learn from, five that are new | Meta-World (arXiv 1910.10897)      |
| `CONTINUAL_WORLD_10` | ten tasks, to be learned in this order            | Continual World (arXiv 2105.10919) |
| `L2M_METAWORLD`      | the other forty together, then those ten          | L2M (arXiv 2306.14884)             |
| `L2M_DMCONTROL`      | ten tasks of the control suite together, then six | L2M (arXiv 2306.14884)             |
| `L2M`                | both domains: fifty together, then sixteen        | L2M (arXiv 2306.14884)             |

All are ids of tasks. The ten of MT10 and the five of ML45 are those of the package that the tasks are made of, version
3; L2M and Continual World named theirs in versions 2 and 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gnomon.benchmarks.tasks import dmcontrol, metaworld


@dataclass(frozen=True)
class Split:
    """Ids of tasks: those that come first, together, and those that come later, in their order."""

    pretraining: tuple[str, ...]
    fine_tuning: tuple[str, ...]

    def __add__(self, other: "Split") -> "Split":
        return Split(self.pretraining + other.pretraining, self.fine_tuning + other.fine_tuning)


def _ids(family: str, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{family}/{name}-v1" for name in names)


def _all_but(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(id for id in MT50 if id not in names)


MT50 = _ids("metaworld", metaworld.NAMES)
MT10 = _ids(
    "metaworld",
    "reach push pick-place door-open drawer-open drawer-close button-press-topdown peg-insert-side window-open "
    "window-close".split(),
)
CONTINUAL_WORLD_10 = _ids(
    "metaworld",
    "hammer push-wall faucet-close push-back stick-pull handle-press-side push shelf-place window-close "
    "peg-unplug-side".split(),
)
_NEW = _ids("metaworld", "bin-picking box-close hand-insert door-lock door-unlock".split())

ML45 = Split(_all_but(_NEW), _NEW)
L2M_METAWORLD = Split(_all_but(CONTINUAL_WORLD_10), CONTINUAL_WORLD_10)
L2M_DMCONTROL = Split(_ids("dmcontrol", dmcontrol.PRETRAINING), _ids("dmcontrol", dmcontrol.FINE_TUNING))
L2M = L2M_METAWORLD + L2M_DMCONTROL
