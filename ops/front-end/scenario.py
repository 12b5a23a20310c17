"""What scenarios share: how they are named, what they expect, how the game and the kit are used."""

import json

from browser import PATIENCE, Failed

ALL = []
#: Enters by the kit, on a page that has nothing else, and tells what came of it.
ENTER = """
(async (url, operation, key, participant, entry, isUntilWait) => {
  const {Portillon} = await import(url + '/kit/portillon.js');
  const {words} = await import(url + '/kit/portillon-words.js');
  const kit = new Portillon({url, operation, key});
  const control = new AbortController();
  const waits = [], challenges = [];
  let verdict;
  try {
    verdict = await kit.enter(participant, entry, {
      signal: control.signal,
      onChallenge: one => challenges.push(one.code),
      onWaiting: one => { waits.push(one); if (isUntilWait) control.abort(); },
    });
  } catch (error) {
    verdict = control.signal.aborted ? waits.at(-1)
      : {code: error.code, status: error.status, error: String(error)};
  }
  return {verdict, waits, challenges, en: words(verdict, 'en-GB'), fr: words(verdict, 'fr-FR')};
})
"""


def scenario(name):
    def add(function):
        ALL.append((name, function))
        return function

    return add


def expect(condition, *what):
    if not condition:
        raise Failed(" ".join(str(one) for one in what))


def enter_by_kit(page, url, operation, key, participant="ada@example.org", entry=None, until_wait=False):
    given = [url, operation, key, participant, entry or {}, until_wait]
    return page.evaluate(ENTER + "(" + ", ".join(map(json.dumps, given)) + ")")


def play(page, name, gate="moon"):
    """Fills in the game's form and sends it, as a pointer would."""
    page.wait("!document.querySelector('#play').hidden")
    page.evaluate(
        f"document.querySelector('[value={gate}]').click();"
        f"document.querySelector('#name').value = {json.dumps(name)};"
        "document.querySelector('#play button').click()"
    )


def headline(page, title, seconds=PATIENCE):
    shown = "document.querySelector('#progress').hidden ? '' : headline.textContent"
    page.wait(f"({shown}) === {json.dumps(title)}", seconds)


def told(page, text):
    """Until a screen reader was told this: what was shown for a moment alone is not missed."""
    page.wait(f"seen.said.some(one => one.includes({json.dumps(text)}))")


def brands(major):
    """As Chromium of a version has them, the made-up one with them (user_agent_utils.cc)."""
    marks = " (:-./);=?_"
    made = f"Not{marks[major % 11]}A{marks[(major + 1) % 11]}Brand"
    listed = [(made, ("8", "99", "24")[major % 3]), ("Chromium", str(major))]
    if major % 2:
        listed.reverse()
    return [{"brand": brand, "version": version} for brand, version in listed]


def suspicious(page):
    """Has a page say in one header that it is a telephone, and in another that it is none: suspect,
    and no robot."""
    ordinary(page, is_phone=True)


def ordinary(page, is_phone=False):
    """Has a page not say that it is without a window, as the check's browser does."""
    version = page.browser.call("Browser.getVersion")
    agent = version["userAgent"].replace("HeadlessChrome", "Chrome")
    full = version["product"].split("/")[1]
    major = full.split(".")[0]
    page.call(
        "Emulation.setUserAgentOverride",
        userAgent=agent, acceptLanguage="en-GB",
        userAgentMetadata={
            "brands": brands(int(major)), "fullVersion": full, "platform": "Linux",
            "platformVersion": "", "architecture": "x86", "model": "", "mobile": is_phone,
        },
    )  # fmt: skip


def finish(*pages):
    for page in pages:
        found = page.complaints()
        expect(not found, "complaints:", found)
        page.close()


def scripted(world, name, *answers, page=None, **given):
    """Enters against a script; what came of it, and the requests."""
    gateway = world.scripted
    gateway.script(name, *answers)
    own = page or world.page()
    if not page:
        own.open(gateway.url + "/kit/page")
    found = enter_by_kit(own, gateway.url, name, "pk_scripted", **given)
    if not page:
        finish(own)
    return found, list(gateway.requests)


def check_words(name, found, english, french):
    for language, word in (("en", english), ("fr", french)):
        said = found[language]
        expect(word in said["title"], name, language, said)
        text = said["title"] + said["text"]
        for wrong in ("undefined", "null", "NaN", "Invalid", "{"):
            expect(wrong not in text, name, language, text)
    expect(found["en"] != found["fr"], name, "has words of its own in each language")
