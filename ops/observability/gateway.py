"""The gateway as a process, and its admin listener."""

import json
import os
import urllib.error
import urllib.request

from tools import PATIENCE, Failed, Process, free_ports, read, until


class Gateway(Process):
    """`portillon serve`, or `portillon demo`, on ports and in a folder of its own."""

    def __init__(self, path, folder, *options, demo=False, scheme="http"):
        self.path, self.folder, self.options = path, folder, options
        self.verb = "demo" if demo else "serve"
        self.public_port, self.admin_port = free_ports(2)
        self.url = f"{scheme}://127.0.0.1:{self.public_port}"
        self.admin_address = f"127.0.0.1:{self.admin_port}"
        self.data = os.path.join(folder, "data")
        self.start()

    def start(self):
        """Starts it, and waits until it is ready; again on the same ports after it was stopped."""
        command = [self.path, self.verb, "--data", self.data, *self.options]
        command += ["--listen", f"127.0.0.1:{self.public_port}"]
        command += ["--admin-listen", self.admin_address]
        super().__init__(command, os.path.join(self.folder, "gateway.log"))
        try:
            until(lambda: self.alive() and self.is_ready(), "the gateway is ready")
        except BaseException:
            self.stop()
            raise

    def is_ready(self):
        try:
            urllib.request.urlopen(f"http://{self.admin_address}/readyz", timeout=5).close()
        except (urllib.error.URLError, OSError):
            return False
        # A demonstration makes its operation after that.
        return self.verb != "demo" or "Press Ctrl-C" in self.output()

    def admin(self, method, path, body=None):
        """An admin request that must succeed: its answer."""
        request = urllib.request.Request(
            f"http://{self.admin_address}{path}",
            None if body is None else json.dumps(body).encode(),
            {
                "Authorization": "Bearer " + read(os.path.join(self.data, "admin.token")).strip(),
                "Content-Type": "application/json",
            },
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            raise Failed(f"{method} {path}: {refusal.read().decode()}") from None

    def operation(self, name):
        """An operation that is open, and a front-end key of it."""
        self.admin("PUT", "/v1/clients/acme", {"name": "Acme"})
        body = {"client": "acme", "title": name, "rule": "once", "robots": "off"}
        self.admin("PUT", f"/v1/operations/{name}", body)
        self.admin("POST", f"/v1/operations/{name}/open", {})
        return self.admin("POST", f"/v1/operations/{name}/keys", {})["key"]

    def suspend(self, name):
        body = {"ground": "maintenance", "note": "a test of alerts"}
        self.admin("POST", f"/v1/operations/{name}/suspend", body)

    def resume(self, name):
        self.admin("POST", f"/v1/operations/{name}/resume", {})

    def scrape(self):
        """The text of /metrics, as Prometheus reads it."""
        url = f"http://{self.admin_address}/metrics"
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.read().decode()
