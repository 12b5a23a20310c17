"""The programs of `ops/manual/front-end-examples.md`, run as they stand there, but for the address
and the key."""

import http.server
import json
import os
import re
import shutil
import subprocess
import threading

from scenario import expect, finish, scenario
from scripted import FOLDER, problem, stored

PAGE = os.path.join(os.path.dirname(FOLDER), "manual", "front-end-examples.md")
WAITING = {
    "ticket": "T1", "position": 2, "retry_after": 0.3, "estimated_at": "2026-11-29T01:25:09.171Z",
}  # fmt: skip
WRONG_ADDRESS = (404, b"<html>There is no such place.</html>")
#: The page's heading, the language of its block, the program that runs it, the file's name.
SERVERS = [
    ("A shell", "sh", "curl", "enter.sh"),
    ("Node", "js", "node", "enter.mjs"),
    ("PHP", "php", "php", "enter.php"),
    ("Python", "python", "python3", "enter.py"),
]


def blocks(heading, language):
    text = open(PAGE, encoding="utf-8").read()
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


def run(program, path, url, key, participant):
    """What a server's program prints."""
    command = ["bash", path] if program == "curl" else [program, path]
    environment = {"PATH": os.environ["PATH"], "ENTRIES_URL": url, "ENTRIES_KEY": key}
    environment["HOME"] = os.environ.get("HOME", "/")
    done = subprocess.run(
        [*command, participant], env=environment, capture_output=True, text=True, timeout=120,
        check=False, cwd=os.path.dirname(path),
    )  # fmt: skip
    expect(done.returncode == 0, program, done.stderr)
    return json.loads(done.stdout)


@scenario("the manual's programs for servers")
def servers(world):
    # No robot is let in: it is the key that says whose entries these are.
    key = world.demonstration.operation("examples", front_end="server", robots="refuse")
    url = world.demonstration.url + "/v1/operations/examples/entries"
    scripted_url = world.scripted.url + "/v1/operations/servers/entries"
    for heading, language, program, name in SERVERS:
        if not shutil.which(program):
            world.skip(f"the example for {heading}", f"{program} is not installed")
            continue
        path = os.path.join(world.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(blocks(heading, language)[0])
        for verdict in ("accepted", "repeated"):
            found = run(program, path, url, key, heading + "@example.org")
            expect(found["verdict"] == verdict, heading, found)
        answers = [None, problem(503, "overloaded", "overloaded", retry_after=0.3)]
        if program == "curl":
            answers[1] = (*answers[1], {"Retry-After": "1"})
        else:
            answers.insert(1, (502, b"<html>Bad gateway</html>"))
            answers.append(problem(429, "waiting", "waiting", **WAITING))
        world.scripted.script("servers", *answers, stored())
        found = run(program, path, scripted_url, "pk_scripted", "ada")
        requests = world.scripted.requests
        expect(found["verdict"] == "accepted" and len(requests) == len(answers) + 1, found)
        expect(len({one["key"] for one in requests}) == 1, heading, "has one Idempotency-Key")
        expect(all(one["key"] for one in requests), heading, "has an Idempotency-Key")
        if program != "curl":
            expect(requests[-1]["body"]["ticket"] == "T1", heading, "hands in the ticket")
        pause = requests[-1]["at"] - requests[-2]["at"]
        expect(pause >= 0.3, heading, "comes again after", pause)
        final = problem(403, "refused", "refused", reasons=["age_not_confirmed"])
        world.scripted.script("servers", final, stored())
        if program != "curl":
            found = run(program, path, scripted_url, "pk_scripted", "ada")
            expect(found["verdict"] == "refused" and len(world.scripted.requests) == 1, found)
            # A wrong address, or a proxy that refuses: nothing that comes again.
            world.scripted.script("servers", WRONG_ADDRESS, stored())
            found = run(program, path, scripted_url, "pk_scripted", "ada")
            expect(found == {"code": "http_404"} and len(world.scripted.requests) == 1, found)


@scenario("the manual's pages, from an origin of their own")
def pages(world):
    key = world.demonstration.operation("pages", allowed_origins=["*"])
    markup, script = blocks("A page with the kit", "html")[0], blocks("A page with the kit", "js")[0]
    policy = blocks("A page with the kit", "text")[0].strip()
    alone = blocks("A page with `fetch`", "js")[0]
    site = Site({
        "/": ("text/html", local(markup, world, key)),
        "/game.js": ("text/javascript", local(script, world, key)),
        "/alone.js": ("text/javascript", local(alone, world, key)),
        "/astray.js": ("text/javascript", local(alone, world, key, world.scripted.url)),
    }, local(policy, world, key) + " " + world.scripted.url)  # fmt: skip
    try:
        page = world.page()
        page.open(site.url + "/")
        for title in ("You are in", "You have already entered"):
            page.evaluate(
                "form.hidden = false; form.elements.email.value = 'Ada@example.org';"
                "document.querySelector('button').click()"
            )
            page.wait(f"document.querySelector('#title').textContent === {json.dumps(title)}")
        world.look(page, "example")
        entry = {"participant": "bob@example.org"}
        for verdict in ("accepted", "repeated"):
            found = page.evaluate(
                "import('/alone.js').then(one => one.enter("
                + json.dumps(entry) + ", () => {}))"
            )  # fmt: skip
            expect(found["verdict"] == verdict, found)
        world.scripted.script("pages", (502, b"<html>Bad gateway</html>"), WRONG_ADDRESS)
        found = page.evaluate(
            f"import('/astray.js').then(one => one.enter({json.dumps(entry)}, () => {{}}))"
        )
        expect(found == {"code": "http_404"} and len(world.scripted.requests) == 2, found)
        # Who is refused finds the form again, and the focus was where it had gone to.
        world.demonstration.admin("PATCH", "/v1/operations/pages", {"minimum_age": 18})
        page.evaluate(
            "form.hidden = false; form.elements.email.value = 'Eve@example.org';"
            "document.activeElement.blur(); document.querySelector('button').click()"
        )
        page.wait("document.querySelector('#title').textContent === 'Your age is missing'")
        page.wait("!form.hidden")
        expect(page.evaluate("document.activeElement.id") == "title", "the focus")
        finish(page)
    finally:
        site.stop()


def local(text, world, key, url=None):
    text = text.replace("https://entries.example", url or world.demonstration.url)
    return text.replace("ete-2026", "pages").replace("pk_…", key)


class Site:
    """The front end's own web server."""

    def __init__(self, files, policy):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                kind, text = files.get(self.path, ("text/plain", None))
                body = (text or "").encode()
                self.send_response(404 if text is None else 200)
                self.send_header("Content-Type", kind + "; charset=utf-8")
                self.send_header("Content-Security-Policy", policy)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
