"""The bars that figures are held to: stated once, for the judges' last lines and for the page."""

import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Bar:
    """A figure and the bounds it must keep; the text says what it is, with its unit."""

    what: str
    found: float
    at_least: float = float("-inf")
    at_most: float = float("inf")
    form: str = ".3f"
    #: Why the figure says nothing, where it does not: then the bar is not held either.
    not_judged: str = ""

    @property
    def holds(self):
        return not self.not_judged and self.at_least <= self.found <= self.at_most

    @property
    def bound(self):
        low, high = (f"{value:{self.form}}" for value in (self.at_least, self.at_most))
        if self.at_least == float("-inf"):
            return f"at most {high}"
        return f"at least {low}" if self.at_most == float("inf") else f"from {low} to {high}"

    @property
    def verdict(self):
        if self.not_judged:
            return f"not judged: {self.not_judged}"
        return "held" if self.holds else "NOT HELD"

    @property
    def sentence(self):
        return f"{self.what}: {self.bound}; found {self.found:{self.form}}: {self.verdict}"


#: A p99 says nothing about a server on a machine that stands still for more of the time.
STANDING_SHARE = 0.005


def p99(what, found, at_most, standstills):
    """The bar of a p99 in milliseconds, from what the load runner says of standstills. At most so
    much is held all the same: they only lengthen what is waited for."""
    reason = ""
    is_spoilt = standstills and standstills["is_real_time"]
    if is_spoilt and standstills["share"] > STANDING_SHARE and not found <= at_most:
        reason = f"the machine stood still {standstills['share'] * 100:.1f} % of the time"
    return Bar(what, found, at_most=at_most, form=".1f", not_judged=reason)


def compare(kept):
    """A durable entry costs no more than nginx's constant answer, and than it did."""
    if kept["subject"] != "portillon":
        return []
    limits = {
        "nginx": ("nginx's constant answer", 1.0),
        # What a change may bring with it that is worth its price.
        "baseline": ("the baseline's", 1.03),
    }
    return [
        Bar(
            f"CPU of a durable entry, {what} being 1",
            kept["peers"][name]["cpu_microseconds"]["ratio"]["median"],
            at_most=limit,
        )
        for name, (what, limit) in limits.items()
        if name in kept["peers"]
    ]


def refusals(kept):
    """A refusal that needs no disk costs no more than nginx's constant answer."""
    return [
        Bar(
            f"CPU of a refusal ({name}), nginx's constant answer being 1",
            found["cpu_microseconds"]["ratio"]["median"],
            at_most=1.0,
        )
        for name, found in kept["refusals"].items()
    ]


def tls(kept):
    """Handshakes as many as nginx makes, or nearly; an entry over TLS is a durable one."""
    found = [
        Bar(
            f"handshakes by CPU second ({name}), nginx's being 1",
            shaken["per_cpu_second"]["ratio"]["median"],
            at_least=0.9,
        )
        for name, shaken in kept["handshakes"].items()
    ]
    ratio = kept["entries"]["cpu_microseconds"]["ratio"]["median"]
    what = "CPU of a durable entry over TLS, nginx's constant answer over TLS being 1"
    return [*found, Bar(what, ratio, at_most=1.2)]


def recovery(kept):
    return [
        Bar("bytes of memory a participant", kept["bytes_each"], at_most=32, form=".1f"),
        Bar("seconds of a start from the journal alone", kept["recovery_seconds"], at_most=10.0),
        Bar("seconds of a start from a snapshot", kept["snapshot_start_seconds"], at_most=1.5),
    ]


def scrape(kept):
    ratio = kept["p99_milliseconds"]["ratio"]
    return [Bar("p99 of a second with a scrape, of one without being 1", ratio, at_most=1.1)]


def readers(kept):
    """Entries do not notice that somebody looks."""
    if kept["kind"] == "browser":
        what = f"core that Chromium spends on an open room, {kept['operations']} operations"
        return [Bar(what, kept["browser"]["median"], at_most=0.05)]
    is_room = kept["kind"] == "room"
    who = "an open room" if is_room else "1,000 readers a second of the status page"
    found = [
        Bar(
            f"p99 of entries beside {who}, without being 1",
            kept["ratio"]["median"],
            at_most=1.05 if is_room else 1.1,
        )
    ]
    if is_room:
        what = f"core that the gateway spends on an open room, {kept['operations']} operations"
        found.append(Bar(what, kept["core"]["median"], at_most=0.05))
    return found


def slow(kept):
    """Slow connections keep nobody waiting, and are not let be for ever."""
    ratio = kept["beside_p99_microseconds"] / kept["alone_p99_microseconds"]
    late = max(found["greatest"] for found in kept["kinds"].values()) - kept["deadline_seconds"]
    return [
        Bar("p99 of a good client beside slow ones, alone being 1", ratio, at_most=2.0),
        Bar("seconds behind its deadline at which the last was cut", late, at_most=1.0, form=".2f"),
    ]


def descriptors(kept):
    """Out of descriptors the gateway is idle, and then goes on."""
    return [
        Bar("core that clients take who find no place", kept["core_share"], at_most=0.2),
        Bar(
            "seconds until an entry is served when they have gone",
            kept["recovery_seconds"],
            at_most=1.0,
        ),
    ]


def crowd(kept):
    """A crowd waits behind itself, and the gateway says that it is strained."""
    rounds = kept["rounds"]
    return [
        Bar(
            f"median of a lone client beside {kept['connections']:,} connections, alone being 1",
            statistics.median(each["ratio"] for each in rounds),
            at_most=3.0,
        ),
        Bar(
            "rounds in which the gateway said that it was calm all the time",
            sum(each["pressures"] == ["calm"] for each in rounds),
            at_most=0,
            form=".0f",
        ),
    ]


