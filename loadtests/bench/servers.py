"""What a server under measurement is, and the gateway as one; `peers` has the others."""

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request

from . import metrics, processes
from .processes import Unusable

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PEERS = os.path.join(ROOT, "loadtests", "peers")
SERVER_CORE = 0
LOAD_CORE = 1


def free_port():
    """A port of the loopback address that the kernel finds free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port, host="127.0.0.1"):
    """Whether something accepts connections on the port."""
    try:
        socket.create_connection((host, port), timeout=1).close()
        return True
    except OSError:
        return False


def bench_directory(chosen=None):
    """Where data and logs of measurements go: on a disk, not in memory."""
    directory = os.path.abspath(chosen or os.path.join(ROOT, ".build", "bench"))
    os.makedirs(directory, exist_ok=True)
    kind = file_system(directory)
    if kind in ("tmpfs", "ramfs"):
        raise Unusable(f"{directory} is in memory ({kind}): name a directory on a disk with --dir")
    return directory


def file_system(path):
    """The kind of file system that a path lies on."""
    found = subprocess.run(
        ["df", "--output=fstype", path], capture_output=True, text=True, check=True
    )
    return found.stdout.split()[-1]


class Server:
    """A server under measurement, with all its processes and its own directory."""

    name = "server"
    scheme = "http"
    #: What wrk's script needs from the environment; the peers take any key.
    load_environment = {"KEY": "pk_none", "OPERATION": "bench"}
    #: The status of the refusals that are due; None where 2xx is.
    refusal = None

    def __init__(self, directory, core=SERVER_CORE, descriptors=None):
        self.directory = tempfile.mkdtemp(prefix=self.name + "-", dir=directory)
        self.log = os.path.join(self.directory, "output.log")
        self.core = core
        #: Open files the server must be able to hold; None leaves its limit as it is.
        self.descriptors = descriptors
        self.port = free_port()
        self.running = []

    def __enter__(self):
        try:
            self.start()
        except BaseException as failure:
            self.__exit__(None, None, None)
            if isinstance(failure, Unusable):
                raise Unusable(f"{self.name}: {failure}") from None
            raise
        return self

    def __exit__(self, *_):
        while self.running:
            processes.stop(self.running.pop())
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self):
        raise NotImplementedError

    def launch(self, command, ready):
        process = processes.start(command, self.core, self.log, self.descriptors)
        self.running.append(process)
        processes.wait_until(ready, process, self.log)

    @property
    def pids(self):
        return [process.pid for process in self.running]

    def cpu_seconds(self):
        return processes.cpu_seconds(self.pids)

    def stored(self):
        """How many entries the server says it has stored; None where it stores nothing."""
        return None

    def commits(self):
        """(entries, syncs) so far; None where the server does not count them."""
        return None

    def commits_since(self, before):
        """Entries by sync since then; None where the server does not count them."""
        after = self.commits()
        if before is None or after is None or after[1] == before[1]:
            return None
        return (after[0] - before[0]) / (after[1] - before[1])


class Portillon(Server):
    """The gateway, with one operation open and a key for it."""

    name = "portillon"
    executable = os.path.join(ROOT, ".build", "release", "portillon")
    operation = "bench"
    #: Settings beside the usual ones.
    flags = ()

    def __init__(self, directory, core=SERVER_CORE, descriptors=None):
        super().__init__(directory, core, descriptors)
        self.admin_port = free_port()

    @classmethod
    def provide(cls):
        if not os.access(cls.executable, os.X_OK):
            raise Unusable("it is not built: run swift build -c release --product portillon")

    @property
    def data(self):
        return os.path.join(self.directory, "data")

    def start_again(self):
        """Starts the process on the data there are, and waits until it is ready."""
        self.launch(
            [self.executable, "serve", "--data", self.data]
            + ["--listen", f"127.0.0.1:{self.port}"]
            + ["--admin-listen", f"127.0.0.1:{self.admin_port}"]
            # One core, so one worker, however many cores the machine has besides.
            + ["--workers", "1", *self.flags],
            self.ready,
        )

    def end(self, number):
        """Ends the process by a signal, and waits until it is gone."""
        process = self.running.pop()
        process.send_signal(number)
        process.wait()

    def start(self):
        self.start_again()
        with open(os.path.join(self.data, "admin.token"), encoding="ascii") as file:
            self.token = file.read().strip()
        self.admin("PUT", "/v1/clients/bench", {"name": "Bench"})
        #: The key of each open operation.
        self.keys = {}
        self.add_operations(1)
        self.key = self.keys[self.operation]
        self.load_environment = {"KEY": self.key, "OPERATION": self.operation}

    def add_operations(self, wanted):
        """Opens operations, each with a key, until there are so many."""
        settings = {"client": "bench", "rule": "once", "robots": "off", "policy": "advise"}
        # One connection for all of them: thousands are asked for.
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=10)
        with contextlib.closing(connection):
            while len(self.keys) < wanted:
                name = f"{self.operation}-{len(self.keys)}" if self.keys else self.operation
                path = f"/v1/operations/{name}"
                self.ask(connection, "PUT", path, {**settings, "title": name})
                key = self.ask(connection, "POST", path + "/keys", {})["key"]
                self.ask(connection, "POST", path + "/open", {})
                self.keys[name] = key

    def ready(self):
        try:
            self.read("/readyz")
            return True
        except (OSError, urllib.error.HTTPError):
            return False

    def ask(self, connection, method, path, body=None):
        """One request of an administrator on a connection that stays open; the answer's JSON."""
        headers = {"Content-Type": "application/json", "Authorization": "Bearer " + self.token}
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, headers)
        answer = connection.getresponse()
        content = answer.read()
        if not 200 <= answer.status < 300:
            detail = content.decode(errors="replace")
            raise Unusable(f"{method} {path}: {answer.status} {detail}")
        return json.loads(content or b"null")

    def admin(self, method, path, body=None):
        """The same on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=10)
        with contextlib.closing(connection):
            return self.ask(connection, method, path, body)

    def read(self, path):
        """What the admin listener shows to anyone on this machine."""
        url = f"http://127.0.0.1:{self.admin_port}{path}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.read()

    def metrics(self):
        return metrics.parse(self.read("/metrics").decode())

    def stored(self):
        return int(self.metrics().sum("portillon_entries_total", verdict="accepted"))

    def commits(self):
        samples = self.metrics()
        return tuple(samples.sum("portillon_commit_entries_" + part) for part in ("sum", "count"))
