"""wrk on the load's core, and what it says."""

import contextlib
import http.client
import math
import os
import re
import shutil

from . import rounds
from .processes import Unusable, run_on
from .servers import LOAD_CORE, PEERS

#: Descriptors that either side needs besides the connections.
SPARE_DESCRIPTORS = 500


def check():
    """Says what is missing before anything is started."""
    if not shutil.which("wrk"):
        raise Unusable("wrk is missing: run ops/dependencies measure")
    if not shutil.which("taskset"):
        raise Unusable("taskset is missing: apt-get install util-linux")
    if len(os.sched_getaffinity(0)) < 2:
        raise Unusable("two cores are needed: one for the server, one for the load")


class Load:
    """What one run of wrk did; `fault` says why it does not count, if it does not."""

    def __init__(self, text, refusal=None):
        self.text = text
        requests = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m)", text)
        if not requests:
            raise Unusable(f"wrk says nothing of requests: {text.strip()!r}")
        self.requests = int(requests.group(1))
        self.per_second = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
        mean, unit = re.search(r"Latency\s+([\d.]+)(us|ms|s|m)\b", text).groups()
        self.mean_milliseconds = float(mean) * {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}[unit]
        refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
        refused = int(refused.group(1)) if refused else 0
        # A timeout is wrk's word for an answer that took over 2 s; the answer counts when it comes.
        errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+)", text)
        self.fault = None
        if refused != (self.requests if refusal else 0):
            due = f"are {refusal}" if refusal else "are not 2xx"
            self.fault = f"{refused} of {self.requests} answers {due}"
        elif errors and any(int(count) for count in errors.groups()):
            self.fault = errors.group(0)
        elif self.requests == 0:
            self.fault = "no request was answered"


def send(server, run, connections, seconds, requests=None):
    """Entries as fast as they are answered, every participant distinct within `run`.

    With `requests` nothing is sent after so many; wrk waits for its time all the same.
    """
    # The longest wait for an answer that wrk accepts: with Redis and a full disk queue it is long.
    command = ["wrk", "--threads", "1", "--connections", str(connections)]
    command += ["--duration", f"{seconds}s", "--timeout", "10s"]
    command += ["--script", os.path.join(PEERS, "entry.lua")]
    command += [f"{server.scheme}://127.0.0.1:{server.port}"]
    environment = {**server.load_environment, "RUN": run}
    if requests is not None:
        environment["REQUESTS"] = str(requests)
    done, cpu = run_on(LOAD_CORE, command, environment, connections + SPARE_DESCRIPTORS)
    if done.returncode != 0:
        raise Unusable(f"wrk failed: {(done.stderr or done.stdout).strip()}")
    load = Load(done.stdout, server.refusal)
    load.cpu_seconds = cpu
    return load


def fill(gateway, wanted):
    """Sends entries until so many are stored; how many there are then.

    The runs are bounded in number, so that it ends in any case.
    """
    for _ in range(200):
        have = gateway.stored()
        if have >= wanted:
            return have
        missing = wanted - have
        seconds = max(1, min(20, missing // 150_000))
        done = send(gateway, rounds.run_name(), 256, seconds, missing)
        if done.fault:
            raise Unusable(f"a run does not count: {done.fault}")
        print(f"  {gateway.stored():,} participants", flush=True)
    raise Unusable("the load is too slow to get so many participants")


def probe(server):
    """The status of the answer to one request like those of the load."""
    environment = server.load_environment
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    with contextlib.closing(connection):
        connection.request(
            "POST",
            f"/v1/operations/{environment['OPERATION']}/entries",
            body='{"participant":"probe"}',
            headers={
                "Content-Type": "application/json",
                "Authorization": "Bearer " + environment["KEY"],
            },
        )
        return connection.getresponse().status


def wrong_status(server):
    """What is wrong with the answer to one request; None if it is the refusal that is due."""
    # wrk tells 2xx and 3xx from others, and no more: that it is this status, a probe says.
    status = probe(server) if server.refusal else None
    return None if status == server.refusal else f"{server.refusal} is due, {status} is answered"


def full_load(gateway, connections):
    """Entries a second that the gateway takes, over as many connections as a run may use.

    With more of them it takes fewer entries: at 70 % of what it takes over 256, a queue that has
    once formed over thousands would not go away.
    """
    done = Round(gateway, rounds.run_name(), connections, 5)
    if done.fault:
        raise Unusable(f"the full load does not count: {done.fault}")
    return done.per_second


class Round:
    """A warm-up and a measured run: CPU time per answer, in microseconds."""

    def __init__(self, server, run, connections, seconds, warm_up_seconds=1, requests=None):
        wrong_before = wrong_status(server)
        if warm_up_seconds:
            send(server, run + "-warm-up", connections, warm_up_seconds)
        stored = server.stored()
        cpu = server.cpu_seconds()
        load = send(server, run, connections, seconds, requests)
        used = server.cpu_seconds() - cpu
        self.requests, self.per_second = load.requests, load.per_second
        self.mean_milliseconds = load.mean_milliseconds
        answers = load.requests or math.nan
        self.cpu_microseconds = used / answers * 1e6
        self.load_cpu_microseconds = load.cpu_seconds / answers * 1e6
        self.fault = load.fault or wrong_before or wrong_status(server)
        if stored is not None and not self.fault:
            self.fault = self._miscount(server.stored() - stored, connections, server.refusal)

    def _miscount(self, added, connections, refusal):
        """What is wrong with the number of entries that were stored; None if nothing is."""
        if refusal:
            return f"{added} entries stored, all should be refused" if added else None
        # What was on its way when wrk stopped may be stored, but not counted by it: at both ends
        # of the run, since the warm-up leaves some too.
        if self.requests - connections <= added <= self.requests + 2 * connections:
            return None
        return f"{self.requests} answers, but {added} entries stored"
