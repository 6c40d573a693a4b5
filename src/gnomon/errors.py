"""The exceptions that gnomon raises on purpose.

    GnomonError              something that was asked for could not be done        exit code 1
    ├── UsageError           the call itself is wrong                              exit code 2
    │   └── UnknownId        no such task, dataset, baseline, suite or protocol
    ├── DatasetError         a dataset folder is missing, damaged or not what it says
    ├── AlgorithmError       an algorithm raised an error while it was training or judged
    ├── PolicyError          a policy broke the contract: wrong shape, NaN
    └── ComparisonError      runs that must not share a table

Each message is one sentence that says what happened and what to do about it.
"""


class GnomonError(Exception):
    """Something that was asked for could not be done."""

    exit_code = 1


class UsageError(GnomonError):
    """The call itself is wrong: nothing was started."""

    exit_code = 2


class UnknownId(UsageError, KeyError):
    """No entry of that name; the message suggests the nearest."""

    def __str__(self) -> str:
        return str(self.args[0])


class DatasetError(GnomonError):
    """A dataset folder is missing, damaged or not what its manifest says."""


class AlgorithmError(GnomonError):
    """An algorithm raised an error while it was training or its policy was judged."""


class PolicyError(GnomonError):
    """A policy broke the contract of `gnomon.benchmarks.contracts.Policy`."""


class ComparisonError(GnomonError):
    """The runs were not judged alike, so they must not share a table."""
