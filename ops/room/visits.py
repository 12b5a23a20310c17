"""What an operator does in the room."""

import json
import re
import time
import urllib.request

from browser import PATIENCE
from scenario import expect, finish, scenario

FOCUSED = (
    "(one => one.dataset.action || one.name || one.id || one.textContent.trim())"
    "(document.activeElement)"
)
#: The operation's line in the table.
ROW = "[...document.querySelectorAll('#operations tbody tr')].find(row => row.textContent.includes({}))"


def sign_in(page, token):
    page.wait("!document.querySelector('#door').hidden")
    page.evaluate("document.querySelector('#token').focus()")
    page.type(token)
    page.press("Enter")
    page.wait("!document.querySelector('#leave').hidden && performance.getEntriesByName('drawn').length > 0")


def reach(page, name):
    """Goes on with the Tab key until what is named so has the focus."""
    for _ in range(120):
        if page.evaluate(FOCUSED) == name:
            return
        page.press("Tab")
    expect(False, name, "is not reached with the Tab key")


@scenario("signing in: a wrong token, wrong roles, the right one; it is stored nowhere")
def signing_in(world):
    page = world.page()
    page.open(world.gateway.url + "/")
    page.wait("!document.querySelector('#door').hidden")
    expect(page.evaluate(FOCUSED) == "token", "the token is where one types at once")
    world.look(page, "door")
    said = "document.querySelector('#refusal').textContent"
    page.type("at_wrong")
    page.press("Enter")
    page.wait(f"{said}.includes('does not know')")
    for role in ("client", "scrape"):
        page.evaluate("document.querySelector('#token').value = ''")
        page.type(world.gateway.tokens[role])
        page.press("Enter")
        page.wait(f"{said} && !{said}.includes('does not know')")
        expect(page.evaluate("document.querySelector('#room').hidden"), role, "sees nothing")
    page.evaluate("document.querySelector('#token').value = ''")
    token = world.gateway.tokens["operator"]
    sign_in(page, token)
    # A busy machine may be strained for a moment.
    page.wait("document.querySelector('#verdict-title').textContent === 'All is well'")
    kept = page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie,"
        " document.documentElement.outerHTML, location.href, history.state,"
        " ...[...document.querySelectorAll('input')].map(one => one.value)])"
    )
    expect(token not in kept, "the token is in the document, or stored")
    expect(page.evaluate("indexedDB.databases().then(all => all.length)") == 0, "no database")
    page.reload()
    page.wait("!document.querySelector('#door').hidden")
    finish(page)


#: Reads each word of both languages, each sentence with several values; gives what is wrong.
PROOFREAD = r"""
(async () => {
  const {languages, speak} = await import('/room/words.js');
  const before = document.documentElement.lang;
  const faults = [];
  const read = (tag, list, other, path) => {
    for (const name of Object.keys(other)) {
      const [here, value] = [`${path}.${name}`, list[name]];
      if (typeof value !== typeof other[name]) faults.push(`${here}: missing`);
      else if (typeof value === 'object') read(tag, value, other[name], here);
      else {
        const texts = typeof value !== 'function' ? [value] : [0, 1, 2, 1200].map(one =>
          path.endsWith('.event') ? value(new Proxy({}, {get: () => one})) : value(one, one, one));
        for (const text of texts) {
          if (/undefined|NaN|\[object/.test(text)) faults.push(`${here}: ${text}`);
          if (tag === 'fr' && / [:;!?»%]|« |'/.test(text)) faults.push(`${here}: ${text}`);
        }
      }
    }
  };
  for (const [tag, other] of [['en', 'fr'], ['fr', 'en']]) {
    speak(tag);
    read(tag, languages[tag], languages[other], tag);
  }
  speak('en');
  const {words} = await import('/room/words.js');
  const budget = words.services.budget;
  const said = [budget(1), budget(2), budget(-1), words.wave.at('x', 1200)].join('|');
  speak('fr');
  const french = [words.services.pending(1), words.services.pending(2)].join('|');
  speak(before);
  return {faults, said, french};
})()
"""


@scenario("every word is there in both languages; counts have their nouns, French its spaces")
def proofreading(world):
    page = world.page()
    page.open(world.gateway.url + "/")
    found = page.evaluate(PROOFREAD)
    expect(found["faults"] == [], "\n".join(found["faults"]))
    left = "1 min of the error budget is left|2 min of the error budget are left"
    expect(found["said"] == left + "|1 min beyond the error budget|x, 1,200 recipients", found)
    expect(found["french"].startswith("1 événement en attente|2 événements en attente"), found)
    finish(page)


