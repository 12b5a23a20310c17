"""Front ends of a cluster: real sockets, kept connections, each entry sent again until it is known
what became of it, as the front-end kit does it; and the balancer before them, which asks /readyz
and spreads them over all nodes that are ready.

An entry under an Idempotency-Key, or of an operation whose rule is `once` or `daily`, is sent again
after a lost answer. One of `unlimited` without a key is not: nobody could tell a second one.
"""

import asyncio
import json
import random
import threading
import time

from .acknowledged import Ledger, Sent
from .steady import Connection

#: An answer that takes longer is given up: the gateway holds an entry for 5 s at most.
PATIENCE_SECONDS = 8
#: How often the balancer asks, while all is well and while nobody is ready.
CALM_SECONDS, SEARCH_SECONDS = 0.1, 0.02
#: The balancer's patience for /readyz.
READINESS_SECONDS = 0.3
#: A node that follows learns of a new key within a moment.
KEY_SECONDS = 2
#: What a node that is no longer ready has left for the requests that it holds.
GRACE_SECONDS = 0.3
OPERATIONS = {"once": "once", "daily": "daily", "unlimited": "unlimited"}


def head_and_body(path, host, key, idempotency, body):
    text = json.dumps(body)
    named = f"Idempotency-Key: {idempotency}\r\n" if idempotency else ""
    return (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\n{named}Content-Length: {len(text)}\r\n\r\n{text}"
    ).encode()


def host_and_port(address):
    host, port = address.rsplit(":", 1)
    return host, int(port)


class Lost(Exception):
    """A request without an answer; `was_sent`: the gateway may have it."""

    def __init__(self, was_sent):
        super().__init__()
        self.was_sent = was_sent


