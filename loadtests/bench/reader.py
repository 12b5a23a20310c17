"""Readers beside load: an operator's room that is open, what Chromium spends on one, or the public
status page's readers.

As a program it reads in every other window of so many seconds, and prints a line when it is about
to begin. At the end it prints as JSON what it saw, and what the gateway took in each window:

    reader.py KIND PORT TOKEN PID SECONDS WINDOW

PORT is the admin listener's for `room` and `browser`, the public one's for `status`, where TOKEN is a dash.
"""

import contextlib
import errno
import http.client
import json
import os
import re
import selectors
import socket
import sys
import time
import zlib

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from bench import processes  # noqa: E402
from bench.open_room import OpenRoom  # noqa: E402

READY = "ready"
#: As a browser asks.
COMPRESSED = {"Accept-Encoding": "gzip, deflate"}


def cpu_seconds(pid):
    """CPU time of a process so far, and that of its threads by their name, in ticks of 10 ms."""
    found = {"all": processes.cpu_seconds([pid])}
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/stat", encoding="utf-8") as file:
                name, _, fields = file.read().partition(" (")[2].rpartition(") ")
        except (FileNotFoundError, ProcessLookupError):
            continue  # It has ended since it was listed.
        # Threads of one kind have a number behind their name.
        name = re.sub(r"[- \d]+$", "", name)
        ticks = sum(int(field) for field in fields.split()[11:13])
        found[name] = found.get(name, 0.0) + ticks / processes.TICKS_PER_SECOND
    return found


class Room(contextlib.AbstractContextManager):
    """What the page at `/` asks: ops/room/room.js, request by request."""

    #: What it asks for every half a minute.
    SLOW_SECONDS = 30

    def __init__(self, port, token):
        self.port = port
        self.headers = {"Authorization": "Bearer " + token, **COMPRESSED}
        self.connection = self.stream = None
        self.seen = {"statuses": 0, "operations": 0, "requests": 0, "bytes": 0}

    def __exit__(self, *_):
        for connection in (self.connection, self.stream):
            if connection:
                connection.close()

    def get(self, path, **headers):
        self.connection.request("GET", path, headers={**self.headers, **headers})
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise http.client.HTTPException(f"{path} is answered {answer.status}")
        self.seen["requests"] += 1
        self.seen["bytes"] += len(content)
        return content

    def ask_slow(self):
        """What changes seldom."""
        now = time.time()
        times = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + by)) for by in (-3600, 86400)]
        for path in (
            "/v1/webhooks?limit=200", "/v1/availability",
            "/v1/incidents?state=unresolved&limit=200",
            "/v1/calendar?from={}&to={}".format(*times),
        ):  # fmt: skip
            self.get(path)

    def read(self, until):
        """Opens the page, signs in, and follows the events until then."""
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        page = self.get("/")
        if page[:2] == b"\x1f\x8b":
            page = zlib.decompress(page, 31)
        for file in re.findall(rb'(?:src|href)="(/room/[^"]+)"', page):
            self.get(file.decode())
        self.get("/v1/token")
        self.get("/v1/operations?limit=200")
        self.ask_slow()
        asked = time.monotonic()
        self.stream = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        self.stream.request(
            "GET", "/v1/events?recent=true",
            headers={**self.headers, "Accept": "text/event-stream"},
        )  # fmt: skip
        answer = self.stream.getresponse()
        if answer.status != 200:
            raise http.client.HTTPException(f"/v1/events is answered {answer.status}")
        is_status = False
        while time.monotonic() < until:
            line = answer.readline()
            if not line:
                raise http.client.HTTPException("the stream of events has ended")
            self.seen["bytes"] += len(line)
            if line.startswith(b"event: "):
                is_status = line == b"event: status\n"
            elif is_status and line.startswith(b"data: "):
                self.seen["statuses"] += 1
                self.seen["operations"] = len(json.loads(line[6:])["operations"])
            if time.monotonic() > asked + self.SLOW_SECONDS:
                asked = time.monotonic()
                self.ask_slow()
        self.__exit__()
        self.connection = self.stream = None


