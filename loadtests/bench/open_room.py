"""The operator's room as Chromium shows it: what the browser spends on a page that is open."""

import contextlib
import os
import shutil
import sys
import tempfile
import time

from . import processes
from .processes import Unusable

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "ops", "front-end"))

import browser  # noqa: E402

#: Counts what is drawn: each status has another time.
COUNT = """
window.drawn = 0;
new MutationObserver(() => { window.drawn += 1; }).observe(
  document.querySelector('#link'), {childList: true, characterData: true, subtree: true});
"""
IS_DRAWN = "performance.getEntriesByName('drawn').length > 0"
ROWS = "document.querySelectorAll('#operations tbody tr').length"
#: Of a window: what the first drawing costs is no part of keeping it up.
SETTLING_SECONDS = 1.0


class OpenRoom(contextlib.AbstractContextManager):
    """A tab that somebody has signed in to, and that follows the gateway.

    CPU time is that of the browser, its renderers and all else that it started.
    """

    def __init__(self, port, token, size=(1280, 900)):
        program = browser.find()
        if not program:
            raise Unusable("there is no Chromium")
        self.url, self.token = f"http://127.0.0.1:{port}/", token
        self.folder = tempfile.mkdtemp(prefix="portillon-open-room-")
        self.browser = browser.Browser(program, self.folder)
        self.page = self.browser.page(self.browser.context(), width=size[0], height=size[1])
        self.seen = {"statuses": 0, "operations": 0, "browser": []}

    def __exit__(self, *_):
        self.browser.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def cpu_seconds(self):
        return processes.cpu_seconds([self.browser.process.pid])

    def enter(self):
        """Opens the page, signs in, and waits until all is drawn."""
        self.page.open(self.url)
        self.page.wait("!document.querySelector('#door').hidden")
        self.page.evaluate("document.querySelector('#token').focus()")
        self.page.type(self.token)
        self.page.press("Enter")
        self.page.wait(IS_DRAWN)

    def read(self, until):
        """Keeps the page open until then."""
        self.enter()
        time.sleep(SETTLING_SECONDS)
        self.page.evaluate(COUNT)
        began, before = time.monotonic(), self.cpu_seconds()
        time.sleep(max(0.0, until - time.monotonic()))
        taken, length = self.cpu_seconds() - before, time.monotonic() - began
        self.seen["browser"].append(taken / length)
        self.seen["statuses"] += self.page.evaluate("window.drawn")
        self.seen["operations"] = self.page.evaluate(ROWS)
        self.page.open("about:blank")
