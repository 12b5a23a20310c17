"""What clients were told: the ledger that judges a cluster, kept apart from everything the gateway
counts."""

import array
import bisect
import collections
import threading
import time


class Sent:
    """One entry that a front end wants stored, and what it was answered."""

    __slots__ = (
        "id", "operation", "participant", "idempotency", "answers", "unknown", "refused", "unsafe",
    )  # fmt: skip

    def __init__(self, identity, operation, participant, idempotency):
        self.id = identity
        self.operation = operation
        self.participant = participant
        #: The Idempotency-Key; None where the entry has none.
        self.idempotency = idempotency
        #: (verdict, entry, participant number, key, when it was asked for, when answered, node).
        self.answers = []
        #: Requests that had no answer, or `outcome_unknown`: each may have been stored.
        self.unknown = 0
        #: The last refusal's status and code.
        self.refused = None
        #: It was not sent again, because nothing says whether it was stored.
        self.unsafe = False


class Ledger:
    """All that was sent and answered. Front ends write it on their thread, others only read."""

    def __init__(self):
        self.sent = []
        #: When each acknowledgement came, by the monotonic clock.
        self.times = array.array("d")
        self.acknowledged = 0
        #: By status, and code where there is one.
        self.statuses = collections.Counter()
        #: When a key was refused from: by key, the time of the answer to its revocation.
        self.revoked = {}
        #: What an operator was told is done: (what, identifier).
        self.done = []
        #: Answers 200 and 201 of a node that was cut off, to requests sent after it was.
        self.of_minority = []
        self.changed = threading.Condition()

    def acknowledge(self, sent, answer, asked, key, node):
        answered = time.monotonic()
        sent.answers.append(
            (
                answer["verdict"],
                int(answer["entry"]),
                answer["participant_number"],
                key,
                asked,
                answered,
                node,
            )
        )
        self.times.append(answered)
        self.acknowledged += 1

    def wait_for(self, count, seconds):
        """Waits for so many acknowledgements; whether they came."""
        with self.changed:
            return self.changed.wait_for(lambda: self.acknowledged >= count, seconds)

    def longest_silence(self, start, end):
        """Seconds between two acknowledgements, one after the other, of which the later came after
        `start`, the earlier before `end`: the longest."""
        # They ascend: each is taken where it is added, on one thread.
        first = max(bisect.bisect_left(self.times, start) - 1, 0)
        last = bisect.bisect_right(self.times, end)
        within = self.times[first : last + 1]
        return max((later - earlier for earlier, later in zip(within, within[1:])), default=0.0)
