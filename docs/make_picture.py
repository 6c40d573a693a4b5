"""Make docs/images/leaderboard.png from the runs of this home, with Debian's Chromium.

gnomon quickstart && gnomon evaluate examples/my_algorithm.py:NearestNeighbour && make picture
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from gnomon.leaderboard.publish import publish

PICTURE = Path(__file__).parent / "images" / "leaderboard.png"


def main() -> None:
    """Photograph the page of the quick start."""
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1180, "height": 1120}, color_scheme="light")
        page.goto(publish(Path(folder)).with_name("quickstart.html").as_uri())
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
