"""What a person would read of a page: for those who read e-mail as text, on paper or in a terminal. Pure.

In: HTML, by whoever may write a pool's templates. Out: its text. Law: it takes as long as the page is long, whatever
is in it, and nothing in it is an error: Python's own reader of HTML searches some pages of 20,000 characters for
seconds, in which a server would serve nobody.
"""

import html
import re
from collections.abc import Iterator

_BREAKS = frozenset({"br", "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr"})
_UNSEEN = frozenset({"style", "script", "title", "head"})
# No `<` in a tag: where a quoted value has one, its tag is text. So nothing is looked at twice, nor given back (`*+`).
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)([^<>]*+)>|<[!?][^<>]*+>")
_TARGET = re.compile(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_TOO_LARGE = re.compile(r"&#[0-9]{8,};?")  # no character; and Python refuses to read a number of 5,000 digits
_BLANK = re.compile(r"\s+")


def text_of(page: str) -> str:
    """Return the text of a page, a line for each of its blocks."""
    lines = [" ".join(line.split()) for line in "".join(_parts(_without_comments(page))).split("\n")]
    return "\n".join(line for line in lines if line) + "\n"


def unescaped(text: str) -> str:
    """Return a text with its characters in place of their names and numbers: `<` for `&lt;`."""
    return html.unescape(_TOO_LARGE.sub("\ufffd", text))


def _without_comments(page: str) -> str:
    first, *rest = page.split("<!--")
    return first + "".join(after.partition("-->")[2] for after in rest)


def _parts(page: str) -> Iterator[str]:
    at = unseen = 0
    for tag in _TAG.finditer(page):
        if not unseen:
            yield _BLANK.sub(" ", unescaped(page[at : tag.start()]))
        at = tag.end()
        ends, name = bool(tag[1]), (tag[2] or "").lower()
        if name in _UNSEEN:
            unseen = max(unseen - 1, 0) if ends else unseen + 1
        elif name in _BREAKS:
            yield "\n"
        elif name == "a" and not ends and (target := _TARGET.search(tag[3])):
            yield unescaped(target[1] or target[2] or target[3] or "") + " "
    if not unseen:
        yield _BLANK.sub(" ", unescaped(page[at:]))
