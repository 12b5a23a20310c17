"""Clients that want more than their share: a process of its own, beside whoever is measured.

    greedy.py slow PORT KEY OPERATION SECONDS COUNT
        So many connections, a byte at a time: a third sends a head, a third the body of an
        entry, a third asks for far more than it reads. Whoever is cut comes back at once.
    greedy.py crowd PORT SECONDS COUNT
        So many clients that want a connection each, and keep it; who is refused tries again within
        a second.

Prints a line when all have begun, and what came of them as JSON at the end.
"""

import collections
import heapq
import json
import random
import select
import socket
import sys
import time

READY = "ready"
#: From the first byte to the last chance: none is waited for longer.
PATIENCE_SECONDS = 30
STEP_SECONDS = 1
PER_ADDRESS = 50
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Client:
    """One connection after the other, all with the same intent."""

    def __init__(self, number, port):
        self.source = f"127.2.{number // PER_ADDRESS // 250}.{number // PER_ADDRESS % 250 + 1}"
        self.port = port
        self.socket = None
        #: Of its next step; one that was put off is not taken.
        self.turn = 0

    def open(self, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.bind((self.source, 0))
        self.socket.settimeout(10)
        self.socket.connect(("127.0.0.1", self.port))
        self.socket.setblocking(False)

    def close(self):
        self.socket.close()
        self.socket = None


class Slow(Client):
    """Sends a first part at once and the rest byte by byte, or reads byte by byte."""

    def __init__(self, number, port, kind, first, rest):
        super().__init__(number, port)
        self.kind = kind
        self.first = first
        self.rest = rest

    def begin(self):
        self.open(receive_buffer=2048 if self.kind == "read" else None)
        self.place = 0
        if self.kind == "read":
            # More than the gateway reads while nobody takes its answers: when it gives up, the
            # bytes that it has not read make the kernel say so at once.
            block = REQUEST * 500
            try:
                for _ in range(64):
                    self.socket.send(block)
            except BlockingIOError:
                pass
        else:
            self.socket.sendall(self.first)
        self.since = time.monotonic()

    def step(self):
        if self.kind == "read":
            self.socket.recv(1)
        else:
            self.socket.send(self.rest[self.place : self.place + 1])
            self.place += 1


class Loop:
    """Steps of many clients, each once a second, and what ends them."""

    def __init__(self, clients):
        self.clients = clients
        self.poll = select.epoll()
        self.by_descriptor = {}
        self.due = []

    def watch(self, client, events):
        self.poll.register(client.socket.fileno(), events)
        self.by_descriptor[client.socket.fileno()] = client

    def forget(self, client):
        number = client.socket.fileno()
        self.poll.unregister(number)
        del self.by_descriptor[number]
        client.close()

    def at(self, when, client):
        """The client's next step, in place of any that it had."""
        client.turn += 1
        heapq.heappush(self.due, (when, client.turn, id(client), client))

    def wait(self):
        """The clients whose connection has news, at the latest when one is due."""
        patience = self.due[0][0] - time.monotonic() if self.due else 0.1
        ready = self.poll.poll(min(max(patience, 0.0), 0.1), 256)
        return [self.by_descriptor[number] for number, _ in ready]

    def take_due(self):
        """The clients whose step is due."""
        now = time.monotonic()
        due = []
        while self.due and self.due[0][0] <= now:
            _, turn, _, client = heapq.heappop(self.due)
            if turn == client.turn:
                due.append(client)
        return due


def slow(port, key, operation, seconds, count):
    """How long each connection was let be, by kind."""
    body = b'{"participant":"' + b"s" * 120 + b'"}'
    head = (
        f"POST /v1/operations/{operation}/entries HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    plans = [
        ("head", head[:1], head[1:]),
        ("body", head + body[:1], body[1:]),
        ("read", b"", b""),
    ]
    loop = Loop([Slow(number, port, *plans[number % 3]) for number in range(count)])
    held = collections.defaultdict(list)
    unexpected = collections.Counter()

    def begin(client):
        client.begin()
        # A reader is not told of bytes, which wait on purpose: of the end alone.
        events = select.EPOLLRDHUP if client.kind == "read" else select.EPOLLIN
        loop.watch(client, events)
        loop.at(time.monotonic() + random.random(), client)

    def end(client):
        held[client.kind].append(time.monotonic() - client.since)
        loop.forget(client)

    for client in loop.clients:
        begin(client)
    print(READY, flush=True)
    finish = time.monotonic() + seconds
    while time.monotonic() < finish + PATIENCE_SECONDS and loop.by_descriptor:
        for client in loop.wait():
            if client.kind != "read":
                try:
                    answer = client.socket.recv(4096)
                except OSError:
                    answer = b""
                if not answer.startswith(b"HTTP/1.1 408 "):
                    unexpected[client.kind] += 1
            end(client)
            if time.monotonic() < finish:
                begin(client)
        for client in loop.take_due():
            if client.socket is None:
                continue
            try:
                client.step()
            except BlockingIOError:
                pass
            except OSError:
                pass  # its end is told by the poll
            loop.at(time.monotonic() + STEP_SECONDS, client)
    for client in loop.by_descriptor.values():
        unexpected[client.kind + ", never cut"] += 1
    return {
        "kinds": {
            kind: {"cut": len(all_held), "least": min(all_held), "greatest": max(all_held)}
            for kind, all_held in held.items()
        },
        "unexpected": dict(unexpected),
    }


def crowd(port, seconds, count):
    """What clients were told who want a connection each."""
    loop = Loop([Client(number, port) for number in range(count)])
    told = collections.Counter()
    now = time.monotonic()
    for number, client in enumerate(loop.clients):
        loop.at(now + number / count, client)
    print(READY, flush=True)
    finish = now + seconds
    while time.monotonic() < finish:
        for client in loop.wait():
            try:
                answer = client.socket.recv(4096)
            except OSError:
                answer = b""
            told[answer[9:12].decode() if answer else "closed"] += 1
            if answer.startswith(b"HTTP/1.1 200 "):
                continue
            loop.forget(client)
            loop.at(time.monotonic() + random.random(), client)
        for client in loop.take_due():
            try:
                if client.socket is None:
                    client.open()
                    loop.watch(client, select.EPOLLIN)
                client.socket.send(REQUEST)
                loop.at(time.monotonic() + 1, client)
            except OSError:
                told["not connected"] += 1
                if client.socket is not None:
                    if client.socket.fileno() in loop.by_descriptor:
                        loop.forget(client)
                    else:
                        client.close()
                loop.at(time.monotonic() + random.random(), client)
    return {"told": dict(told)}


def main():
    kind, *rest = sys.argv[1:]
    if kind == "slow":
        port, key, operation, seconds, count = rest
        found = slow(int(port), key, operation, float(seconds), int(count))
    else:
        found = crowd(*map(int, rest))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
