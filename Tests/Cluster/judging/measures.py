"""What an operator does while the rounds go on: declares campaigns, replaces keys, suspends and
resumes. What a gateway said is done must be on record at the end; what it did not answer is asked
again, as a person would."""

import datetime
import json
import threading
import time

#: Seconds between two acts.
PAUSE_SECONDS = 0.7
SUSPENDED_SECONDS = 0.4


class Operator:
    """One person at the leader's admin listener, on a thread of its own."""

    def __init__(self, cluster, fronts, chance):
        self.cluster, self.fronts, self.chance = cluster, fronts, chance
        self.ledger = fronts.ledger
        #: The name of the node that took the last command.
        self.leader = None
        self.acts = 0
        #: Campaigns by what was written in their notes: an answer was read.
        self.declared = []
        #: Answers that no act may have.
        self.wrong = []
        self.is_stopped = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def ask(self, method, path, body, expected=(200, 201, 204)):
        """Asks whoever leads until somebody answers; the answer's JSON."""
        while True:
            # A node that follows refuses an operator's commands.
            for node in sorted(self.cluster.nodes, key=lambda node: node.name != self.leader):
                try:
                    status, text = node.ask(method, path, body, seconds=8)
                except OSError:
                    continue
                if status in expected:
                    self.leader = node.name
                    return json.loads(text or "null")
                if status not in (401, 403, 404, 421, 429) and status < 500:
                    self.wrong.append(f"{method} {path}: {status} {text[:200]}")
                    return None
            if self.is_stopped.is_set():
                return None
            time.sleep(0.05)

    def start(self):
        self.thread.start()

    def stop(self):
        self.is_stopped.set()
        if self.thread.is_alive():
            self.thread.join()

    def _run(self):
        acts = [self.declare, self.replace_key, self.suspend]
        while not self.is_stopped.wait(PAUSE_SECONDS):
            acts[self.acts % len(acts)]()
            self.acts += 1

    def declare(self):
        """One recipient: the cover stays as it is."""
        if len(self.declared) >= 900:
            return
        note = f"act {self.acts}"
        starts = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)
        body = {"channel": "email", "recipients": 1, "note": note}
        body["starts"] = starts.strftime("%Y-%m-%dT%H:%M:%SZ")
        answer = self.ask("POST", "/v1/operations/once/campaigns", body)
        if answer:
            self.declared.append((answer["campaign"], note))

    def replace_key(self):
        """A new key for an operation; the front ends take it, and the old one is revoked."""
        operation = self.chance.choice(list(self.fronts.keys))
        made = self.ask("POST", f"/v1/operations/{operation}/keys", {})
        if not made:
            return
        old = self.fronts.keys[operation][0]
        self.fronts.keys[operation] = (made["key_id"], made["key"])
        if self.ask("POST", f"/v1/keys/{old}/revoke", {"reason": "rotated"}):
            self.ledger.revoked[old] = time.monotonic()

    def suspend(self):
        path = "/v1/operations/unlimited"
        body = {"ground": "stability", "note": f"act {self.acts}"}
        if self.ask("POST", path + "/suspend", body):
            self.ledger.done.append(("operation.suspend", body["note"]))
            self.is_stopped.wait(SUSPENDED_SECONDS)
            self.ask("POST", path + "/resume", {})
