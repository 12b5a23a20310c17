"""What an entry costs in a cluster, by parts; and what follows from that for so many nodes."""

import dataclasses
import math

#: Bytes of an entry in the log, with its share of a batch's header.
ENTRY_BYTES = 160
#: The largest append that was measured. A batch may be 1 MiB, six times as much: nothing is
#: reckoned beyond what was measured.
BATCH_ENTRIES = 1_000
#: Those that have a journal and may lead; the others are edges, which have none.
MEMBERS = 3


@dataclasses.dataclass(frozen=True)
class Costs:
    """Microseconds, each with where it comes from; `loadtests/cluster-model --inputs` replaces
    them, and `--measure` measures what can be measured here."""

    #: A worker: read, parse, authenticate, answer.
    edge: float = 10.0
    #: One end of a link, in frames of 64 entries.
    link: float = 0.45
    #: The sequencer's thread: decide, seal, etcd's client.
    decide: float = 2.5
    #: A member that follows: replay 0.41, SHA-256 0.25, write 0.15.
    follow: float = 0.8
    #: An entry at one node without a cluster, all of it: between 13.2 and 15.4.
    single: float = 14.3
    #: etcd's three servers together: an append, and each entry in it.
    engine_append: float = 1350.0
    engine_entry: float = 2.6
    #: How long an append takes, and how much longer for each entry in it.
    append: float = 950.0
    append_entry: float = 2.1
    #: How long a batch is gathered when there is much to do.
    gather: float = 2000.0
    #: A round trip between two machines of one network. Not measured here: see the command.
    round_trip: float = 250.0

    def batch(self, per_second):
        """Entries in an append at a rate: those that come while one is gathered and stored."""
        growth = per_second * self.append_entry / 1e6
        if growth >= 1:
            return math.inf
        return max(1.0, per_second * (self.gather + self.append + self.round_trip) / 1e6
                   / (1 - growth))

    def engine(self, batch):
        """etcd's share of an entry, all three servers."""
        return self.engine_append / batch + self.engine_entry

    def engine_ceiling(self, batch):
        """Entries a second that etcd takes in appends of so many, one at a time."""
        return batch / (self.append + self.round_trip + self.append_entry * batch) * 1e6


@dataclasses.dataclass(frozen=True)
class Figures:
    """What a cluster of so many nodes takes, and what an entry waits."""

    nodes: int
    cores: int
    per_entry: float
    batch: float
    #: Entries a second, by what ends first.
    by_processor: float
    by_sequencer: float
    by_engine: float

    @property
    def ceiling(self):
        return min(self.by_processor, self.by_sequencer, self.by_engine)

    @property
    def limit(self):
        """What ends first."""
        names = ("by_processor", "by_sequencer", "by_engine")
        return min(names, key=lambda name: getattr(self, name)).removeprefix("by_")


def per_entry(costs, nodes, batch):
    """Microseconds of processor time of all machines together."""
    if nodes == 1:
        return costs.single
    # The leader takes no entries itself where there are edges; else as many as each of the others.
    forwarded = 1.0 if nodes > MEMBERS else 1 - 1 / nodes
    return (
        costs.edge
        + 2 * costs.link * forwarded
        + costs.decide
        + MEMBERS * costs.follow
        + costs.engine(batch)
    )


def figures(costs, nodes, cores, largest=BATCH_ENTRIES):
    """What so many nodes with so many cores each take together, in appends of at most so many."""
    if nodes == 1:
        by_processor = cores / costs.single * 1e6
        return Figures(1, cores, costs.single, math.nan, by_processor, 1e6 / costs.decide, math.inf)
    by_sequencer = 1e6 / (costs.decide + costs.link)
    # Batches grow with the rate, and an entry's cost falls with the batch: a few turns are enough.
    batch = largest
    for _ in range(30):
        cost = per_entry(costs, nodes, batch)
        rate = min(nodes * cores / cost * 1e6, by_sequencer, costs.engine_ceiling(batch))
        batch = min(costs.batch(rate), largest)
    return Figures(
        nodes,
        cores,
        cost,
        batch,
        nodes * cores / cost * 1e6,
        by_sequencer,
        costs.engine_ceiling(batch),
    )


def waits(costs, per_second):
    """Milliseconds that an entry waits at a rate, at the median: half of a batch's turn that is on
    its way, the gathering where there is much to do, its own append, links."""
    batch = costs.batch(per_second)
    if not math.isfinite(batch):
        return math.inf
    # A lone entry is not gathered: nothing else has come.
    gather = costs.gather if batch > 8 else 0.0
    append = costs.append + costs.append_entry * batch + costs.round_trip
    return (gather + 1.5 * append + costs.round_trip) / 1e3


def network(per_second, followers):
    """Megabytes a second at the leader: in from the edges; out to each follower, and to each of
    etcd's other members where its leader is on the same machine."""
    log = per_second * ENTRY_BYTES / 1e6
    # A request is forwarded with what it was authenticated with: twice its record.
    return {"in": 2.1 * log, "to followers": followers * log, "to etcd": (MEMBERS - 1) * log}
