"""The policies that data is collected with: each file registers factories `(task, **options) → Policy`."""

from collections.abc import Callable

from gnomon.benchmarks.contracts import Policy
from gnomon.registry import Registry

POLICIES: Registry[Callable[..., Policy]] = Registry("behaviour policy", __name__)
