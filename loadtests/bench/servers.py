"""The servers that are measured: Portillon and its peers, started alike, on one core."""

import glob
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


def listens(port):
    """Whether something accepts connections on the port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
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
    #: What wrk's script needs from the environment.
    load_environment = {}

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


class Nginx(Server):
    """The least an HTTP server can do: a constant answer."""

    name = "nginx"
    configuration = "nginx.conf"
    programs = {"nginx": "nginx-light"}
    files = {}

    @classmethod
    def provide(cls):
        """Sees to the packages; raises ``Unusable`` with what to install where it cannot."""
        missing = {p for program, p in cls.programs.items() if not shutil.which(program)}
        missing |= {p for pattern, p in cls.files.items() if not glob.glob(pattern)}
        if not missing:
            return
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *sorted(missing)]
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            raise Unusable(f"left out, packages are missing: run as root: {' '.join(command)}")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        quiet = {"stdout": subprocess.DEVNULL, "env": environment}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        if subprocess.run(command, check=False, **quiet).returncode != 0:
            raise Unusable(f"left out, could not install {' '.join(sorted(missing))}")

    def replacements(self):
        return {"@PORT@": str(self.port), "@DIR@": self.directory}

    def start(self):
        with open(os.path.join(PEERS, self.configuration), encoding="utf-8") as file:
            text = file.read()
        for placeholder, value in self.replacements().items():
            text = text.replace(placeholder, value)
        path = os.path.join(self.directory, self.configuration)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        self.launch(["nginx", "-c", path], lambda: listens(self.port))


class NginxLua(Nginx):
    """What people build: nginx, Lua, and a Redis that syncs every write."""

    name = "nginx-lua"
    configuration = "nginx-lua.conf"
    programs = {"nginx": "nginx-light", "redis-server": "redis-server"}
    files = {
        "/usr/lib/nginx/modules/ngx_http_lua_module.so": "libnginx-mod-http-lua",
        "/usr/share/lua/5.1/nginx/redis.lua": "lua-nginx-redis",
    }

    def replacements(self):
        return {**super().replacements(), "@REDIS@": str(self.redis_port)}

    def start(self):
        self.redis_port = free_port()
        # No rewriting and no snapshot: neither is part of storing an entry.
        self.launch(
            ["redis-server", "--bind", "127.0.0.1", "--port", str(self.redis_port)]
            + ["--dir", self.directory, "--save", "", "--appendonly", "yes"]
            + ["--appendfsync", "always", "--auto-aof-rewrite-percentage", "0"],
            lambda: listens(self.redis_port),
        )
        super().start()

    def stored(self):
        with socket.create_connection(("127.0.0.1", self.redis_port), timeout=5) as redis:
            redis.sendall(b"SCARD bench:participants\r\n")
            answer = redis.makefile("rb").readline()
        if not answer.startswith(b":"):
            raise Unusable(f"Redis does not count: {answer!r}")
        return int(answer[1:])


class Portillon(Server):
    """The gateway, with one operation open and a key for it."""

    name = "portillon"
    executable = os.path.join(ROOT, ".build", "release", "portillon")
    operation = "bench"

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
            + ["--workers", "1"],
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
        path = f"/v1/operations/{self.operation}"
        self.admin("PUT", "/v1/clients/bench", {"name": "Bench"})
        settings = {"client": "bench", "title": "Bench", "rule": "once"}
        self.admin("PUT", path, {**settings, "robots": "off", "policy": "advise"})
        self.key = self.admin("POST", path + "/keys", {})["key"]
        self.admin("POST", path + "/open", {})
        self.load_environment = {"KEY": self.key, "OPERATION": self.operation}

    def ready(self):
        try:
            self.request("GET", "/readyz")
            return True
        except (OSError, urllib.error.HTTPError):
            return False

    def request(self, method, path, body=None):
        """One request to the admin listener; the answer's bytes."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.admin_port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        if hasattr(self, "token"):
            request.add_header("Authorization", "Bearer " + self.token)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read()

    def admin(self, method, path, body=None):
        try:
            return json.loads(self.request(method, path, body) or b"null")
        except urllib.error.HTTPError as refusal:
            detail = refusal.read().decode(errors="replace")
            raise Unusable(f"{method} {path}: {refusal.code} {detail}") from None

    def metrics(self):
        return metrics.parse(self.request("GET", "/metrics").decode())

    def stored(self):
        return int(self.metrics().sum("portillon_entries_total", verdict="accepted"))

    def commits(self):
        samples = self.metrics()
        return tuple(samples.sum("portillon_commit_entries_" + part) for part in ("sum", "count"))


BY_NAME = {server.name: server for server in (Portillon, Nginx, NginxLua)}
