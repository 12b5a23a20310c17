"""What is played with the demonstration game, and with the kit by itself."""

import json
import signal
import time

from browser import Failed
from scripted import challenge, is_solved, problem, stored

ALL = []
SIZES = [(390, 844), (1280, 900)]
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


def headline(page, title, seconds=60):
    shown = "document.querySelector('#progress').hidden ? '' : headline.textContent"
    page.wait(f"({shown}) === {json.dumps(title)}", seconds)


def finish(*pages):
    for page in pages:
        found = page.complaints()
        expect(not found, "complaints:", found)
        page.close()


# MARK: The game


@scenario("by keyboard alone, on a telephone and on a desk")
def keyboard(world):
    for number, (width, height) in enumerate(SIZES):
        page = world.page(width=width, height=height)
        page.open(world.demonstration.url + "/demo/")
        page.wait("!document.querySelector('#play').hidden")
        world.look(page, f"form-{width}")
        focused = "document.activeElement.name || document.activeElement.id"
        for _ in range(10):
            page.press("Tab")
            if page.evaluate(focused) == "gate":
                break
        page.press("Space")
        page.press("ArrowDown")
        expect(page.evaluate("document.activeElement.value") == "moon", "arrows choose a gate")
        page.press("Tab")
        expect(page.evaluate(focused) == "name", "the name is next")
        page.type(f"  Keyboard   {number}")
        page.press("Enter")
        headline(page, "You are in")
        expect(page.evaluate(focused) == "headline", "the focus is where the form was")
        page.wait("said.textContent.startsWith('You are in. Your entry is stored.')")
        world.look(page, f"accepted-{width}")
        page.press("Tab")
        expect(page.evaluate(focused) == "again", "the next button is the one to go on with")
        page.press("Enter")
        page.wait("!document.querySelector('#play').hidden")
        expect(page.evaluate(focused) == "title", "and the focus is at the form again")
        finish(page)


@scenario("repeated, in French, at night, 320 pixels wide, without motion")
def repeated(world):
    night = ["prefers-color-scheme: dark", "prefers-reduced-motion: reduce"]
    page = world.page(width=320, height=568, language="fr-FR", features=night)
    page.open(world.demonstration.url + "/demo/")
    page.wait("!document.querySelector('#play').hidden")
    expect(page.evaluate("document.documentElement.lang") == "fr", "French by itself")
    world.look(page, "form-320-dark")
    play(page, "Répétée")
    headline(page, "C’est fait\u202f!")
    page.evaluate("again.click()")
    play(page, "répétée", "sun")
    headline(page, "Vous avez déjà participé")
    world.look(page, "repeated-320-dark")
    page.evaluate("language.click()")
    headline(page, "You have already entered")
    expect(page.evaluate("document.documentElement.lang") == "en", "the language changes")
    moving = page.evaluate(
        "document.getAnimations().filter(one => one.playState === 'running').length"
    )
    expect(moving == 0, moving, "animations")
    finish(page)


@scenario("a double click is one entry")
def double_click(world):
    before = world.demonstration.participants()
    page = world.page()
    page.open(world.demonstration.url + "/demo/")
    page.wait("!document.querySelector('#play').hidden")
    page.evaluate(
        "document.querySelector('[value=star]').click(); document.querySelector('#name').value ="
        "'Double'; const enter = document.querySelector('#play button');"
        "enter.click(); enter.click()"
    )
    headline(page, "You are in")
    expect(world.demonstration.participants() == before + 1, "counted once")
    # The kit by itself: under a rule that counts each.
    key = world.demonstration.operation("twice", rule="unlimited")
    numbers = page.evaluate(
        "(async () => { const {Portillon} = await import('/kit/portillon.js');"
        f"const kit = new Portillon({{url: location.origin, operation: 'twice', key: '{key}'}});"
        "const both = await Promise.all([kit.enter('a'), kit.enter('a')]);"
        "return both.map(one => one.entry); })()"
    )
    expect(numbers[0] == numbers[1], "one entry", numbers)
    finish(page)


@scenario("a place in the queue: it never moves back, a reload keeps it, the countdown is honest")
def queue(world):
    world.demonstration.crowd(30)
    page = world.page()
    page.open(world.demonstration.url + "/demo/")
    play(page, "Patient")
    headline(page, "You are in the queue")
    place = "Number(position.textContent)"
    first = page.evaluate(place)
    expect(first > 3, "there are people before:", first)
    page.wait("countdown.textContent.startsWith('Your turn in 0:')")
    promised = page.evaluate("Number(countdown.textContent.match(/0:(..)/)[1])")
    began = time.monotonic()
    page.reload()
    headline(page, "You are in the queue")
    expect(page.evaluate(place) <= first, "the place after a reload")
    said = page.evaluate("seen.said.length")
    world.look(page, "queue")
    time.sleep(max(began + 8 - time.monotonic(), 0))
    expect(page.evaluate("seen.said.length") - said <= 1, "a screen reader is left in peace")
    headline(page, "You are in", 90)
    taken = time.monotonic() - began
    # What was promised is "at the latest", but for the spread of the last attempt.
    expect(taken < promised + 6, f"promised {promised} s, taken {taken:.1f} s")
    world.demonstration.disperse()
    finish(page)


