"""The status page: of everybody on the public listener, of a client on the admin listener."""

import base64
import datetime
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv

from browser import PATIENCE
from scenario import expect, finish, scenario

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOLS = os.path.join(ROOT, ".build", "calendar-tools")
PACKAGE = "icalendar==6.3.2"
#: Reads a calendar as strangers do, and prints what each event is.
READER = """
import json, sys
from icalendar import Calendar
found = Calendar.from_ical(sys.stdin.buffer.read(), multiple=True)
assert len(found) == 1 and not found[0].errors, found[0].errors
for event in found[0].walk("VEVENT"):
    assert not event.errors, event.errors
    end = event.get("DTEND")
    print(json.dumps([str(event["UID"]), str(event["SUMMARY"]), str(event.get("DESCRIPTION", "")),
                      event["DTSTART"].dt.isoformat(), end and end.dt.isoformat()]))
"""
HOSTILE = "</title><script>alert(1)</script> \"'&"


def soon(**delta):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**delta)
    return moment.replace(microsecond=0)


def written(moment):
    return moment.isoformat().replace("+00:00", "Z")


def fetch(url, token=None, language=None):
    request = urllib.request.Request(url, headers={"Accept-Language": language or "en"})
    if token:
        request.add_header("Authorization", "Bearer " + token)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return answer.read()


def prepare(world):
    """Probes that were right, wrong and away, incidents, maintenance: once."""
    gateway = world.gateway
    if getattr(gateway, "has_status", False):
        return
    gateway.has_status = True
    # The newest is on the page, however many there are.
    gateway.operation("statut-2026", "Newest of Acme", client="acme")
    minute = soon().replace(second=0)
    for back in range(90, 1, -1):
        if 30 <= back < 40:
            continue
        tally = {"attempts": 60, "failed": 40 if 50 <= back < 55 else 0, "slow": 0}
        starts = written(minute - datetime.timedelta(minutes=back))
        gateway.ask("POST", "/v1/probes/paris/minutes", {"minute": starts, **tally})
    for title, client in [
        ("Answers are slow", None), ("Acme cannot enter", None), (HOSTILE, "acme"),
    ]:  # fmt: skip
        body = {"severity": "minor", "title": title, **({"client": client} if client else {})}
        gateway.ask("POST", "/v1/incidents", body)
    window = {"kind": "scheduled", "starts": written(soon(days=2)), "ends": written(soon(days=2, hours=1))}
    gateway.ask("POST", "/v1/maintenance", {**window, "note": "disks; racks 7, 8\\9\nand " + "é" * 90})
    gateway.ask("POST", "/v1/maintenance", {**window, "client": "bolt", "note": "of Bolt alone"})
    for degrades, client, note in [
        (False, None, "a new page of help"), (True, None, "exports by night"),
        (False, "bolt", "of Bolt alone"),
    ]:  # fmt: skip
        body = {"note": note, "degrades": degrades, "takes_effect_at": written(soon(days=31))}
        if degrades:
            body["takes_effect_at"] = written(soon(days=40))
        gateway.ask("POST", "/v1/changes", {**body, **({"client": client} if client else {})})
    gateway.act("ete-2026", "campaigns", channel="email", recipients=60_000, starts=written(soon(days=1)))
    gateway.act("noel-2026", "campaigns", channel="sms", recipients=9_000, starts=written(soon(days=1)))


def wait_for(url, word, language=None):
    """Until the public page has what was recorded: a few seconds at most."""
    deadline = time.monotonic() + PATIENCE
    while word not in fetch(url, language=language).decode():
        expect(time.monotonic() < deadline, word, "is not on", url)
        time.sleep(0.2)


@scenario("the public status page: without script, in both languages, nobody's name on it")
def public(world):
    gateway = world.gateway
    prepare(world)
    url = f"http://127.0.0.1:{gateway.public}/status"
    for language, words in [
        ("en-GB", ["Service status", "Answers are slow", "Scheduled maintenance", "exports by night"]),
        ("fr-FR", ["État du service", "Answers are slow", "Maintenance programmée", "Une modification qui réduit"]),
    ]:
        # What was recorded last may come later than the rest.
        for word in words:
            wait_for(url, word, language)
        page = world.page(language=language)
        page.open(url)
        text = page.evaluate("document.body.innerText")
        for word in words:
            expect(word in text, word, "is missing:", text)
        if language == "fr-FR":
            expect(not re.search(r" [:;!?»%]|\w[;!?»]|« ", text), "a mark without its space:", text)
        for word in ("Acme", "acme", "Bolt", "bolt", "ete-2026", "Christmas", "racks", "alert(1)"):
            expect(word not in page.evaluate("document.documentElement.outerHTML"), word, "is public")
        page.evaluate("document.querySelector('details').open = true; true")
        expect(page.evaluate("document.querySelectorAll('details tbody tr').length") == 90, "90 days")
        expect(page.evaluate("document.querySelectorAll('main > svg rect').length") >= 90, "bars")
        world.look(page, f"status-{language}")
        expect(page.evaluate("getComputedStyle(document.body).margin") == "0px", "it has its style")
        finish(page)
    page = world.page()
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    page.open(url)
    page.call("Emulation.setScriptExecutionDisabled", value=False)
    text = page.evaluate("document.body.innerText")
    expect("Answers are slow" in text and "As of" in text, "without script:", text)
    # By the keyboard: the other language.
    for _ in range(20):
        page.press("Tab")
        if page.evaluate("document.activeElement.hreflang === 'fr'"):
            break
    page.press("Enter")
    page.wait("document.documentElement.lang === 'fr'")
    finish(page)


