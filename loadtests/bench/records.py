"""What the records of a journal may hold: written from FORMAT.md ("Contents of records") alone."""

import json
import re
import struct

IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
U32, U64, FIGURE = 2 ** 32 - 1, 2 ** 64 - 1, 10 ** 12


class Malformed(Exception):
    """A record that is not one of this format, and why."""


def entry(content):
    """The fields of an entry's record."""
    if len(content) < 52:
        raise Malformed("an entry that is too short")
    version, flags, source, counted_as, extensions, sealed, operation, key, participant, number = \
        struct.unpack("<BBBBHHIIIQ", content[:28])
    if version != 2:
        raise Malformed(f"an entry of version {version}")
    if flags & ~7 or counted_as > 2 or source > 64 or extensions > 3072 or sealed > 12288:
        raise Malformed("an entry's flags or lengths")
    leaf, = struct.unpack("<Q", content[44:52])
    if leaf >= 2 ** 48:
        raise Malformed("a leaf that no tree has")
    end = 68 if flags & 4 else 52
    if len(content) != end + extensions + source + sealed:
        raise Malformed("an entry's length")
    if flags & 4 and content[52:end] == bytes(16):
        raise Malformed("an idempotency key that is zero")
    # What follows the key's fingerprint is of the request under it.
    idempotency = content[52:60] if flags & 4 else None
    second_key, permit = check_extensions(content[end:end + extensions])
    if (permit is None) == (counted_as == 2):
        raise Malformed("a test entry without its permit")
    return {"operation": operation, "key": key, "participant": participant, "number": number,
            "fingerprint": content[28:44], "leaf": leaf, "idempotency": idempotency,
            "age": bool(flags & 1), "consents": bool(flags & 2), "second_key": second_key,
            "counted_as": ("participant", "robot", "test")[counted_as], "permit": permit}


def check_extensions(items):
    """The fingerprint of the second key and the permit's number; None where there is none."""
    at, last, second_key, permit = 0, -1, None, None
    while at < len(items):
        if at + 3 > len(items) or items[at] <= last:
            raise Malformed("an entry's extensions")
        last = items[at]
        if last >= 128 and last not in (129, 130):
            raise Malformed(f"an extension {last} that must be understood")
        length = int.from_bytes(items[at + 1:at + 3], "little")
        at += 3 + length
        if last == 1:
            check_evidence(items[at - length:at])
        if last == 2:
            check_consents(items[at - length:at])
        if last == 129:
            second_key = items[at - length:at]
            if len(second_key) != 16 or second_key == bytes(16):
                raise Malformed("a second key")
        if last == 130:
            permit = int.from_bytes(items[at - length:at], "little")
            if length != 4 or permit >= 10_000:
                raise Malformed("a test entry's permit")
        if last == 3 and length != 21:
            raise Malformed("the challenge of an entry")
    if at != len(items):
        raise Malformed("an entry's extensions")
    return second_key, permit


def check_evidence(item):
    """Ruleset, weights, findings left out; then findings: layer, two numbers, two names."""
    at = 21
    while at < len(item):
        if item[at] not in (1, 2, 3, 4) or at + 10 > len(item):
            raise Malformed("the evidence of an entry")
        rule = item[at + 9]
        tool_at = at + 10 + rule
        if not 1 <= rule <= 64 or tool_at >= len(item) or item[tool_at] > 64:
            raise Malformed("the evidence of an entry")
        at = tool_at + 1 + item[tool_at]
    if at != len(item) or at > 1024:
        raise Malformed("the evidence of an entry")


def check_consents(item):
    """Each a length and a name, then 0 or 32 and the digest of its text."""
    at = 0
    while at < len(item):
        name = item[at]
        at += 1 + name
        if not 1 <= name <= 64 or at >= len(item) or item[at] not in (0, 32):
            raise Malformed("the consents of an entry")
        at += 1 + item[at]
    if at != len(item):
        raise Malformed("the consents of an entry")


# Types: each says whether a value is one.

def text(most, least=1, allowed=""):
    def check(value):
        return isinstance(value, str) and least <= len(value.encode()) <= most and all(
            ch in allowed or ch >= " " and ch != "\x7f" for ch in value)
    return check


def whole(least=0, most=FIGURE):
    return lambda value: type(value) is int and least <= value <= most


