"""Three nodes and three members of etcd on this machine under the load runner, part by part."""

import contextlib
import math
import threading

from . import etcd, network, nodes, processes, runner
from .processes import Unusable

STORE = "etcd_mvcc_db_total_size_in_use_in_bytes"


class Leader:
    """The node that leads, as the load runner takes a server."""

    operation = "bench"

    def __init__(self, node, key, directory):
        self.node = node
        self.port = int(node.public.rsplit(":", 1)[1])
        self.key, self.directory = key, directory

    @property
    def pid(self):
        return self.node.pid


class Loaded:
    """A cluster that runs: its leader, and its processes in groups."""

    def __init__(self, engine, cluster, leader):
        self.engine, self.cluster, self.leader = engine, cluster, leader
        self.groups = {
            "leader": [leader.pid],
            "followers": [one.pid for one in cluster.nodes if one is not leader.node],
            "etcd": [member.process.pid for member in engine.members],
        }

    def spent(self):
        """Processor seconds of each group so far."""
        return {name: processes.cpu_seconds(pids) for name, pids in self.groups.items()}

    def appends(self):
        """(appends, seconds that they took) as the leader counts them; 0 where it does not."""
        samples = self.leader.node.metrics(5)
        return [samples.sum("portillon_log_append_seconds_" + part) for part in ("count", "sum")]


@contextlib.contextmanager
def running(program, directory):
    net = network.Loopback(3)
    engine, cluster = etcd.Etcd(3, net, directory), None
    try:
        engine.start()
        cluster = nodes.Cluster("abc", net, directory, program, engine.urls)
        node = cluster.start()
        key = nodes.open_operations(node, {Leader.operation: "once"})[Leader.operation][1]
        yield Loaded(engine, cluster, Leader(node, key, directory))
    finally:
        if cluster:
            cluster.stop()
        engine.stop()


class Run:
    """One run of the load runner against the leader: what each part took for an entry."""

    def __init__(self, loaded, scenario, seconds, *options):
        server = loaded.leader
        before, appends = loaded.spent(), loaded.appends()
        self.run = runner.Run(
            server, scenario, seconds, "--key", f"{server.operation}={server.key}", *options
        )
        if self.run.fault or not self.run.requests:
            raise Unusable(f"the load of a cluster: {self.run.fault or 'nothing was answered'}")
        loaded.cluster.wait_for_one_position()
        count = self.run.requests
        #: Microseconds of processor time an entry, by group.
        self.spent = {
            name: (now - before[name]) / count * 1e6 for name, now in loaded.spent().items()
        }
        taken, seconds = (now - then for now, then in zip(loaded.appends(), appends))
        self.entries_an_append = count / taken if taken else math.nan
        self.append_microseconds = seconds / taken * 1e6 if taken else math.nan


class Store:
    """The size of etcd's store in use, each second, on a thread of its own."""

    def __init__(self, engine):
        self.engine = engine
        self.bytes = []
        self.is_stopped = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_stopped.set()
        self.thread.join()

    def _run(self):
        while not self.is_stopped.wait(1):
            samples = [found for member in self.engine.members if (found := member.metrics(2))]
            if samples:
                self.bytes.append(max(one.sum(STORE) for one in samples))
