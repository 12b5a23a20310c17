"""What is left when the rounds are over: the leader's export, and the journal of every member, read
from its bytes by the rules of Sources/Log/FORMAT.md."""

import hashlib
import http.client
import importlib.util
import json
import os
import subprocess

from bench import records
from bench.counting import Counter
from bench.processes import Unusable
from bench.servers import ROOT

VERIFIER = os.path.join(ROOT, "loadtests", "verify-journal.py")


def _verifier():
    """The module of loadtests/verify-journal.py, whose name is no identifier."""
    specification = importlib.util.spec_from_file_location("verify_journal", VERIFIER)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


verify_journal = _verifier()
#: What a digest begins with that is none.
REFUSED = "refused"


class Row:
    """An entry as the export hands it out."""

    __slots__ = ("entry", "number", "participant", "id", "day", "key")

    def __init__(self, line):
        self.entry = int(line["entry"])
        self.number = line["participant_number"]
        self.participant = line["participant"]
        self.id = (line["fields"] or {}).get("id")
        self.day = line["at"][:10]
        self.key = line["key_id"]


def export(node, operation):
    """Every entry of an operation, in their order."""
    connection = http.client.HTTPConnection(node.admin, timeout=120)
    try:
        path = f"/v1/operations/{operation}/export?format=ndjson"
        connection.request("GET", path, headers={"Authorization": "Bearer " + node.token})
        answer = connection.getresponse()
        if answer.status != 200:
            raise Unusable(f"{path}: {answer.status} {answer.read().decode()[:200]}")
        lines = [json.loads(line) for line in answer if line.strip()]
    except (OSError, http.client.HTTPException) as failure:
        raise Unusable(f"the export of {operation} broke: {failure}") from None
    finally:
        connection.close()
    if not lines or not lines[-1].get("complete"):
        raise Unusable(f"the export of {operation} is not complete")
    return [Row(line) for line in lines[:-1]]


class _Reader(verify_journal.Verifier):
    """Verifies a journal, and hands its batches on."""

    def __init__(self, folder, take):
        super().__init__([folder], any_oldest=False)
        self.take = take

    def count(self, path, offset, header, payload):
        at, number = 0, header["number"]
        found = []
        while at < len(payload):
            end = at + 4 + int.from_bytes(payload[at + 1 : at + 4], "little")
            found.append((number, payload[at], payload[at + 4 : end], header["time"]))
            at, number = end, number + 1
        try:
            self.take(header, found)
        except records.Malformed as reason:
            raise verify_journal.Damage(path, offset, header["number"], reason) from None


class Entry:
    """An entry as its record has it; operation and key by their names."""

    __slots__ = ("record", "operation", "key", "number", "participant")

    def __init__(self, record, operation, key, number, participant):
        self.record, self.operation, self.key = record, operation, key
        self.number, self.participant = number, participant


class Journal:
    """One member's journal: the chain's value behind each batch, and what the records say."""

    def __init__(self, node):
        self.node, self.folder = node.name, node.journal
        #: By the last record of a batch: the chain's value in hexadecimal.
        self.chains = {}
        self.entries = []
        #: (record, name, members) of every command and event.
        self.others = []
        self.fault = None
        self._operations, self._keys = [], []
        reader = _Reader(self.folder, self._take)
        try:
            reader.run()
        except (verify_journal.Damage, OSError) as damage:
            self.fault = f"{self.node}: {damage}"
        self.end = reader.number - 1
        self.chains[self.end] = reader.chain.hex()
        self.is_torn = reader.torn is not None

    def _take(self, header, found):
        self.chains[header["number"] - 1] = header["previous"].hex()
        for number, kind, content, _ in found:
            if kind == 1:
                entry = records.entry(content)
                self.entries.append(
                    Entry(
                        number,
                        self._operations[entry["operation"]],
                        self._keys[entry["key"]],
                        entry["number"],
                        entry["participant"],
                    )
                )
            elif kind in (2, 3):
                name, value = (records.command if kind == 2 else records.event)(content)
                # Operations and keys are numbered in the order in which they were first named.
                if name == "operation.put" and value["operation"] not in self._operations:
                    self._operations.append(value["operation"])
                if name == "access.add_key":
                    self._keys.append(value["key_id"])
                self.others.append((number, name, value))

    def named(self, name):
        return [(record, value) for record, one, value in self.others if one == name]


def state_digest(folder, last):
    """A digest of what a stranger's program counts in the records up to `last`; or, where it counts
    otherwise than they say, REFUSED and why."""
    counter = Counter()

    def take(_, found):
        for number, kind, content, time in found:
            if number <= last:
                counter.record(kind, content, time)

    try:
        _Reader(folder, take).run()
    except verify_journal.Damage as damage:
        return f"{REFUSED}: {damage}"
    text = json.dumps(counter.summary(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def verified_by_the_gateway(program, node):
    """What `portillon journal verify` and `portillon replay` say against a member's journal."""
    wrong = []
    for command in (["journal", "verify", node.data], ["replay", node.data]):
        done = subprocess.run([program, *command], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip().splitlines() or ["it says nothing"]
            wrong.append(f"{node.name}: portillon {command[0]}: {said[-1]}")
    return wrong
