"""Run basedpyright, print what it finds, and fail as well when it has not looked at every file that git tracks.

Naming a folder does not analyse what is behind the links below it, and a third of the files can be green alone.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main() -> int:
    """The exit code: 0 where every file was analysed and none has an error."""
    checker = Path(sys.executable).with_name("basedpyright")
    output = subprocess.run([checker, "--level", "error", "--outputjson"], cwd=ROOT, capture_output=True, text=True)
    report = json.loads(output.stdout)
    for finding in report["generalDiagnostics"]:
        print(f"{finding['file']}:{finding['range']['start']['line'] + 1}: {finding['message']}")
    tracked = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    expected, analysed = len(tracked.stdout.split()), report["summary"]["filesAnalyzed"]
    print(f"{analysed} files analysed, {expected} tracked, {report['summary']['errorCount']} errors")
    return int(bool(report["generalDiagnostics"]) or analysed < expected)


if __name__ == "__main__":
    sys.exit(main())
