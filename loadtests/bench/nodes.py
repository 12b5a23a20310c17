"""The gateways of a cluster, each beside a member of etcd; or a single one without."""

import http.client
import json
import os
import secrets
import shutil
import signal
import subprocess
import time

from . import metrics, processes
from .network import WITH_PARENT
from .processes import Unusable
from .servers import ROOT

#: What a process that was deposed, or whose store failed, ends with: it is started again.
IO_ERROR = 74


def default_program():
    """The optimised build, or the debug one where there is none."""
    for kind in ("release", "debug"):
        path = os.path.join(ROOT, ".build", kind, "portillon")
        if os.access(path, os.X_OK):
            return path
    raise Unusable("the gateway is not built: swift build --product portillon")


class Node:
    """One gateway: its process, its listeners, its data."""

    def __init__(self, place, name, network, directory, program, ends_with_parent=True):
        self.place, self.name, self.network, self.program = place, name, network, program
        self.data = os.path.join(directory, name)
        self.log = os.path.join(directory, name + ".log")
        self.master_key = os.path.join(directory, "master.key")
        self.cluster = []
        #: Variables of its environment beside the machine's, as `NAME=value`.
        self.environment = []
        self.process = None
        self.is_paused = False
        self.ends_with_parent = ends_with_parent

    @property
    def public(self):
        return self.network.outside(self.place, "public")

    @property
    def admin(self):
        return self.network.outside(self.place, "admin")

    @property
    def pid(self):
        return self.process.pid

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    @property
    def journal(self):
        return os.path.join(self.data, "journal")

    def command(self):
        command = [self.program, "serve", "--data", self.data, "--workers", "1"]
        command += ["--listen", self.public, "--admin-listen", self.admin]
        command += ["--master-key", self.master_key, "--log-format", "text"]
        if self.cluster:
            command += ["--cluster", ",".join(self.cluster), "--node", self.name]
            command += ["--cluster-listen", self.network.inside(self.place, "link")]
        return command

    def start(self):
        command = self.network.command(self.place, ["env", *self.environment, *self.command()])
        command = [*(WITH_PARENT if self.ends_with_parent else ["setsid"]), *command]
        self.process = processes.start(command, log=self.log)
        self.is_paused = False

    def send(self, number):
        self.process.send_signal(number)
        self.is_paused = number == signal.SIGSTOP

    def kill(self):
        self.send(signal.SIGKILL)
        self.process.wait()

    @property
    def token(self):
        with open(os.path.join(self.data, "admin.token"), encoding="ascii") as file:
            return file.read().strip()

    def ask(self, method, path, body=None, seconds=5):
        """One request of an administrator: (status, text). OSError where none is answered."""
        connection = http.client.HTTPConnection(self.admin, timeout=seconds)
        try:
            text = None if body is None else json.dumps(body)
            headers = {"Content-Type": "application/json"}
            try:
                headers["Authorization"] = "Bearer " + self.token
            except FileNotFoundError:
                # It has never led, or not begun: what needs no token still answers.
                pass
            connection.request(method, path, text, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except http.client.HTTPException as failure:
            raise ConnectionError(str(failure)) from None
        finally:
            connection.close()

    def readiness(self, seconds=1):
        """(whether it is ready, the reasons if not)."""
        if not self.is_running:
            return False, ["not running"]
        try:
            status, text = self.ask("GET", "/readyz", seconds=seconds)
        except OSError:
            return False, ["no answer"]
        try:
            reasons = json.loads(text).get("reasons") or []
        except (ValueError, AttributeError):
            reasons = [f"status {status}"]
        return status == 200, reasons

    def metrics(self, seconds=5):
        """None where it does not answer."""
        if not self.is_running:
            return None
        try:
            status, text = self.ask("GET", "/metrics", seconds=seconds)
        except OSError:
            return None
        return metrics.parse(text) if status == 200 else None

    def position(self):
        """The record that its log has come to; None where it does not say."""
        samples = self.metrics()
        if samples is None or not samples.has("portillon_log_position"):
            return None
        return int(samples.sum("portillon_log_position"))


class Running:
    """A process that another program started: what `subprocess.Popen` is for its own."""

    #: Its exit status, which only its parent is told.
    UNKNOWN = "unknown"

    def __init__(self, pid, started):
        self.pid, self.started = pid, started
        self.returncode = None

    @staticmethod
    def started_at(pid):
        """When a process began, in ticks since the machine did; None if there is none."""
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as file:
                fields = file.read().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if fields[0] == "Z" else int(fields[19])

    def poll(self):
        """None while it runs, then UNKNOWN."""
        # A number may have been given to another process since.
        if self.started_at(self.pid) != self.started:
            self.returncode = self.UNKNOWN
        return self.returncode

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def wait(self, seconds=30):
        deadline = time.monotonic() + seconds
        while self.poll() is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), seconds)
            time.sleep(0.01)
        return self.returncode


