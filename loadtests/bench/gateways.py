"""A gateway that a script starts, asks and ends."""

import http.client
import json
import os
import subprocess
import time

from . import servers
from .processes import Unusable

#: A wait for what should come soon, in seconds, on a busy machine.
PATIENCE = 120


class Gateway:
    def __init__(self, program, folder, flags=(), host="127.0.0.1"):
        self.program, self.data = program, os.path.join(folder, "data")
        self.flags, self.host = flags, host
        self.public, self.admin_port = servers.free_port(), servers.free_port()
        self.log = open(os.path.join(folder, "log"), "w", encoding="utf-8")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "serve", "--data", self.data, "--listen", f"{self.host}:{self.public}"]
            + ["--admin-listen", f"127.0.0.1:{self.admin_port}", *self.flags],
            stdout=self.log,
            stderr=self.log,
        )
        end = time.monotonic() + PATIENCE
        while not (
            servers.listens(self.public, self.host) and servers.listens(self.admin_port)
        ):
            if time.monotonic() > end:
                raise Unusable("the gateway does not start; its log: " + self.log.name)
            time.sleep(0.02)
        with open(os.path.join(self.data, "admin.token"), encoding="utf-8") as file:
            self.token = file.read().strip()

    def end(self, number):
        self.process.send_signal(number)
        self.process.wait(60)

    def ask(self, port, method, path, body=None, credential=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        fields = {"Content-Type": "application/json"}
        if credential:
            fields["Authorization"] = "Bearer " + credential
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, fields)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text)

    def admin(self, method, path, body=None):
        status, answer = self.ask(self.admin_port, method, path, body, self.token)
        if status >= 300:
            raise Unusable(f"{method} {path}: {status} {answer}")
        return answer
