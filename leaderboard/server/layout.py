"""The site's templates as the server shows them: with links to submissions and to the account in every page's head.

`templates/layout.html` stands before the site's own, which it extends under the name `site/layout.html`; so every page
of the site has the links, and nothing else differs from the static site.
"""

from pathlib import Path

import jinja2

from gnomon.leaderboard.site.build import environment


def served_templates() -> jinja2.BaseLoader:
    """The server's templates, then the site's."""
    own, site = jinja2.FileSystemLoader(Path(__file__).parent / "templates"), environment().loader
    assert site is not None
    return jinja2.ChoiceLoader([own, site, jinja2.PrefixLoader({"site": site})])


def link_to_the_server() -> None:
    """Have every page that this process writes from now on link to the server's."""
    environment().loader = served_templates()
