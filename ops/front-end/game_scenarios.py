"""What is played with the demonstration game."""

import json
import os
import signal
import time

from browser import PATIENCE
from scenario import expect, finish, headline, ordinary, play, scenario, suspicious, told
from scripted import OPERATION, challenge, is_solved, problem, stored

SIZES = [(390, 844), (1280, 900)]


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
    page = world.page()
    page.open(world.demonstration.url + "/demo/")
    # The queue is a second shorter with each second: nothing slow comes behind the crowd.
    world.demonstration.crowd(30)
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
    places = "seen.said.filter(one => one.startsWith('You are in the queue')).length"
    said, watched = page.evaluate(places), time.monotonic()
    world.look(page, "queue")
    time.sleep(max(began + 8 - time.monotonic(), 0))
    said = page.evaluate(places) - said
    # Told of its place at most each half minute, however long this has taken.
    calm = 1 + (time.monotonic() - watched) // 30
    expect(said <= calm, "a screen reader is left in peace:", said)
    headline(page, "You are in")
    taken = time.monotonic() - began
    # What was promised is "at the latest"; a busy machine takes its time beside.
    expect(taken < promised + 60, f"promised {promised} s, taken {taken:.1f} s")
    world.demonstration.disperse()
    finish(page)


@scenario("leaving the queue, and coming back to the same place")
def leave(world):
    page = world.page()
    page.open(world.demonstration.url + "/demo/")
    # As many as seconds that a busy machine may take until the place is asked for again.
    world.demonstration.crowd(60)
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
    pages = [world.page(), world.page()]
    for page in pages:
        page.open(world.demonstration.url + "/demo/")
    # The queue is a second shorter with each second: both must come while there is one.
    world.demonstration.crowd(60)
    crowd = world.demonstration.participants() - before
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
        page.wait("['You are in', 'You have already entered'].includes(headline.textContent)")
    numbers = {page.evaluate("facts.textContent.match(/№ [0-9,]+/)[0]") for page in pages}
    expect(len(numbers) == 1, "one number:", numbers)
    expect(world.demonstration.participants() - before - crowd == 1, "counted once")
    finish(*pages)


@scenario("a restart of the gateway, and one that is killed")
def restart(world):
    for by in (signal.SIGTERM, signal.SIGKILL):
        page = world.page()
        page.open(world.demonstration.url + "/demo/")
        # Behind the page: the queue is a second shorter with each second.
        world.demonstration.crowd(20)
        before = world.demonstration.participants()
        play(page, f"Steadfast {by}")
        headline(page, "You are in the queue")
        world.demonstration.end(by)
        headline(page, "No answer yet")
        world.look(page, "unreachable")
        world.demonstration.start()
        headline(page, "You are in")
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
    # A region that is there from the start, so that a screen reader says what comes into it.
    region = "notice.parentElement.getAttribute('role') + notice.parentElement.checkVisibility()"
    expect(page.evaluate(region) == "statustrue", "the notice is in a live region")
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
    # The page has asked what the operation demands, and was told: nothing.
    page.wait(
        "performance.getEntriesByType('resource').some(one => one.name.endsWith("
        + json.dumps(path) + "))"
    )  # fmt: skip
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