@scenario("who may what: the buttons are those that the token permits")
def roles(world):
    for role, wanted in [
        ("admin", ["suspend", "resume", "pace", "notice"]),
        ("operator", ["suspend", "resume", "pace"]), ("auditor", []),
    ]:  # fmt: skip
        page = world.room(role, "/#/operations/ete-2026")
        page.wait("document.querySelector('#operation .actions') !== null")
        found = page.evaluate(
            "[...document.querySelectorAll('[data-action]')].map(one => one.dataset.action)"
        )
        expect(found == wanted, role, found)
        finish(page)


@scenario("figures and states come by themselves, once a second")
def live(world):
    gateway = world.gateway
    page = world.room("operator")
    row = ROW.format("'ete-2026'")
    cell = f"{row}.querySelector('[data-label=Participants]').textContent"
    before = int(page.evaluate(cell))
    gateway.act(
        "ete-2026", "campaigns",
        channel="television", recipients=9_000, starts="2030-01-01T20:58:00Z", source="spot",
    )  # fmt: skip
    gateway.enter("ete-2026", 30, "spot")
    page.wait(f"{cell} === '{before + 30}'")
    page.wait("document.querySelector('#pushing').textContent.includes('Summer 2026')")
    page.wait("document.querySelector('#pushing').textContent.includes('spot')")
    gateway.act("ete-2026", "pace", per_second=25)
    page.wait(f"{row}.textContent.includes('Smoothed')")
    page.wait("document.querySelector('#verdict-title').textContent.includes('held back')")
    page.wait("document.querySelector('#events').textContent.includes('let in at 25 a second')")
    page.wait("document.querySelector('#bands').textContent.includes('Summer 2026')")
    page.wait("window.seen.said.some(one => one.includes('let in at 25'))")
    gateway.act("noel-2026", "suspend", ground="stability", note="test")
    page.wait("document.querySelectorAll('#attention li').length === 2")
    world.look(page, "room")
    page.evaluate("document.querySelector('#language').click()")
    page.wait("document.documentElement.lang === 'fr'")
    for word in ("retenues", "Suspendue", "Lissée", "Qui pousse"):
        # It is drawn a frame later, and what the gateway measures may be another for a moment.
        page.wait(f"document.querySelector('#room').innerText.includes({json.dumps(word)})")
    text = page.evaluate("document.querySelector('#room').innerText")
    for wrong in ("undefined", "null", "NaN", "Invalid Date", "[object"):
        expect(wrong not in text, wrong, "in French:", text)
    expect(not re.search(r" [:;!?»%]|« ", text), "an ordinary space before a mark:", text)
    page.evaluate("document.querySelector('#language').click()")
    gateway.act("ete-2026", "pace", per_second=None)
    gateway.act("noel-2026", "resume")
    page.wait("document.querySelector('#verdict-title').textContent === 'All is well'")
    text = page.evaluate("document.querySelector('#room').innerText")
    for wrong in ("undefined", "null", "NaN", "Invalid Date", "[object"):
        expect(wrong not in text, wrong, "in English:", text)
    finish(page)


@scenario("a suspension and its end by keyboard alone, each confirmed")
def suspension(world):
    gateway = world.gateway
    page = world.room("admin")
    reach(page, "search")
    page.type("christmas")
    page.wait("document.querySelectorAll('#operations tbody tr').length === 1")
    reach(page, "Christmas calendar")
    page.press("Enter")
    page.wait("!document.querySelector('#operation').hidden")
    reach(page, "suspend")
    page.press("Enter")
    page.wait("document.querySelector('#dialog').open")
    page.press("Escape")
    page.wait("!document.querySelector('#dialog').open")
    expect(gateway.ask("GET", "/v1/operations/noel-2026")["state"] == "open", "Escape does nothing")
    reach(page, "suspend")
    page.press("Enter")
    page.wait("document.querySelector('#dialog').open")
    world.look(page, "dialog", widths=(1280, 320))
    reach(page, "note")
    # Without the note it is not sent.
    page.press("Enter")
    expect(page.evaluate("document.querySelector('#dialog').open"), "the note is asked for")
    page.type("by telephone with Bolt")
    page.press("Enter")
    page.wait("!document.querySelector('#dialog').open")
    found = gateway.ask("GET", "/v1/operations/noel-2026")
    expect(found["state"] == "suspended", found["state"])
    expect(found["suspension"]["ground"] == "stability" and "until" in found["suspension"], found)
    page.wait("document.querySelector('#operation .chip').textContent === 'Suspended'")
    world.look(page, "operation")
    reach(page, "resume")
    page.press("Enter")
    page.wait("document.querySelector('#dialog').open")
    reach(page, "Let in now")
    page.press("Enter")
    page.wait("document.querySelector('#operation .chip').textContent === 'Open'")
    expect(gateway.ask("GET", "/v1/operations/noel-2026")["state"] == "open", "it is open again")
    finish(page)