class Status(contextlib.AbstractContextManager):
    """Readers of the public status page: each opens a connection, reads the page, and goes.

    They come at a constant rate from many addresses, with a browser's wish for gzip, in two
    languages. None has been here before: there is no `If-None-Match`.
    """

    def __init__(self, port, _, per_second=1000):
        self.port, self.per_second = port, per_second
        self.selector = selectors.DefaultSelector()
        self.requests = [
            b"GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n"
            b"Accept-Encoding: gzip, deflate\r\nAccept-Language: %s\r\nConnection: close\r\n\r\n" % tag
            for tag in (b"en", b"fr")
        ]
        self.started = 0
        self.pages = set()
        self.seen = {"per_second": per_second, "answers": {}, "bytes": 0, "longest_milliseconds": 0.0}

    def __exit__(self, *_):
        self.selector.close()

    def begin(self):
        number = self.started
        self.started += 1
        one = socket.socket()
        one.setblocking(False)
        one.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT (ip(7))
        one.bind((f"127.1.{number >> 8 & 255}.{number & 255}", 0))
        if one.connect_ex(("127.0.0.1", self.port)) not in (0, errno.EINPROGRESS):
            raise OSError("no connection to the public listener")
        self.selector.register(one, selectors.EVENT_WRITE, [number, time.monotonic(), b""])

    def go_on(self, key):
        one, reader = key.fileobj, key.data
        if key.events & selectors.EVENT_WRITE:
            one.sendall(self.requests[reader[0] % 2])
            self.selector.modify(one, selectors.EVENT_READ, reader)
            return
        content = one.recv(1 << 16)
        if content:
            reader[2] += content
            return
        self.selector.unregister(one)
        one.close()
        head = reader[2].partition(b"\r\n\r\n")[0]
        status = head[9:12].decode() or "none"
        answers = self.seen["answers"]
        answers[status] = answers.get(status, 0) + 1
        self.seen["bytes"] = len(reader[2])
        self.pages.update(re.findall(rb"(?i)\r\netag: ([^\r]+)", head))
        took = (time.monotonic() - reader[1]) * 1e3
        self.seen["longest_milliseconds"] = max(self.seen["longest_milliseconds"], took)

    def read(self, until):
        due = time.monotonic()
        while True:
            now = time.monotonic()
            if now >= until and not self.selector.get_map():
                break
            while due <= now and due < until:
                self.begin()
                due += 1 / self.per_second
            wait = max(0.0, min(due, until) - time.monotonic()) if now < until else 0.1
            for key, _ in self.selector.select(wait):
                self.go_on(key)
            if now > until + 10:
                raise TimeoutError("readers of the status page have no answer after 10 s")
        # Both languages have a page each.
        self.seen["pages"] = len(self.pages)


KINDS = {"room": Room, "browser": OpenRoom, "status": Status}


def main(kind, port, token, pid, seconds, window):
    pid, seconds, window = int(pid), int(seconds), int(window)
    # It shares its core with the load, which goes first.
    os.nice(19)
    with KINDS[kind](int(port), token) as reader:
        print(READY, flush=True)
        began = time.monotonic()
        windows = []
        for number in range(seconds // window):
            is_read = number % 2 == 1
            end = began + (number + 1) * window
            before = cpu_seconds(pid)
            starts = time.time()
            if is_read:
                reader.read(end)
            time.sleep(max(0.0, end - time.monotonic()))
            after = cpu_seconds(pid)
            taken = {name: after[name] - before.get(name, 0.0) for name in after}
            # Seconds since 1970.
            windows.append({"read": is_read, "from": starts, "to": time.time(), "cpu": taken})
        print(json.dumps({"windows": windows, **reader.seen}))


if __name__ == "__main__":
    main(*sys.argv[1:])
