"""What is measured beside the ledger while the rounds go on: pressure, memory, the engine's store,
appends whose outcome was unknown for a while."""

import threading
import time

from bench import processes

PAUSE_SECONDS = 0.25
COUNTERS = {
    "unknown": "portillon_log_unknown_total",
    "failovers": "portillon_failovers_total",
}
STORE = "etcd_mvcc_db_total_size_in_use_in_bytes"
FILE = "etcd_mvcc_db_total_size_in_bytes"


class Watch:
    def __init__(self, run):
        self.run = run
        #: Scrapes of the node that leads; those in which pressure was not calm: (level, fault).
        self.scrapes = 0
        self.not_calm = []
        #: The most memory of each process, in bytes.
        self.memory = {}
        #: Counters of processes: the last value by (process, counter), so that a restart adds.
        self.counters = {}
        self.appends = {}
        #: Sizes of the engine's store, used and on disk; and (before, after) of each trim.
        self.used, self.file, self.trims = [], [], []
        self.last_used = {}
        self.is_stopped = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self.thread.start()

    def stop(self):
        self.is_stopped.set()
        if self.thread.is_alive():
            self.thread.join()

    def _run(self):
        turn = 0
        while not self.is_stopped.wait(PAUSE_SECONDS):
            for node in self.run.cluster.nodes:
                self._look_at(node)
            if turn % 4 == 0:
                self._look_at_memory()
            if turn % 8 == 0:
                for member in self.run.etcd.members if self.run.etcd else ():
                    self._look_at_store(member)
            turn += 1

    def _look_at(self, node):
        if node.is_paused or not node.is_running:
            return
        pid = node.pid
        samples = node.metrics(0.5)
        if samples is None:
            return
        for name, metric in COUNTERS.items():
            self.counters[pid, name] = samples.sum(metric)
        # One that cannot prove its office is judged too: that is no client's doing.
        leads = samples.sum("portillon_cluster_leader") or samples.sum(
            "portillon_cluster_members", state="unproven"
        )
        if samples.has("portillon_cluster_leader") and not leads:
            return
        self.scrapes += 1
        for level in ("strained", "critical"):
            if samples.sum("portillon_pressure", level=level):
                self.not_calm.append((level, self.run.current, time.monotonic()))

    def _look_at_memory(self):
        groups = [(node.name, node) for node in self.run.cluster.nodes]
        if self.run.etcd:
            groups += [(f"etcd {member.name}", member) for member in self.run.etcd.members]
        for name, one in groups:
            if one.process is None or one.process.poll() is not None:
                continue
            try:
                rss = processes.memory_bytes([one.process.pid])[0]
            except OSError:
                continue
            self.memory[name] = max(self.memory.get(name, 0), rss)

    def _look_at_store(self, member):
        samples = member.metrics(0.5) if member.is_running else None
        if samples is None:
            return
        used = samples.sum(STORE)
        before = self.last_used.get(member.name)
        # etcd's own work frees some pages now and then; a trim frees batches of seconds.
        if before and used < 0.9 * before:
            self.trims.append((before, used))
        self.last_used[member.name] = used
        self.used.append(used)
        self.file.append(samples.sum(FILE))

    def count(self, name):
        return int(sum(value for (_, one), value in self.counters.items() if one == name))