@scenario("leaving the queue, and coming back to the same place")
def leave(world):
    world.demonstration.crowd(12)
    page = world.page()
    page.open(world.demonstration.url + "/demo/")
    play(page, "Leaver")
    headline(page, "You are in the queue")
    first = page.evaluate("Number(position.textContent)")
    page.evaluate("document.querySelector('#leave').click()")
    page.wait("!document.querySelector('#play').hidden")
    page.reload()
    page.wait("!document.querySelector('#play').hidden")
    play(page, "leaver")
    headline(page, "You are in the queue")
    expect(page.evaluate("Number(position.textContent)") <= first, "the place is kept")
    world.demonstration.disperse()
    headline(page, "You are in")
    finish(page)


@scenario("two tabs are one person in one place")
def two_tabs(world):
    before = world.demonstration.participants()
    world.demonstration.crowd(8)
    crowd = world.demonstration.participants() - before
    pages = [world.page(), world.page()]
    for page in pages:
        page.open(world.demonstration.url + "/demo/")
    for page in pages:
        play(page, "Twin")
    for page in pages:
        headline(page, "You are in the queue")
    # Both have asked with one ticket by now, or will with their next attempt.
    kept = pages[0].evaluate(
        "Object.keys(localStorage).filter(name => name.startsWith('portillon:')).length"
    )
    expect(kept == 1, kept, "places are kept")
    world.demonstration.disperse()
    for page in pages:
        page.wait(
            "['You are in', 'You have already entered'].includes(headline.textContent)", 90
        )
    numbers = {page.evaluate("facts.textContent.match(/№ [0-9,]+/)[0]") for page in pages}
    expect(len(numbers) == 1, "one number:", numbers)
    expect(world.demonstration.participants() - before - crowd == 1, "counted once")
    finish(*pages)


@scenario("a restart of the gateway, and one that is killed")
def restart(world):
    for by in (signal.SIGTERM, signal.SIGKILL):
        world.demonstration.crowd(10)
        before = world.demonstration.participants()
        page = world.page()
        page.open(world.demonstration.url + "/demo/")
        play(page, f"Steadfast {by}")
        headline(page, "You are in the queue")
        world.demonstration.end(by)
        headline(page, "No answer yet")
        world.look(page, "unreachable")
        world.demonstration.start()
        headline(page, "You are in", 120)
        world.demonstration.disperse()
        expect(world.demonstration.participants() == before + 1, "counted once")
        finish(page)


@scenario("no network for a while")
def offline(world):
    page = world.page()
    page.open(world.demonstration.url + "/demo/")
    page.wait("!document.querySelector('#play').hidden")
    page.offline(True)
    play(page, "Tunnel")
    headline(page, "You are offline")
    world.look(page, "offline")
    page.offline(False)
    headline(page, "You are in")
    finish(page)


@scenario("the game shows a suspension, and goes on after it")
def suspended(world):
    page = world.page()
    page.open(world.demonstration.url + "/demo/")
    page.wait("!document.querySelector('#play').hidden")
    about = {"ground": "maintenance", "note": "check", "public_reason": "Back at noon"}
    world.demonstration.change("demo", "suspend", **about)
    play(page, "Suspended")
    headline(page, "The game is paused")
    page.wait("sentence.textContent.startsWith('Back at noon. ')")
    world.look(page, "suspended")
    page.evaluate("again.click()")
    page.wait("notice.textContent.startsWith('The game is paused. ')")
    world.demonstration.change("demo", "resume")
    play(page, "Suspended")
    headline(page, "You are in")
    finish(page)


@scenario("the game asks for what the operation demands")
def demands(world):
    path = "/v1/operations/demo"
    page = world.page()
    page.open(world.demonstration.url + "/demo/")
    page.wait("!document.querySelector('#play').hidden")
    world.demonstration.admin("PATCH", path, {"minimum_age": 18, "consents": ["rules"]})
    try:
        # The page was loaded before: the gateway refuses, and the next form has the boxes.
        play(page, "Demands")
        headline(page, "Your age is missing")
        world.look(page, "refused")
        page.evaluate("again.click()")
        page.wait("document.querySelectorAll('#demands input').length === 2")
        world.look(page, "form-with-demands")
        page.evaluate("document.querySelectorAll('#demands input').forEach(box => box.click())")
        play(page, "Demands")
        headline(page, "You are in")
    finally:
        world.demonstration.admin("PATCH", path, {"minimum_age": None, "consents": []})
    finish(page)