@scenario("one for good repeats the name; a pace, a notice; a refusal is shown")
def others(world):
    gateway = world.gateway
    page = world.room("admin", "/#/operations/noel-2026")
    dialog = "document.querySelector('#dialog')"

    def open_dialog(kind):
        page.evaluate(f"document.querySelector('[data-action={kind}]').click()")
        page.wait(dialog + ".open")

    def confirm(**values):
        for name, value in values.items():
            page.evaluate(
                f"(one => {{ one.value = {json.dumps(value)};"
                " one.dispatchEvent(new Event('change', {bubbles: true})) })"
                f"({dialog}.querySelector('[name={name}]'))"
            )
        page.evaluate(dialog + ".querySelector('.primary').click()")

    open_dialog("pace")
    confirm(per_second="40")
    page.wait("!" + dialog + ".open")
    expect(gateway.ask("GET", "/v1/operations/noel-2026")["pace_per_second"] == 40, "the pace")
    open_dialog("notice")
    confirm(expected="90000")
    page.wait("!" + dialog + ".open")
    notice = gateway.ask("GET", "/v1/operations/noel-2026")["traffic_notice"]
    expect(notice["expected_participants"] == 90000, notice)
    open_dialog("suspend")
    confirm(how="definitive", note="n", confirm="noel")
    expect(page.evaluate(dialog + ".open"), "the name is not repeated")
    confirm(confirm="noel-2026")
    page.wait("!" + dialog + ".open")
    page.wait("document.querySelector('#operation .chip').textContent === 'Suspended for good'")
    open_dialog("resume")
    confirm(confirm="noel-2026", note="n")
    page.wait("!" + dialog + ".open")
    gateway.act("noel-2026", "pace", per_second=None)
    gateway.operation("brief", "Brief")
    page.evaluate("location.hash = '#/operations/brief'")
    page.wait("document.querySelector('#operation-title').textContent === 'Brief'")
    open_dialog("pace")
    gateway.ask("DELETE", "/v1/operations/brief", {"confirm": "brief"})
    confirm(per_second="7")
    page.wait(dialog + ".querySelector('.refusal').textContent.includes('no operation')")
    page.press("Escape")
    page.wait("document.querySelector('#operation').textContent.includes('There is no operation')")
    finish(page)


#: What the room calls incidents that rules opened, and one that a person did.
TITLES = r"""
(async () => {
  const {titleOf} = await import('/room/overview.js');
  return [
    ['log-stopped', 'The journal took no records for 32 s'],
    ['probes-failing', 'Probes found the service not accessible from 2026-11-01T10:00:00.000Z on'],
    ['certificate-expiry', 'A certificate ends at 2026-12-14T10:00:00.000Z'],
    ['certificate-expiry', 'Without a time'],
    [undefined, 'The journal took no records for 32 s'],
  ].map(([rule, title]) => titleOf({rule, title}));
})()
"""


@scenario("a title that a rule gave is in the page's language; a person's stays as it is")
def titles(world):
    for language, wanted in [
        ("fr-FR", ["Le journal n’a rien enregistré pendant 32 s", "non accessible depuis",
                   "Expiration d’un certificat", "Without a time"]),
        ("en-GB", ["The journal took no records for 32 s", "not accessible from",
                   "A certificate ends at", "Without a time"]),
    ]:  # fmt: skip
        page = world.page(language=language)
        page.open(world.gateway.url + "/")
        found = page.evaluate(TITLES)
        for text, said in zip(wanted, found):
            expect(text in said, text, found)
        expect("Z" not in found[1] + found[2], "times are the reader's:", found)
        expect(found[4] == "The journal took no records for 32 s", found)
        finish(page)


