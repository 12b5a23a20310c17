"""The sections of RESULTS.md: each says what one measurement found, as lines of Markdown.

A section is a function of what the store holds of the measurement; its figures are under `figures`.
"""

#: How /metrics is scraped.
KINDS = ("plain", "gzip")


def number(value, digits=1):
    return "–" if value is None else f"{value:,.{digits}f}"


def spread(value, digits=3):
    """A median that stands out, with how far its rounds went."""
    least, greatest = number(value["least"], digits), number(value["greatest"], digits)
    return f"**{number(value['median'], digits)}** ({least} … {greatest})"


def table(headings, rows):
    """A table whose first column is words, and whose others are numbers."""
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return ["| " + " | ".join(map(str, line)) + " |" for line in lines]


def compare(found):
    kept = found["figures"]
    subject = kept["subject"]
    headings = ["peer", "its CPU µs", f"{subject}'s", "ratio", "its answers/s", f"{subject}'s"]
    rows = []
    for name, peer in kept["peers"].items():
        cost, rate = peer["cpu_microseconds"], peer["per_second"]
        rows.append(
            [name, *(number(cost[side]["median"], 2) for side in ("peer", "subject"))]
            + [spread(cost["ratio"])]
            + [number(rate[side]["median"], 0) for side in ("peer", "subject")]
            + [spread(rate["ratio"])]
        )
    rounds = min(peer["rounds"] for peer in kept["peers"].values())
    uncounted = sum(len(peer["not_counted"]) for peer in kept["peers"].values())
    lines = table([*headings, "ratio"], rows)
    lines += [
        "",
        f"Medians; a ratio is that of neighbouring rounds, {subject}'s figure by the peer's: "
        f"median (least … greatest). {rounds} pairs of rounds of {kept['seconds']} s at "
        f"{kept['connections']} connections; {uncounted} runs did not count. Entries per "
        f"fdatasync: {number(kept['entries_per_sync'])}; stored at the end: "
        f"{number(kept['entries'], 0)}.",
    ]
    for name, reason in kept["left_out"].items():
        lines += ["", f"Left out: {name}: {reason}"]
    return lines


def refusals(found):
    kept = found["figures"]
    rows = []
    for name, refusal in kept["refusals"].items():
        cost, rate = refusal["cpu_microseconds"], refusal["per_second"]
        medians = (number(cost[side]["median"], 2) for side in ("subject", "peer"))
        rows.append([name, *medians, spread(cost["ratio"]), spread(rate["ratio"])])
    rounds = min(refusal["rounds"] for refusal in kept["refusals"].values())
    return [
        *table(["refusal", "its CPU µs", "nginx's", "ratio", "ratio of answers/s"], rows),
        "",
        f"{rounds} pairs of rounds of {kept['seconds']} s at {kept['connections']} connections.",
    ]


def latency(found):
    kept = found["figures"]
    columns = ("median", "p99", "least", "greatest")
    rows = [
        [name, *(number(kept[key + "_microseconds"][column], 0) for column in columns)]
        for name, key in (("8 KiB and fdatasync", "disk"), ("an entry", "entry"))
    ]
    return [
        *table(["µs", *columns], rows),
        "",
        f"Added to the disk's median: **{number(kept['added_microseconds'], 0)} µs**, "
        f"{kept['entries']} entries, one after the other on one connection.",
    ]


def crowd(found):
    kept = found["figures"]
    columns = (
        ("alone, ms", "alone_milliseconds", 3),
        ("beside, ms", "beside_milliseconds", 3),
        ("its p99, ms", "beside_p99_milliseconds", 1),
        ("crowd's answers/s", "crowd_per_second", 0),
        ("crowd's mean, ms", "crowd_milliseconds", 1),
    )
    rows = [
        [str(index + 1), *(number(each[key], digits) for _, key, digits in columns)]
        for index, each in enumerate(kept["rounds"])
    ]
    return [
        *table(["round", *(name for name, *_ in columns)], rows),
        "",
        f"Medians of a client with one connection; the crowd: {kept['connections']:,} connections "
        f"for {kept['seconds']} s.",
    ]


def bursts(found):
    columns = (
        ("pace, entries/s", "pace", 0),
        ("all in, s", "seconds", 1),
        ("longest beyond the ideal, s", "excess_seconds", 2),
        ("wrong pairs, permille", "wrong_permille", 2),
        ("positions that went back", "went_back", 0),
        ("answers", "answers", 0),
    )
    rows = [
        [number(each["people"], 0), *(number(each[key], digits) for _, key, digits in columns)]
        for each in found["figures"]["bursts"]
    ]
    return table(["people", *(name for name, *_ in columns)], rows)