def one_of(*values):
    return lambda value: isinstance(value, str) and value in values


def each(check, most):
    return lambda value: isinstance(value, list) and len(value) <= most and all(map(check, value))


def by_name(name, check, most):
    return lambda value: isinstance(value, dict) and 1 <= len(value) <= most and all(
        name(key) and check(inner) for key, inner in value.items())


def members(**types):
    """An object of these members, `name_` where a name is optional."""
    def check(value):
        if not isinstance(value, dict):
            return False
        known = {name.rstrip("_"): check for name, check in types.items()}
        for name, inner in value.items():
            if name.startswith("_"):
                continue
            if name not in known:
                raise Malformed(f"unknown member {name}")
            if not known[name](inner):
                raise Malformed(f"value of {name}")
        missing = [name for name in types if not name.endswith("_") and name not in value]
        if missing:
            raise Malformed(f"missing member {missing[0]}")
        return True
    return check


def identifier(value):
    return isinstance(value, str) and IDENTIFIER.fullmatch(value) is not None


def digest(value):
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def hexadecimal_16(value):
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{16}", value) is not None


def boolean(value):
    return isinstance(value, bool)


def string(value):
    return isinstance(value, str)


def country(value):
    return isinstance(value, str) and re.fullmatch("[A-Z]{2}", value) is not None


def cap(value):
    """One of the two members."""
    members(participants_=whole(1, U32), entries_=whole(1, FIGURE))(value)
    return isinstance(value, dict) and sum(not name.startswith("_") for name in value) == 1


def day(value):
    return isinstance(value, str) and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is not None


time = whole(-2 ** 63, 2 ** 63 - 1)
EXACT = whole(0, 2 ** 53 - 1)
note = text(1000, 0, "\t\n\r")
author = members(
    role=one_of("gateway", "admin", "operator", "auditor", "client", "scrape"), name=string)
ground = one_of(
    "undeclared_traffic", "degradation", "stability", "security", "maintenance", "authority",
    "unlawful_content", "unpaid", "contract_ended", "breach", "fraud", "account_information",
    "client_instruction", "force_majeure", "robots")
reason = one_of("lost", "stolen", "rotated")
severity = one_of("critical", "minor")


def minute(value):
    """The start of a minute."""
    return time(value) and value % 60_000 == 0


export = members(
    file=text(200), sha256=digest, entries=whole(0, U64), participants=whole(0, U32),
    operation_index_=whole(0, U32), last_record_=whole(0, U64), chain_=digest)
offsets = each(members(**{"from": time, "offset_seconds": whole(-86400, 86400)}), 1024)
calendar = members(
    time_zone=text(64), local_time=offsets, holidays=one_of("france", "alsace_moselle"))
SUSPENSION = dict(
    ground=ground, until_=time, definitive=boolean, note=text(1000), public_reason_=text(200),
    notice_=members(delivered_at=time, terms_=one_of("a", "b")), urgent_=lambda value: value is True,
    fault_=one_of("operator"))
policy = members(
    share_permille_=whole(1, 1000), suspend_after_seconds_=whole(1, 86400),
    suspension_seconds_=whole(1, 86400), longest_suspension_seconds_=whole(1, 86400),
    calm_seconds_=whole(1, 3600), target_permille_=whole(1, 1000),
    target_wait_milliseconds_=whole(1, 1000), least_pace_=whole(1, 10 ** 6),
    source_entries_=whole(1, 10 ** 6), source_permille_=whole(1, 1000),
    rise_entries_=whole(1, 10 ** 9), rise_seconds_=whole(1, 3600),
    minute_bad_percent_=whole(0, 99), minute_slow_milliseconds_=whole(100, 10_000),
    minute_expected_attempts_=whole(1, 60_000), minute_minimum_attempts_=whole(1, 60_000),
    minute_minimum_probes_=whole(1, 16))
LIMITS = members(
    strained_us=whole(), critical_us=whole(), strained_queue_wait_us=whole(),
    critical_queue_wait_us=whole(), strained_commit_us=whole(), critical_commit_us=whole(),
    strained_memory_permille=whole(), critical_memory_permille=whole())
