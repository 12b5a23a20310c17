"""What the room makes of events and clocks that are not as a page expects them."""

import datetime
import time

from scenario import expect, finish, scenario

#: What comes again behind a gap, and what is new then: numbers as they are kept, the newest first.
AGAIN = r"""
(async () => {
  const {State} = await import('/room/state.js');
  const state = new State();
  const take = number => state.addEvent('step', {
    type: 'operation.smoothed', data: {operation: 'a'},
    timestamp: new Date(1e12 + number * 1000).toISOString(),
  }, String(number));
  const first = [2, 4].map(take);
  const again = [1, 2, 3, 4, 5].map(take);
  return {
    kept: state.events.map(one => one.id), first: first.filter(Boolean).length,
    again: again.filter(Boolean).map(one => one.id),
  };
})()
"""


@scenario("what comes again behind a gap is shown once, and in order")
def again(world):
    page = world.page()
    page.open(world.gateway.url + "/")
    found = page.evaluate(AGAIN)
    expect(found == {"kept": ["5", "4", "3", "2", "1"], "first": 2, "again": ["1", "3", "5"]}, found)
    finish(page)


@scenario("a browser's clock that is wrong, a client that comes, a grave incident that is said")
def clock(world):
    gateway = world.gateway
    page = world.room("operator")
    # A day ahead, behind the page's back.
    page.evaluate("(real => { Date.now = () => real() + 86400000 })(Date.now)")
    body = {"severity": "critical", "title": "No entry is accepted"}
    first = gateway.ask("POST", "/v1/incidents", body)["incident"]
    page.wait(f"document.querySelector('#said').textContent.includes('Incident {first} was opened')")
    gateway.ask("POST", f"/v1/incidents/{first}/resolve", {"outcome": "confirmed"})
    page.evaluate(
        "(one => { one.value = 'acme'; one.dispatchEvent(new Event('input', {bubbles: true})) })"
        "(document.querySelector('#client'))"
    )
    gateway.ask("PUT", "/v1/clients/corso", {"name": "Corso"})
    gateway.operation("late", "Late", client="corso")
    page.wait("[...document.querySelector('#client').options].some(one => one.value === 'corso')")
    expect(page.evaluate("document.querySelector('#client').value") == "acme", "the filter stays")
    gateway.ask("DELETE", "/v1/operations/late", {"confirm": "late"})
    page.evaluate("location.hash = '#/operations/ete-2026'")
    page.wait("document.querySelector('[data-action=pace]') !== null")
    page.evaluate("document.querySelector('[data-action=pace]').click()")
    limits = page.evaluate("(({min, max}) => [min, max])(document.querySelector('[name=per_second]'))")
    expect(limits == ["1", "1000000"], limits)
    page.press("Escape")
    page.evaluate("document.querySelector('[data-action=suspend]').click()")
    page.evaluate("document.querySelector('[name=note]').value = 'n'")
    page.evaluate("document.querySelector('#dialog .primary').click()")
    page.wait("!document.querySelector('#dialog').open")
    until = gateway.ask("GET", "/v1/operations/ete-2026")["suspension"]["until"]
    seconds = datetime.datetime.fromisoformat(until).timestamp() - time.time()
    expect(600 < seconds < 960, until)
    gateway.act("ete-2026", "resume")
    finish(page)