@scenario("an incident: a client's own and one opened here, with the moment, until it is resolved")
def incidents(world):
    gateway = world.gateway
    page = world.room("operator")
    service = "document.querySelector('#service').textContent"
    page.wait(f"{service}.includes('none open')")
    body = {"severity": "critical", "title": "No entry is accepted"}
    first = gateway.ask("POST", "/v1/incidents", body, role="client")["incident"]
    line = f"{first}: No entry is accepted · critical · work starts by"
    page.wait(f"{service}.includes({json.dumps(line)})")
    page.wait("document.querySelector('#attention').textContent.includes('One incident is open')")
    page.wait("document.querySelector('#verdict-title').textContent === 'A critical incident is open'")
    expect(page.evaluate("document.querySelector('#verdict').dataset.level") == "bad", "as grave as it is")
    page.wait("document.querySelector('#events').textContent.includes('was opened (critical)')")
    expect(page.evaluate("document.querySelector('#verdict-title').textContent") != "All is well")
    world.look(page, "incident", widths=(1280, 320))
    gateway.ask("POST", f"/v1/incidents/{first}/acknowledge", {})
    page.wait(f"!{service}.includes('work starts by')")
    page.evaluate("document.querySelector('[data-name=incident]').click()")
    page.wait("document.querySelector('#dialog').open")
    reach(page, "title")
    page.type("The export is slow")
    page.press("Enter")
    page.wait("!document.querySelector('#dialog').open")
    page.wait(f"{service}.includes('The export is slow')")
    page.wait("document.querySelector('#attention').textContent.includes('2 incidents are open')")
    page.evaluate("document.querySelector('#language').click()")
    page.wait(f"{service}.includes('prise en charge avant')")
    text = page.evaluate("document.querySelector('#room').innerText")
    for wrong in ("undefined", "null", "NaN", "Invalid Date", "[object"):
        expect(wrong not in text, wrong, "in French:", text)
    page.evaluate("document.querySelector('#language').click()")
    found = gateway.ask("GET", "/v1/incidents?state=unresolved")["incidents"]
    expect(len(found) == 2, found)
    for one in found:
        gateway.ask("POST", f"/v1/incidents/{one['incident']}/resolve", {"outcome": "confirmed"})
    page.wait(f"{service}.includes('none open')")
    finish(page)


@scenario("after a restart the page comes back by itself: no event is missing, none comes twice")
def restart(world):
    gateway = world.gateway
    page = world.room("operator")
    for pace in range(1, 6):
        gateway.act("ete-2026", "pace", per_second=pace)
    page.wait("document.querySelector('#events').textContent.includes('let in at 5 a second')")
    gateway.stop()
    page.wait("document.querySelector('#verdict-title').textContent.includes('No connection')")
    world.look(page, "away", widths=(1280, 320))
    gateway.start()
    for pace in range(6, 10):
        gateway.act("ete-2026", "pace", per_second=pace)
    page.wait("document.querySelector('#events').textContent.includes('let in at 9 a second')")
    page.wait("document.querySelector('#link').textContent.includes('Live')")
    deadline = time.monotonic() + PATIENCE
    while True:
        shown = page.evaluate(
            "[...document.querySelectorAll('#events [data-record]')]"
            ".map(one => Number(one.dataset.record))"
        )
        recorded = gateway.recorded()
        # A change of the pressure may be recorded between both: it is shown a moment later.
        if shown == recorded[::-1][: len(shown)] or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    expect(shown == recorded[::-1][: len(shown)], shown, recorded)
    expect(len(shown) >= min(len(recorded), 30), len(shown), "of", len(recorded))
    gateway.act("ete-2026", "pace", per_second=None)
    finish(page)


@scenario("a token that is revoked closes the page")
def revoked(world):
    gateway = world.gateway
    made = gateway.ask("POST", "/v1/tokens", {"role": "operator", "name": "brief"})
    page = world.page()
    page.open(gateway.url + "/")
    sign_in(page, made["token"])
    gateway.ask("POST", f"/v1/tokens/{made['token_id']}/revoke", {"reason": "lost"})
    page.wait("!document.querySelector('#door').hidden")
    page.wait("document.querySelector('#refusal').textContent.includes('no longer')")
    expect(page.evaluate("document.querySelector('#operations').textContent === ''"
                         " || document.querySelector('#room').hidden"), "nothing is left to read")
    finish(page)