def bursts(kept):
    """A burst under a pace is let in as an ideal queue would."""
    how = {None: "", "term": ", restarted", "kill": ", killed"}[kept["restart"]]
    return [
        bar
        for each in kept["bursts"]
        for name in [f"{each['people']:,} people at {each['pace']} a second{how}"]
        for bar in (
            Bar(f"seconds beyond the ideal wait, {name}", each["excess_seconds"], at_most=3.0),
            Bar(f"pairs in the wrong order, permille, {name}", each["wrong_permille"], at_most=5.0),
            Bar(f"positions that went back, {name}", each["went_back"], at_most=0, form=".0f"),
        )
    ]


def webhooks(kept):
    """Events reach their receiver, each once on record, whatever is down in between."""
    name = f"faults with {kept['events']:,} events to a webhook and {kept['restarts']} restarts"
    return [Bar(name, kept["faults"], at_most=0, form=".0f")]


def restarts(kept):
    """Nobody notices a restart."""
    return [
        Bar(f"{what} in {kept['restarts']} restarts {how}", kept[key], at_most=0, form=".0f")
        for how in ["by SIGKILL" if kept["kill"] else "by SIGTERM"]
        for what, key in (("failed requests", "failed"), ("faults in the journal", "lost"))
    ]


def copies(kept):
    """A copy made at any moment opens, or says what is missing, and holds what was stored before."""
    faulty = kept["copies"] - kept["opened"] - kept["told"]
    return [
        Bar(f"faulty copies of {kept['copies']} of a live folder", faulty, at_most=0, form=".0f"),
        Bar(
            "entries a second while it is copied",
            kept["per_second"],
            at_least=0.95 * kept["rate"],
            form=",.0f",
        ),
    ]


def clock(kept):
    what = "faults while the clock is set to and fro"
    what += ", at last until it is believed" if kept["long"] else ""
    return [Bar(what, kept["faults"], at_most=0, form=".0f")]


def sustain(kept):
    """Three nodes hold a rate, and etcd's store does not grow."""
    rate, store = kept["rate"], kept["store_bytes"]
    return [
        Bar(f"entries/s of {rate:,} at three nodes", kept["per_second"],
            at_least=0.99 * rate, form=",.0f"),
        p99("ms, 99 % of a node's answers", kept["p99_milliseconds"], 15.0, kept["standstills"]),
        Bar("etcd's store at the end, as it was in between being 1",
            store["last"] / store["middle"], at_most=1.1),
    ]  # fmt: skip


def rounds(kept):
    """The bars that the judge of the rounds has held the cluster to."""
    return [Bar(**bar) for bar in kept["bars"]]


def cluster_cost(kept):
    """What a cluster costs: whoever has one, or whoever has none."""
    ratio = kept["cpu_microseconds"]["ratio"]["median"]
    if "engine_microseconds" not in kept:
        return [Bar("CPU of an entry at one node, the older build's being 1", ratio, at_most=1.01)]
    return [
        Bar("CPU of an entry, three gateways, one being 1", ratio, at_most=1.15),
        Bar("µs of CPU an entry, etcd's three servers", kept["engine_microseconds"]["median"],
            at_most=25.0, form=".1f"),
    ]  # fmt: skip


#: The parsers of whole messages: what strangers send, and what a disk brings back.
FUZZED = ("http", "proxy", "json", "ticket", "journal")


def fuzz(kept):
    """An hour of the processor's time for each, and nothing is found."""
    runs = kept["targets"]
    found = sum(run["findings"] for run in runs.values())
    return [
        Bar(
            f"hours of fuzzing: {name}",
            runs.get(name, {"cpu_seconds": 0})["cpu_seconds"] / 3600,
            at_least=1.0,
            form=".2f",
        )
        for name in FUZZED
    ] + [Bar("findings of fuzzing", found, at_most=0, form=".0f")]


def scenario(kept):
    """All that a scenario expects holds."""
    expected = kept["expectations"]
    held = sum(outcome["holds"] for outcome in expected)
    what = f"expectations that hold: {kept['title']}"
    unjudged = {outcome["not_judged"] for outcome in expected if outcome.get("not_judged")}
    if unjudged:
        what += f" (not all are judged: {'; '.join(sorted(unjudged))})"
    return [Bar(what, held, at_least=len(expected), form=".0f")]


def micro(kept):
    """What one operation of an inner part may take, and how much memory."""
    memory = [
        Bar(
            f"MiB of memory: {taken['name']}",
            taken["bytes"] / 2**20,
            at_most=taken["limit_bytes"] / 2**20,
            form=".1f",
        )
        for taken in kept.get("memory", [])
        if taken["limit_bytes"] is not None
    ]
    return memory + [
        Bar(
            f"ns an operation: {bar['name']}",
            bar["median_nanoseconds"],
            at_most=bar["limit_nanoseconds"],
            form=".2f",
        )
        for bar in kept["bars"]
    ]


def runner_cost(kept):
    ratio = kept["per_second"]["ratio"]["median"]
    return [Bar("requests/s of the runner, wrk's being 1", ratio, at_least=0.8)]


def runner_agreement(kept):
    return [
        Bar(f"{what} by the runner, by wrk being 1", kept[key]["ratio"]["median"], 0.95, 1.05)
        for what, key in (("requests/s", "per_second"), ("mean latency", "mean_milliseconds"))
    ]
