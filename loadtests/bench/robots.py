"""The tools that robots are made with, each as it comes: what posts one entry, and its name.

Every tool is given three things: the address that it posts to, a front-end key, a body. Browsers are
given a page of this machine (`Page`) whose script posts the same.
"""

import glob
import html
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import urllib.parse
import venv

from . import servers
from .processes import Unusable

#: The virtual environment, below .build.
TOOLS = os.path.join(servers.ROOT, ".build", "robot-tools")
#: From PyPI: always, and those that drive browsers.
PACKAGES = ["requests", "httpx", "aiohttp", "urllib3", "curl_cffi"]
DRIVERS = ["playwright", "selenium", "nodriver"]

#: By the program's name in PyPI or in Python itself: the name in the gateway's rules (None: it has
#: no name of its own), and a program. `post` prints what an answer holds.
PYTHON = {
    "urllib": ("urllib", """
import sys, urllib.request, urllib.error
r = urllib.request.Request(sys.argv[1], sys.argv[3].encode(), {
    "Authorization": "Bearer " + sys.argv[2], "Content-Type": "application/json"})
try: print(urllib.request.urlopen(r).read().decode())
except urllib.error.HTTPError as e: print(e.read().decode())
"""),
    "http.client": (None, """
import sys, http.client, urllib.parse
u = urllib.parse.urlsplit(sys.argv[1])
c = http.client.HTTPConnection(u.netloc)
c.request("POST", u.path, sys.argv[3], {
    "Authorization": "Bearer " + sys.argv[2], "Content-Type": "application/json"})
print(c.getresponse().read().decode())
"""),
    "requests": ("python-requests", """
import sys, requests
print(requests.post(sys.argv[1], data=sys.argv[3], headers={
    "Authorization": "Bearer " + sys.argv[2], "Content-Type": "application/json"}).text)
"""),
    "httpx": ("httpx", """
import sys, httpx
print(httpx.post(sys.argv[1], content=sys.argv[3], headers={
    "Authorization": "Bearer " + sys.argv[2], "Content-Type": "application/json"}).text)
"""),
    "aiohttp": ("aiohttp", """
import sys, asyncio, aiohttp
async def main():
    async with aiohttp.ClientSession() as s:
        async with s.post(sys.argv[1], data=sys.argv[3], headers={
            "Authorization": "Bearer " + sys.argv[2], "Content-Type": "application/json"}) as r:
            print(await r.text())
asyncio.run(main())
"""),
    "urllib3": ("urllib", """
import sys, urllib3
print(urllib3.request("POST", sys.argv[1], body=sys.argv[3], headers={
    "Authorization": "Bearer " + sys.argv[2], "Content-Type": "application/json"}).data.decode())
"""),
    "curl_cffi": (None, """
import sys
from curl_cffi import requests
print(requests.post(sys.argv[1], data=sys.argv[3], headers={
    "Authorization": "Bearer " + sys.argv[2], "Content-Type": "application/json"}).text)
"""),
}

#: curl_cffi as each of these browsers: the newest that it can be.
IMPERSONATED = ["chrome", "edge", "firefox", "safari", "safari_ios", "chrome_android"]
IMPERSONATION = """
import sys
from curl_cffi import requests
print(requests.post(sys.argv[1], data=sys.argv[3], impersonate=sys.argv[4], headers={
    "Authorization": "Bearer " + sys.argv[2], "Content-Type": "application/json"}).text)
"""

#: Playwright without a browser: its own client.
PLAYWRIGHT_CLIENT = """
import sys
from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    client = p.request.new_context()
    print(client.post(sys.argv[1], data=sys.argv[3], headers={
        "Authorization": "Bearer " + sys.argv[2], "Content-Type": "application/json"}).text())
"""

#: Programs that drive a browser without a head to a page, and print what its script was answered.
#: Root needs the browser without its sandbox; everything else is as it comes.
DRIVEN = {
    "playwright": ("HeadlessChrome", """
import sys
from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    b = p.chromium.launch(executable_path=sys.argv[2], args=["--no-sandbox"])
    page = b.new_page()
    page.goto(sys.argv[1])
    print(page.inner_text("pre"))
    b.close()
"""),
    "selenium": ("HeadlessChrome", """
import shutil, sys
from selenium import webdriver
o = webdriver.ChromeOptions()
o.binary_location = sys.argv[2]
o.add_argument("--headless=new")
o.add_argument("--no-sandbox")
d = webdriver.Chrome(options=o, service=webdriver.ChromeService(shutil.which("chromedriver")))
try:
    d.get(sys.argv[1])
    print(d.find_element("tag name", "pre").text)
finally:
    d.quit()
"""),
    # It takes the word Headless out of the browser's name, but not before its first page.
    "nodriver": ("HeadlessChrome", """
import asyncio, sys
import nodriver
async def main():
    b = await nodriver.start(
        headless=True, sandbox=False, browser_executable_path=sys.argv[2])
    tab = await b.get(sys.argv[1])
    print((await tab.select("pre", timeout=30)).text_all)
    b.stop()
nodriver.loop().run_until_complete(main())
"""),
}

