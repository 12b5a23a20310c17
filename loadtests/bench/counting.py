"""Counts what a journal records, operation by operation: written from FORMAT.md ("Counting") alone.

Everything that a stranger can check of the entry rules is checked on the way.
"""

import datetime

from bench import records
from bench.records import Malformed

DAY = 86_400_000
EPOCH_2020 = 1_577_836_800_000
#: The format level of FORMAT.md that this reader was written by.
KNOWN_LEVEL = 1
FIGURES = ("entries", "participants", "robot_entries", "robots")
ANSWERS = ("repeated", "waiting", "challenged", "refused", "suspended", "closed", "overloaded")


def offset_seconds(table, time):
    """Local time less UTC, by a list of offsets."""
    offset = table[0]["offset_seconds"]
    for change in table:
        if change["from"] <= time:
            offset = change["offset_seconds"]
    return offset


class Operation:
    def __init__(self, name, settings):
        self.name, self.settings = name, settings
        self.phase = "draft"
        self.suspended = self.pace = self.measure = self.notice = self.crossed_at = None
        self.client_suspended = None
        self.queue = self.draw = None
        self.cover, self.campaigns, self.keys, self.by_client = 50_000, {}, set(), False
        self.empty()

    def empty(self):
        self.entries = self.participants = 0
        self.numbers = {}       # fingerprint → the participant's number
        self.days = set()       # of `daily`: (fingerprint, local day)
        self.apart = set()      # (robot or test, fingerprint, local day of `daily`)
        self.counts_apart = {"robot": 0, "test": 0}
        self.second_keys = {}   # (fingerprint, local day where the rule is `daily`) → entries
        self.idempotency = {}   # fingerprint → the time in the number of the entry

    def reset(self):
        after = Operation(self.name, self.settings)
        for name in ("phase", "suspended", "client_suspended", "by_client", "pace", "notice",
                     "cover", "campaigns", "keys"):
            setattr(after, name, getattr(self, name))
        return after

    def declared(self):
        """The cover, after a declaration or the end of one."""
        cover = max(50_000, self.announced)
        if cover != self.cover:
            self.cover, self.crossed_at = cover, None

    @property
    def announced(self):
        counted = sum(c["recipients"] for c in self.campaigns.values() if c["counts"])
        return min(max(self.notice or 0, counted), 2 ** 32 - 1)

    def shares_cover(self, time):
        """Whether it counts together with its client's other operations."""
        closes = self.settings.get("closes")
        return self.phase == "open" and self.cover == 50_000 \
            and self.participants <= self.cover and (closes is None or time < closes)

    @property
    def enforced(self):
        """The ladder's measure, where it is in force."""
        return self.measure if self.settings["policy"] == "enforce" else None

    @property
    def state(self):
        if self.phase != "open":
            return self.phase
        measure = self.enforced
        if "definitively" in (self.suspended, self.client_suspended):
            return "suspended_definitively"
        if self.suspended or self.client_suspended or measure == "suspend":
            return "suspended"
        if self.is_over:
            return "closed"
        return "smoothed" if self.pace or measure == "smooth" else "open"

    def is_capped(self, name):
        """Whether there are as many as the cap allows."""
        most = self.settings.get("cap", {}).get(name)
        return most is not None and getattr(self, name) >= most

    @property
    def is_over(self):
        return self.is_capped("entries") \
            or self.is_capped("participants") and self.settings["rule"] == "once"

    def local_day(self, time):
        return (time + 1000 * offset_seconds(self.settings["local_time"], time)) // DAY


class Run(Operation):
    """The test entries that come with one permit."""

    def __init__(self, operation, terms):
        super().__init__(terms["permit_id"], {})
        self.operation, self.starts, self.ends = operation, terms["starts"], terms["ends"]
        self.is_revoked = self.is_forgotten = False
        self.purged = None


