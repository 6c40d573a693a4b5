"""Runs inside the sandbox: frames of observations in, frames of actions out. It imports nothing of gnomon.

A frame is its length, as four bytes with the least first, and so many bytes. In: the seccomp program, the model, then
observations, float32 [lanes, dimension], one frame a step. Out: one letter and a frame: `S` when it is sealed in, `R`
when the model is ready, `A` with actions, `E` with a sentence, after which it ends.
"""

import ctypes
import os
import struct
import sys

sys.path.insert(0, "/packages")

import numpy as np
import onnxruntime

LENGTH = struct.Struct("<I")
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2  # linux/prctl.h, linux/seccomp.h
INSTRUCTION = 8  # bytes of struct sock_filter, linux/filter.h


class Program(ctypes.Structure):
    """struct sock_fprog of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def received(size: int) -> bytes:
    """So many bytes; the process ends where there are no more."""
    parts = []
    while size:
        part = os.read(0, min(size, 1 << 20))
        if not part:
            os._exit(0)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def frame() -> bytes:
    """The next frame."""
    return received(LENGTH.unpack(received(LENGTH.size))[0])


def send(letter: bytes, content: bytes = b"") -> None:
    """Send a frame."""
    message = memoryview(letter + LENGTH.pack(len(content)) + content)
    while message:
        message = message[os.write(1, message) :]


def seal(program: bytes) -> None:
    """Load the second filter; it cannot be taken off again."""
    buffer = ctypes.create_string_buffer(program, len(program))
    argument = Program(len(program) // INSTRUCTION, ctypes.cast(buffer, ctypes.c_void_p))
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(argument), 0, 0) != 0:
        os._exit(3)


def main(lanes: int, dimension: int) -> None:
    """Seal the process in, load the model, answer."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    seal(frame())
    send(b"S")
    session = onnxruntime.InferenceSession(frame(), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    send(b"R")
    while True:
        observations = np.frombuffer(frame(), np.float32).reshape(lanes, dimension)
        actions = session.run(None, {name: observations})[0]
        send(b"A", np.ascontiguousarray(actions).tobytes())


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]), int(sys.argv[2]))
    except BaseException as error:  # the parent says it
        send(b"E", f"{type(error).__name__}: {error}".encode(errors="replace")[:500])
    os._exit(1)