NODE = """
const [url, key, body] = process.argv.slice(1);
fetch(url, {method: 'POST', body, headers: {
  authorization: 'Bearer ' + key, 'content-type': 'application/json'}})
  .then((r) => r.text()).then((t) => console.log(t));
"""

JAVA = """
import java.net.URI;
import java.net.http.*;
public class Robot {
  public static void main(String[] a) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(a[0])).header("Authorization", "Bearer " + a[1])
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(a[2])).build();
    System.out.println(HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.ofString()).body());
  }
}
"""

GO = """
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	r, _ := http.NewRequest("POST", os.Args[1], strings.NewReader(os.Args[3]))
	r.Header.Set("Authorization", "Bearer "+os.Args[2])
	r.Header.Set("Content-Type", "application/json")
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		panic(err)
	}
	b, _ := io.ReadAll(a.Body)
	fmt.Println(string(b))
}
"""

WRK = """
wrk.method = "POST"
wrk.body = os.getenv("BODY")
wrk.headers["Authorization"] = "Bearer " .. os.getenv("KEY")
wrk.headers["Content-Type"] = "application/json"
"""


class Tool:
    """A program: its title, its name in the gateway's rules (None: it does not name itself), what
    it runs as, and what it needs."""

    def __init__(self, title, named, command, *needs):
        self.title, self.named, self.command = title, named, command
        self.needs = needs or (title,)

    def missing(self):
        """What of it is not here; None where all of it is."""
        for need in self.needs:
            if need is None or not (os.path.exists(need) or shutil.which(need)):
                return need or "a package of PyPI"
        return None


class Page:
    """A web server with one page, whose script posts to an address named by the page's own; the
    page then has the answer in its text."""

    TEXT = """<!doctype html><title>a form</title><pre></pre><script>
const [url, key, body] = %s;
const request = new XMLHttpRequest();
request.open("POST", url, false);
request.setRequestHeader("Authorization", "Bearer " + key);
request.setRequestHeader("Content-Type", "application/json");
try { request.send(body); } catch (error) { document.title = error; }
document.querySelector("pre").textContent = request.responseText || document.title;
</script>"""

    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
                if "body" not in query:
                    self.send_error(404)
                    return
                values = json.dumps([query[name][0] for name in ("url", "key", "body")])
                text = (Page.TEXT % values.replace("<", "\\u003c")).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                """A browser that ends waits for nothing."""

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def address(self, url, key, body):
        query = urllib.parse.urlencode({"url": url, "key": key, "body": body})
        return f"http://127.0.0.1:{self.server.server_address[1]}/?{query}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def provide_packages(drivers):
    """The interpreter that has the packages; None where they cannot be installed.

    - drivers: those that drive browsers as well.
    """
    wanted = PACKAGES + (DRIVERS if drivers else [])
    python = os.path.join(TOOLS, "bin", "python")
    stamp = os.path.join(TOOLS, "installed")
    try:
        with open(stamp, encoding="utf-8") as file:
            if set(wanted) <= set(file.read().split()):
                return python
    except OSError:
        pass
    try:
        venv.create(TOOLS, with_pip=True, clear=True)
        subprocess.run(
            [os.path.join(TOOLS, "bin", "pip"), "--quiet", "install", *wanted],
            check=True, timeout=600)
    except (subprocess.SubprocessError, OSError) as reason:
        print(f"loadtests/robot-tools: no packages from PyPI: {reason}", file=sys.stderr)
        return None
    with open(stamp, "w", encoding="utf-8") as file:
        file.write("\n".join(wanted))
    return python


def build_go(folder):
    """The path of Go's client, built; None where there is no Go."""
    if not shutil.which("go"):
        return None
    source, program = write(folder, "robot.go", GO), os.path.join(folder, "go-robot")
    done = subprocess.run(
        ["go", "build", "-o", program, source], capture_output=True, text=True, check=False,
        env={**os.environ, "GOFLAGS": "-mod=mod", "GO111MODULE": "off"}, timeout=600)
    if done.returncode != 0:
        raise Unusable("go builds no client: " + done.stderr.strip())
    return program


