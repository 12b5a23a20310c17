"""The gateway as a process, with two clients, some operations, and a token of each role."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from browser import PATIENCE, Failed

ROLES = ["operator", "auditor", "scrape"]


def free_ports(count):
    """Ports of the loopback address that the kernel finds free now, all different."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Gateway:
    def __init__(self, program, folder):
        self.program = program
        self.data = os.path.join(folder, "data")
        self.public, self.port = free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = open(os.path.join(folder, "gateway.log"), "ab")
        self.process = None
        self.keys = {}
        try:
            self.start()
            with open(os.path.join(self.data, "admin.token"), encoding="utf-8") as file:
                self.tokens = {"admin": file.read().strip()}
            self.prepare()
        except BaseException:
            self.stop()
            raise

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.public}"]
            + ["--admin-listen", f"127.0.0.1:{self.port}", "--log-level", "error"]
            + ["--status-page", "true"],
            stdout=self.log,
            stderr=self.log,
        )
        for _ in range(PATIENCE * 20):
            try:
                urllib.request.urlopen(self.url + "/readyz", timeout=5).close()
                return
            except (urllib.error.URLError, OSError):
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        raise Failed("the gateway does not start; its log: " + self.log.name)

    def stop(self, by=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(by)
            self.process.wait(PATIENCE)

    def prepare(self):
        for client in ("acme", "bolt"):
            self.ask("PUT", f"/v1/clients/{client}", {"name": client.title()})
        for role in ROLES:
            made = self.ask("POST", "/v1/tokens", {"role": role, "name": f"{role}-marie"})
            self.tokens[role] = made["token"]
        made = self.ask("POST", "/v1/tokens", {"role": "client", "client": "acme"})
        self.tokens["client"] = made["token"]
        self.operation("ete-2026", "Summer 2026")
        self.operation("noel-2026", "Christmas calendar", client="bolt")

    def ask(self, method, path, body=None, role="admin"):
        """An admin request that must succeed."""
        request = urllib.request.Request(
            self.url + path,
            None if body is None else json.dumps(body).encode(),
            {"Authorization": "Bearer " + self.tokens[role], "Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            raise Failed(f"{method} {path}: {refusal.read().decode()}") from None

    def operation(self, name, title, client="acme", is_open=True, **settings):
        path = "/v1/operations/" + name
        body = {"client": client, "title": title, "rule": "once", "robots": "off", **settings}
        self.ask("PUT", path, body)
        if is_open:
            self.ask("POST", path + "/open", {})

    def act(self, name, verb, **members):
        return self.ask("POST", f"/v1/operations/{name}/{verb}", members)

    def enter(self, name, participants, source=None):
        """So many people enter, one after the other, on one connection."""
        if name not in self.keys:
            self.keys[name] = self.ask("POST", f"/v1/operations/{name}/keys", {})["key"]
        connection = http.client.HTTPConnection("127.0.0.1", self.public, timeout=PATIENCE)
        stamp = time.time_ns()
        for number in range(participants):
            body = {"participant": f"person {stamp} {number}", **({"source": source} if source else {})}
            connection.request(
                "POST", f"/v1/operations/{name}/entries", json.dumps(body),
                {"Authorization": "Bearer " + self.keys[name], "Content-Type": "application/json"},
            )  # fmt: skip
            connection.getresponse().read()
        connection.close()

    def recorded(self):
        """The numbers of all events on record, in order."""
        request = urllib.request.Request(
            self.url + "/v1/events?follow=false",
            headers={"Authorization": "Bearer " + self.tokens["admin"]},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            blocks = answer.read().decode().split("\n\n")
        found = []
        for block in blocks:
            fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
            if "data" in fields and fields["event"] != "end":
                found.append(int(fields["id"]))
        return found