# MARK: The kit, with a gateway


@scenario("each verdict of the gateway, with words in both languages")
def verdicts(world):
    demonstration = world.demonstration
    page = world.page()
    page.open(demonstration.url + "/demo/")
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3_600))
    suspension = {"ground": "maintenance", "note": "check"}
    steps = {
        "suspended-for-an-hour": ("suspend", {**suspension, "until": soon}),
        "suspended-for-good": ("suspend", {**suspension, "definitive": True}),
        "over": ("close", {}),
    }
    # An operation, its settings, and what is expected: verdict, status, a word of each language.
    table = [
        ("plain", {}, "accepted", 201, "You are in", "C’est fait"),
        ("plain", {}, "repeated", 200, "already", "déjà"),
        ("of-age", {"minimum_age": 18}, "refused", 403, "age", "âge"),
        ("with-consent", {"consents": ["rules"]}, "refused", 403, "consent", "accord"),
        ("elsewhere", {"allowed_origins": ["https://jeu.example.fr"]}, "refused", 403,
         "Not from this page", "Pas depuis"),
        ("suspended-for-an-hour", {}, "suspended", 503, "paused", "en pause"),
        ("suspended-for-good", {}, "suspended", 410, "stopped", "arrêté"),
        ("over", {}, "closed", 410, "over", "terminé"),
        ("early", {"opens": soon}, "closed", 403, "not open yet", "pas encore ouvert"),
        ("shuffled", {"opens": soon, "start": "shuffled"}, "waiting", 429, "You have a place",
         "Vous avez une place"),
    ]  # fmt: skip
    keys = {}
    for name, settings, verdict, status, english, french in table:
        if name not in keys:
            keys[name] = demonstration.operation(name, **settings)
            if name in steps:
                action, members = steps[name]
                demonstration.change(name, action, **members)
        found = enter_by_kit(page, demonstration.url, name, keys[name], until_wait=True)
        answer = found["verdict"]
        expect(answer.get("verdict") == verdict, name, found)
        expect(answer.get("status") == status, name, found)
        check_words(name, found, english, french)
    # What is wrong with the page or the entry is no verdict.
    for operation, key, participant, code, english in [
        ("plain", "pk_wrong", "ada", "unauthorized", "does not work"),
        ("plain", keys["over"], "ada", "wrong_operation", "does not work"),
        ("nowhere", keys["plain"], "ada", "unknown_operation", "does not work"),
        ("plain", keys["plain"], "", "wrong_shape", "the form"),
    ]:
        found = enter_by_kit(page, demonstration.url, operation, key, participant)
        expect(found["verdict"].get("code") == code, found)
        check_words(code, found, english, "page" if "work" in english else "formulaire")
    finish(page)


def check_words(name, found, english, french):
    for language, word in (("en", english), ("fr", french)):
        said = found[language]
        expect(word in said["title"], name, language, said)
        text = said["title"] + said["text"]
        for wrong in ("undefined", "null", "NaN", "Invalid", "{"):
            expect(wrong not in text, name, language, text)
    expect(found["en"] != found["fr"], name, "has words of its own in each language")


# MARK: The kit, with a gateway that answers by a script


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


@scenario("what may be sent again is sent again, with one key; what must not be is not")
def retries(world):
    room = problem(503, "overloaded", "overloaded", retry_after=0.7)
    unknown = problem(503, "outcome_unknown", "overloaded", retry_after=0.3)
    many = (*problem(503, "too_many_connections"), {"Retry-After": "1"})
    proxy = (502, b"<html>Bad gateway</html>")
    late = problem(408, "timeout")
    found, requests = scripted(world, "again", None, room, unknown, many, proxy, late, stored())
    expect(found["verdict"]["verdict"] == "accepted", found)
    expect(len(requests) == 7, len(requests), "attempts")
    expect(len({one["key"] for one in requests}) == 1, "one Idempotency-Key")
    expect(len({json.dumps(one["body"]) for one in requests}) == 1, "one entry")
    gaps = [later["at"] - one["at"] for one, later in zip(requests, requests[1:])]
    for gap, told in zip(gaps[1:4], (0.7, 0.3, 1.0)):
        expect(gap >= told, f"told {told} s, came after {gap:.2f} s")
    reasons = [one["reason"] for one in found["waits"]]
    wanted = ["unreachable", "busy", "busy", "busy", "unreachable", "unreachable"]
    expect(reasons == wanted, reasons)
    for status, code in [(400, "not_json"), (401, "unauthorized"), (404, "unknown_operation"),
                         (422, "idempotency_key_reused"), (413, "body_too_long"),
                         (500, "export_failed")]:  # fmt: skip
        found, requests = scripted(world, "once", problem(status, code), stored())
        expect(found["verdict"]["code"] == code and len(requests) == 1, found)
    found, requests = scripted(world, "once", (404, b"<html>no such place</html>"), stored())
    expect(found["verdict"]["code"] == "http_404" and len(requests) == 1, found)
    for status, verdict in [(403, "refused"), (503, "suspended"), (410, "closed")]:
        answer = (*problem(status, verdict, verdict), {"Retry-After": "1"})
        found, requests = scripted(world, "once", answer, stored())
        expect(found["verdict"]["verdict"] == verdict and len(requests) == 1, found)