def open_operations(node, rules, policy="enforce"):
    """A client with operations by their rules, all open: by operation, its key's id and key."""
    terms = {"client": "acme", "robots": "off", "policy": policy, "time_zone": "UTC"}

    def must(method, path, body):
        status, text = node.ask(method, path, body, seconds=10)
        if not 200 <= status < 300:
            raise Unusable(f"{method} {path}: {status} {text}")
        return json.loads(text)

    must("PUT", "/v1/clients/acme", {"name": "Acme"})
    keys = {}
    for name, rule in rules.items():
        path = f"/v1/operations/{name}"
        must("PUT", path, {**terms, "title": name.title(), "rule": rule})
        must("POST", path + "/open", {})
        made = must("POST", path + "/keys", {})
        keys[name] = (made["key_id"], made["key"])
    return keys


class Cluster:
    """The gateways together, and the supervisor that starts again what ends by itself."""

    def __init__(self, names, network, directory, program, cluster=(), ends_with_parent=True):
        os.makedirs(directory, exist_ok=True)
        key = os.path.join(directory, "master.key")
        if not os.path.exists(key):
            with open(os.open(key, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32) + "\n")
        self.nodes = [
            Node(place, name, network, directory, program, ends_with_parent)
            for place, name in enumerate(names)
        ]
        for node in self.nodes:
            node.cluster = list(cluster)
        #: By exit status: processes that ended by themselves.
        self.ended = {}
        #: Ended on purpose, and not to be started again before the fault is over.
        self.held_down = set()

    @property
    def is_single(self):
        return not self.nodes[0].cluster

    def named(self, name):
        for node in self.nodes:
            if node.name == name:
                return node
        raise Unusable(f"there is no node {name}: {', '.join(node.name for node in self.nodes)}")

    def start(self, seconds=60):
        for node in self.nodes:
            node.start()
        return self.wait_for_leader(seconds)

    def supervise(self):
        """Starts again what has ended by itself."""
        for node in self.nodes:
            if node in self.held_down or node.is_running:
                continue
            status = node.process.returncode
            self.ended[status] = self.ended.get(status, 0) + 1
            if status not in (IO_ERROR, Running.UNKNOWN):
                raise Unusable(
                    f"{node.name} ended with status {status}: {processes.last_lines(node.log)}"
                )
            node.start()

    def leader(self):
        """The node that decides; the one of the latest term where two say so; or None."""
        found = []
        for node in self.nodes:
            if node.is_paused or not node.readiness(0.5)[0]:
                continue
            samples = node.metrics()
            if len(self.nodes) == 1:
                return node
            if samples and samples.sum("portillon_cluster_leader") == 1:
                found.append((samples.sum("portillon_cluster_term"), node))
        return max(found, key=lambda pair: pair[0])[1] if found else None

    def wait_for_leader(self, seconds=60):
        deadline = time.monotonic() + seconds
        while (node := self.leader()) is None:
            self.supervise()
            if time.monotonic() > deadline:
                said = "; ".join(
                    f"{node.name}: {', '.join(node.readiness()[1])}" for node in self.nodes
                )
                raise Unusable(f"no gateway is ready after {seconds} s ({said})")
            time.sleep(0.02)
        return node

    def wait_for_one_position(self, seconds=60):
        """Waits until every node has come to where the leader is now."""
        deadline = time.monotonic() + seconds
        goal = None
        while True:
            self.supervise()
            if goal is None:
                leader = self.leader()
                goal = leader and (True if self.is_single else leader.position())
            if goal is True:
                return None
            if goal is not None:
                positions = {node.name: node.position() for node in self.nodes}
                if all(one is not None and one >= goal for one in positions.values()):
                    return goal
            if time.monotonic() > deadline:
                raise Unusable(f"the nodes have not come to record {goal} in {seconds} s")
            time.sleep(0.05)

    def stop(self):
        """Ends every process: those that follow first, so that none of them takes office."""
        leader = self.leader()
        for node in sorted(self.nodes, key=lambda node: node is leader):
            if node.is_running:
                node.send(signal.SIGCONT)
                node.send(signal.SIGTERM)
                try:
                    node.process.wait(30)
                except subprocess.TimeoutExpired:
                    node.kill()

    def remove(self):
        for node in self.nodes:
            if node.is_running:
                node.send(signal.SIGCONT)
                node.kill()
            shutil.rmtree(node.data, ignore_errors=True)
