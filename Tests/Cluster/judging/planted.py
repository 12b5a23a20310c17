"""Flaws that the judge must find: each changes what is judged as a gateway that is wrong would."""

import copy


def _some(case, operation="once"):
    return case.exports[operation][len(case.exports[operation]) // 2]


def lost(case):
    case.exports["once"].remove(_some(case))


def lost_in_the_journal(case):
    entries = case.journals[0].entries
    # The last acknowledged one of those that a person was told of.
    told = {one[1] for sent in case.ledger.sent for one in sent.answers}
    entries.remove(next(entry for entry in reversed(entries) if entry.number in told))


def doubled(case):
    row = copy.copy(_some(case))
    row.entry += 1
    case.exports["once"].append(row)


def doubled_unlimited(case):
    ids = {sent.id for sent in case.ledger.sent if sent.idempotency is None}
    row = copy.copy(next(row for row in case.exports["unlimited"] if row.id in ids))
    row.entry += 1
    case.exports["unlimited"].append(row)


def gap(case):
    last = max(case.exports["daily"], key=lambda row: row.number)
    last.number += 1


def invented(case):
    row = copy.copy(case.exports["once"][-1])
    row.entry, row.id, row.participant = row.entry + 1, "e-nobody", "nobody"
    row.number += 1
    case.exports["once"].append(row)


def cover_twice(case):
    journal = case.journals[0]
    journal.others.append(next(one for one in journal.others if one[1] == "cover.crossed"))


def cover_late(case):
    for _, name, value in case.journals[0].others:
        if name == "cover.crossed":
            value["participants"] += 1


def chain(case):
    journal = case.journals[-1]
    record = sorted(journal.chains)[len(journal.chains) // 2]
    journal.chains[record] = "0" * 64


def state(case):
    case.digests = ["0" * 64] + ["1" * 64] * (len(case.journals) - 1)


def inconsistent(case):
    case.digests = ["refused: an entry with a key that does not work"] * len(case.journals)


def revoked_key(case):
    journal = case.journals[0]
    record, value = journal.named("access.revoke_key")[0]
    entry = copy.copy(journal.entries[-1])
    entry.key, entry.record = value["key_id"], record + 1
    journal.entries.append(entry)


def revoked_key_answered(case):
    sent = next(sent for sent in case.ledger.sent if sent.answers)
    case.ledger.revoked[sent.answers[0][3]] = sent.answers[0][4] - 1


def suspended(case):
    journal = case.journals[0]
    record, _ = journal.named("operation.suspend")[0]
    entry = copy.copy(next(e for e in journal.entries if e.operation == "unlimited"))
    entry.record = record + 1
    journal.entries.append(entry)
    journal.entries.sort(key=lambda entry: entry.record)


def act(case):
    case.declared.append(("c-0000000000000000", "never"))


def minority(case):
    case.ledger.of_minority.append(("e0", "a", 201))
    case.can_cut = True


def silence(case):
    name = next(iter(case.silences))
    case.silences[name].append(case.bounds[name] + 0.1)


def pressure(case):
    case.not_calm.append(("critical", "planted", 0.0))


def unwatched(case):
    case.scrapes = 0


def ladder(case):
    case.journals[0].others.append((1, "ladder.step", {"step": "smooth"}))


FLAWS = {
    flaw.__name__.replace("_", "-"): flaw
    for flaw in (
        lost, lost_in_the_journal, doubled, doubled_unlimited, gap, invented, cover_twice,
        cover_late, chain, state, inconsistent, revoked_key, revoked_key_answered, suspended, act,
        minority,
        silence, pressure, unwatched, ladder,
    )  # fmt: skip
}
#: Found by a comparison of members: a single one has nobody to be compared with.
OF_SEVERAL = {"chain", "state"}


def plant(case, name):
    FLAWS[name](case)
