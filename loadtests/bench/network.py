"""Where the nodes of a cluster run: in network namespaces of their own, which can be cut off from
each other, or on ports of the loopback address.

`Namespaces` needs a network namespace around this process, which `enter_hub` makes: everything in
it, bridges too, is gone when the processes are. Each node has two links: one to the other nodes,
one to front ends and operators. A cut takes the first away: packets are lost without a word, as by
a switch that fails, and front ends still reach the node.
"""

import os
import random
import socket
import subprocess
import sys
import time

from .processes import Unusable

#: Set in a process that `enter_hub` has started.
HUB = "LOADTESTS_CLUSTER_HUB"
PURPOSES = ("public", "admin", "link", "client", "peer")
STANDARD = dict(zip(PURPOSES, (8080, 8081, 8082, 2379, 2380)))
#: Below the ports that the kernel gives to outgoing connections: a port that is free while its node
#: is down stays free.
QUIET_PORTS = range(20_000, 30_000)
#: Ends a process when the one that started it is gone, however that ended.
WITH_PARENT = ["setpriv", "--pdeathsig", "KILL", "--"]


def _unshare():
    """The command that makes a namespace; one of users too where this process is not root."""
    return ["unshare", "--net"] + ([] if os.geteuid() == 0 else ["--user", "--map-root-user"])


def can_cut():
    """Whether this process may make network namespaces, bridges and pairs of links."""
    if HUB in os.environ:
        return True
    trial = (
        "ip link set lo up && ip link add br-trial type bridge"
        " && ip link add v-trial0 type veth peer name v-trial1"
        " && ip link set v-trial0 master br-trial"
    )
    try:
        done = subprocess.run([*_unshare(), "sh", "-c", trial], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def enter_hub():
    """Starts this program again inside of a network namespace of its own, in place of itself."""
    if HUB not in os.environ:
        os.environ[HUB] = "1"
        os.execvp("unshare", [*_unshare(), sys.executable, *sys.argv])


def quiet_port(host="127.0.0.1"):
    """A port that is free now, and that no outgoing connection gets by chance."""
    for port in random.sample(QUIET_PORTS, 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return port
            except OSError:
                continue
    raise Unusable(f"no port from {QUIET_PORTS[0]} to {QUIET_PORTS[-1]} is free")


class Loopback:
    """Every node on ports of its own of 127.0.0.1. None of them can be cut off."""

    can_cut = False
    what = "ports of the loopback address"

    def __init__(self, count, ports=None):
        #: By node, its ports by purpose; others are chosen where none are given.
        self.ports = ports or [{name: quiet_port() for name in PURPOSES} for _ in range(count)]

    def inside(self, place, purpose):
        """Where other nodes reach this one."""
        return f"127.0.0.1:{self.ports[place][purpose]}"

    #: Where front ends and operators do.
    outside = inside

    def command(self, place, command):
        """The command line that runs `command` at this node."""
        return command

    def close(self):
        pass


class Namespaces:
    """Every node in a network namespace of its own, with links to two bridges of the hub."""

    can_cut = True
    what = "network namespaces"
    INSIDE, OUTSIDE = "10.77.1", "10.77.2"

    def __init__(self, count):
        self.holders = []
        try:
            self._run("ip link set lo up")
            for name in ("inside", "outside"):
                self._run(f"ip link add {name} type bridge", f"ip link set {name} up")
            self._run(f"ip address add {self.OUTSIDE}.254/24 dev outside")
            for place in range(count):
                self._add(place)
        except BaseException:
            self.close()
            raise

    @staticmethod
    def _run(*lines):
        for line in lines:
            done = subprocess.run(line.split(), capture_output=True, text=True, check=False)
            if done.returncode:
                raise Unusable(f"{line}: {done.stderr.strip()}")

    def _add(self, place):
        holder = subprocess.Popen([*WITH_PARENT, "unshare", "--net", "sleep", "infinity"])
        self.holders.append(holder)
        own = os.readlink("/proc/self/ns/net")
        deadline = time.monotonic() + 10
        while os.readlink(f"/proc/{holder.pid}/ns/net") == own:
            if holder.poll() is not None or time.monotonic() > deadline:
                raise Unusable("a network namespace cannot be made")
            time.sleep(0.005)
        for bridge, network in (("inside", self.INSIDE), ("outside", self.OUTSIDE)):
            ours, theirs = f"{bridge}{place}", f"{bridge[0]}-node"
            self._run(
                f"ip link add {ours} type veth peer name {theirs}",
                f"ip link set {ours} master {bridge}",
                f"ip link set {ours} up",
                f"ip link set {theirs} netns {holder.pid}",
            )
            for line in (
                f"ip address add {network}.{place + 1}/24 dev {theirs}",
                f"ip link set {theirs} up",
                "ip link set lo up",
            ):
                self._run(" ".join(self.command(place, line.split())))

    def inside(self, place, purpose):
        return f"{self.INSIDE}.{place + 1}:{STANDARD[purpose]}"

    def outside(self, place, purpose):
        return f"{self.OUTSIDE}.{place + 1}:{STANDARD[purpose]}"

    def command(self, place, command):
        return ["nsenter", f"--net=/proc/{self.holders[place].pid}/ns/net", "--", *command]

    def cut(self, place):
        """The other nodes and this one lose every packet to each other from now on."""
        self._run(f"ip link set inside{place} nomaster")

    def heal(self, place):
        self._run(f"ip link set inside{place} master inside")

    def close(self):
        for holder in self.holders:
            holder.kill()
            holder.wait()
