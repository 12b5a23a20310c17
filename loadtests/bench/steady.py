"""Entries at a constant rate, as correct clients send them.

A client takes one connection of its pool for each request, looks first whether the server has
closed it, and gives it back unless the answer says `Connection: close`. A request that had no
answer because a connection that had been kept was closed under it is sent again on a new one, with
the same Idempotency-Key (RFC 9110, 9.2.2; RFC 9112, 9.3.1): that is counted, and no failure.
"""

import asyncio
import json
import time

#: A request that takes longer has failed.
PATIENCE_SECONDS = 30


class Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self):
        self.transport = None
        self.received = b""
        self.answer = None
        self.is_over = False
        #: It has been kept for a while: the server may close it at any moment.
        self.has_waited = False

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.received += data
        head, found, rest = self.received.partition(b"\r\n\r\n")
        if not found:
            return
        fields = {}
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            fields[name.strip().lower()] = value.strip()
        length = int(fields.get(b"content-length", b"0"))
        if len(rest) < length:
            return
        self.received = rest[length:]
        if fields.get(b"connection", b"").lower() == b"close":
            self.close()
        if self.answer is not None and not self.answer.done():
            self.answer.set_result((int(head.split()[1]), rest[:length]))

    def eof_received(self):
        self.close()

    def connection_lost(self, _):
        self.is_over = True
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionResetError())

    def close(self):
        self.is_over = True
        self.transport.close()

    async def exchange(self, request):
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.answer


class Pool:
    """Connections that wait for their next request."""

    def __init__(self, port, newest_first):
        self.port = port
        self.newest_first = newest_first
        self.idle = []

    async def take(self):
        while self.idle:
            connection = self.idle.pop(-1 if self.newest_first else 0)
            if not connection.is_over:
                connection.has_waited = True
                return connection
        return await self.connect()

    async def connect(self):
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(Connection, "127.0.0.1", self.port))[1]

    def give_back(self, connection):
        if not connection.is_over:
            self.idle.append(connection)


class Steady:
    """Sends so many entries a second until told to stop, and remembers each answer.

    Of ten requests seven go over the busy connections, one over a connection that is seldom used,
    two over connections of their own.
    """

    SELDOM = 200

    def __init__(self, gateway, per_second, retries=1):
        self.gateway = gateway
        self.interval = 1 / per_second
        #: How often a request without an answer is sent again.
        self.retries = retries
        self.busy = Pool(gateway.port, newest_first=True)
        self.seldom = Pool(gateway.port, newest_first=False)
        #: By participant: what was acknowledged.
        self.acknowledged = {}
        self.failures = []
        #: Sent again because the connection was closed under the request: on busy connections, and
        #: on such that are seldom used.
        self.resent = {"busy": 0, "seldom": 0}
        self.delays = []
        self.sent = 0
        self.is_stopped = False

    async def run(self):
        """Until ``is_stopped``; then what is in flight is awaited."""
        tasks = set()
        keeper = asyncio.create_task(self.keep_seldom())
        due = time.monotonic()
        while not self.is_stopped:
            now = time.monotonic()
            while due <= now:
                task = asyncio.create_task(self.enter(self.sent, due))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
                self.sent += 1
                due += self.interval
            await asyncio.sleep(max(due - time.monotonic(), 0))
        if tasks:
            await asyncio.wait(tasks)
        keeper.cancel()
        for pool in (self.busy, self.seldom):
            for connection in pool.idle:
                connection.close()

    async def keep_seldom(self):
        """Keeps connections open ahead of need, as browsers and proxies do."""
        while True:
            self.seldom.idle = [held for held in self.seldom.idle if not held.is_over]
            for _ in range(self.SELDOM - len(self.seldom.idle)):
                self.seldom.give_back(await self.seldom.connect())
            await asyncio.sleep(0.05)

    def request(self, participant, closes):
        body = json.dumps({"participant": participant})
        return (
            f"POST /v1/operations/{self.gateway.operation}/entries HTTP/1.1\r\n"
            f"Host: 127.0.0.1\r\nAuthorization: Bearer {self.gateway.key}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {participant}\r\n"
            + ("Connection: close\r\n" if closes else "")
            + f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    async def enter(self, number, due):
        participant = f"p{number}"
        pool = {0: None, 1: None, 2: self.seldom}.get(number % 10, self.busy)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                status, body = await self.exchange(participant, pool)
        except (OSError, TimeoutError) as failure:
            self.failures.append(f"{participant}: {type(failure).__name__} {failure}")
            return
        self.delays.append(time.monotonic() - due)
        answer = json.loads(body)
        if status not in (200, 201):
            self.failures.append(f"{participant}: {status} {answer.get('code')}")
            return
        self.acknowledged[participant] = (int(answer["entry"]), answer["participant_number"])

    async def exchange(self, participant, pool):
        request = self.request(participant, closes=pool is None)
        for attempt in range(self.retries + 1):
            # A request that was cut off goes over a connection of its own.
            first = attempt == 0 and pool is not None
            connection = None
            try:
                connection = await (pool.take() if first else self.busy.connect())
                answer = await connection.exchange(request)
                (pool or self.busy).give_back(connection)
                return answer
            except ConnectionError:
                # Nobody closes a new connection under a request, unless processes are killed.
                has_waited = connection is not None and connection.has_waited
                if attempt == self.retries or not (has_waited or self.retries > 1):
                    raise
                self.resent["seldom" if pool is self.seldom else "busy"] += 1
                if self.retries > 1:
                    await asyncio.sleep(0.05)
        raise AssertionError("an exchange is answered or fails")
