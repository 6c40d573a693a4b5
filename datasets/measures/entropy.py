"""How much the actions vary where the observation does not explain them."""

import numpy as np
from numpy.typing import NDArray

from gnomon.datasets.columns import Columns
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.measures import MEASURES, Measure, state_actions

RIDGE = 1e-6
LEAST_VARIANCE = 1e-12
CONSTANT = 1e-9  # standard deviation below which a column of the observation counts as constant


def entropy(dataset: Dataset) -> float | None:
    """Differential entropy of the behaviour if it were linear with normal noise, a dimension of the action, in nats.

    With z the observation and c the action, both centred, and z divided by its standard deviation column by column:

        W = argmin mean ‖c − Wᵀz‖² + 10⁻⁶ ‖W‖²,    σ_d² = mean (c − Wᵀz)_d²
        entropy = mean over d of ½ ln(2πe · max(σ_d², 10⁻¹²))

    From −12.4 (every action is a linear function of the observation) upwards; a standard deviation of 1 is 1.42. A
    proxy: what is not linear in the observation counts as noise. It stands in for the entropy of a cloned policy,
    which arXiv 2111.04714 reports and which would need training. Absent of discrete actions, which have no density.
    """
    if dataset.columns["actions"].dtype.kind != "f":
        return None
    variance = np.maximum(_residual_variance(dataset.columns), LEAST_VARIANCE)
    return float(np.mean(0.5 * np.log(2 * np.pi * np.e * variance)))


def _residual_variance(data: Columns) -> NDArray[np.float64]:
    """[action dimension] variance of the actions that the ridge regression leaves."""
    width = data["observations"].shape[1]
    joint = _covariance(data)
    deviation = np.sqrt(np.diag(joint)[:width])
    scale = np.where(deviation > CONSTANT, deviation, 1)
    zz, zc, cc = (
        joint[:width, :width] / np.outer(scale, scale),
        joint[:width, width:] / scale[:, None],
        joint[width:, width:],
    )
    weights = np.linalg.solve(zz + RIDGE * np.eye(width), zc)
    return np.diag(cc - 2 * weights.T @ zc + weights.T @ zz @ weights)


def _covariance(data: Columns) -> NDArray[np.float64]:
    """Covariance of the columns of observation ⊕ action over all transitions."""
    count = len(data["rewards"])
    mean = np.sum([rows.sum(0) for rows in state_actions(data)], axis=0) / count
    centred = (rows - mean for rows in state_actions(data))
    return np.sum([rows.T @ rows for rows in centred], axis=0) / count


MEASURES.add(
    "entropy",
    Measure(
        compute=entropy,
        label="Behaviour entropy (proxy)",
        meaning="How random the actions are once a linear function of the observation is taken from them, in nats a "
        "dimension of the action. What the behaviour does non-linearly counts as random.",
        formula="mean over d of ½ ln(2πe σ_d²), σ_d² the variance left by a ridge regression of action on observation",
    ),
)
