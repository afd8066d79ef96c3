"""An app that uses Amplify v6, on its page.

In: a page that loads the bundle of `tests/js/amplify_page.mjs`, and a club. Out: what the page's stories return.
"""

from typing import Any

from playwright.sync_api import Page

from tests.journeys.club import Club


class App:
    """The app on its page."""

    def __init__(self, page: Page, club: Club, **told: Any) -> None:
        self.page = page
        self.club = club
        self.told = club.told(api=club.host_url, **told)
        self.configure()

    def configure(self) -> None:
        """Do what the app does when its page has been loaded."""
        self.page.evaluate("told => { configure(told) }", self.told)

    def reload(self) -> None:
        """Load the page again: what the app knew is gone, what it stored is not."""
        self.page.reload()
        self.configure()

    def tell(self, story: str, **task: Any) -> Any:
        """Run a story of the page."""
        return self.page.evaluate("([story, task]) => stories[story](task)", [story, task])
