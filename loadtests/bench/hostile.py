"""The sections of RESULTS.md about clients that want more than their share."""

from .sections import number, table


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