@scenario("another content has another key, and the same person the same ticket")
def contents(world):
    wait = problem(
        429, "waiting", "waiting", ticket="T1", position=3, retry_after=0.2,
        estimated_at="2030-01-01T00:00:00.000Z",
    )  # fmt: skip
    page = world.page()
    page.open(world.scripted.url + "/kit/page")
    keys = []
    for fields in ({"answer": "B"}, {"answer": "B"}, {"answer": "C"}):
        given = {"page": page, "entry": {"fields": fields}, "until_wait": True}
        _, requests = scripted(world, "kept", wait, **given)
        keys.append(requests[0]["key"])
        tickets = [one["body"].get("ticket") for one in requests]
        expect(tickets == ([None] if len(keys) == 1 else ["T1"]), tickets)
    expect(keys[0] == keys[1] != keys[2], keys)
    kept = page.evaluate("JSON.stringify(localStorage)")
    expect("ada@" not in kept, "no name of a person is kept for other tabs:", kept)
    finish(page)


@scenario("a challenge is solved, in a worker and without one")
def challenges(world):
    asked = [challenge(500, 37), challenge(500, 0)]

    def verify(body):
        return stored() if is_solved(body["altcha"]) else problem(403, "refused", "refused")

    ask = problem(403, "challenged", "challenged", challenge=asked[0], reasons=["suspect"])
    found, requests = scripted(world, "challenge", ask, verify)
    expect(found["verdict"]["verdict"] == "accepted", found)
    expect(found["challenges"] == ["challenged"] and len(requests) == 2, found)
    verify_by_altcha(world, asked[0], requests[1]["body"]["altcha"])
    # One that expired, or was used by an attempt without an answer: a new one is asked for.
    again = problem(403, "challenged", "challenged", challenge=asked[1], reasons=["suspect"])
    used = problem(403, "refused", "refused", reasons=["challenge_failed"])
    found, requests = scripted(world, "used", ask, used, again, verify)
    expect(found["verdict"]["verdict"] == "accepted" and len(requests) == 4, found)
    expect("altcha" not in requests[2]["body"], "the used one is not sent again")
    # One after the other without end is no way to go on.
    found, requests = scripted(world, "endless", ask)
    expect(found["verdict"]["verdict"] == "challenged" and len(requests) == 4, found)
    check_words("challenged", found, "could not be checked", "pas pu être vérifié")
    # From a page of another origin, which may not start the worker.
    page = world.page()
    page.open(world.demonstration.url.replace("127.0.0.1", "localhost") + "/healthz")
    found, requests = scripted(world, "foreign", ask, verify, page=page)
    expect(found["verdict"]["verdict"] == "accepted", found)
    # Without WebCrypto nothing can be solved, and everything else works.
    port = world.scripted.url.rsplit(":", 1)[1]
    page.open(f"http://game.test:{port}/kit/page")
    expect(page.evaluate("!isSecureContext && !crypto.subtle"), "a page without https")
    found, _ = scripted(world, "insecure", stored(), page=page)
    expect(found["verdict"]["verdict"] == "accepted", found)
    found, _ = scripted(world, "insecure", ask, page=page)
    expect(found["verdict"]["verdict"] == "challenged", found)
    page.close()


def verify_by_altcha(world, asked, solved):
    """The public library accepts what the kit has solved; the kit solves what it has made."""
    try:
        import altcha
    except ImportError:
        world.skip("altcha", "the package cannot be installed from PyPI")
        return
    made = altcha.create_challenge(
        algorithm="PBKDF2/SHA-256", cost=500, counter=21, hmac_secret="secret",
        hmac_key_secret="key secret",
    )  # fmt: skip
    ask = problem(403, "challenged", "challenged", challenge=made.to_dict(), reasons=[])
    found, requests = scripted(world, "altcha", ask, stored())
    expect(found["verdict"]["verdict"] == "accepted", found)
    result = altcha.verify_solution(
        requests[1]["body"]["altcha"], hmac_secret="secret", hmac_key_secret="key secret"
    )
    expect(result.verified, "altcha:", result)
