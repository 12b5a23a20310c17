"""The sections of RESULTS.md about the edge: TLS, clients that want too much, restarts, fuzzing."""

from .sections import number, spread, table


def tls(found):
    kept = found["figures"]
    rows = []
    for name, shaken in kept["handshakes"].items():
        rate = shaken["per_cpu_second"]
        medians = (number(rate[side]["median"], 0) for side in ("subject", "peer"))
        rows.append([name, *medians, spread(rate["ratio"])])
    cost = kept["entries"]["cpu_microseconds"]
    own, peer = (number(cost[side]["median"], 2) for side in ("subject", "peer"))
    rounds = min(part["rounds"] for part in [*kept["handshakes"].values(), kept["entries"]])
    return [
        *table(["handshakes by second of CPU", "portillon", "nginx", "ratio"], rows),
        "",
        f"A durable entry over TLS: {own} µs of CPU, nginx's constant answer {peer} µs, ratio "
        f"{spread(cost['ratio'])}. {rounds} pairs of rounds of {kept['seconds']} s; entries over "
        f"{kept['connections']} connections that stay open; the same certificates on both sides.",
    ]


def slow(found):
    kept = found["figures"]
    deadline = kept["deadline_seconds"]
    headings = ["slow at", "connections cut", "the first after s", "the last", "deadline s"]
    rows = [
        [kind, number(cut["cut"], 0), number(cut["least"]), number(cut["greatest"]), deadline]
        for kind, cut in kept["kinds"].items()
    ]
    alone, beside = (number(kept[part + "_p99_microseconds"], 0) for part in ("alone", "beside"))
    return [
        *table(headings, rows),
        "",
        f"{number(kept['connections'], 0)} connections at once, each a byte at a time, for "
        f"{kept['seconds']} s. A good client's p99: {beside} µs beside them, {alone} µs alone "
        f"({number(kept['entries_beside'], 0)} and {number(kept['entries_alone'], 0)} entries).",
    ]


def descriptors(found):
    kept = found["figures"]
    told = ", ".join(f"{name}: {count:,}" for name, count in sorted(kept["told"].items()))
    return [
        f"{kept['clients']} clients for {kept['seconds']} s at a process that may open "
        f"{kept['files']} files. They were told: {told}. CPU: **{kept['core_share']:.1%}** of a "
        f"core. An entry afterwards took {kept['recovery_seconds'] * 1000:.0f} ms, its connection "
        "included.",
    ]


def restarts(found):
    kept = found["figures"]
    headings = ["restarts", "requests", "failed", "faults in the journal", "sent again"]
    row = [kept["restarts"], number(kept["requests"], 0), kept["failed"], kept["lost"]]
    row.append(kept["resent_busy"] + kept["resent_seldom"])
    delays = [number(kept[f"delay_{part}_ms"]) for part in ("median", "p99", "most")]
    return [
        *table([*headings, "p50 ms", "p99", "max"], [[*row, *delays]]),
        "",
        "Latency from when a request was due. Sent again: requests whose connection had been "
        "closed while nothing was under way on it"
        + (", and those that a killed process left without an answer. " if kept["kill"] else ". ")
        + f"A start took {number(kept['start_median_ms'], 0)} ms (median).",
    ]


def copies(found):
    kept = found["figures"]
    headings = ["copies", "opened", "said what is missing", "entries/s meanwhile", "asked again"]
    row = [kept["copies"], kept["opened"], kept["told"]]
    row += [number(kept[key], 0) for key in ("per_second", "asked")]
    return [
        *table(headings, [row]),
        "",
        "By tar, cp and rsync in turn, segments of 1 MiB. Asked again: entries that were "
        "acknowledged before a copying began, with the answers that they got.",
    ]


def clock(found):
    kept = found["figures"]
    headings = ["settings of the clock", "entries", "failed", "faults", "longest wait ms"]
    row = [kept["leaps"], number(kept["entries"], 0), kept["failed"], kept["faults"]]
    return [
        *table(headings, [[*row, number(kept["delay_most_ms"], 0)]]),
        "",
        "Forward and back by an hour and by a year"
        + (", then by an hour until that is believed, and back again." if kept["long"] else ".")
        + " Faults: what hangs, runs backwards, follows a leap, or is a negative duration.",
    ]


def fuzz(found):
    rows = [
        [
            name,
            *(number(run[key], 0) for key in ("seconds", "cpu_seconds", "executions", "features")),
            run["findings"],
            run["revision"] or "unknown",
        ]
        for name, run in found["figures"]["targets"].items()
    ]
    headings = ["target", "s", "CPU s", "executions", "features", "findings", "last commit"]
    return [*table(headings, rows), "", "All runs of a target since its last finding, together."]
