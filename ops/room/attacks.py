"""Pages that are not the gateway's, in the browser of somebody who has the room open."""

import http.server
import json
import threading

from scenario import expect, finish, scenario

#: What a hostile page tries; what it could read, by name.
TRY = """
(async url => {
  const read = {};
  const attempt = async (name, path, options) => {
    try {
      const answer = await fetch(url + path, options);
      read[name] = answer.type === 'opaque' ? 'opaque' : answer.status + ' ' + await answer.text();
    } catch (error) { read[name] = 'nothing'; }
  };
  const body = JSON.stringify({ground: 'security', note: 'evil'});
  const suspend = '/v1/operations/ete-2026/suspend';
  await attempt('page', '/', {});
  await attempt('module', '/room/room.js', {});
  await attempt('status', '/v1/status', {credentials: 'include'});
  await attempt('metrics', '/metrics', {});
  await attempt('health', '/healthz', {});
  await attempt('readiness', '/readyz', {});
  await attempt('opaque status', '/v1/status', {mode: 'no-cors', credentials: 'include'});
  await attempt('guess', '/v1/status', {headers: {Authorization: 'Bearer at_guess'}});
  await attempt('suspend', suspend, {method: 'POST', body});
  await attempt('simple suspend', suspend, {method: 'POST', mode: 'no-cors', body});
  await attempt('json suspend', suspend,
    {method: 'POST', body, headers: {'Content-Type': 'application/json'}});
  await attempt('token', '/v1/tokens', {method: 'POST', body: '{"role":"operator","name":"evil"}'});
  await attempt('delete', '/v1/operations/ete-2026', {method: 'DELETE'});
  return read;
})
"""

FRAME = """
(url => new Promise(resolve => {
  const frame = document.createElement('iframe');
  frame.src = url + '/';
  const done = () => {
    let text;
    try { text = frame.contentDocument?.body?.innerText ?? 'closed'; } catch { text = 'closed'; }
    resolve(text);
  };
  frame.onload = done;
  frame.onerror = done;
  document.body.append(frame);
}))
"""


class Evil(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        page = b"<!doctype html><title>evil</title><body>a game</body>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *arguments):
        pass


def unchanged(world, before):
    """Nothing was done: the operation, and the tokens, are as they were."""
    gateway = world.gateway
    found = gateway.ask("GET", "/v1/operations/ete-2026")["state"], len(gateway.ask("GET", "/v1/tokens")["tokens"])
    expect(found == before, found, before)


def standing(world):
    gateway = world.gateway
    return gateway.ask("GET", "/v1/operations/ete-2026")["state"], len(gateway.ask("GET", "/v1/tokens")["tokens"])


@scenario("a hostile page on another origin reads nothing, changes nothing, and frames nothing")
def hostile(world):
    before = standing(world)
    room = world.room("admin")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Evil)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for host in ("127.0.0.1", "localhost", "evil.test"):
            page = world.page()
            page.open(f"http://{host}:{server.server_address[1]}/")
            read = page.evaluate(TRY + "(" + json.dumps(world.gateway.url) + ")")
            for name, found in read.items():
                expect(found in ("nothing", "opaque"), host, name, found)
            framed = page.evaluate(FRAME + "(" + json.dumps(world.gateway.url) + ")")
            expect("Token" not in framed, "framed:", framed)
            opened = page.evaluate(
                "(async url => { const other = window.open(url + '/');"
                " await new Promise(done => setTimeout(done, 500));"
                " try { return String(other?.document?.body?.innerText) } catch { return 'closed' } })"
                "(" + json.dumps(world.gateway.url) + ")"
            )
            expect("Token" not in opened, "opened:", opened)
            page.close()
    finally:
        server.shutdown()
        server.server_close()
    unchanged(world, before)
    finish(room)


@scenario("a page whose name was made to lead here reads nothing and changes nothing")
def rebinding(world):
    before = standing(world)
    room = world.room("admin")
    page = world.page()
    url = f"http://rebound.test:{world.gateway.port}"
    page.open(url + "/")
    text = page.evaluate("document.body.innerText")
    expect("unknown_host" in text and "Sign in" not in text, text)
    # The refusal is a document of the hostile origin: what it asks for is of the same origin.
    read = page.evaluate(TRY + "(" + json.dumps(url) + ")")
    for name, found in read.items():
        expect(found == "nothing" or found.startswith(("401", "421", "opaque")), name, found)
        expect("ete-2026" not in found and "portillon_entries" not in found, name, found)
    unchanged(world, before)
    page.close()
    finish(room)