def webhooks(found):
    columns = (
        ("events", "events", 0),
        ("waited for the receiver", "waiting", 0),
        ("came again", "again", 0),
        ("restarts", "restarts", 0),
        ("seconds", "seconds", 0),
        ("faults", "faults", 0),
    )
    kept = found["figures"]
    row = [number(kept[key], digits) for _, key, digits in columns]
    return [
        *table([name for name, *_ in columns], [row]),
        "",
        "A fault: an event that was not delivered, came in another order or under two ids, had a "
        "signature that the package `standardwebhooks` does not verify, or is not on record once.",
    ]


def saturation(found):
    headings = ["connections", "entries per fdatasync", "entries/s", "CPU µs an entry"]
    rows = [
        [
            number(step["connections"], 0),
            number(step["entries_per_sync"]),
            number(step["per_second"], 0),
            number(step["cpu_microseconds"], 2),
        ]
        for step in found["figures"]["steps"]
    ]
    return table(headings, rows)


def growth_connections(found):
    seconds = found["figures"]["seconds"]
    return [*saturation(found), "", f"Runs of {seconds} s; to open the connections is in the cost."]


def growth_participants(found):
    kept = found["figures"]
    rows = [
        [
            number(step["participants"], 0),
            number(step["cpu_microseconds"], 2),
            number(step["slice"], 0),
            number(step["resident_bytes"] / (1 << 20)),
            number(step["bytes_each"]),
        ]
        for step in kept["steps"]
    ]
    headings = ["participants", "CPU µs an entry", "entries measured", "resident MiB"]
    return [
        *table([*headings, "bytes a participant"], rows),
        "",
        f"{kept['connections']} connections. The first participants pay for what is touched once: "
        "rings, buffers, the table's parts.",
    ]


def growth_operations(found):
    kept = found["figures"]
    rows = [
        [
            number(step["operations"], 0),
            number(step["cpu_microseconds"], 2),
            number(step["per_second"], 0),
        ]
        for step in kept["steps"]
    ]
    return [
        *table(["operations", "CPU µs an entry", "entries/s"], rows),
        "",
        f"Each entry goes to the next operation, with its key; {kept['connections']} connections, "
        f"{kept['seconds']} s a step.",
    ]


def growth_series(found):
    kept = found["figures"]
    headings = ["operations", "series"]
    headings += [f"{kind}: {what}" for kind in KINDS for what in ("KB", "CPU ms", "ms")]
    rows = []
    for step in kept["steps"]:
        row = [number(step["operations"], 0), number(step["series"], 0)]
        for kind in KINDS:
            row.append(number(step[kind]["bytes"] / 1e3))
            row.append(number(step[kind]["cpu_milliseconds"], 2))
            row.append(number(step[kind]["milliseconds"]["median"], 2))
        rows.append(row)
    return [*table(headings, rows), "", f"Means and medians of {kept['scrapes']} scrapes."]


def scrape(found):
    kept = found["figures"]
    p99 = kept["p99_milliseconds"]
    rows = [
        [f"{count} seconds {kind} a scrape", *(number(part, 2) for part in p99[kind].values())]
        for kind, count in zip(("with", "without"), kept["seconds_of_each"])
    ]
    share = ""
    if kept["full_per_second"]:
        share = f", {kept['rate'] / kept['full_per_second']:.0%} of what wrk got answered"
    return [
        *table(["p99 of a second's entries, ms", "lower quartile", "median", "upper"], rows),
        "",
        f"Ratio of the medians: **{number(p99['ratio'], 3)}**. {kept['rate']:,} entries/s at "
        f"constant rate{share}, on up to {kept['connections']:,} connections, for "
        f"{kept['seconds']} s; scrapes of {kept['series']:,} series, once a second in every other "
        f"{kept['window']} s, took {number(kept['scrape_milliseconds']['median'], 1)} ms.",
    ]