class Balancer:
    """Knows which nodes take entries, by /readyz of the public listeners: each is asked on its own,
    so that one that hangs does not keep the others' answers back."""

    def __init__(self, addresses):
        self.addresses = addresses
        #: The names of the nodes that are ready.
        self.ready = set()
        self.found = asyncio.Event()
        self.doubts = {name: asyncio.Event() for name in addresses}

    async def run(self):
        await asyncio.gather(*map(self.watch, self.addresses))

    async def watch(self, name):
        doubt = self.doubts[name]
        while True:
            self.note(name, await self.is_ready(self.addresses[name]))
            try:
                await asyncio.wait_for(
                    doubt.wait(), CALM_SECONDS if self.ready else SEARCH_SECONDS
                )
                doubt.clear()
                await asyncio.sleep(SEARCH_SECONDS)
            except TimeoutError:
                pass

    def note(self, name, is_ready):
        if is_ready:
            self.ready.add(name)
        else:
            self.ready.discard(name)
        if self.ready:
            self.found.set()
        else:
            self.found.clear()

    async def is_ready(self, address):
        host, port = host_and_port(address)
        writer = None
        try:
            async with asyncio.timeout(READINESS_SECONDS):
                reader, writer = await asyncio.open_connection(host, port)
                writer.write(f"GET /readyz HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
                return b" 200 " in await reader.readline()
        except (OSError, TimeoutError):
            return False
        finally:
            if writer:
                writer.close()

    async def node(self, number):
        """The name of a node that takes entries, as soon as there is one; the same one for a
        number, as long as the same nodes are ready."""
        while not self.ready:
            await self.found.wait()
        return sorted(self.ready)[number % len(self.ready)]

    def doubt(self, name):
        """A front end has seen a connection break, or was refused."""
        if name in self.ready:
            for doubt in self.doubts.values():
                doubt.set()


class FrontEnds:
    """So many front ends that send together at a rate, on a thread of their own."""

    def __init__(self, addresses, count, per_second, seed, prefix=""):
        self.addresses = addresses
        self.count, self.per_second, self.seed = count, per_second, seed
        #: What identities and participants begin with, where others sent before.
        self.prefix = prefix
        self.ledger = Ledger()
        #: By operation: the key that is in use, its identifier first.
        self.keys = {}
        self.is_stopped = False
        self.failure = None
        #: A name, while a node is cut off: it is asked all the same, by some.
        self.minority = None
        self.numbers = dict.fromkeys(OPERATIONS, 0)
        self.filling = 0
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self.thread.start()

    def stop(self):
        """Ends when what was begun is answered; or, where nobody answers, after a while."""
        self.is_stopped = True
        self.thread.join(6 * PATIENCE_SECONDS)

    def _run(self):
        try:
            asyncio.run(self._all())
        except BaseException as failure:
            self.failure = failure
            raise

    async def _all(self):
        self.balancer = Balancer(self.addresses)
        asking = asyncio.create_task(self.balancer.run())
        telling = asyncio.create_task(self._tell())
        ends = [self._front_end(number) for number in range(self.count)]
        ends += [self._insistent(number) for number in range(2)] + [self._fill()]
        await asyncio.gather(*ends)
        asking.cancel()
        telling.cancel()

    async def _tell(self):
        """Wakes those who wait for acknowledgements, a few times a second."""
        while True:
            await asyncio.sleep(0.02)
            with self.ledger.changed:
                self.ledger.changed.notify_all()

    # What is sent

    def new(self, operation, chance):
        """An entry of a participant that is new, or has been there."""
        number = self.numbers[operation]
        known = {"once": 0.15, "daily": 0.3, "unlimited": 0.5}[operation]
        if number and chance.random() < known:
            participant = f"{self.prefix}{operation}-{chance.randrange(number)}"
        else:
            participant = f"{self.prefix}{operation}-{number}"
            self.numbers[operation] = number + 1
        return self.entry(operation, participant)

    def entry(self, operation, participant, has_key=True):
        identity = f"{self.prefix}e{len(self.ledger.sent)}"
        sent = Sent(identity, operation, participant, f"k-{identity}" if has_key else None)
        self.ledger.sent.append(sent)
        return sent

    def draw(self, chance):
        """A third of all entries has no Idempotency-Key, and is of the operation `unlimited`."""
        if chance.random() < 1 / 3:
            sent = self.new("unlimited", chance)
            sent.idempotency = None
            return sent
        return self.new(chance.choice(list(OPERATIONS)), chance)

    # Who sends

    async def _front_end(self, number):
        chance = random.Random(f"{self.seed}/{number}")
        connections = {}
        interval = self.count / self.per_second
        due = time.monotonic() + interval * chance.random()
        last = None
        while not self.is_stopped:
            sent = self.draw(chance)
            await self.deliver(sent, connections, number)
            # Now and then a person presses twice: the same request, the same key.
            if last is not None and last.idempotency and chance.random() < 0.03:
                await self.deliver(last, connections, number + 1)
            last = sent
            due = max(due + interval, time.monotonic() - interval)
            await asyncio.sleep(max(due - time.monotonic(), 0))
        for connection in connections.values():
            connection.close()

    async def _insistent(self, number):
        """Asks a node that is cut off, which must acknowledge nothing, then one that is ready."""
        while not self.is_stopped:
            name = self.minority
            if name is None:
                await asyncio.sleep(0.02)
                continue
            sent = self.entry("once", f"insistent-{len(self.ledger.sent)}")
            connections = {}
            asked = time.monotonic()
            try:
                status, answer, key = await self.exchange(sent, name, connections, 2)
                if status in (200, 201) and self.minority == name:
                    self.ledger.of_minority.append((sent.id, name, status))
                if status in (200, 201):
                    self.ledger.acknowledge(sent, answer, asked, key, name)
            except Lost as lost:
                sent.unknown += lost.was_sent
            for connection in connections.values():
                connection.close()
            if not sent.answers:
                await self.deliver(sent, {}, number)
            await asyncio.sleep(0.05)

    async def _fill(self):
        """New participants of `once`, as many as `filling` says, as quickly as they are taken."""

        async def some(place):
            connections = {}
            while self.filling > 0:
                self.filling -= 1
                number = self.numbers["once"]
                self.numbers["once"] = number + 1
                await self.deliver(self.entry("once", f"once-{number}"), connections, place)
            for connection in connections.values():
                connection.close()

        while not self.is_stopped:
            if self.filling > 0:
                await asyncio.gather(*(some(place) for place in range(64)))
            await asyncio.sleep(0.02)

    # How it is sent

    async def deliver(self, sent, connections, number):
        """Sends an entry until it is known what became of it, or nobody may know."""
        unknown_since = None
        while True:
            name = await self.balancer.node(number)
            asked = time.monotonic()
            try:
                status, answer, key = await self.exchange(
                    sent, name, connections, PATIENCE_SECONDS
                )
            except Lost as lost:
                self.balancer.doubt(name)
                if lost.was_sent:
                    self.ledger.statuses["no answer"] += 1
                    sent.unknown += 1
                    if self.is_unsafe(sent):
                        return
                await asyncio.sleep(SEARCH_SECONDS)
                continue
            code = answer.get("code") or ""
            self.ledger.statuses[f"{status} {code or answer.get('verdict', '')}"] += 1
            if status in (200, 201):
                self.ledger.acknowledge(sent, answer, asked, key, name)
                return
            if status == 401 and self.keys[sent.operation][0] != key:
                continue
            if status == 401:
                unknown_since = unknown_since or asked
                if asked - unknown_since < KEY_SECONDS:
                    await asyncio.sleep(SEARCH_SECONDS)
                    continue
            if status == 503 and answer.get("verdict") != "suspended":
                if code == "outcome_unknown":
                    sent.unknown += 1
                    if self.is_unsafe(sent):
                        return
                self.balancer.doubt(name)
                await asyncio.sleep(SEARCH_SECONDS)
                continue
            sent.refused = f"{status} {code or answer.get('verdict')}"
            return

    def is_unsafe(self, sent):
        if sent.idempotency is None and OPERATIONS[sent.operation] == "unlimited":
            sent.unsafe = True
        return sent.unsafe

    async def exchange(self, sent, name, connections, seconds):
        """One request and its answer: (status, JSON, the key's identifier)."""
        host, port = host_and_port(self.addresses[name])
        connection = connections.get(name)
        if connection is None or connection.is_over:
            try:
                async with asyncio.timeout(1):
                    loop = asyncio.get_running_loop()
                    connection = (await loop.create_connection(Connection, host, port))[1]
            except (OSError, TimeoutError):
                raise Lost(was_sent=False) from None
            connections[name] = connection
        identifier, key = self.keys[sent.operation]
        path = f"/v1/operations/{sent.operation}/entries"
        body = {"participant": sent.participant, "fields": {"id": sent.id}}
        request = head_and_body(path, host, key, sent.idempotency, body)
        answering = asyncio.ensure_future(connection.exchange(request))
        try:
            status, text = await self.answered(answering, name, seconds)
            return status, json.loads(text or b"{}"), identifier
        except (OSError, TimeoutError, ValueError):
            connection.close()
            raise Lost(was_sent=True) from None
        finally:
            answering.cancel()

    async def answered(self, answering, name, seconds):
        """Waits for an answer; gives a node up that takes none any more, where another one does."""
        deadline = time.monotonic() + seconds
        insists = name == self.minority
        while True:
            left = deadline - time.monotonic()
            done, _ = await asyncio.wait([answering], timeout=min(GRACE_SECONDS, max(left, 0)))
            if done:
                return answering.result()
            ready = self.balancer.ready
            if left <= 0 or (ready and name not in ready and not insists):
                raise TimeoutError
