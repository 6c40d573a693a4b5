"""Record the quick start's terminal as docs/images/quickstart.svg, as it goes in an empty home.

    python docs/make_terminal.py

The commands run for real, and what they print is drawn: nothing is cut, sped up or written by hand. Only the path of
the page is said to be in the usual home, since the home of the recording is a temporary one.
"""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).parent / "images" / "quickstart.svg"
COMMANDS = ("gnomon quickstart", "gnomon results rank --suite reference-lite")
WIDTH = 140


def main() -> None:
    """Run, draw, save."""
    console = Console(record=True, width=WIDTH, file=StringIO())
    with TemporaryDirectory() as home:
        for command in COMMANDS:
            console.print(Text(f"$ {command}", style="bold green"))
            console.print(Text.from_ansi(_printed(command, home)))
    console.save_svg(str(PICTURE), title="gnomon", unique_id="gnomon")


def _printed(command: str, home: str) -> str:
    environment = os.environ | {"GNOMON_HOME": home, "COLUMNS": str(WIDTH), "FORCE_COLOR": "1"}
    arguments = [sys.executable, "-m", *command.split()]
    done = subprocess.run(  # noqa: S603 - the commands above
        arguments, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.replace(home, "~/.cache/gnomon")


if __name__ == "__main__":
    main()
