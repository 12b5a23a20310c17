"""`portillon demo` as a process, and its admin listener."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from browser import PATIENCE, Failed


def free_ports(count):
    """Ports of the loopback address that the kernel finds free now, all different."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Demonstration:
    #: What is answered as soon as everything is served.
    ready = "/demo/game.json"

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        os.makedirs(folder, exist_ok=True)
        self.public, self.admin_port = free_ports(2)
        self.url = f"http://127.0.0.1:{self.public}"
        self.data = os.path.join(folder, "data")
        self.log = open(os.path.join(folder, "demonstration.log"), "ab")
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [self.program, *self.command(), "--data", self.data]
            + ["--listen", f"127.0.0.1:{self.public}"]
            + ["--admin-listen", f"127.0.0.1:{self.admin_port}"],
            stdout=self.log,
            stderr=self.log,
        )
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(self.url + self.ready, timeout=5).close()
                return
            except (urllib.error.URLError, OSError):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise Failed(f"the demonstration does not start: {self.log.name}") from None
                time.sleep(0.05)

    def command(self):
        return ["demo"]

    def end(self, by=signal.SIGTERM):
        self.process.send_signal(by)
        self.process.wait(PATIENCE)

    def stop(self):
        if self.process.poll() is None:
            self.end()
        self.log.close()

    def admin(self, method, path, body=None):
        """An admin request that must succeed."""
        with open(os.path.join(self.data, "admin.token"), encoding="utf-8") as file:
            token = file.read().strip()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.admin_port}{path}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": "Bearer " + token, "Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            raise Failed(f"{method} {path}: {refusal.read().decode()}") from None

    def operation(self, name, front_end="browser", **settings):
        """An operation that is open, and a key of it, for a browser or for a server."""
        path = "/v1/operations/" + name
        body = {"client": "demo", "title": name, "rule": "once", "robots": "off"}
        self.admin("PUT", path, {**body, "policy": "advise", **settings})
        self.admin("POST", path + "/open", {})
        return self.admin("POST", path + "/keys", {"front_end": front_end})["key"]

    def change(self, name, action, **members):
        self.admin("POST", f"/v1/operations/{name}/{action}", members)

    def participants(self, name="demo"):
        return self.admin("GET", "/v1/operations/" + name)["participants"]

    def post(self, name, key, participant):
        """One attempt to enter, as a server sends it; its status."""
        return self.attempt(name, key, participant)[0]

    def attempt(self, name, key, participant):
        """The same; its status, and the answer."""
        request = urllib.request.Request(
            f"{self.url}/v1/operations/{name}/entries",
            json.dumps({"participant": participant}).encode(),
            {"Authorization": "Bearer " + key, "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)

    def crowd(self, count, name="demo"):
        """So many people enter at a pace of one a second, and go away: their tickets stand in the
        queue."""
        key = self.admin("POST", f"/v1/operations/{name}/keys", {})["key"]
        self.change(name, "pace", per_second=1)
        stamp = time.time_ns()
        deadline = time.monotonic() + PATIENCE
        position = number = 0
        # One a second is let in meanwhile, also while this stands still: the last one's place
        # counts, and not how many were sent.
        while position < count:
            number += 1
            status, answer = self.attempt(name, key, f"crowd {stamp} {number}")
            position = answer.get("position", 0) if status == 429 else 0
            if time.monotonic() > deadline:
                raise Failed(f"there is no queue: the last of {number} is {position}.")

    def disperse(self, name="demo"):
        self.change(name, "pace", per_second=None)


class Challenging(Demonstration):
    """`portillon serve` with the kit, whose challenges have so much work."""

    ready = "/kit/"

    def __init__(self, program, folder, cost, counters, wait=60):
        self.limits = {
            "challenge_iterations": cost, "challenge_counters": counters,
            "challenge_wait_seconds": wait,
            # Numbered participants of one address would be robots by their rhythm alone.
            "behaviour_bytes": 0,
        }  # fmt: skip
        super().__init__(program, os.path.join(folder, "challenging"))
        self.admin("PUT", "/v1/clients/demo", {"name": "Demonstration"})

    def command(self):
        limits = [f"--limit={name}={value}" for name, value in self.limits.items()]
        return ["serve", "--kit", "true", *limits]