def load_tools(folder):
    """Tools for load tests, and clients of the command line."""

    def fields(key):
        return ["-H", "Authorization: Bearer " + key, "-H", "Content-Type: application/json"]

    wrk = write(folder, "post.lua", WRK)

    def body_file(body):
        return write(folder, "body.json", body)

    def httperf(url, key, body):
        at = urllib.parse.urlsplit(url)
        session = write(folder, "session", f"{at.path} method=POST contents='{body}'\n")
        return ["httperf", "--server", at.hostname, "--port", str(at.port), "--wsesslog",
                f"1,0,{session}", "--print-reply=body", "--add-header",
                f"Authorization: Bearer {key}\\nContent-Type: application/json\\n"]

    return [
        Tool("curl", "curl", lambda u, k, b: ["curl", "-s", *fields(k), "-d", b, u]),
        Tool("wget", "Wget", lambda u, k, b: [
            "wget", "-qO-", "--content-on-error", "--header", "Authorization: Bearer " + k,
            "--header", "Content-Type: application/json", "--post-data", b, u]),
        Tool("wrk", None, lambda u, k, b: ["wrk", "-t1", "-c1", "-d1s", "-s", wrk, u]),
        Tool("ab", "ApacheBench", lambda u, k, b: [
            "ab", "-n", "3", "-v", "4", "-p", body_file(b), "-T", "application/json", "-H",
            "Authorization: Bearer " + k, u]),
        Tool("hey", "hey", lambda u, k, b: [
            "hey", "-n", "3", "-c", "1", "-m", "POST", "-T", "application/json", "-d", b, "-H",
            "Authorization: Bearer " + k, u]),
        Tool("siege", "siege", lambda u, k, b: [
            "siege", "-c1", "-r3", "--content-type", "application/json", "-H",
            "Authorization: Bearer " + k, f"{u} POST {b}"]),
        Tool("httperf", "httperf", httperf),
        Tool("h2load", "h2load", lambda u, k, b: [
            "h2load", "--h1", "-n3", "-d", body_file(b), *fields(k), u]),
    ]


def libraries(folder, python):
    """Clients of programming languages."""
    java = write(folder, "Robot.java", JAVA)
    go = build_go(folder)
    found = [
        Tool("node's fetch", "node", lambda u, k, b: ["node", "-e", NODE, "--", u, k, b], "node"),
        Tool(
            "Java's HttpClient", "Java-http-client", lambda u, k, b: ["java", java, u, k, b],
            "java"),
        Tool("Go's client", "Go-http-client", lambda u, k, b: [go, u, k, b], go or "go"),
    ]
    for name, (named, script) in PYTHON.items():
        interpreter = sys.executable if name in ("urllib", "http.client") else python
        path = write(folder, name + "-robot.py", script)
        found.append(Tool(
            "Python's " + name, named,
            lambda u, k, b, i=interpreter, p=path: [i, p, u, k, b], interpreter))
    path = write(folder, "impersonating-robot.py", IMPERSONATION)
    for browser in IMPERSONATED:
        found.append(Tool(
            "curl_cffi as " + browser, None,
            lambda u, k, b, p=path, w=browser: [python, p, u, k, b, w], python))
    return found


def browsers(folder, python, page):
    """Browsers without a head, that a program drives."""
    chromium = shutil.which("chromium") or "chromium"
    found = [
        Tool("chromium --headless", "HeadlessChrome", lambda u, k, b: [
            chromium, "--headless", "--no-sandbox", f"--user-data-dir={folder}/profile",
            "--dump-dom", page.address(u, k, b)], chromium)
    ]
    client = write(folder, "playwright-client.py", PLAYWRIGHT_CLIENT)
    found.append(Tool(
        "playwright's client", "Playwright",
        lambda u, k, b: [python, client, u, k, b], *packaged(python, "playwright")))
    for name, (named, script) in DRIVEN.items():
        path = write(folder, name + "-robot.py", script)
        needs = [chromium, *packaged(python, name)]
        if name == "selenium":
            needs.append("chromedriver")
        found.append(Tool(
            name + ", headless", named,
            lambda u, k, b, p=path: [python, p, page.address(u, k, b), chromium], *needs))
    return found


def packaged(python, name):
    """What a program needs that imports a package: the interpreter, and the package there."""
    folders = glob.glob(os.path.join(TOOLS, "lib", "python*", "site-packages", name))
    return [python, folders[0] if folders else os.path.join(TOOLS, name)]


def named_tool(output):
    """The tool that an answer in a program's output names, if one does."""
    output = html.unescape(output)
    at = output.find('"tool":"')
    return output[at + 8:output.index('"', at + 8)] if at >= 0 else None