@scenario("a client's status page: its own alone, by a token that the browser asks for")
def client(world):
    prepare(world)
    gateway = world.gateway
    address = f"127.0.0.1:{gateway.port}/v1/clients/acme/status"
    page = world.page()
    page.call("Page.navigate", url=f"http://acme:{gateway.tokens['client']}@{address}")
    page.wait("document.readyState === 'complete' && document.title.includes('acme')")
    text = page.evaluate("document.body.innerText")
    for word in ("Newest of Acme", "racks 7", "Acme cannot enter", "alert(1)", "ete-2026"):
        expect(word in text, word, "is missing:", text)
    for word in ("of Bolt alone", "noel-2026", "marie"):
        expect(word not in text, word, "is another's:", text)
    expect(page.evaluate("document.scripts.length") == 0, "a title became a script")
    page.evaluate("document.querySelector('details').open = true; true")
    world.look(page, "status-client")
    finish(page)
    try:
        fetch(f"http://{address.replace('acme', 'bolt')}", gateway.tokens["client"])
        expect(False, "another client's page is shown")
    except urllib.error.HTTPError as refusal:
        expect(refusal.code == 404, refusal.code)


def reader():
    """A Python with PyPI's icalendar; None where it cannot be had."""
    python = os.path.join(TOOLS, "bin", "python")
    stamp = os.path.join(TOOLS, "installed")
    if not os.path.exists(stamp) or open(stamp, encoding="utf-8").read() != PACKAGE:
        try:
            venv.create(TOOLS, with_pip=True, clear=True)
            pip = [python, "-m", "pip", "--quiet", "install", PACKAGE]
            subprocess.run(pip, check=True, timeout=300)
        except (subprocess.SubprocessError, OSError) as reason:
            print(f"ops/room/check: no icalendar from PyPI: {reason}", file=sys.stderr)
            return None
        with open(stamp, "w", encoding="utf-8") as file:
            file.write(PACKAGE)
    return python


@scenario("the calendars are read by PyPI's icalendar, and say what was announced")
def calendars(world):
    python = reader()
    if not python:
        world.figures.append("SKIPPED: icalendar cannot be installed from PyPI")
        return
    prepare(world)
    gateway = world.gateway
    # Changes are recorded behind the maintenance.
    wait_for(f"http://127.0.0.1:{gateway.public}/status", "exports by night")

    def events(url, token=None):
        run = subprocess.run(
            [python, "-c", READER], input=fetch(url, token), capture_output=True, timeout=PATIENCE
        )
        expect(run.returncode == 0, url, run.stderr.decode())
        return [json.loads(line) for line in run.stdout.decode().splitlines()]

    everybody = events(f"http://127.0.0.1:{gateway.public}/status.ics?lang=en")
    windows = [one for one in everybody if one[0].startswith("maintenance-")]
    expect("Scheduled maintenance" in [one[1] for one in windows], everybody)
    expect(all(one[2] == "" and one[4] > one[3] for one in windows), everybody)
    changes = [one[1:3] + one[4:] for one in everybody if one[0].startswith("change-")]
    expect(
        changes == [["A change of the service", "a new page of help", None],
                    ["A change that reduces the service", "exports by night", None]],
        everybody,
    )  # fmt: skip
    french = events(f"http://127.0.0.1:{gateway.public}/status.ics?lang=fr")
    expect([one[0] for one in french] == [one[0] for one in everybody], french)
    expect("Une modification qui réduit le service" in [one[1] for one in french], french)
    own = events(gateway.url + "/v1/calendar.ics", gateway.tokens["client"])
    notes = [one[2] for one in own if one[1] == "Scheduled maintenance"]
    expect("disks; racks 7, 8\\9\nand " + "é" * 90 in notes, own)
    summaries = [one[1] for one in own]
    expect("ete-2026: e-mail to 60,000 recipients" in summaries, own)
    expect("Another client's campaign" in summaries, own)
    notes = [one[2] for one in own if one[0].startswith("change-")]
    expect(notes == ["a new page of help", "exports by night"], own)
    pair = base64.b64encode(b"acme:" + gateway.tokens["client"].encode()).decode()
    request = urllib.request.Request(gateway.url + "/v1/calendar.ics", headers={"Authorization": "Basic " + pair})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        expect(answer.read().startswith(b"BEGIN:VCALENDAR"), "a calendar program's password")
    everything = events(gateway.url + "/v1/calendar.ics", gateway.tokens["operator"])
    expect(len({one[0] for one in everything}) == len(everything) >= 4, everything)
    again = events(gateway.url + "/v1/calendar.ics", gateway.tokens["client"])
    expect([one[0] for one in own] == [one[0] for one in again], "identifiers stay")