def readers(found):
    kept = found["figures"]
    rows = [
        [f"{name} readers", *(number(part, 2) for part in kept["p99_milliseconds_" + name].values())]
        for name in ("with", "without")
    ]
    share = ""
    if kept["full_per_second"]:
        share = f", {kept['rate'] / kept['full_per_second']:.0%} of what wrk got answered"
    ratio, alone = kept["ratio"], kept["alone_ratio"]
    seen = kept["seen"]
    lines = [
        *table(["p99 of a window's entries, ms", "lower quartile", "median", "upper"], rows),
        "",
        f"A window with readers by its neighbours without: median **{number(ratio['median'], 3)}** "
        f"(quartiles {number(ratio['lower'], 3)}, {number(ratio['upper'], 3)}); a window without by "
        f"the one without before it: {number(alone['median'], 3)} ({number(alone['lower'], 3)}, "
        f"{number(alone['upper'], 3)}). {kept['rate']:,} entries/s at constant rate{share}, to "
        f"{kept['operations']} operations, for {kept['seconds']} s; readers in every other "
        f"{kept['window']} s. They take **{number(kept['core']['median'] * 100, 1)} %** of a core in "
        "the gateway.",
        "",
    ]
    if kept["kind"] == "browser":
        spent = kept["browser"]
        return [
            f"Chromium, with all that it starts, spends **{number(spent['median'] * 100, 1)} %** of a "
            f"core (quartiles {number(spent['lower'] * 100, 1)}, {number(spent['upper'] * 100, 1)}) on "
            f"the page at `/` once it is drawn: {seen['operations']} operations, "
            f"{number(seen['statuses'], 0)} statuses, {kept['rate']:,} entries/s{share}. The gateway "
            f"spends {number(kept['core']['median'] * 100, 1)} % on it.",
        ]
    if kept["kind"] == "room":
        return [
            *lines,
            f"{number(seen['statuses'], 0)} statuses of {seen['operations']} operations and "
            f"{number(seen['requests'], 0)} requests.",
        ]
    answers = ", ".join(f"{number(count, 0)} × {name}" for name, count in seen["answers"].items())
    publisher = kept["threads"].get("status", 0.0)
    return [
        *lines,
        f"Answers: {answers}, each on a connection of its own, of {seen['pages']} different pages "
        f"in two languages: a page is made once a publication, however many read it. Its maker takes "
        f"{number(publisher * 100, 2)} % of a core more while it is read.",
    ]


def runner(found):
    kept = found["figures"]
    rows = [
        [
            name,
            *(number(kept[key][side]["median"], digits) for side in ("subject", "peer")),
            spread(kept[key]["ratio"]),
        ]
        for name, key, digits in (
            ("requests/s", "per_second", 0),
            ("the load's CPU µs a request", "load_cpu_microseconds", 2),
            ("mean latency, ms", "mean_milliseconds", 3),
        )
        if key in kept
    ]
    return [
        *table([f"against {kept['peer']}", "portillon-load", "wrk", "ratio"], rows),
        "",
        f"{kept['rounds']} pairs of rounds of {kept['seconds']} s at {kept['connections']} "
        f"connections, closed loop; {len(kept['not_counted'])} runs did not count.",
    ]


def idle(found):
    kept = found["figures"]
    rows = [
        [name, *(number(kept[key][part + "_bytes"], 0) for part in ("pss", "rss"))]
        for name, key in (("without a request", "fresh"), ("after one request", "after_a_request"))
    ]
    count = number(kept["connections"], 0)
    lines = table(["bytes a connection", "PSS", "RSS"], rows)
    return [*lines, "", f"{count} connections; the kernel's part is not in it."]


def recovery(found):
    kept = found["figures"]
    row = [
        number(kept["participants"], 0),
        f"**{kept['bytes_each']:.1f}**",
        f"**{kept['recovery_seconds']:.1f}**",
        f"**{kept['snapshot_start_seconds']:.2f}**",
        f"{kept['snapshot_write_seconds']:.1f}",
        f"{kept['journal_bytes'] / 1e9:.2f}",
    ]
    return [
        *table(
            [
                "participants",
                "bytes of memory each",
                "start from the journal alone, s",
                "from a snapshot, s",
                "writing the snapshot, s",
                "journal, GB",
            ],
            [row],
        ),
        "",
        "From the journal alone after SIGKILL; from a snapshot of the journal's end, written by "
        "`portillon journal snapshot`; until the gateway is ready. The page cache is warm.",
    ]


