"""Runs inside the sandbox, on the standard library alone: says `sealed`, or the first thing that it could reach."""

import os
import sys
from pathlib import Path


def connects() -> None:
    """Make a socket."""
    import socket

    socket.socket()


ATTEMPTS = {
    "the network": connects,
    "another process": os.fork,
    "the users of the machine": lambda: Path("/etc/passwd").read_bytes(),
    "the home folder": lambda: [*Path("/root").iterdir(), *Path("/home").iterdir()],
    "a place to write": lambda: Path("/written").write_bytes(b"1"),
    "the processes of the machine": lambda: [*Path("/proc").iterdir()],
}


def main() -> None:
    """Try everything."""
    for what, attempt in ATTEMPTS.items():
        try:
            attempt()
        except OSError:
            continue
        sys.stdout.write(f"{what} can be reached\n")
        sys.stdout.flush()
        os._exit(1)
    sys.stdout.write("sealed\n")


if __name__ == "__main__":
    main()
