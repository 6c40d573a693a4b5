"""Real servers and workers as processes, and submissions to send them."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from submitted_runs import ADA, DATASETS, network, record_of

from gnomon.benchmarks.policy_file import save_policy
from gnomon.evaluation.record import RECORD
from gnomon.files import canonical_json, write_atomically
from gnomon.leaderboard.pack import Packed, pack, zipped
from gnomon.leaderboard.submission import MANIFEST

PROGRAM = Path(__file__).with_name("served.py")
PATIENCE = 60.0  # seconds for a process to come up on a busy machine


@dataclass(frozen=True)
class Posted:
    """An answer to an upload."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def variant(packed: Packed, number: int) -> tuple[str, bytes]:
    """A submission of the same runs with a note of its own: its id, and its zip."""
    submission = packed.submission.model_copy(update={"note": f"Number {number}."})
    files = {**packed.files, MANIFEST: canonical_json(submission.model_dump(mode="json"))}
    return submission.id, zipped(files)


def post(url: str, token: str, id: str, content: bytes, **headers: str) -> Posted:
    """Post a zip as the client does, and read the answer."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/zip", "Idempotency-Key": id, **headers}
    try:
        connection.request("POST", "/api/v1/submissions", content, sent)
        response = connection.getresponse()
        return Posted(response.status, response.read(), dict(response.getheaders()))
    finally:
        connection.close()


def started(*words: str | Path, **environment: str) -> "subprocess.Popen[str]":
    """`gnomon leaderboard …` with the tiny track, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), "leaderboard", *map(str, words)],
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@contextmanager
def server(folder: Path, port: int = 0) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A server on a port; its address. It is killed with everything that it started."""
    process = started("serve", "--folder", folder, "--port", str(port))
    try:
        yield address_of(process), process
    finally:
        killed(process)


def address_of(process: "subprocess.Popen[str]") -> str:
    """Where uvicorn says that it listens."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if found := re.search(r"running on (http://\S+)", line):
            return found.group(1)
    raise AssertionError("".join(said))


def killed(process: "subprocess.Popen[str]") -> None:
    """Kill a process and all of its group, as a machine does that loses its power."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stderr is not None:
        process.stderr.close()


def until(is_so: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < deadline, "It did not come true."
        time.sleep(0.05)


def packed_at(folder: Path) -> Packed:
    """A true submission of three seeds on two datasets, each with its policy, packed from runs in a folder."""
    for number, (dataset, seed) in enumerate((dataset, seed) for dataset in DATASETS for seed in range(3)):
        policy = network(number)
        record = record_of(dataset, seed, policy)
        write_atomically(folder / record.key / RECORD, record.model_dump_json())
        save_policy(policy, folder / record.key / "policy.safetensors")
    return pack(sorted(folder.iterdir()), "tiny", ADA, "CC-BY-4.0", "Made for tests.")