REPORT = {
    "level": one_of("calm", "strained", "critical"),
    "before_": one_of("calm", "strained", "critical"),
    "figures": members(
        unread_wait_us=whole(), queue_wait_us=whole(), commit_us=whole(), calm_commit_us=whole(),
        loop_lag_us=whole(), shed=whole(), memory_permille=whole()),
    "limits_": LIMITS, "window_ms": whole(), "attempts_per_second": whole(),
    "accepted_per_second": whole(), "capacity_per_second_": whole(),
    "stage_": one_of("worker", "sequencer", "disk"), "nodes_": whole(2, 16),
    "operations": each(members(
        operation=identifier, attempts_per_second=whole(), accepted_per_second=whole(),
        queue_permille=whole(0, 1000), attempts_permille=whole(0, 1000),
        others_entries_=whole(), others_wait_us_=whole(), others_calm_wait_us_=whole(),
        withheld_=whole()), 64)}
EVENT_TYPES = (
    "cover.near", "cover.crossed", "campaign.undeclared", "traffic.undeclared",
    "robots.counted", "permit.issued", "permit.revoked", "permit.purged", "permit.forgotten",
    "client.crossed",
    "client.within", "operation.smoothed",
    "operation.suspended", "operation.resumed", "client.suspended", "client.resumed",
    "ladder.advised", "key.revoked",
    "incident.opened", "incident.acknowledged", "incident.noted", "incident.reclassified",
    "incident.resolved", "incident.reopened", "maintenance.announced", "maintenance.extended",
    "maintenance.ended", "force_majeure.began", "force_majeure.ended", "incident.overdue",
    "force_majeure.lasting", "change.announced", "change.withdrawn",
    "webhook.given_up", "webhook.disabled", "webhook.test")