def cluster_cost(found):
    """Processor time and rate of a subject and a peer, and the parts of a cluster."""
    kept = found["figures"]
    rows = []
    for what, key, digits in (("µs of CPU an entry", "cpu_microseconds", 2),
                              ("entries/s", "per_second", 0)):
        sides = (number(kept[key][side]["median"], digits) for side in ("subject", "peer"))
        rows.append([what, *sides, spread(kept[key]["ratio"])])
    lines = table(["", kept["subject"], kept["peer"], "ratio"], rows)
    parts = [
        f"{what} {spread(kept[key], 1)}"
        for what, key in (
            ("the leader", "leader_microseconds"),
            ("both followers", "followers_microseconds"),
            ("etcd's three servers", "engine_microseconds"),
        )
        if key in kept
    ]
    if parts:
        lines += ["", "µs of CPU an entry: " + ", ".join(parts) + "; entries an append "
                  + spread(kept["entries_an_append"], 0) + "."]  # fmt: skip
    return [
        *lines,
        "",
        f"{kept['rounds']} pairs of rounds of {kept['seconds']} s at {kept['connections']} "
        f"connections; {len(kept['not_counted'])} did not count.",
    ]


def sustain(found):
    kept = found["figures"]
    rows = [
        [name, *(number(size[part] / 2**20, 0) for part in ("before", "most")),
         number(kept["cpu_microseconds"][name])]
        for name, size in kept["memory_bytes"].items()
    ]  # fmt: skip
    store = kept["store_bytes"]
    lines = table(["largest process", "MiB before", "most", "µs of CPU an entry, all"], rows)
    lines += [
        "",
        f"{kept['requests']:,} entries in {kept['seconds']} s over {kept['connections']} "
        f"connections; {number(kept['entries_an_append'], 0)} an append. etcd's store in use: "
        f"{number(store['middle'] / 2**20)} MiB at most in the second third of the time, "
        f"{number(store['last'] / 2**20)} in the last; trimmed {len(store['trims'])} times.",
    ]
    return lines + standing(kept["standstills"])


def rounds(found):
    kept = found["figures"]
    return [
        f"{kept['rounds']} rounds at {kept['rate']} entries/s on {kept['network']}; seed "
        f"{kept['seed']}.",
    ]


def standing(found):
    """Lines about a machine that stood still; none where it did not, or nobody looked."""
    if not found or not found["count"]:
        return []
    return [
        "",
        f"The machine stood still {found['count']:,} times, for {number(found['longest_ms'])} ms "
        f"at the longest, {number(found['share'] * 100, 2)} % of the time.",
    ]


def scenario(found):
    """What came of each stream of a scenario, and what was expected."""
    kept = found["figures"]
    lines = table(
        ["stream", "schedule", "answers", "without answer", "p50 ms", "p99", "p99.9", "max"],
        [_stream(stream) for stream in kept["streams"]],
    )
    lines += ["", f"{number(kept['seconds'])} s."]
    if kept["bottlenecks"]:
        lines += ["", "The runner set the pace: " + " ".join(kept["bottlenecks"])]
    lines += standing(kept.get("standstills"))
    if kept["expectations"]:
        rows = [_expectation(outcome) for outcome in kept["expectations"]]
        lines += ["", *table(["expected", "bound", "found", ""], rows)]
    return lines


def _stream(stream):
    totals = stream["totals"]
    verdicts = (f"{name} {count:,}" for name, count in sorted(totals["verdicts"].items()) if count)
    silent = sum(totals["errors"].values()) + totals["unanswered"]
    percentiles = (number(stream["latency"][part], 2) for part in ("p50", "p99", "p999", "max"))
    return [stream["name"], stream["schedule"], ", ".join(verdicts), f"{silent:,}", *percentiles]


def _expectation(outcome):
    # What is nil in the report is not in the file at all.
    what = f"{outcome['subject']}: {outcome['figure']}"
    what += f", {outcome['window']}" if outcome.get("window") else ""
    holds = "held" if outcome["holds"] else "**NOT HELD**"
    if outcome.get("not_judged"):
        holds = f"not judged: {outcome['not_judged']}"
    if outcome.get("note"):
        holds += f" ({outcome['note']})"
    found = outcome.get("found")
    # Counts are counts, and the others have decimals.
    is_whole = found is not None and found == int(found)
    return [what, outcome["bound"], number(found, 0 if is_whole else 3), holds]


def trials(found):
    rows = [
        [
            trial["name"],
            f"`{trial['command']}`",
            trial["tests"],
            f"{trial['seconds']:.0f}",
            "passed",
        ]
        for trial in found["figures"]["trials"]
    ]
    return table(["trial", "command", "tests", "s", ""], rows)
