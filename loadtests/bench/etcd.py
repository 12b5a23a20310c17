"""Members of etcd, of the machine's own package, set up as the manual says (ops/manual/cluster.md).
"""

import collections
import http.client
import json
import os
import shutil
import signal
import time
import urllib.request

from . import metrics, processes
from .network import WITH_PARENT
from .processes import Unusable

#: What a cluster of gateways needs of every member.
SETTINGS = [
    "--quota-backend-bytes", "8589934592", "--max-request-bytes", "2097152",
    "--snapshot-count", "1000", "--heartbeat-interval", "100", "--election-timeout", "1000",
    "--experimental-initial-corrupt-check=true", "--pre-vote=true", "--logger", "zap",
]  # fmt: skip


def program():
    found = shutil.which("etcd")
    if found is None:
        raise Unusable("etcd is not installed: ops/dependencies cluster")
    return found


class Member:
    """One member: its process, and what it says of itself."""

    def __init__(self, place, network, directory, ends_with_parent=True):
        self.place = place
        self.name = f"m{place}"
        self.network = network
        self.directory = os.path.join(directory, self.name)
        self.log = os.path.join(directory, self.name + ".log")
        self.process = None
        #: Flags beside SETTINGS.
        self.extra = []
        self.ends_with_parent = ends_with_parent

    @property
    def url(self):
        """For the gateways."""
        return "http://" + self.network.inside(self.place, "client")

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def command(self, count):
        inside, outside = (
            "http://" + address(self.place, "client")
            for address in (self.network.inside, self.network.outside)
        )
        peer = "http://" + self.network.inside(self.place, "peer")
        peers = ",".join(
            f"m{other}=http://{self.network.inside(other, 'peer')}" for other in range(count)
        )
        return [
            program(), "--name", self.name, "--data-dir", self.directory,
            "--listen-client-urls", ",".join(sorted({inside, outside})),
            "--advertise-client-urls", inside,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
            "--initial-cluster", peers, *SETTINGS, *self.extra,
        ]  # fmt: skip

    def start(self, count):
        command = self.network.command(self.place, self.command(count))
        command = [*(WITH_PARENT if self.ends_with_parent else ["setsid"]), *command]
        # Nothing of the machine's own configuration, as Debian's /etc/default/etcd.
        clean = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
        self.process = processes.start([*clean, *command], log=self.log)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def ask(self, path, body, seconds=1):
        """A call of etcd's JSON gateway; None where it does not answer."""
        request = urllib.request.Request(
            f"http://{self.network.outside(self.place, 'client')}{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=seconds) as answer:
                return json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            return None

    def status(self):
        return self.ask("/v3/maintenance/status", {})

    def metrics(self, seconds=1):
        """None where it does not answer."""
        url = f"http://{self.network.outside(self.place, 'client')}/metrics"
        try:
            with urllib.request.urlopen(url, timeout=seconds) as answer:
                return metrics.parse(answer.read().decode())
        except (OSError, http.client.HTTPException):
            return None


class Etcd:
    """The members together."""

    def __init__(self, count, network, directory, ends_with_parent=True):
        self.members = [
            Member(place, network, directory, ends_with_parent) for place in range(count)
        ]

    @property
    def urls(self):
        return [member.url for member in self.members]

    def start(self):
        for member in self.members:
            member.start(len(self.members))
        self.wait_for_leader()

    def start_again(self, place):
        self.members[place].start(len(self.members))

    def leader(self):
        """The place of the member that leads, as a majority has it; None where there is none."""
        found = [
            (member.place, status)
            for member in self.members
            if member.is_running and (status := member.status())
        ]
        named = collections.Counter(status.get("leader") for _, status in found)
        for place, status in found:
            if named[status["header"]["member_id"]] * 2 > len(self.members):
                return place
        return None

    def wait_for_leader(self, seconds=60):
        deadline = time.monotonic() + seconds
        while (place := self.leader()) is None:
            for member in self.members:
                if member.process.poll() is not None:
                    raise Unusable(
                        f"etcd {member.name} ended with status {member.process.returncode}: "
                        + processes.last_lines(member.log)
                    )
            if time.monotonic() > deadline:
                raise Unusable(f"etcd has no leader after {seconds} s")
            time.sleep(0.05)
        return place

    def move_leader(self, place):
        """Makes a member the one that leads."""
        leader = self.wait_for_leader()
        if leader == place:
            return
        target = self.members[place].status()
        if target is None:
            raise Unusable(f"etcd {self.members[place].name} does not answer")
        said = self.members[leader].ask(
            "/v3/maintenance/transfer-leadership", {"targetID": target["header"]["member_id"]}, 5
        )
        deadline = time.monotonic() + 10
        while self.leader() != place:
            if time.monotonic() > deadline:
                raise Unusable(f"etcd does not move its leader: {said}")
            time.sleep(0.05)

    def stop(self):
        for member in self.members:
            if member.is_running:
                member.process.send_signal(signal.SIGCONT)
                member.kill()