@scenario("200 operations: searched, filtered, ordered; drawn quickly, and kept up cheaply")
def many(world):
    gateway = world.gateway
    for number in range(198):
        gateway.operation(
            f"jeu-{number:03}", f"Game {number:03}", client="acme" if number % 2 else "bolt",
            is_open=number % 10 != 0,
        )  # fmt: skip
    page = world.page()
    page.open(gateway.url + "/")
    page.wait("performance.getEntriesByType('paint').length > 0")
    paint = page.evaluate(
        "Math.max(...performance.getEntriesByType('paint').map(one => one.startTime))"
    )
    sign_in(page, gateway.tokens["operator"])
    rows = "document.querySelectorAll('#operations tbody tr').length"
    page.wait(f"{rows} === 200")
    expect(page.evaluate("document.querySelector('#shown').textContent") == "200 in all")
    page.evaluate("document.querySelector('#search').focus()")
    page.type("game 01")
    page.wait(f"{rows} === 10")
    expect(page.evaluate("document.querySelector('#shown').textContent") == "10 of 200")
    page.evaluate("document.querySelector('#search').value = '';")

    def choose(name, value):
        page.evaluate(
            f"(one => {{ one.value = {json.dumps(value)}; one.dispatchEvent(new Event('input',"
            f" {{bubbles: true}})) }})(document.querySelector('#{name}'))"
        )

    choose("state", "draft")
    page.wait(f"{rows} === 20")
    choose("state", "")
    choose("client", "bolt")
    page.wait(f"{rows} === 100")
    choose("client", "")
    choose("order", "title")
    first = "document.querySelector('#operations tbody th').textContent"
    page.wait(f"{first}.startsWith('Christmas')")
    choose("order", "participants")
    page.wait(f"{first}.startsWith('Summer')")
    choose("state", "attention")
    page.wait("document.querySelector('#operations').textContent.includes('No operation matches')")
    choose("state", "")
    choose("order", "urgency")
    page.wait(f"{rows} === 200")
    # axe takes longer than all else here, and has seen such rows.
    world.look(page, "many", widths=(1280, 320), axe=False)
    page.call("Performance.enable")

    def busy():
        found = page.call("Performance.getMetrics")["metrics"]
        values = {one["name"]: one["value"] for one in found}
        return values["TaskDuration"], values["Timestamp"]

    began = busy()
    time.sleep(5)
    ended = busy()
    share = (ended[0] - began[0]) / (ended[1] - began[1])
    world.figures.append(f"first paint {paint:.0f} ms; 200 operations keep {share * 100:.1f} % of a core busy")
    finish(page)


@scenario("the page is small, asks for nothing from elsewhere, and is kept by its ETag")
def size(world):
    gateway = world.gateway
    page = world.room("operator")
    resources = page.evaluate(
        "[location.origin + '/', ...performance.getEntriesByType('resource').map(one => one.name)]"
    )
    expect(all(one.startswith(gateway.url) for one in resources), resources)
    files = sorted({one for one in resources if re.search(r"/$|/room/", one)})
    expect(len(files) == 16, files)
    total = 0
    for file in files:
        request = urllib.request.Request(file, headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            total += len(answer.read())
            expect(answer.headers["ETag"] and answer.headers["Cache-Control"] == "no-cache", file)
    world.figures.append(f"{len(files)} files, {total / 1024:.1f} KiB compressed")
    expect(total <= 150 * 1024, total, "bytes")
    finish(page)


@scenario("without motion where it is not wanted; in French by itself; a dossier is downloaded")
def looks(world):
    page = world.room(
        "auditor", "/#/operations/ete-2026", language="fr-FR", features=["prefers-reduced-motion: reduce"]
    )
    expect(page.evaluate("document.documentElement.lang") == "fr", "French by itself")
    page.wait("document.querySelector('#operation').innerText.includes('Couverture')")
    text = page.evaluate("document.querySelector('#operation').innerText")
    expect("undefined" not in text, text)
    moving = page.evaluate(
        "document.getAnimations().filter(one => one.playState === 'running').length"
    )
    expect(moving == 0, moving, "animations")
    page.evaluate(
        "window.files = []; URL.createObjectURL = (make => blob => {"
        " window.files.push([blob.type, blob.size]); return make(blob) })(URL.createObjectURL)"
    )
    page.evaluate("[...document.querySelectorAll('#operation .actions button')].at(-2).click()")
    page.wait("window.files.length === 1 && window.files[0][0].startsWith('text/html')")
    finish(page)
