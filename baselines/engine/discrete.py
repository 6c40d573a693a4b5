"""What losses for numbered actions have in common."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def of_actions(values: "Tensor", actions: "Tensor") -> "Tensor":
    """Of values [..., batch, action count] those of the actions [batch]; [..., batch]."""
    numbers = actions.long()[:, None].expand(*values.shape[:-1], 1)
    return values.gather(-1, numbers).squeeze(-1)


def huber(errors: "Tensor") -> "Tensor":
    """Half the square up to 1, the size minus a half beyond (Huber 1964, doi 10.1214/aoms/1177703732)."""
    sizes = errors.abs()
    inside = sizes.clamp(max=1)
    return inside * (sizes - inside / 2)
