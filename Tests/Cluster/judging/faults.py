"""The faults of a round: how each begins, how it ends, how many of 200 rounds have it."""

import random
import signal
import time

from bench.processes import Unusable

#: Seconds that a paused node stays paused.
PAUSE_SECONDS = 3
#: Acknowledgements that are progress.
PROGRESS = 20
#: The longest time without an acknowledgement, in seconds.
LONGEST = 3.2
#: Where only the leader's process ends, everything else is there to go on at once.
LONGEST_PROCESS = 0.5
LONGEST_HAND_OVER = 0.1


class Fault:
    """One kind of fault. `begin` returns when it has happened, `end` when its cause is gone."""

    name = ""
    #: Rounds of 200.
    share = 0
    bound_seconds = LONGEST
    #: Whether it takes nodes that can be cut off.
    cuts = False

    def __init__(self, run, chance):
        self.run, self.chance = run, chance
        self.cluster, self.etcd = run.cluster, run.etcd

    def begin(self):
        raise NotImplementedError

    def end(self):
        raise NotImplementedError

    # What several faults do

    def kill(self, node):
        self.cluster.held_down.add(node)
        node.kill()

    def start(self, node):
        node.start()
        self.cluster.held_down.discard(node)

    def leader(self):
        return self.cluster.wait_for_leader()

    def cut(self, place):
        """Cuts a node off, or pauses both of its processes where it cannot be."""
        if self.run.network.can_cut:
            self.run.network.cut(place)
        else:
            self.cluster.nodes[place].send(signal.SIGSTOP)
            self.etcd.members[place].process.send_signal(signal.SIGSTOP)

    def heal(self, place):
        if self.run.network.can_cut:
            self.run.network.heal(place)
        else:
            self.etcd.members[place].process.send_signal(signal.SIGCONT)
            self.cluster.nodes[place].send(signal.SIGCONT)


class LeaderKilled(Fault):
    name, share, bound_seconds = "kill -9 leader gateway", 50, LONGEST_PROCESS

    def begin(self):
        self.node = self.leader()
        self.kill(self.node)

    def end(self):
        self.start(self.node)


class FollowerKilled(LeaderKilled):
    name, share, bound_seconds = "kill -9 follower gateway", 20, LONGEST

    def begin(self):
        leader = self.leader()
        self.node = self.chance.choice([one for one in self.cluster.nodes if one is not leader])
        self.kill(self.node)


class EtcdLeaderKilled(Fault):
    name, share = "kill -9 etcd leader", 35

    def begin(self):
        self.place = self.etcd.wait_for_leader()
        self.etcd.members[self.place].kill()

    def end(self):
        self.etcd.start_again(self.place)


class EtcdFollowerKilled(EtcdLeaderKilled):
    name, share = "kill -9 etcd follower", 15

    def begin(self):
        leader = self.etcd.wait_for_leader()
        places = [member.place for member in self.etcd.members if member.place != leader]
        self.place = self.chance.choice(places)
        self.etcd.members[self.place].kill()


class NodeKilled(Fault):
    name, share = "node (both)", 20

    def begin(self):
        self.node = self.chance.choice(self.cluster.nodes)
        self.kill(self.node)
        self.etcd.members[self.node.place].kill()

    def end(self):
        self.etcd.start_again(self.node.place)
        self.start(self.node)


class LeaderCut(Fault):
    name, share, cuts = "partition, leader's node alone", 20, True

    def begin(self):
        self.node = self.leader()
        self.cut(self.node.place)
        if self.run.network.can_cut:
            self.run.fronts.minority = self.node.name

    def end(self):
        # Long enough to see whether it tells anybody anything.
        time.sleep(2)
        self.run.fronts.minority = None
        self.heal(self.node.place)


