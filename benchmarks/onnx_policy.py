"""Policies of other libraries, as ONNX files: observations [lanes, dimension] float32 in, actions out."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.errors import PolicyError, UsageError


@dataclass
class OnnxPolicy:
    """A policy that ONNX Runtime computes, on one thread of the processor.

    A session does not survive a fork, so each process makes its own when it first acts.
    """

    model: bytes
    input: str = ""
    _sessions: dict[int, Any] = field(default_factory=dict, repr=False)  # process id → session

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> NDArray[Any]:
        """[lanes, observation dimension] → what the model's only output says."""
        session = self._sessions.get(os.getpid())
        if session is None:
            session = self._sessions[os.getpid()] = _session(self.model)
        return session.run(None, {self.input: observations})[0]


def load_onnx(path: Path, task: ControlTask, lanes: int) -> OnnxPolicy:
    """Read a model and try it on one batch of zeros.

    Args:
        path: of a file whose model has one input, float32 [batch, observation dimension], and one output: float32
            [batch, action dimension], or of a task with discrete actions whole numbers [batch].
        task: whose observations and actions they must be.
        lanes: rows of the batch; the model's batch is any number or this one.

    Raises:
        UsageError: the package onnxruntime is not installed, or there is no such file.
        PolicyError: the file is no ONNX model, or its inputs or outputs are not those of the task.
    """
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    model, environment = path.read_bytes(), task.make()
    try:
        session = _session(model)
    except UsageError:
        raise
    except Exception as error:  # ONNX Runtime has many
        raise PolicyError(f"{path} is not an ONNX model that can be run ({_first_line(error)}).") from error
    assert environment.observation_space.shape is not None
    wanted = [lanes, *environment.observation_space.shape]
    _check_input(session, path, wanted)
    policy = OnnxPolicy(model, session.get_inputs()[0].name)
    try:
        actions = policy.act(np.zeros(wanted, np.float32), np.ones(lanes, bool))
    except Exception as error:
        raise PolicyError(f"{path} cannot be run on {lanes} observations ({_first_line(error)}).") from error
    _check_actions(actions, path, (lanes, *(environment.action_space.shape or ())), bool(environment.action_count))
    return policy


def _check_input(session: Any, path: Path, wanted: list[int]) -> None:
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if len(inputs) != 1 or len(outputs) != 1:
        raise PolicyError(f"{path} has {len(inputs)} inputs and {len(outputs)} outputs; a policy has one of each.")
    found = inputs[0]
    fits = len(found.shape) == len(wanted) and all(
        size == length for size, length in zip(found.shape, wanted, strict=True) if isinstance(size, int)
    )  # a size that is open is a name or nothing
    if found.type != "tensor(float)" or not fits:
        raise PolicyError(
            f"{path} takes {found.type} of shape {found.shape}; it must take tensor(float), that is float32, of shape "
            f"{wanted}: one row a lane."
        )


def _check_actions(actions: Any, path: Path, wanted: tuple[int, ...], is_discrete: bool) -> None:
    kind = "iu" if is_discrete else "f"
    if not isinstance(actions, np.ndarray) or actions.shape != wanted or actions.dtype.kind not in kind:
        found = f"{actions.dtype} of shape {actions.shape}" if isinstance(actions, np.ndarray) else type(actions)
        kinds = "whole numbers, the numbers of actions," if is_discrete else "float32"
        raise PolicyError(f"{path} gives {found}; it must give {kinds} of shape {wanted}.")


def _session(model: bytes) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise UsageError(
            "A policy in an ONNX file needs the package onnxruntime; install it with: pip install 'gnomon[verify]'"
        ) from error
    options = onnxruntime.SessionOptions()  # pyright: ignore[reportAttributeAccessIssue]
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what is wrong is raised too
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