class Counter:
    def __init__(self):
        self.numbered = []      # operations by their number
        self.permits = []       # by their number: Run
        self.permit_names = {}
        self.names = {}         # name → number, of those that are
        self.keys = []          # front-end keys by their number: [operation's number, revoked]
        self.key_names = {}
        self.clients, self.kinds = set(), {}
        self.suspended_clients = {}     # name → how, and until when if there is an end
        self.webhooks = {}      # by id: the record of the last delivery that ended
        self.numbers = {}       # by kind: the last number of an incident, a maintenance, …
        self.starts = self.last = 0
        self.calendar = [{"from": 0, "offset_seconds": 0}]      # the operator's
        self.months = {}        # (month, client, operation's name) → figures by name

    def record(self, kind, content, time):
        """Takes the next record in; raises Malformed for one that cannot be."""
        if kind == 1:
            name = "entry"
            self.entry(records.entry(content), time)
        elif kind == 2:
            name, value = records.command(content)
            self.command(name, value, time)
        elif kind == 3:
            name, value = records.event(content)
            self.event(name, value, time)
        else:
            raise Malformed(f"unknown kind {kind}")
        self.kinds[name] = self.kinds.get(name, 0) + 1

    def operation(self, value):
        number = self.names.get(value["operation"])
        if number is None:
            raise Malformed(f"no operation {value['operation']}")
        return self.numbered[number]

    def use(self, operation, time, **figures):
        """Adds to what an operation used in the operator's month of a time."""
        local = time + 1000 * offset_seconds(self.calendar, time)
        day = datetime.date(1970, 1, 1) + datetime.timedelta(days=local // DAY)
        key = f"{day:%Y-%m}", operation.settings["client"], operation.name
        used = self.months.setdefault(key, dict.fromkeys(FIGURES + ANSWERS, 0))
        for name, count in figures.items():
            used[name] += count

    # Entries

    def entry(self, entry, time):
        if entry["operation"] >= len(self.numbered) or entry["key"] >= len(self.keys):
            raise Malformed("an entry of no operation or no key")
        operation = self.numbered[entry["operation"]]
        owner, revoked = self.keys[entry["key"]]
        if owner != entry["operation"] or revoked:
            raise Malformed("an entry with a key that does not work")
        if entry["number"] <= self.last:
            raise Malformed("entries' numbers do not ascend")
        self.last = entry["number"]
        self.check_settings(operation, entry, time)
        if entry["permit"] is not None:
            self.test_entry(operation, entry, time)
        elif entry["counted_as"] == "participant":
            before = operation.participants
            self.check_rule(operation, entry, time)
            operation.entries += 1
            self.use(operation, time, entries=1, participants=operation.participants - before)
        else:
            self.check_rule_apart(operation, entry, time)
            self.use(operation, time, robot_entries=1)

    def test_entry(self, operation, entry, time):
        """A run is a world of its own: no cap, no second key, numbers from 1."""
        if entry["permit"] >= len(self.permits):
            raise Malformed("a test entry of no permit")
        run = self.permits[entry["permit"]]
        if run.is_revoked or run.operation != entry["operation"] \
                or not run.starts <= time < run.ends:
            raise Malformed("a test entry with a permit that is not in force")
        run.settings = {name: value for name, value in operation.settings.items()
                        if name not in ("cap", "second_key")}
        self.check_rule(run, entry, time)
        run.entries += 1
        operation.counts_apart["test"] += 1

    def check_settings(self, operation, entry, time):
        settings = operation.settings
        opens, closes = settings.get("opens"), settings.get("closes")
        if operation.state not in ("open", "smoothed") or opens is not None and time < opens \
                or closes is not None and time >= closes:
            raise Malformed("an entry of an operation that is not open")
        if "minimum_age" in settings and not entry["age"]:
            raise Malformed("an entry without the age")
        if settings["consents"] and not entry["consents"]:
            raise Malformed("an entry without consents")

    def check_rule(self, operation, entry, time):
        who, rule = entry["fingerprint"], operation.settings["rule"]
        known = operation.numbers.get(who)
        if operation.is_capped("entries") or known is None and operation.is_capped("participants"):
            raise Malformed("an entry beyond the cap")
        self.check_second_key(operation, entry, time)
        if known is None:
            operation.participants += 1
            operation.numbers[who] = known = operation.participants
        elif rule == "once":
            raise Malformed("a second entry of one participant")
        if entry["participant"] != known:
            raise Malformed("a participant's number")
        if rule == "daily":
            day = (who, operation.local_day(time))
            if day in operation.days:
                raise Malformed("a second entry on one day")
            operation.days.add(day)
        self.check_idempotency(operation, entry, time)

    def check_rule_apart(self, operation, entry, time):
        """A robot's or a test's: no participant's, and nobody's but its own kind's is repeated."""
        counted_as, rule = entry["counted_as"], operation.settings["rule"]
        if operation.is_capped("entries") or operation.is_capped("participants"):
            raise Malformed("an entry beyond the cap")
        if entry["participant"] != 0:
            raise Malformed("a participant's number of an entry that counts apart")
        day = operation.local_day(time) if rule == "daily" else None
        who = (counted_as, entry["fingerprint"], day)
        if rule != "unlimited":
            is_persons = (entry["fingerprint"], day) in operation.days if rule == "daily" \
                else entry["fingerprint"] in operation.numbers
            if who in operation.apart or counted_as == "robot" and is_persons:
                raise Malformed("a second entry that counts apart")
            operation.apart.add(who)
        self.check_idempotency(operation, entry, time)
        operation.counts_apart[counted_as] += 1

    def check_idempotency(self, operation, entry, time):
        if not entry["idempotency"]:
            return
        before = operation.idempotency.get(entry["idempotency"])
        if before is not None and time - before < DAY:
            raise Malformed("an idempotency key twice within 24 hours")
        operation.idempotency[entry["idempotency"]] = EPOCH_2020 + (entry["number"] >> 20)

    def check_second_key(self, operation, entry, time):
        limit = operation.settings.get("second_key", {}).get("limit")
        if limit is None:
            return
        if entry["second_key"] is None:
            raise Malformed("an entry without a second key")
        is_daily = operation.settings["rule"] == "daily"
        key = entry["second_key"], operation.local_day(time) if is_daily else None
        count = operation.second_keys[key] = operation.second_keys.get(key, 0) + 1
        if count > limit:
            raise Malformed("an entry beyond the limit of its second key")

    # Commands

    def command(self, name, value, time):
        family, verb = name.split(".")
        if family == "fact":
            self.starts += verb == "started"
            if verb == "queue":
                self.queue(self.operation(value), value)
            elif verb == "draw":
                self.draw(self.operation(value), value)
            elif verb == "started":
                self.calendar = value.get("calendar", {}).get("local_time", self.calendar)
            elif verb == "level" and value["level"] > KNOWN_LEVEL:
                raise Malformed("a format level that this reader does not know")
            elif verb == "robots":
                self.use(self.operation(value), value["since"], robots=value["robots"])
            elif verb == "not_accepted":
                self.use(self.operation(value), value["since"],
                         **{name: value[name] for name in ANSWERS})
        elif name == "operation.put":
            self.put(value, time)
        elif family == "client":
            self.client(verb, value, time)
        elif family == "operation":
            self.change(verb, self.operation(value), value)
        elif family == "access":
            self.access(verb, value)
        elif family == "webhook":
            self.webhook(verb, value)
        elif family == "permit":
            self.permit(verb, value, time)
        elif family in ("incident", "maintenance", "service"):
            self.service(family, verb, value, time)
        elif family == "person":
            self.operation(value)
            if self.names[value["operation"]] != value["operation_index"]:
                raise Malformed("an export of another operation")
        elif verb == "put_client":
            self.clients.add(value["client"])
        elif verb != "set_policy":
            self.declare(verb, self.operation(value), value, time)

    def client(self, verb, value, time):
        """A client with all its operations."""
        name = value["client"]
        if name not in self.clients:
            raise Malformed("no such client")
        if verb == "add_note":
            if "operation" in value and self.operation(value).settings["client"] != name:
                raise Malformed("an exchange about another client's operation")
            return
        how = None
        if verb == "suspend":
            how = "definitively" if value["definitive"] else "for a time"
            self.suspended_clients[name] = how, value.get("until")
        elif self.suspended_clients.pop(name, None) is None:
            raise Malformed("a client resumed that is not suspended")
        for number in self.names.values():
            if self.numbered[number].settings["client"] == name:
                self.numbered[number].client_suspended = how

    def webhook(self, verb, value):
        """Who is sent events changes nothing of what is counted; outcomes come once, in order."""
        name = value["webhook_id"]
        if verb == "add":
            if name in self.webhooks or "client" in value and value["client"] not in self.clients:
                raise Malformed("a webhook that is there, or of no client")
            self.webhooks[name] = 0
            return
        if name not in self.webhooks:
            raise Malformed("a webhook that is not there")
        if verb == "remove":
            del self.webhooks[name]
        elif verb == "outcomes":
            for delivery in value["deliveries"]:
                if delivery["record"] <= self.webhooks[name]:
                    raise Malformed("outcomes that do not ascend")
                self.webhooks[name] = delivery["record"]

    def permit(self, verb, value, time):
        name = value["permit_id"]
        if verb == "issue":
            self.operation(value)
            if name in self.permit_names or not time < value["ends"] \
                    or not 0 < value["ends"] - value["starts"] <= 31 * DAY:
                raise Malformed("a permit that is there, or is over")
            self.permit_names[name] = len(self.permits)
            self.permits.append(Run(self.names[value["operation"]], value))
            return
        if name not in self.permit_names:
            raise Malformed("a permit that is not there")
        run = self.permits[self.permit_names[name]]
        if verb == "revoke":
            if run.is_revoked:
                raise Malformed("a permit revoked twice")
            run.is_revoked = True
        elif verb == "purge":
            if run.purged is not None:
                raise Malformed("a run purged twice")
            run.is_revoked, run.purged = True, run.entries
            self.numbered[run.operation].counts_apart["test"] -= run.entries
            run.empty()
        else:
            if run.purged != value["leaves"] or run.is_forgotten:
                raise Malformed("a run forgotten that was not purged, or not all of it")
            run.is_forgotten = True

    def service(self, family, verb, value, time):
        """What concerns the service changes nothing of what is counted; numbers ascend by one."""
        if "client" in value and value["client"] not in self.clients:
            raise Malformed(f"a record of {family} of no client")
        if verb in ("set_calendar", "correct_minutes", "remove_probe"):
            if verb == "correct_minutes" and not value["from"] < value["to"] <= time:
                raise Malformed("a correction of minutes that are not over")
            return
        kind = family
        if family == "service":
            kind = "change" if verb.endswith("_change") else "force_majeure"
        last, number = self.numbers.get(kind, 0), value[kind]
        if verb not in ("open", "announce", "begin_force_majeure", "announce_change"):
            if number > last:
                raise Malformed(f"a {kind} that is not there")
            return
        if number != last + 1:
            raise Malformed(f"a number of {kind} that is not the next")
        # 30 calendar days, less an hour where the clocks go forward within them.
        if value.get("degrades") and value["takes_effect_at"] < time + 719 * 3_600_000:
            raise Malformed("a change that degrades the service without its notice")
        self.numbers[kind] = last + value.get("recurrence", {}).get("occurrences", 1)

    def queue(self, operation, value):
        """Tickets are called in order, and none is called that was not issued."""
        if not value["called"] <= min(value["issued"], value["called_at_most"]) \
                or value["held"] > value["called"]:
            raise Malformed("counters of a queue that cannot be")
        before = operation.queue
        if before and before["epoch"] == value["epoch"] and value["called"] < before["called"]:
            raise Malformed("a queue that went back")
        operation.queue = value

    def draw(self, operation, value):
        """Places are only added until the opening, which shuffles them once."""
        if ("seed" in value) != ("after" in value):
            raise Malformed("an opening without its seed or number")
        before = operation.draw
        if before and before["epoch"] == value["epoch"] and "seed" in before:
            raise Malformed("a draw after its opening")
        operation.draw = value

    def put(self, value, time):
        number = self.names.get(value["operation"])
        if value["client"] not in self.clients:
            raise Malformed("an operation of no client")
        if number is None:
            self.names[value["operation"]] = len(self.numbered)
            self.numbered.append(Operation(value["operation"], value))
            how, until = self.suspended_clients.get(value["client"], (None, None))
            if how and (until is None or time < until):
                self.numbered[-1].client_suspended = how
            return
        operation = self.numbered[number]
        before, operation.settings = operation.settings, value
        has_entries = operation.entries or any(operation.counts_apart.values())
        if before["client"] != value["client"] or before["rule"] != value["rule"] \
                and has_entries:
            raise Malformed("an operation's client or rule changed")
        fixed = ("identity", "second_key") + (
            ("country",) if value.get("identity") == "phone" else ())
        if has_entries and any(before.get(name) != value.get(name) for name in fixed):
            raise Malformed("what entries were decided by changed")
        for name in ("participants", "entries"):
            if getattr(operation, name) > value.get("cap", {}).get(name, getattr(operation, name)):
                raise Malformed("a cap below what is there")
        if before["policy"] != value["policy"]:
            operation.measure = None

    def change(self, verb, operation, value):
        if verb == "open":
            operation.phase = "open"
        elif verb == "close":
            operation.phase = "closed"
        elif verb == "suspend":
            self.check_client(operation, value, value["ground"] == "client_instruction")
            operation.suspended = "definitively" if value["definitive"] else "for a time"
            operation.by_client = value["by"]["role"] == "client"
        elif verb == "resume" and value["by"]["role"] == "client":
            if not operation.suspended or not operation.by_client:
                raise Malformed("a client ends what it did not order")
            operation.suspended = None
        elif verb == "resume":
            operation.suspended = operation.measure = None
        elif verb == "set_pace":
            operation.pace = value.get("per_second")
        elif verb == "reset":
            self.check_client(operation, value, not operation.enforced)
            self.names[operation.name] = len(self.numbered)
            self.numbered.append(operation.reset())
            for key in operation.keys:
                self.keys[key][0] = self.names[operation.name]
            operation.keys = set()
        else:
            self.check_client(operation, value, not operation.enforced)
            del self.names[operation.name]
            for key in operation.keys:
                self.keys[key][1] = True

    def check_client(self, operation, value, is_right):
        """A client does less than others, and nothing where another's suspension holds."""
        if value["by"]["role"] == "client" and (
                not is_right or operation.suspended and not operation.by_client):
            raise Malformed("a client does what is the operator's")

    def access(self, verb, value):
        if verb == "add_key":
            operation = self.operation(value)
            operation.keys.add(len(self.keys))
            self.key_names[value["key_id"]] = len(self.keys)
            self.keys.append([self.names[operation.name], False])
        elif verb == "revoke_key":
            if value["key_id"] not in self.key_names:
                raise Malformed("no such key")
            self.keys[self.key_names[value["key_id"]]][1] = True

    def declare(self, verb, operation, value, time):
        is_beyond = operation.participants > operation.cover
        if verb == "give_notice":
            if not is_beyond:
                operation.notice = value["expected_participants"]
        elif verb == "withdraw_notice":
            operation.notice = None
        elif verb == "declare_campaign":
            if value["campaign"] in operation.campaigns:
                raise Malformed("a campaign declared twice")
            operation.campaigns[value["campaign"]] = {
                "recipients": value["recipients"],
                "counts": time < value["starts"] and not is_beyond}
        else:
            if value["campaign"] not in operation.campaigns:
                raise Malformed("no such campaign")
            operation.campaigns[value["campaign"]]["counts"] = False
        operation.declared()

    # Events

    def event(self, name, value, time):
        if name in ("incident.overdue", "force_majeure.lasting"):
            kind = name.split(".")[0]
            if value[kind] > self.numbers.get(kind, 0):
                raise Malformed(f"an event of no {kind}")
            return
        operation = self.operation(value)
        if name in ("client.crossed", "client.within"):
            self.together(name, value, time)
        elif "participants" in value and (
                value["participants"] != operation.participants
                or value["cover"] != operation.cover):
            raise Malformed("an event's participants or cover")
        if name == "cover.crossed":
            if operation.participants <= operation.cover:
                raise Malformed("a cover that is not crossed")
            operation.crossed_at = time
        elif name == "ladder.step":
            operation.measure = None if value["step"] == "resume" else value["step"]
        elif name == "suspension.ended":
            operation.suspended = None
        elif name == "client_suspension.ended":
            operation.client_suspended = None

    def together(self, name, value, time):
        """What the client's operations have that announced nothing above what is free."""
        counting = [
            o for o in map(self.numbered.__getitem__, self.names.values())
            if o.settings["client"] == value["client"] and o.shares_cover(time)]
        participants = sum(o.participants for o in counting)
        cover = max(50_000, sum(o.announced for o in counting))
        if (value["operations"], value["participants"], value["cover"]) \
                != (len(counting), participants, cover) \
                or (participants > cover) != (name == "client.crossed"):
            raise Malformed("what a client's operations have together")

    def summary(self):
        operations = [self.numbered[number] for number in sorted(self.names.values())]
        return {
            "operations": [
                {"operation": o.name, "client": o.settings["client"], "state": o.state,
                 "entries": o.entries, "participants": o.participants, "cover": o.cover,
                 "robots": o.counts_apart["robot"], "tests": o.counts_apart["test"],
                 "crossed_at": o.crossed_at} for o in operations],
            "clients": len(self.clients), "keys": len(self.keys), "starts": self.starts,
            "records": self.kinds,
            "consumption": [
                {"month": month, "client": client, "operation": name, **used}
                for (month, client, name), used in sorted(self.months.items())
                if any(used.values())]}