COMMANDS = {
    "operation.put": dict(
        operation=identifier, client=identifier, title=text(200), opens_=time, closes_=time, start_=one_of("shuffled"),
        rule=one_of("once", "daily", "unlimited"), time_zone=text(64), local_time=offsets,
        minimum_age_=whole(0, 120), consents=each(text(64), 16),
        consent_texts_=by_name(text(64), digest, 16), public_reason_=text(200),
        allowed_origins=each(text(255), 32),
        identity_=one_of("email", "phone"), country_=country,
        networks_=each(text(64), 32), allowed_robots_=each(text(64), 16),
        second_key_=members(name=identifier, limit=whole(1, 10 ** 6)), cap_=cap,
        robots=one_of("off", "observe", "challenge", "refuse"),
        policy=one_of("advise", "enforce"), data_key_id=identifier),
    "operation.open": dict(operation=identifier, note_=note),
    "operation.close": dict(operation=identifier, note_=note),
    "operation.suspend": dict(operation=identifier, **SUSPENSION),
    "operation.resume": dict(operation=identifier, note_=note, confirm_=string),
    "client.suspend": dict(client=identifier, **SUSPENSION),
    "client.resume": dict(client=identifier, note_=note, confirm_=string),
    "client.add_note": dict(
        client=identifier, operation_=identifier, text=text(4000, 1, "\t\n\r")),
    "operation.set_pace": dict(operation=identifier, per_second_=whole(1, 10 ** 6), note_=note),
    "operation.reset": dict(operation=identifier, data_key_id=identifier, export=export),
    "operation.delete": dict(operation=identifier, export=export),
    "access.add_key": dict(
        operation=identifier, key_id=identifier, digest=digest, front_end_=one_of("server")),
    "access.revoke_key": dict(key_id=identifier, reason=reason, declared_at_=time),
    "access.suspect_key": dict(key_id=identifier, note_=note),
    "access.add_token": dict(token_id=identifier, holder=author, digest=digest, expires=time),
    "access.renew_token": dict(
        token_id=identifier, new_token_id=identifier, digest=digest, expires=time,
        overlap_until=time),
    "access.revoke_token": dict(token_id=identifier, reason=reason, declared_at_=time),
    "access.suspect_token": dict(token_id=identifier, note_=note),
    "contract.put_client": dict(client=identifier, name=text(200)),
    "contract.give_notice": dict(
        operation=identifier, expected_participants=whole(1, U32), note_=note),
    "contract.withdraw_notice": dict(operation=identifier, note_=note),
    "contract.declare_campaign": dict(
        operation=identifier, campaign=identifier,
        channel=one_of(
            "email", "sms", "television", "radio", "social", "display", "press", "other"),
        recipients=whole(1, U32), starts=time, ends_=time, source_=text(64), note_=note),
    "contract.withdraw_campaign": dict(operation=identifier, campaign=identifier, note_=note),
    "contract.set_policy": dict(policy=policy),
    "person.export": dict(
        operation=identifier, operation_index=whole(0, U32), format=one_of("ndjson", "csv"),
        last_record=whole(0, U64), chain=digest),
    "webhook.add": dict(
        webhook_id=identifier, client_=identifier, url=text(2048),
        events=each(one_of(*(kind for kind in EVENT_TYPES if kind != "webhook.test")), 35)),
    "webhook.remove": dict(webhook_id=identifier),
    "webhook.test": dict(webhook_id=identifier),
    "webhook.outcomes": dict(
        webhook_id=identifier,
        deliveries=each(members(
            record=whole(0, U64), type=one_of(*EVENT_TYPES),
            outcome=one_of("delivered", "given_up"), attempts=whole(0, U32),
            status_=whole(0, 65535), at=time), 100)),
    "permit.issue": dict(
        permit_id=identifier, operation=identifier, per_second=whole(1, 10 ** 6), starts=time,
        ends=time, addresses=each(text(64), 16), note_=note),
    "permit.revoke": dict(permit_id=identifier, note_=note),
    "permit.purge": dict(permit_id=identifier, note_=note),
    "permit.forgotten": dict(
        permit_id=identifier, leaves=whole(0, U64), last_record=whole(0, U64)),
    "incident.open": dict(
        incident=whole(1, U32), severity=severity, title=text(200), client_=identifier,
        note_=text(1000, 1, "\t\n\r"), rule_=identifier),
    "incident.acknowledge": dict(incident=whole(1, U32), note_=note),
    "incident.add_note": dict(incident=whole(1, U32), note=text(1000, 1, "\t\n\r")),
    "incident.reclassify": dict(incident=whole(1, U32), severity=severity, note_=note),
    "incident.resolve": dict(
        incident=whole(1, U32), outcome=one_of("confirmed", "not_confirmed", "not_ours"),
        note_=note),
    "incident.reopen": dict(incident=whole(1, U32), note_=note),
    "maintenance.announce": dict(
        maintenance=whole(1, U32), kind=one_of("scheduled", "emergency"), client_=identifier,
        note_=note, starts_=time, ends_=time,
        recurrence_=members(every_days_=whole(1, 366), occurrences=whole(1, 104))),
    "maintenance.extend": dict(maintenance=whole(1, U32), ends=time, note_=note),
    "maintenance.end": dict(maintenance=whole(1, U32), note_=note),
    "maintenance.end_series": dict(maintenance=whole(1, U32), note_=note),
    "service.set_calendar": dict(
        hours=members(
            opens_minute=whole(0, 1439), closes_minute=whole(1, 1440),
            weekdays=each(whole(1, 7), 7), days_off_=each(day, 366)),
        calendar_=calendar, zone_=members(time_zone=text(64), local_time=offsets),
        holidays_=one_of("france", "alsace_moselle")),
    "service.begin_force_majeure": dict(
        force_majeure=whole(1, U32), kind=identifier, starts=time, note_=note),
    "service.end_force_majeure": dict(force_majeure=whole(1, U32), note_=note),
    "service.correct_minutes": dict(**{
        "from": minute, "to": minute, "becomes": one_of(
            "accessible", "not_accessible", "unmeasured", "as_measured"),
        "client_": identifier, "reason": text(1000, 1, "\t\n\r")}),
    "service.announce_change": dict(
        change=whole(1, U32), client_=identifier, note=text(1000, 1, "\t\n\r"), degrades=boolean,
        takes_effect_at=time),
    "service.withdraw_change": dict(change=whole(1, U32), note_=note),
    "service.remove_probe": dict(probe=identifier),
    "fact.started": dict(version=text(100), policy_=policy, calendar_=calendar),
    "fact.measured": REPORT,
    "fact.unknown_source": dict(
        operation=identifier, source=text(64), entries=whole(), permille=whole(0, 1000),
        window_seconds=whole(), undeclared_entries=whole(), operation_entries=whole()),
    "fact.rise": dict(operation=identifier, entries=whole(), window_seconds=whole(1, 3600)),
    "fact.answered": dict(
        operation=identifier, state=one_of("smoothed", "suspended"), since=time, until=time,
        accepted=whole(), repeated=whole(), refused=whole(), closed=whole(), overloaded=whole(),
        waiting=whole(), suspended=whole(), challenged=whole()),
    "fact.robots": dict(
        operation=identifier, since=time, until=time, attempts=whole(), robots=whole(),
        suspects=whole(), admitted=whole(), observed=whole(), challenged=whole(),
        refused=whole(), tests=whole(),
        weights=each(members(**{"from": whole(0, 14_490)}, count=whole()), 64),
        rules=each(members(rule=text(256), layer=whole(0, 4), count=whole()), 32),
        tools=each(members(tool=text(256), rule=text(256), count=whole()), 12),
        origins=each(members(
            kind=one_of("key", "network", "permit"), name=text(256), count=whole()), 36),
        samples=each(members(
            at=time, network=text(256), weight=whole(-10 ** 6, 10 ** 6),
            verdict=one_of("admitted", "observed", "challenged", "refused"),
            rules=each(text(256), 8), tool_=text(256)), 4),
        ruleset_=members(version=whole(0, U32), digest=hexadecimal_16)),
    "fact.queue": dict(
        operation=identifier, epoch=EXACT, issued=EXACT, called=EXACT, called_at_most=EXACT,
        held=EXACT),
    "fact.draw": dict(
        operation=identifier, epoch=EXACT, registered=whole(0, 2_000_000), seed_=EXACT,
        after_=EXACT),
    "fact.probe_minute": dict(
        probe=identifier, minute=whole(), attempts=whole(1, 60_000), failed=whole(0, 60_000),
        slow=whole(0, 60_000)),
    "fact.lost_minute": dict(
        client=identifier, minute=whole(), refused=whole(1, 1 << 53), attempts=whole(1, 1 << 53)),
    "fact.not_accepted": dict(
        operation=identifier, since=time, until=time, repeated=whole(), waiting=whole(),
        challenged=whole(), refused=whole(), suspended=whole(), closed=whole(),
        overloaded=whole()),
    "fact.level": dict(level=whole(1, 65_535)),
}
COMMANDS = {name: members(command=string, by=author, **types) for name, types in COMMANDS.items()}

