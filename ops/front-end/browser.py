"""Chromium, driven by its debugging protocol over two pipes: nothing is installed for it."""

import base64
import json
import os
import select
import shutil
import subprocess
import time

#: A wait for what should come soon, in seconds, on a busy machine.
PATIENCE = 180
#: Virtual key codes of the keys that are pressed, and the text that they bring.
KEYS = {
    "Tab": (9, None), "Enter": (13, "\r"), "Space": (32, " "), "Escape": (27, None),
    "ArrowDown": (40, None), "ArrowRight": (39, None), "ArrowUp": (38, None),
}  # fmt: skip
#: Every page remembers what its policy forbade it, and how often a screen reader was told something.
WATCH = """
window.seen = {violations: [], said: [], workers: 0};
window.Worker = class extends Worker {
  constructor(...given) { super(...given); window.seen.workers += 1; }
};
document.addEventListener('securitypolicyviolation', event =>
  window.seen.violations.push(event.violatedDirective + ' ' + event.blockedURI));
document.addEventListener('DOMContentLoaded', () => {
  const said = document.querySelector('#said');
  if (said) new MutationObserver(() => window.seen.said.push(said.textContent))
    .observe(said, {childList: true, characterData: true, subtree: true});
});
"""


class Failed(Exception):
    """Something is not as it must be."""


def find():
    """Debian's Chromium, or None."""
    names = ["chromium", "chromium-browser", "google-chrome"]
    return next(filter(None, map(shutil.which, names)), None)


class Browser:
    """One Chromium without a window, with a profile of its own."""

    def __init__(self, program, folder, *flags):
        to_browser, from_self = os.pipe()
        self.incoming, from_browser = os.pipe()
        self.outgoing = from_self
        self.log = open(os.path.join(folder, "browser.log"), "ab")
        command = [program, "--headless", "--remote-debugging-pipe", "--no-sandbox"]
        command += ["--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--lang=en-GB"]
        command += ["--user-data-dir=" + os.path.join(folder, "profile"), *flags, "about:blank"]
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec 3<&{to_browser} 4>&{from_browser}; exec "$@"', "bash", *command],
            pass_fds=(to_browser, from_browser),
            env={**os.environ, "HOME": folder, "LANGUAGE": "en"},
            stdout=self.log,
            stderr=self.log,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.buffer = b""
        self.number = 0
        self.events = []

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.incoming)
        os.close(self.outgoing)
        self.log.close()

    def call(self, method, session=None, **parameters):
        """One command, and its result."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.outgoing, data) :]
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self.read(deadline, method)
            if answer.get("id") != self.number:
                self.events.append(answer)
            elif "error" in answer:
                raise Failed(f"{method}: {answer['error']['message']}")
            else:
                return answer["result"]

    def read(self, deadline, what):
        while b"\0" not in self.buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.incoming], [], [], left)[0]:
                raise Failed(f"Chromium does not answer {what}")
            piece = os.read(self.incoming, 1 << 16)
            if not piece:
                raise Failed(f"Chromium has ended; its log: {self.log.name}")
            self.buffer += piece
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def context(self):
        """Storage of its own, for the tabs of one person."""
        return self.call("Target.createBrowserContext")["browserContextId"]

    def page(self, context, **looks):
        return Page(self, context, **looks)


class Page:
    """A tab."""

    def __init__(self, browser, context, width=390, height=844, language="en-GB", features=()):
        self.browser = browser
        target = browser.call("Target.createTarget", url="about:blank", browserContextId=context)
        self.target = target["targetId"]
        attached = browser.call("Target.attachToTarget", targetId=self.target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(domain + ".enable")
        self.call("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        self.resize(width, height)
        self.call("Emulation.setLocaleOverride", locale=language.replace("-", "_"))
        agent = browser.call("Browser.getVersion")["userAgent"]
        self.call("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=language)
        self.feature(*features)

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def resize(self, width, height=844):
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=2, mobile=width < 600,
        )  # fmt: skip

    def feature(self, *features):
        """Media features, such as `prefers-color-scheme: dark`."""
        pairs = [dict(zip(["name", "value"], one.split(": "))) for one in features]
        self.call("Emulation.setEmulatedMedia", features=pairs)

    def offline(self, is_offline):
        self.call(
            "Network.emulateNetworkConditions",
            offline=is_offline, latency=0, downloadThroughput=-1, uploadThroughput=-1,
        )  # fmt: skip

    def open(self, url):
        self.call("Page.navigate", url=url)
        self.wait(f"document.readyState === 'complete' && location.href === {json.dumps(url)}")

    def reload(self):
        self.evaluate("window.isOld = true")
        self.call("Page.reload")
        self.wait("document.readyState === 'complete' && !window.isOld")

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)

    def evaluate(self, expression):
        """What an expression comes to, as JSON has it; waits for a promise."""
        result = self.call(
            "Runtime.evaluate",
            expression=expression, awaitPromise=True, returnByValue=True,
        )  # fmt: skip
        if "exceptionDetails" in result:
            found = result["exceptionDetails"].get("exception", {})
            raise Failed(found.get("description") or str(result["exceptionDetails"]))
        return result["result"].get("value")

    def wait(self, condition, seconds=PATIENCE):
        """Asks until a condition holds, and returns what it came to."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                found = self.evaluate(condition)
            except Failed as reason:
                # A page that is being replaced has no document for a moment.
                if not any(one in str(reason) for one in ("context", "navigated", "TypeError")):
                    raise
                found = None
            if found:
                return found
            if time.monotonic() > deadline:
                shown = self.evaluate("document.body.innerText")
                raise Failed(f"not so within {seconds} s: {condition}\nthe page shows:\n{shown}")
            time.sleep(0.05)

    def press(self, key):
        code, text = KEYS[key]
        name = " " if key == "Space" else key
        shared = {"key": name, "code": key, "windowsVirtualKeyCode": code}
        typed = {"text": text} if text else {}
        self.call(
            "Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **shared, **typed
        )
        self.call("Input.dispatchKeyEvent", type="keyUp", **shared)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def picture(self, path):
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(data["data"]))

    def complaints(self):
        """What the page's policy forbade, and errors of its scripts."""
        found = self.evaluate("window.seen?.violations ?? []")
        rest = []
        for event in self.browser.events:
            if event.get("sessionId") != self.session:
                rest.append(event)
            elif event["method"] == "Runtime.exceptionThrown":
                found.append(str(event["params"]["exceptionDetails"]))
            elif event["method"] == "Log.entryAdded":
                entry = event["params"]["entry"]
                if entry["source"] in ("security", "javascript"):
                    found.append(entry["text"])
        self.browser.events = rest
        return found
