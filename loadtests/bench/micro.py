"""The figures of loadtests/micro, as rows and as a section of the page."""


def has_instructions(kept):
    return any(found["instructions"] is not None for found in kept["benchmarks"])


def table(kept):
    """Headings and rows: nanoseconds of one operation, and instructions where they are known."""
    headings = ["ns an operation", "median", "p25", "p75", "least"]
    headings += ["instructions"] if has_instructions(kept) else []
    rows = []
    for found in kept["benchmarks"]:
        times = found["nanoseconds"]
        row = [found["name"], *(_number(times[part]) for part in ("median", "p25", "p75", "least"))]
        if has_instructions(kept):
            row.append("–" if found["instructions"] is None else _number(found["instructions"]))
        rows.append(row)
    return headings, rows


def section(found):
    """The section's lines, from what loadtests/micro keeps."""
    kept = found["figures"]
    headings, rows = table(kept)
    lines = [_row(headings), _row(["---"] + ["---:"] * (len(headings) - 1)), *map(_row, rows), ""]
    if not has_instructions(kept):
        lines += ["Left out: instructions an operation, for this kernel lets no process count.", ""]
    lines += ["| bar | at most, ns | median, ns | |", "| --- | ---: | ---: | --- |"]
    for bar in kept["bars"]:
        verdict = "held" if bar["held"] else "**not held**"
        limit, median = bar["limit_nanoseconds"], bar["median_nanoseconds"]
        lines.append(_row([bar["name"], f"{limit:.0f}", f"**{median:.2f}**", verdict]))
    for taken in kept.get("memory", []):
        lines += ["", memory_sentence(taken)]
    return [*lines, "", "The totals were exact: a benchmark fails where one is not."]


def memory_sentence(taken):
    """How much memory something takes, and whether that is within its bar."""
    sentence = f"{taken['name']}: {taken['bytes'] / 2**20:.1f} MiB"
    if taken["limit_bytes"] is None:
        return sentence
    verdict = "held" if taken["held"] else "NOT HELD"
    return f"{sentence}, at most {taken['limit_bytes'] / 2**20:.0f} MiB: {verdict}"


def _row(cells):
    return f"| {' | '.join(cells)} |"


def _number(value):
    """Three digits that say something, or all before the point."""
    return f"{value:,.{2 if value < 10 else 1 if value < 100 else 0}f}"