class EtcdLeaderCut(LeaderCut):
    name, share, cuts = "partition, etcd leader alone", 10, True

    def begin(self):
        leader = self.leader()
        others = [node for node in self.cluster.nodes if node is not leader]
        self.node = self.chance.choice(others)
        self.etcd.move_leader(self.node.place)
        self.cut(self.node.place)
        if self.run.network.can_cut:
            self.run.fronts.minority = self.node.name


class LeaderPaused(Fault):
    name, share = "SIGSTOP leader 3 s, then CONT", 15

    def begin(self):
        self.node = self.leader()
        self.node.send(signal.SIGSTOP)
        self.began = time.monotonic()

    def end(self):
        time.sleep(max(0, PAUSE_SECONDS - (time.monotonic() - self.began)))
        self.node.send(signal.SIGCONT)


class EtcdKilled(Fault):
    name, share = "all etcd killed at once", 5

    def begin(self):
        for member in self.etcd.members:
            member.process.send_signal(signal.SIGKILL)
        for member in self.etcd.members:
            member.process.wait()
            self.etcd.start_again(member.place)

    def end(self):
        self.etcd.wait_for_leader()


class HandedOver(Fault):
    name, share, bound_seconds = "hand-over under load", 10, LONGEST_HAND_OVER

    def begin(self):
        self.node = self.leader()
        self.cluster.held_down.add(self.node)
        self.node.send(signal.SIGTERM)

    def end(self):
        status = self.node.process.wait(120)
        if status != 0:
            raise Unusable(f"{self.node.name} ended with status {status} after SIGTERM")
        self.start(self.node)


class SingleKilled(LeaderKilled):
    """The only node: its end and its start are one outage."""

    name, share, bound_seconds = "kill -9 the gateway", 150, LONGEST

    def begin(self):
        super().begin()
        self.start(self.node)

    def end(self):
        pass


class SingleEnded(HandedOver):
    name, share, bound_seconds = "SIGTERM to the gateway, then a start", 35, LONGEST

    def begin(self):
        super().begin()
        super().end()

    def end(self):
        pass


class SinglePaused(LeaderPaused):
    name, share, bound_seconds = "SIGSTOP 1 s, then CONT", 15, LONGEST

    def begin(self):
        super().begin()
        time.sleep(1)
        self.node.send(signal.SIGCONT)

    def end(self):
        pass


OF_CLUSTER = [
    LeaderKilled, FollowerKilled, EtcdLeaderKilled, EtcdFollowerKilled, NodeKilled,
    LeaderCut, EtcdLeaderCut, LeaderPaused, EtcdKilled, HandedOver,
]  # fmt: skip
OF_SINGLE = [SingleKilled, SingleEnded, SinglePaused]


def plan(rounds, seed, is_single, words=()):
    """The faults of so many rounds, in an order that the seed draws: each kind in its share, and
    at least once where there are rounds enough. `words`: only kinds whose name has one of them."""
    kinds = [
        kind
        for kind in (OF_SINGLE if is_single else OF_CLUSTER)
        if not words or any(word in kind.name for word in words)
    ]
    if not kinds:
        raise Unusable(f"no fault is named like {', '.join(words)}")
    least = 1 if rounds >= len(kinds) else 0
    whole = sum(kind.share for kind in kinds)
    exact = {kind: max(least, rounds * kind.share / whole) for kind in kinds}
    counts = {kind: max(least, int(exact[kind])) for kind in kinds}
    while sum(counts.values()) < rounds:
        kind = max(kinds, key=lambda kind: exact[kind] - counts[kind])
        counts[kind] += 1
    while sum(counts.values()) > rounds:
        kind = max(kinds, key=lambda kind: (counts[kind] > least, counts[kind] - exact[kind]))
        counts[kind] -= 1
    return in_order((kind for kind in kinds for _ in range(counts[kind])), seed)


def in_order(kinds, seed):
    """Faults in an order that the seed draws."""
    drawn = list(kinds)
    random.Random(f"{seed}/plan").shuffle(drawn)
    return drawn
