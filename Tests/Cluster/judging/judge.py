"""Holds what clients were told against what is on record: every figure of the plan, as a bar."""

import collections
import dataclasses
import statistics

from bench.bars import Bar

from . import evidence

#: Participants that an operation without declarations is covered for (C2).
COVER = 50_000


@dataclasses.dataclass
class Case:
    """All that is judged. Planted flaws change it before it is."""

    ledger: object
    rules: dict
    #: By operation: rows of the leader's export.
    exports: dict
    journals: list
    declared: list
    #: What the operator was answered that nobody should be.
    wrong_answers: list
    #: By fault: seconds without an acknowledgement, one for each round.
    silences: dict
    bounds: dict
    not_calm: list
    scrapes: int
    #: What stopped the run, or a process, that should not have.
    broken: list
    by_gateway: list
    can_cut: bool
    #: Whether the machine did other work meanwhile: pressure and the ladder are then shown only.
    is_loaded: bool = False
    #: By record, for each journal: what a stranger's program counts up to it.
    digests: list = None


def _count(what, found, form=",.0f"):
    """Something that must not happen at all."""
    return Bar(what, found, at_most=0, form=form)


def bars(case, say):
    """Every bar; `say` is told each single thing that breaks one."""
    return [
        Bar("acknowledged entries", case.ledger.acknowledged, at_least=1, form=",.0f"),
        *of_entries(case, say),
        *of_journals(case, say),
        *of_acts(case, say),
        *of_time(case),
        *of_the_run(case, say),
    ]


# Entries


def of_entries(case, say):
    found = collections.Counter()
    unknown_stored = 0
    by_number = {row.entry: (name, row) for name, rows in case.exports.items() for row in rows}
    journal = {(e.number, e.participant) for e in case.journals[0].entries}
    stored = collections.Counter(row.id for rows in case.exports.values() for row in rows)
    known = {sent.id for sent in case.ledger.sent}

    def fault(kind, text):
        found[kind] += 1
        if found[kind] <= 5:
            say(f"{kind}: {text}")

    for sent in case.ledger.sent:
        accepted = set()
        for verdict, entry, number, key, *_ in sent.answers:
            operation, row = by_number.get(entry, (None, None))
            if row is None or (entry, number) not in journal:
                fault("lost", f"{sent.id} of {sent.operation} was told entry {entry}, no. {number}")
            elif (operation, row.participant, row.number) != (
                sent.operation,
                sent.participant,
                number,
            ):
                fault("told otherwise", f"{sent.id} was told entry {entry}, no. {number}")
            elif verdict == "accepted" and (row.id, row.key) != (sent.id, key):
                fault("told otherwise", f"{sent.id}, accepted, is on record as {row.id}")
            if verdict == "accepted":
                accepted.add(entry)
        if len(accepted) > 1 or stored[sent.id] > 1:
            kind = "doubled" if sent.idempotency else "doubled, unlimited without a key"
            fault(kind, f"{sent.id} of {sent.operation}: entries {sorted(accepted)}")
        unknown_stored += sent.unsafe and stored[sent.id] > 0
    strangers = sum(count for identity, count in stored.items() if identity not in known)
    for name, rows in case.exports.items():
        _check_participants(name, case.rules[name], rows, fault)
    asked_again = sum(sent.unknown for sent in case.ledger.sent)
    unsafe = sum(sent.unsafe for sent in case.ledger.sent)
    say(
        f"requests whose outcome was unknown: {asked_again:,}; of {unsafe:,} that nobody may send "
        f"again, {unknown_stored:,} were stored"
    )
    gaps = sum(_gaps(rows) for rows in case.exports.values())
    return [
        _count("acknowledged and lost", found["lost"]),
        _count("acknowledged otherwise than on record", found["told otherwise"]),
        _count("doubled", found["doubled"]),
        _count("doubled, unlimited without a key", found["doubled, unlimited without a key"]),
        _count("participants with two numbers, numbers with two participants", found["number"]),
        _count("gaps between participant numbers", gaps),
        _count("entries that nobody sent", strangers),
        Bar(
            "unknown outcomes stored, of those that nobody may send again",
            unknown_stored,
            at_most=unsafe,
            form=",.0f",
        ),
    ]


def _check_participants(name, rule, rows, fault):
    numbers, people, entries = {}, {}, collections.Counter()
    for row in rows:
        person = (row.participant, row.day) if rule == "daily" else row.participant
        if numbers.setdefault(person, row.number) != row.number:
            fault("number", f"{name}: {person} has numbers {numbers[person]} and {row.number}")
        if people.setdefault(row.number, person) != person:
            fault("number", f"{name}: {row.number} is {people[row.number]} and {person}")
        entries[person] += 1
        if rule != "unlimited" and entries[person] == 2:
            fault("doubled", f"{name}: {person} has two entries")


def _gaps(rows):
    numbers = {row.number for row in rows}
    return max(numbers, default=0) - len(numbers)


# Journals


