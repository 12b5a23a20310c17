"""Alternating rounds: a figure is compared with the one that was measured right beside it."""

import itertools
import os

from . import figures
from .processes import Unusable

_numbers = itertools.count(1)


def run_name():
    """A name that no other run has: participants are distinct within a name only."""
    return f"{os.getpid()}-{next(_numbers)}"


class Contest:
    """Rounds of a subject and a peer in turn; a pair where either has a fault does not count.

    Each of the two is a name and a function that plays one round and gives it: an object with the
    figures as attributes, and `fault`. With `swaps` the peer begins every other pair.
    """

    def __init__(self, subject, peer, wanted, swaps=False):
        self.contestants = (subject, peer)
        self.wanted = wanted
        self.swaps = swaps
        self.pairs, self.faults = [], []

    @property
    def is_over(self):
        return len(self.pairs) >= self.wanted

    def play(self, shown):
        """One round of each; prints the figures `shown`, each with the format of its number."""
        pair = []
        is_swapped = self.swaps and len(self.pairs) % 2 == 1
        for name, play in reversed(self.contestants) if is_swapped else self.contestants:
            done = play()
            if done.fault:
                self.faults.append(f"{name}: {done.fault}")
                print(f"  does not count: {self.faults[-1]}", flush=True)
                if len(self.faults) > self.wanted:
                    raise Unusable(f"too many runs do not count, the last: {self.faults[-1]}")
                return
            pair.append(done)
        self.pairs.append(pair[::-1] if is_swapped else pair)
        columns = [
            f"{name} " + ", ".join(f"{getattr(done, key):{form}}" for key, form in shown.items())
            for (name, _), done in zip(self.contestants, self.pairs[-1])
        ]
        print(f"  round {len(self.pairs)}: {'  '.join(columns)}", flush=True)

    def spreads(self, key):
        """A figure's spread for the subject and the peer, and that of the neighbours' ratios."""
        subject, peer = ([getattr(pair[side], key) for pair in self.pairs] for side in (0, 1))
        ratios = [a / b for a, b in zip(subject, peer)]
        return {
            "subject": figures.spread(subject),
            "peer": figures.spread(peer),
            "ratio": figures.spread(ratios),
        }

    def result(self, *keys):
        """What is kept of it: the spreads of these figures."""
        found = {"rounds": len(self.pairs), "not_counted": self.faults}
        return found | {key: self.spreads(key) for key in keys}


def play_all(contests, shown):
    """Plays contests in turn, so that all of them see the machine's good and bad minutes.

    Gives the reasons, by name, of those that did not come to an end.
    """
    failed = {}
    while any(not contest.is_over and name not in failed for name, contest in contests.items()):
        for name, contest in contests.items():
            if contest.is_over or name in failed:
                continue
            try:
                contest.play(shown)
            except Unusable as reason:
                failed[name] = str(reason)
                print(f"  left out: {name}: {reason}", flush=True)
    return failed
