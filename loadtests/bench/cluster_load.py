"""Three nodes and three members of etcd on this machine under the load runner, part by part."""

import concurrent.futures
import contextlib
import math
import threading
import time

from . import etcd, network, nodes, processes, runner
from .processes import Unusable

STORE = "etcd_mvcc_db_total_size_in_use_in_bytes"
#: Between the starts of several load runners: they name their people by the tenth of a second.
APART_SECONDS = 0.15


class Front:
    """A node as the load runner takes a server."""

    operation = "bench"

    def __init__(self, node, key, directory):
        self.node = node
        self.port = int(node.public.rsplit(":", 1)[1])
        self.key, self.directory = key, directory

    @property
    def pid(self):
        return self.node.pid

    def play(self, scenario, seconds, *options):
        return runner.Run(self, scenario, seconds, "--key", f"{self.operation}={self.key}",
                          *options)


class Loaded:
    """A cluster that runs: a front of each node, its processes in groups."""

    def __init__(self, engine, cluster, leader, key, directory):
        self.engine, self.cluster = engine, cluster
        self.fronts = [Front(node, key, directory) for node in cluster.nodes]
        self.leader = next(front for front in self.fronts if front.node is leader)
        self.groups = {
            "leader": [leader.pid],
            "followers": [one.pid for one in cluster.nodes if one is not leader],
            "etcd": [member.process.pid for member in engine.members],
        }

    def spent(self):
        """Processor seconds of each group so far."""
        return {name: processes.cpu_seconds(pids) for name, pids in self.groups.items()}

    def memory(self):
        """Bytes of each group in memory: of the largest process."""
        return {
            name: max(processes.memory_bytes([pid])[0] for pid in pids)
            for name, pids in self.groups.items()
        }

    def appends(self):
        """(appends, seconds that they took) as the leader counts them; 0 where it does not."""
        samples = self.leader.node.metrics(5)
        return [samples.sum("portillon_log_append_seconds_" + part) for part in ("count", "sum")]

    def wait_until_followed(self, seconds=30):
        """Waits until every node takes entries."""
        deadline = time.monotonic() + seconds
        while not all(node.readiness()[0] for node in self.cluster.nodes):
            if time.monotonic() > deadline:
                raise Unusable(f"not every node takes entries after {seconds} s")
            time.sleep(0.05)


@contextlib.contextmanager
def running(program, directory):
    net = network.Loopback(3)
    engine, cluster = etcd.Etcd(3, net, directory), None
    try:
        engine.start()
        cluster = nodes.Cluster("abc", net, directory, program, engine.urls)
        node = cluster.start()
        # As the operation of a gateway alone: nothing is smoothed, whatever the load.
        made = nodes.open_operations(node, {Front.operation: "once"}, policy="advise")
        loaded = Loaded(engine, cluster, node, made[Front.operation][1], directory)
        loaded.wait_until_followed()
        yield loaded
    finally:
        if cluster:
            cluster.stop()
        engine.stop()


class Run:
    """One run of the load runner against the leader: what each part took for an entry."""

    def __init__(self, loaded, scenario, seconds, *options):
        self._measure(loaded, lambda: [loaded.leader.play(scenario, seconds, *options)])
        (self.run,) = self.runs

    def _measure(self, loaded, play):
        before, appends = loaded.spent(), loaded.appends()
        self.runs = play()
        for run in self.runs:
            if run.fault or not run.requests:
                raise Unusable(f"the load of a cluster: {run.fault or 'nothing was answered'}")
        loaded.cluster.wait_for_one_position()
        self.requests = count = sum(run.requests for run in self.runs)
        #: Microseconds of processor time an entry, by group.
        self.spent = {
            name: (now - before[name]) / count * 1e6 for name, now in loaded.spent().items()
        }
        taken, seconds = (now - then for now, then in zip(loaded.appends(), appends))
        self.entries_an_append = count / taken if taken else math.nan
        self.append_microseconds = seconds / taken * 1e6 if taken else math.nan


class SpreadRun(Run):
    """The same over all nodes at once: a load runner for each, with its share."""

    #: What a Contest of rounds asks for: a run that does not count has raised.
    fault = None

    def __init__(self, loaded, scenario, seconds, connections, rate=None):
        fronts = loaded.fronts
        options = ["--connections", max(1, connections // len(fronts))]
        options += ["--rate", rate / len(fronts)] if rate else []

        def play(place):
            time.sleep(place * APART_SECONDS)
            return fronts[place].play(scenario, seconds, *options)

        def play_all():
            with concurrent.futures.ThreadPoolExecutor(len(fronts)) as pool:
                return list(pool.map(play, range(len(fronts))))

        self._measure(loaded, play_all)
        self.per_second = sum(run.per_second for run in self.runs)
        #: Of the node that was slowest.
        self.p99_milliseconds = max(run.p99_milliseconds for run in self.runs)
        self.standstills = max(
            (run.standstills for run in self.runs if run.standstills),
            key=lambda found: found["share"], default=None,
        )
        self.gateways_microseconds = self.spent["leader"] + self.spent["followers"]
        self.engine_microseconds = self.spent["etcd"]


class Watch:
    """The size of etcd's store in use, and memory, each second, on a thread of its own."""

    def __init__(self, loaded):
        self.loaded = loaded
        #: Of the largest member, in bytes.
        self.store = []
        #: By group of processes.
        self.memory = {name: [] for name in loaded.groups}
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
            members = self.loaded.engine.members
            samples = [found for member in members if (found := member.metrics(2))]
            if samples:
                self.store.append(max(one.sum(STORE) for one in samples))
            for name, size in self.loaded.memory().items():
                self.memory[name].append(size)

    @property
    def trims(self):
        """(before, after) of each time that the store became a tenth smaller from one second to
        the next."""
        pairs = zip(self.store, self.store[1:])
        return [(before, after) for before, after in pairs if after < 0.9 * before]