@scenario("buttons for the curious, on the admin side: a crowd, a pause, a robot, a puzzle")
def controls(world):
    demonstration = world.demonstration
    page = world.page(width=1280, height=900)
    page.open(f"http://127.0.0.1:{demonstration.admin_port}/controls/")
    page.wait("game.href.endsWith('/demo/') && document.activeElement.id === 'token'")
    world.look(page, "controls-door")
    page.type("at_wrong")
    page.press("Enter")
    page.wait("refusal.textContent.includes('does not know')")
    with open(os.path.join(demonstration.data, "admin.token"), encoding="utf-8") as file:
        token = file.read().strip()
    page.evaluate("token.value = ''")
    page.type(token)
    page.press("Enter")
    page.wait("!controls.hidden")
    game = world.page()
    game.open(demonstration.url + "/demo/")
    press(page, "suspend", "The game is suspended.")
    play(game, "Curious")
    headline(game, "The game is paused")
    press(page, "resume", "The game goes on.")
    game.evaluate("again.click()")
    press(page, "busy", "It is busy: one entry a second is let in.")
    key = demonstration.admin("POST", "/v1/operations/demo/keys", {})["key"]
    deadline = time.monotonic() + PATIENCE
    while demonstration.post("demo", key, f"probe {time.time_ns()}") != 429:
        expect(time.monotonic() < deadline, "there is no crowd")
    # The page's crowd is there. It shrinks while its tab stands still: more come.
    demonstration.crowd(60)
    play(game, "Curious")
    headline(game, "You are in the queue")
    world.look(page, "controls")
    press(page, "calm", "Everybody is let in.")
    headline(game, "You are in")
    before = demonstration.participants()
    suspicious(page)  # It is taken for no browser without a window.
    path = "/v1/operations/demo"
    demonstration.admin("PATCH", path, {"robots": "observe"})
    press(page, "puzzle", "Suspects are asked to solve a puzzle.")
    challenged(world, page)
    before += 1
    press(page, "robot", "The robot is refused: the gateway has recognised vegeta.")
    settings = demonstration.admin("GET", path)
    expect(settings["robots"] == "challenge", "as it was before:", settings["robots"])
    press(page, "restore", "Suspects are treated as before.")
    settings = demonstration.admin("GET", path)
    expect(settings["robots"] == "observe", "as it was before:", settings["robots"])
    demonstration.admin("PATCH", path, {"robots": "off"})
    press(page, "robot", "The robot is refused: the gateway has recognised vegeta.")
    page.evaluate("language.click()")
    page.wait("said.textContent === 'Le robot est refusé : la passerelle a reconnu vegeta.'")
    expect(page.evaluate("document.documentElement.lang") == "fr", "the language changes")
    world.look(page, "controls-fr")
    expect(demonstration.participants() == before, "a robot is no participant")
    settings = demonstration.admin("GET", "/v1/operations/demo")
    expect(settings["robots"] == "off", "as it was before:", settings["robots"])
    finish(page, game)


def challenged(world, controls):
    """The game, opened as a suspect, solves a challenge and is let in as a person's."""
    page = world.page()
    ordinary(page)
    address = controls.evaluate("suspect.href")
    expect(address == world.demonstration.url + "/demo/#suspect", address)
    page.open(address)
    play(page, "Suspect of the curious")
    told(page, "Your device is solving a small puzzle")
    headline(page, "You are in")
    expect(page.evaluate("seen.workers") == 1, "it was solved in one worker")
    expect("№" in page.evaluate("facts.textContent"), "a doubt is no proof")
    finish(page)


def press(page, name, said):
    page.evaluate(f"document.querySelector('#{name}').click()")
    page.wait(f"document.querySelector('#said').textContent === {json.dumps(said)}")


@scenario("the game shows a challenge being solved, one that cannot be, and no room")
def game_by_script(world):
    gateway = world.scripted
    # Long enough to be seen.
    asked = challenge(20_000, 250)

    def verify(body):
        return stored() if is_solved(body["altcha"]) else problem(403, "refused", "refused")

    ask = problem(403, "challenged", "challenged", challenge=asked, reasons=["suspect"])
    gateway.script("game", ask, verify)
    page = world.page()
    page.open(gateway.url + "/demo/")
    play(page, "Solver")
    told(page, "Your device is solving a small puzzle")
    headline(page, "You are in")
    page.evaluate("again.click()")
    gateway.script("game", problem(503, "overloaded", "overloaded", retry_after=20.0), stored())
    play(page, "Busy")
    headline(page, "Many people enter at once")
    page.wait("countdown.textContent.startsWith('Next attempt in 0:')")
    world.look(page, "busy")
    headline(page, "You are in")
    # What counts as a robot's has no number.
    page.evaluate("again.click()")
    gateway.script("game", stored(number=0))
    play(page, "Robot")
    headline(page, "You are in")
    expect("№" not in page.evaluate("facts.textContent"), "no number")
    expect("number" not in page.evaluate("sentence.textContent"), "no number")
    # What was said in another language is not left for a screen reader to find.
    page.evaluate("language.click()")
    expect(page.evaluate("said.textContent") == "", "said in English")
    page.evaluate("language.click()")
    # Consents that are looked at again keep the focus.
    OPERATION["consents"] = ["rules"]
    try:
        page.evaluate("again.click()")
        page.wait("document.querySelector('#demands input') !== null")
        page.evaluate("document.querySelector('#demands input').click()")
        play(page, "Keyboard")
        headline(page, "You are in")
        page.evaluate("again.click(); document.querySelector('#demands input').focus()")
        page.evaluate("new Promise(done => setTimeout(done, 1000))")
        expect(page.evaluate("document.activeElement.value") == "rules", "it has the focus")
    finally:
        OPERATION["consents"] = []
    finish(page)
    gateway.script("game", ask)
    page = world.page()
    page.open(gateway.url.replace("127.0.0.1", "game.test") + "/demo/")
    play(page, "Insecure")
    headline(page, "Your device could not be checked")
    world.look(page, "challenged")
    finish(page)
