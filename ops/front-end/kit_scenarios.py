"""What is played with the kit by itself: with a gateway, and with one that answers by a script."""

import base64
import email.utils
import json
import time

from browser import PATIENCE
from demonstration import Challenging
from scenario import (
    check_words, enter_by_kit, expect, finish, headline, play, scenario, scripted, suspicious, told,
)  # fmt: skip
from scripted import challenge, is_solved, problem, stored


@scenario("each verdict of the gateway, with words in both languages")
def verdicts(world):
    demonstration = world.demonstration
    page = world.page()
    page.open(demonstration.url + "/demo/")
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3_600))
    sooner = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1_800))
    suspension = {"ground": "maintenance", "note": "check"}
    steps = {
        "suspended-for-an-hour": ("suspend", {**suspension, "until": soon}),
        "suspended-past-closing": ("suspend", {**suspension, "until": soon}),
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
        ("suspended-past-closing", {"closes": sooner}, "suspended", 503, "paused",
         "en pause"),
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
        # Where no wait is expected, one of a busy machine's is waited for.
        given = {"until_wait": verdict == "waiting"}
        found = enter_by_kit(page, demonstration.url, name, keys[name], **given)
        answer = found["verdict"]
        expect(answer.get("verdict") == verdict, name, found)
        expect(answer.get("status") == status, name, found)
        past = name == "suspended-past-closing"
        expect(answer.get("closes_before_until", False) == past, name, found)
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


@scenario("what may be sent again is sent again, with one key; what must not be is not")
def retries(world):
    room = problem(503, "overloaded", "overloaded", retry_after=0.7)
    unknown = problem(503, "outcome_unknown", "overloaded", retry_after=0.3)
    many = (*problem(503, "too_many_connections"), {"Retry-After": "1"})
    proxy = (502, b"<html>Bad gateway</html>")
    late = problem(408, "timeout")
    other = (502, {"code": 502, "message": "Bad gateway"})
    found, requests = scripted(
        world, "again", None, room, unknown, many, proxy, late, other, stored()
    )
    expect(found["verdict"]["verdict"] == "accepted", found)
    expect(len(requests) == 8, len(requests), "attempts")
    expect(len({one["key"] for one in requests}) == 1, "one Idempotency-Key")
    expect(len({json.dumps(one["body"]) for one in requests}) == 1, "one entry")
    gaps = [later["at"] - one["at"] for one, later in zip(requests, requests[1:])]
    for gap, told in zip(gaps[1:4], (0.7, 0.3, 1.0)):
        expect(gap > told - 0.02, f"told {told} s, came after {gap:.2f} s")
    reasons = [one["reason"] for one in found["waits"]]
    wanted = ["unreachable", *["busy"] * 3, *["unreachable"] * 3]
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


@scenario("a proxy's Retry-After: a date, a time beyond any timer's, and an earlier network")
def told_times(world):
    def dated(_):
        late = email.utils.formatdate(time.time() + 4, usegmt=True)
        return 503, b"<html>Full</html>", {"Retry-After": late}

    found, requests = scripted(world, "dated", dated, stored())
    expect(found["verdict"]["verdict"] == "accepted", found)
    gap = requests[1]["at"] - requests[0]["at"]
    # Both clocks tell whole seconds.
    expect(gap > 2.9, f"told a date in 4 s, came after {gap:.2f} s")
    page = world.page()
    page.open(world.scripted.url + "/kit/page")
    # What is told, what is done after 1.5 s, and how many requests there are in the end.
    for told, act, count in [("3000000", "control.abort()", 1), ("3", "0", 2)]:
        answer = (503, b"<html>Full</html>", {"Retry-After": told})
        world.scripted.script("told", answer, stored())
        page.evaluate(
            "(async () => { const {Portillon} = await import('/kit/portillon.js');"
            "const kit = new Portillon("
            "{url: location.origin, operation: 'told', key: 'pk_scripted'});"
            "const control = new AbortController();"
            "setTimeout(() => dispatchEvent(new Event('online')), 500);"
            f"setTimeout(() => {act}, 1500);"
            "await kit.enter('ada', {}, {signal: control.signal}).catch(() => {}); })()"
        )
        requests = list(world.scripted.requests)
        expect(len(requests) == count, told, len(requests), "requests")
    gap = requests[1]["at"] - requests[0]["at"]
    expect(gap > 2.98, f"told 3 s, came after {gap:.2f} s")
    # No page waits for a month because a proxy says so.
    world.scripted.script("told", (503, b"<html>Full</html>", {"Retry-After": "3000000"}))
    told = page.evaluate(
        "(async () => { const {Portillon} = await import('/kit/portillon.js');"
        "const kit = new Portillon({url: location.origin, operation: 'told', key: 'pk_scripted'});"
        "const control = new AbortController(); let told;"
        "await kit.enter('grace', {}, {signal: control.signal,"
        "onWaiting: wait => { told = wait.retry_after; control.abort(); }}).catch(() => {});"
        "return told; })()"
    )
    expect(told == 300, "a proxy told a month, the page waits", told)
    finish(page)


@scenario("without storage, key and ticket are kept until the page is left")
def unkept(world):
    wait = problem(
        429, "waiting", "waiting", ticket="T1", position=3, retry_after=0.2,
        estimated_at="2030-01-01T00:00:00.000Z",
    )  # fmt: skip
    page = world.page()
    page.open(world.scripted.url + "/kit/page")
    page.evaluate(
        "for (const name of ['localStorage', 'sessionStorage'])"
        "Object.defineProperty(window, name, {get() { throw new DOMException('none'); }});"
        "true"
    )
    keys = []
    for answer, ticket in ((wait, None), (wait, "T1"), (stored(), "T1"), (wait, None)):
        given = {"page": page, "until_wait": True}
        _, requests = scripted(world, "unkept", answer, **given)
        keys.append(requests[0]["key"])
        expect(requests[0]["body"].get("ticket") == ticket, ticket, requests)
    expect(keys[0] == keys[1] == keys[2] != keys[3], keys)
    finish(page)


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


@scenario("a device that is too slow for a challenge is let in after the same wait")
def slow(world):
    # More work than any device does in the time.
    asked = challenge(20_000, 1_000_000, ready=3)
    sent = []

    def waited(body):
        sent.append((time.time(), json.loads(base64.b64decode(body["altcha"]))))
        return stored()

    ask = problem(403, "challenged", "challenged", challenge=asked, reasons=["suspect"])
    found, requests = scripted(world, "slow", ask, waited)
    expect(found["verdict"]["verdict"] == "accepted" and len(requests) == 2, found)
    expect(found["challenges"] == ["challenged"] and found["waits"] == [], found)
    at, payload = sent[0]
    expect(payload == {"challenge": asked}, payload)
    expect(at >= asked["parameters"]["data"]["readyAt"], "not before it is good")
    # Where nothing replaces the work, it ends when the challenge expires.
    asked = challenge(20_000, 1_000_000, seconds=3)
    ask = problem(403, "challenged", "challenged", challenge=asked, reasons=["suspect"])
    found, requests = scripted(world, "endless", ask)
    expect(found["verdict"]["verdict"] == "challenged" and len(requests) == 1, found)


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


@scenario("a suspect's challenge, by the gateway itself: solved in a worker, timed, let in")
def suspect(world):
    path = "/v1/operations/demo"
    world.demonstration.admin("PATCH", path, {"robots": "challenge"})
    page = world.page()
    try:
        suspicious(page)
        page.open(world.demonstration.url + "/demo/")
        before = world.demonstration.participants()
        play(page, "Suspect")
        told(page, "Your device is solving a small puzzle")
        world.look(page, "solving")
        headline(page, "You are in")
        expect(page.evaluate("seen.workers") == 1, "it was solved in one worker")
        expect(world.demonstration.participants() == before + 1, "a doubt is no proof")
        found = robots_of(world, "demo")
        expect(found["verdicts"]["challenged"] >= 1, found)
        rules = {one["rule"] for one in found["rules"]}
        expect("mobile-differs" in rules, rules)
        # The kit by itself, with a time for each.
        key = world.demonstration.operation("suspects", robots="challenge")
        times = []
        for number in range(3):
            name = f"suspect-{number}@example.org"
            began = time.monotonic()
            found = enter_by_kit(page, world.demonstration.url, "suspects", key, name)
            times.append(time.monotonic() - began)
            expect(found["verdict"].get("verdict") == "accepted", found)
            expect(found["challenges"] == ["challenged"], found)
            expect(found["verdict"]["participant_number"] == number + 1, found)
        print(f"      a suspect's challenge: {min(times):.2f} to {max(times):.2f} s", flush=True)
    finally:
        world.demonstration.admin("PATCH", path, {"robots": "off"})
    finish(page)


@scenario("a device that cannot solve a challenge waits instead, and is let in")
def unable(world):
    gateway = Challenging(world.options.gateway, world.folder, 1_000, 800, wait=1)
    page = world.page()
    try:
        key = gateway.operation("waited", robots="challenge")
        suspicious(page)
        # Without https there is no WebCrypto.
        page.open(gateway.url.replace("127.0.0.1", "game.test") + "/healthz")
        expect(page.evaluate("!isSecureContext && !crypto.subtle"), "a page without https")
        url = gateway.url.replace("127.0.0.1", "game.test")
        found = enter_by_kit(page, url, "waited", key)
        expect(found["verdict"].get("verdict") == "accepted", found)
        expect(found["verdict"]["participant_number"] == 1, "a person like any other", found)
        expect(found["challenges"] == ["challenged"], found)
        expect(reasons_to_wait(found) == ["checking"], found)
        # Where nothing replaces the work, it is as it was.
        gateway.end()
        gateway.limits["challenge_wait_seconds"] = 0
        gateway.start()
        found = enter_by_kit(page, url, "waited", key, "grace@example.org")
        expect(found["verdict"].get("verdict") == "challenged", found)
        expect(reasons_to_wait(found) == [], found)
    finally:
        gateway.stop()
    page.close()


def reasons_to_wait(found):
    """But for those of a machine that has made too few challenges so far."""
    return [one["reason"] for one in found["waits"] if one["reason"] != "busy"]


@scenario("each wait has words in both languages")
def waits(world):
    page = world.page()
    page.open(world.scripted.url + "/kit/page")
    said = words_for(page, reason="checking", seconds=61, retry_after=61)
    check_words("checking", said, "being checked", "en cours de vérification")
    expect("minute" in said["en"]["text"] or "seconds" in said["en"]["text"], said)
    finish(page)


@scenario("words say no more than is so")
def true_words(world):
    page = world.page()
    page.open(world.scripted.url + "/kit/page")
    # A robot's entry has no number.
    for verdict, english, french in (
        ("accepted", "You are in", "C’est fait"),
        ("repeated", "already", "déjà"),
    ):
        _, answer = stored(verdict, number=0)
        said = words_for(page, **answer)
        check_words(verdict, said, english, french)
        expect("number" not in said["en"]["text"] and "numéro" not in said["fr"]["text"], said)
        said = words_for(page, **{**answer, "participant_number": 4})
        expect("number 4" in said["en"]["text"] and "numéro 4" in said["fr"]["text"], said)
    # Another entry is stored; nothing is sent again; whether it is stored is not known.
    for event, title, french, wrong in (
        ({"status": 422, "code": "idempotency_key_reused"}, "already stored", "déjà enregistrée",
         "Nothing is stored"),
        ({"code": "unreachable"}, "does not answer", "ne répond pas", "by itself"),
        ({"status": 500, "code": "internal"}, "does not work", "ne fonctionne pas",
         "Nothing is stored"),
        ({"verdict": "refused", "status": 403, "reasons": ["permit_expired"]}, "permit",
         "autorisation", "robot"),
    ):  # fmt: skip
        said = words_for(page, **event)
        check_words(str(event), said, title, french)
        expect(wrong not in said["en"]["text"], said)
    finish(page)


def words_for(page, **event):
    """In both languages, whose tags may be written in any case."""
    return page.evaluate(
        "(async one => { const {words} = await import('/kit/portillon-words.js');"
        "return {en: words(one, 'EN-gb'), fr: words(one, 'FR-fr')}; })"
        f"({json.dumps(event)})"
    )


def robots_of(world, name):
    """What the gateway has found of robots, once it tells of a challenge, and why."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = world.demonstration.admin("GET", f"/v1/operations/{name}/robots")
        is_there = found["verdicts"]["challenged"] and found["rules"]
        if is_there or time.monotonic() > deadline:
            return found
        time.sleep(0.1)