CROSSING = dict(operation=identifier, participants=whole(0, U32), cover=whole(0, U32))
TOGETHER = dict(
    operation=identifier, client=identifier, operations=whole(), participants=whole(0, U64),
    cover=whole(0, U64))
MISSING = members(
    notice=one_of("cover", "client", "campaign", "rise"), since=time, count_=whole(),
    allowed=whole(), source_=text(64), window_seconds_=whole())
EVENTS = {
    "cover.near": CROSSING,
    "cover.crossed": CROSSING,
    "client.crossed": TOGETHER,
    "client.within": TOGETHER,
    "ladder.step": dict(
        step=one_of("smooth", "suspend", "resume"), enforced=boolean, rule=string,
        ground_=one_of("undeclared_traffic", "degradation"), per_second_=whole(0, U32),
        until_=time, cause_=one_of("lasting", "refusing"), reason_=one_of("expired", "calm"),
        since_=time, capacity_per_second_=whole(), crossed_at_=time, missing_=each(MISSING, 4),
        report_=members(**REPORT), **CROSSING),
    "suspension.ended": dict(operation=identifier, ground=ground, until=time),
    "client_suspension.ended": dict(operation=identifier, ground=ground, until=time),
    "incident.overdue": dict(incident=whole(1, U32), client_=identifier, respond_by=time),
    "force_majeure.lasting": dict(
        force_majeure=whole(1, U32), terms=one_of("a", "b"), since=time),
}
EVENTS = {name: members(event=string, **types) for name, types in EVENTS.items()}


def unique(pairs):
    if len({name for name, _ in pairs}) != len(pairs):
        raise Malformed("a member that stands twice")
    return dict(pairs)


def record(content, naming, table):
    """A command or an event: an object whose member `naming` says which of the table's it is."""
    try:
        value = json.loads(content.decode(), object_pairs_hook=unique)
    except ValueError as error:
        raise Malformed(f"JSON: {error}") from error
    name = value.get(naming) if isinstance(value, dict) else None
    if not isinstance(name, str) or name not in table:
        raise Malformed(f"unknown {naming} {name}")
    table[name](value)
    return name, value


def command(content):
    return record(content, "command", COMMANDS)


def event(content):
    return record(content, "event", EVENTS)