def of_journals(case, say):
    first, *others = case.journals
    faults = [journal.fault for journal in case.journals if journal.fault] + case.by_gateway
    for fault in faults:
        say(f"journal: {fault}")
    common = min(journal.end for journal in case.journals)
    differing = 0
    for journal in others:
        shared = first.chains.keys() & journal.chains.keys()
        differs = [record for record in shared if first.chains[record] != journal.chains[record]]
        is_apart = common not in first.chains or common not in journal.chains
        if differs or is_apart:
            differing += 1
            at = min(differs or [common])
            say(f"chains of {first.node} and {journal.node}: apart from record {at}")
    if case.digests is None:
        # A journal that is damaged has been told of above.
        whole = [journal for journal in case.journals if not journal.fault]
        case.digests = [evidence.state_digest(journal.folder, common) for journal in whole]
    refused = [digest for digest in case.digests if digest.startswith(evidence.REFUSED)]
    for one in refused:
        say(f"journal: {one}")
    states = max(len(set(case.digests)), 1)
    told = max((one[1] for sent in case.ledger.sent for one in sent.answers), default=0)
    behind = sum(max((e.number for e in one.entries), default=0) < told for one in case.journals)
    return [
        _count("journals that a verifier refuses", len(faults)),
        _count(f"members whose chain differs, of {len(case.journals)}", differing),
        _count(f"members whose state differs at record {common:,}", states - 1),
        _count("journals whose records do not go together", len(refused)),
        _count("members without the last acknowledged entry", behind),
        *_cover(first, say),
        *_of_calm(case, say, "ladder steps", len(first.named("ladder.step"))),
    ]


def _of_calm(case, say, what, found):
    """What does not happen to a cluster that has its machine for itself."""
    if case.is_loaded:
        say(f"{what}: {found:,}; not judged on a loaded machine")
        return []
    return [_count(what, found)]


def _cover(journal, say):
    crossings = [
        (record, value)
        for record, value in journal.named("cover.crossed")
        if value["operation"] == "once"
    ]
    last = {
        entry.record: entry.participant for entry in journal.entries if entry.operation == "once"
    }
    off = 0
    for record, value in crossings:
        before = max((at for at in last if at < record), default=None)
        if value["participants"] != COVER + 1 or last.get(before) != COVER + 1:
            off += 1
            say(f"cover: crossed at record {record} with {value}, behind entry {last.get(before)}")
    return [
        Bar("events of the cover crossed", len(crossings), 1, 1, form=".0f"),
        _count("of these, not at participant 50,001", off),
    ]


# What an operator did


def of_acts(case, say):
    journal = case.journals[0]
    revoked_at = {value["key_id"]: record for record, value in journal.named("access.revoke_key")}
    under = [
        entry
        for entry in journal.entries
        if entry.key in revoked_at and entry.record > revoked_at[entry.key]
    ]
    late = [
        sent.id
        for sent in case.ledger.sent
        for _, _, _, key, asked, *_ in sent.answers
        if key in case.ledger.revoked and asked > case.ledger.revoked[key]
    ]
    for one in late[:5]:
        say(f"key: {one} was let in under a key that was refused before")
    missing = [key for key in case.ledger.revoked if key not in revoked_at]
    campaigns = collections.Counter(
        value["campaign"] for _, value in journal.named("contract.declare_campaign")
    )
    missing += [campaign for campaign, _ in case.declared if campaigns[campaign] != 1]
    notes = {value["note"] for _, value in journal.named("operation.suspend")}
    missing += [note for what, note in case.ledger.done if note not in notes]
    for one in missing[:5]:
        say(f"act: {one} was said to be done, and is not on record")
    for one in case.wrong_answers[:5]:
        say(f"act: {one}")
    return [
        _count("entries under a revoked key, in the journal", len(under)),
        _count("entries under a revoked key, by its answer", len(late)),
        _count("entries while their operation was suspended", _while_suspended(journal)),
        _count("acts that were answered and are not on record", len(missing)),
        _count("acts that were refused", len(case.wrong_answers)),
    ]


def _while_suspended(journal):
    """Entries of `unlimited` between the records of its suspension and of its return."""
    turns = [(record, True) for record, _ in journal.named("operation.suspend")]
    turns += [(record, False) for record, _ in journal.named("operation.resume")]
    turns.sort()
    found, at, is_suspended = 0, 0, False
    for entry in journal.entries:
        while at < len(turns) and turns[at][0] < entry.record:
            is_suspended = turns[at][1]
            at += 1
        found += is_suspended and entry.operation == "unlimited"
    return found


# Time, and the run itself


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def of_time(case):
    return [
        Bar(
            f"ms without an acknowledgement, {name} (rounds {len(values)}, "
            f"p50 {statistics.median(values) * 1e3:,.0f}, "
            f"p99 {percentile(values, 0.99) * 1e3:,.0f}), longest",
            max(values) * 1e3,
            at_most=case.bounds[name] * 1e3,
            form=",.0f",
        )
        for name, values in case.silences.items()
    ]


def of_the_run(case, say):
    for one in case.broken:
        say(f"run: {one}")
    for level, fault, _ in case.not_calm[:5]:
        say(f"pressure: {level} during {fault}")
    rounds = sum(map(len, case.silences.values()))
    minority = [_count("acknowledgements of a minority", len(case.ledger.of_minority))]
    return [
        *(minority if case.can_cut else []),
        Bar("scrapes of the leader's pressure", case.scrapes, at_least=rounds, form=",.0f"),
        *_of_calm(case, say, "of these, with pressure other than calm", len(case.not_calm)),
        _count("things that broke the run", len(case.broken)),
    ]
