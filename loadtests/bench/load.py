"""wrk on the load's core, and what it says."""

import os
import re
import shutil
import subprocess

from .processes import Unusable
from .servers import LOAD_CORE, PEERS


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

    def __init__(self, text):
        self.text = text
        requests = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m)", text)
        if not requests:
            raise Unusable(f"wrk says nothing of requests: {text.strip()!r}")
        self.requests = int(requests.group(1))
        self.per_second = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
        refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
        # A timeout is wrk's word for an answer that took over 2 s; the answer counts when it comes.
        errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+)", text)
        self.fault = None
        if refused:
            self.fault = f"{refused.group(1)} answers are not 2xx"
        elif errors and any(int(count) for count in errors.groups()):
            self.fault = errors.group(0)
        elif self.requests == 0:
            self.fault = "no request was answered"


def send(server, run, connections, seconds):
    """Entries as fast as they are answered, every participant distinct within `run`."""
    # The longest wait for an answer that wrk accepts: with Redis and a full disk queue it is long.
    command = ["taskset", "--cpu-list", str(LOAD_CORE), "wrk", "--threads", "1"]
    command += ["--connections", str(connections), "--duration", f"{seconds}s", "--timeout", "10s"]
    command += ["--script", os.path.join(PEERS, "entry.lua"), f"http://127.0.0.1:{server.port}"]
    done = subprocess.run(
        command,
        env={**os.environ, **server.load_environment, "RUN": run},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Unusable(f"wrk failed: {(done.stderr or done.stdout).strip()}")
    return Load(done.stdout)


class Round:
    """A warm-up and a measured run: CPU time per entry, in microseconds."""

    def __init__(self, server, run, connections, seconds, warm_up_seconds=1):
        if warm_up_seconds:
            send(server, run + "-warm-up", connections, warm_up_seconds)
        stored = server.stored()
        cpu = server.cpu_seconds()
        load = send(server, run, connections, seconds)
        used = server.cpu_seconds() - cpu
        self.requests, self.per_second, self.fault = load.requests, load.per_second, load.fault
        self.cpu_microseconds = used / load.requests * 1e6 if load.requests else float("nan")
        if stored is not None and not self.fault:
            # What was on its way when wrk stopped may be stored, but not counted by it: at both
            # ends of the run, since the warm-up leaves some too.
            added = server.stored() - stored
            if not load.requests - connections <= added <= load.requests + 2 * connections:
                self.fault = f"{load.requests} answers, but {added} entries stored"
