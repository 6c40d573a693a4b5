"""The sandbox: starts a Python program that can reach nothing but its standard input and output. Linux alone.

    prlimit   address space, time of the processor, open files; no file can grow, no core is written
    bwrap     namespaces of its own for processes, users, network, IPC and host name; a root that holds the
              interpreter, the C library and three packages, all of it read-only; no /proc, no home, no /etc
    seccomp   see `gnomon.leaderboard.verify.filters`

What the parent adds: a limit of wall-clock time, and frames of exactly the expected size. Where one of the parts is
missing, or a probe inside can reach what it must not, there is no sandbox and nothing is run.
"""

import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import gnomon
from gnomon.errors import GnomonError
from gnomon.leaderboard.verify.filters import first_filter

HERE = Path(__file__).parent
TICK = 1.0  # seconds between two looks at whether a process still runs
PACKAGES = ("numpy", "numpy.libs", "onnxruntime")
ENVIRONMENT = {
    "LD_LIBRARY_PATH": "/python/lib",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ORT_DISABLE_TELEMETRY": "1",  # ONNX Runtime sends some from 1.29 on, on Linux too
}
SEALED = b"sealed\n"


@dataclass(frozen=True)
class SandboxLimits:
    """What a program may take.

    Attributes:
        memory: bytes of address space.
        processor: seconds.
        files: that are open at once.
        written: bytes of any one file that it makes.
    """

    memory: int = 4 << 30
    processor: int = 600
    files: int = 64
    written: int = 0


@dataclass(frozen=True)
class Room:
    """What a program finds inside, besides the interpreter and the C library.

    Attributes:
        shown: place inside → what is shown there, to be read only; what does not exist is left out.
        environment: variables.
        scratch: bytes of a folder /tmp that vanishes with the program; there is none where it is 0.
    """

    shown: Mapping[str, Path]
    environment: Mapping[str, str] = field(default_factory=dict)
    scratch: int = 0


LIMITS = SandboxLimits()


@cache
def require_sandbox() -> None:
    """Make sure that there is a sandbox and that it holds.

    Raises:
        GnomonError: it cannot be had here; the sentence says why, and that nothing was run.
    """
    if problem := _missing() or _leak():
        raise GnomonError(
            f"There is no sandbox on this machine, and policies of others are never run without one: {problem}"
        )


def _missing() -> str | None:
    if not sys.platform.startswith("linux"):
        return "it needs Linux."
    for program, package in (("bwrap", "bubblewrap"), ("prlimit", "util-linux")):
        if shutil.which(program) is None:
            return f"{program} is missing: apt-get install {package}"
    if find_spec("onnxruntime") is None:
        return "the package onnxruntime is missing: pip install 'gnomon[verify]'"
    try:
        first_filter()
    except GnomonError as error:
        return str(error)
    return None


def _leak() -> str | None:
    """What a probe inside can reach; none where it is sealed in."""
    with started(HERE / "probe.py") as process:
        try:
            output, errors = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            return "a probe inside did not answer in 60 s."
    if output == SEALED:
        return None
    said = (output + errors).decode(errors="replace").strip().splitlines()
    return f"a probe inside said: {said[-1][:200] if said else 'nothing'}."


@contextmanager
def started(
    program: Path, arguments: Sequence[str] = (), limits: SandboxLimits = LIMITS, room: Room | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a Python file inside; it is gone, with all that it started, after the block.

    Args:
        program: is shown inside, whoever may read it outside.
        arguments: of the program.
        limits: what it may take.
        room: what it finds; by default what computes policies.
    """
    with tempfile.TemporaryFile() as file:
        file.write(first_filter())
        file.seek(0)
        process = subprocess.Popen(  # noqa: S603  # the programs of this module, without a shell
            [
                *_limited(limits),
                *_boxed(file.fileno(), program, room or _policy_room()),
                *_interpreter(),
                *arguments,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[file.fileno()],
            start_new_session=True,
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin")},
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                _close(pipe)


PROGRAM = "/job/program.py"  # where the program lies inside


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except BrokenPipeError:  # what was not yet written has no reader any more
        return


def _interpreter() -> list[str]:
    """Python, isolated from the environment and from the user's packages, and writing no byte code."""
    return [f"/python/bin/python{sys.version_info.major}.{sys.version_info.minor}", "-I", "-B", PROGRAM]


def _limited(limits: SandboxLimits) -> list[str]:
    return [
        "prlimit",
        f"--as={limits.memory}",
        f"--cpu={limits.processor}",
        f"--nofile={limits.files}",
        f"--fsize={limits.written}",
        "--core=0",
        "--",
    ]


def _policy_room() -> Room:
    return Room({f"/packages/{name}": site_packages() / name for name in PACKAGES})


def _boxed(seccomp: int, program: Path, room: Room) -> list[str]:
    words = ["bwrap", "--seccomp", str(seccomp), "--unshare-all", "--die-with-parent", "--new-session"]
    words += ["--cap-drop", "ALL", "--uid", "65534", "--gid", "65534", "--hostname", "sandbox", "--clearenv"]
    for name, value in {**ENVIRONMENT, **room.environment}.items():
        words += ["--setenv", name, value]
    words += [*_libraries(), "--ro-bind", sys.base_prefix, "/python", "--dev", "/dev"]
    for place, shown in room.shown.items():
        words += ["--ro-bind-try", str(shown.resolve()), place]
    if room.scratch:
        words += ["--size", str(room.scratch), "--tmpfs", "/tmp"]  # noqa: S108  # inside
    return [*words, "--ro-bind", str(program.resolve()), PROGRAM, "--remount-ro", "/", "--chdir", "/"]


def _libraries() -> list[str]:
    """The C library and what else interpreters are linked with."""
    words = ["--ro-bind", "/usr/lib", "/usr/lib", "--ro-bind-try", "/usr/lib64", "/usr/lib64"]
    for folder in (Path("/lib"), Path("/lib64")):
        if folder.is_symlink():
            words += ["--symlink", str(folder.readlink()), str(folder)]
        elif folder.is_dir():
            words += ["--ro-bind", str(folder), str(folder)]
    return words


def our_packages() -> dict[str, Path]:
    """What a room shows to programs that import gnomon: `/packages` and `/library`."""
    rooms = {f"/library/gnomon/{entry.name}": entry for entry in Path(gnomon.__path__[0]).iterdir()}
    return {"/packages": site_packages(), **rooms}


def output_of(process: "subprocess.Popen[bytes]", most: int, patience: float) -> bytes | None:
    """What a process writes until it ends, and of that so many bytes at most; none where that takes more seconds.

    A process that a limit ends early may leave a child that never began and holds its output open: nobody waits for it.
    """
    assert process.stdout is not None
    poll, content, deadline = select.poll(), bytearray(), time.monotonic() + patience
    poll.register(process.stdout, select.POLLIN)
    while (left := deadline - time.monotonic()) > 0:
        has_ended = process.poll() is not None
        if not poll.poll(min(TICK, left) * 1000):
            if has_ended:
                return bytes(content)
            continue
        part = os.read(process.stdout.fileno(), 1 << 20)
        content += part
        if not part or len(content) > most:
            return bytes(content[:most])
    return None


def site_packages() -> Path:
    """Where the packages are that the worker imports."""
    found = find_spec("onnxruntime")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent.parent
