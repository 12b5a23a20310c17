"""RESULTS.md: which sections it has, in which order, and the bars that they are held to.

The page is in the repository, and the store is not: a measurement without figures in the store
keeps the section that it has on the page, word for word. Its heading tells which one that is.
"""

import dataclasses
import glob
import json
import os
import re
import typing

from . import bars, edge, figures, micro, sections
from .servers import ROOT

PAGE = os.path.join(ROOT, "loadtests", "RESULTS.md")
SCENARIOS = os.path.join(ROOT, "loadtests", "scenarios")


@dataclasses.dataclass(frozen=True)
class Section:
    """One measurement on the page."""

    #: The measurement's name in the store.
    key: str
    #: Its heading; with another one, its section on the page is not found any more.
    title: str
    #: From what the store holds of it to lines of Markdown.
    lines: typing.Callable
    #: From its figures to the bars that they are held to.
    bars: typing.Callable = lambda kept: []
    #: Whether the lines tell of the bars already; at most one section does.
    tells_bars: bool = False


class Row(typing.NamedTuple):
    """A bar as the page has it: a row of the table at the top."""

    what: str
    bound: str
    found: str
    verdict: str

    @property
    def sentence(self):
        """The line that tells of the bar in its section."""
        return f"Bar: {self.what}, {self.bound}: {self.found}, {self.verdict}."


SECTIONS = [
    Section("compare", "An entry beside the peers' answers", sections.compare, bars.compare),
    Section("refusals", "A refusal beside nginx's answer", sections.refusals, bars.refusals),
    Section("latency", "What the gateway adds to the disk for a lone client", sections.latency),
    Section("saturation", "How many entries share a sync", sections.saturation),
    Section("growth connections", "Cost with connections", sections.growth_connections),
    Section("growth participants", "Cost with participants", sections.growth_participants),
    Section("growth operations", "Cost with operations", sections.growth_operations),
    Section("growth series", "Cost with series in /metrics", sections.growth_series),
    Section("scrape", "What scrapes do to the slowest entries", sections.scrape, bars.scrape),
    Section("readers room", "An operator's room beside load", sections.readers, bars.readers),
    Section(
        "readers browser", "An operator's room in Chromium", sections.readers, bars.readers
    ),
    Section("readers status", "The status page's readers", sections.readers, bars.readers),
    Section("tls", "TLS beside nginx's", edge.tls, bars.tls),
    Section(
        "crowd", "A lone client beside a crowd of connections", sections.crowd, bars.crowd
    ),
    Section("bursts", "Bursts under a pace", sections.bursts, bars.bursts),
    Section("bursts term", "Bursts, restarted in the middle", sections.bursts, bars.bursts),
    Section("bursts kill", "Bursts, killed in the middle", sections.bursts, bars.bursts),
    Section(
        "webhooks", "Webhooks whose receiver is down for a while", sections.webhooks, bars.webhooks
    ),
    Section("slow", "What slow connections do to others", edge.slow, bars.slow),
    Section(
        "descriptors",
        "A gateway without descriptors",
        edge.descriptors,
        bars.descriptors,
    ),
    Section(
        "cluster-cost", "What an entry costs at three nodes", sections.cluster_cost,
        bars.cluster_cost,
    ),
    Section(
        "cluster-cost before", "What the cluster costs a gateway without one",
        sections.cluster_cost, bars.cluster_cost,
    ),
    Section("sustain", "Three nodes at a constant rate", sections.sustain, bars.sustain),
    Section("rounds", "Three nodes whose parts fail under load", sections.rounds, bars.rounds),
    Section("restarts", "Restarts under load", edge.restarts, bars.restarts),
    Section("restarts by SIGKILL", "Kills under load", edge.restarts, bars.restarts),
    Section("copies", "Copies of a live data folder", edge.copies, bars.copies),
    Section("clock", "A clock that is set while entries come", edge.clock, bars.clock),
    Section("clock, long", "A clock that is believed", edge.clock, bars.clock),
    Section("fuzz", "Fuzzing", edge.fuzz, bars.fuzz),
    Section("idle", "What a waiting connection costs", sections.idle),
    Section(
        "recovery",
        "What participants cost, and a start with many of them",
        sections.recovery,
        bars.recovery,
    ),
    Section("runner cost", "The load runner beside wrk", sections.runner, bars.runner_cost),
    Section(
        "runner agreement",
        "The load runner and wrk on the same server",
        sections.runner,
        bars.runner_agreement,
    ),
    Section("micro", "The inner parts, one by one", micro.section, bars.micro, tells_bars=True),
    Section("trials", "The long forms of the tests", sections.trials),
]

#: What the names of scenarios begin with in the store.
SCENARIO = "scenario "
#: The heading of the table of bars.
BARS = "Bars"
LEFT_OUT = "Left out: "


def all_sections(wanted, today):
    """The sections of the page: the fixed ones, and one for each scenario that is wanted by name,
    or has a section today."""
    scenarios = (
        Section(SCENARIO + name, "Scenario: " + title, sections.scenario, bars.scenario)
        for name, title in scenario_titles()
    )
    return [*SECTIONS, *(one for one in scenarios if one.key in wanted or one.title in today)]


def scenario_titles():
    """Name and title of each scenario that there is, by name."""
    paths = glob.glob(os.path.join(SCENARIOS, "*.json"))
    for name in sorted(os.path.splitext(os.path.basename(path))[0] for path in paths):
        with open(os.path.join(SCENARIOS, name + ".json"), encoding="utf-8") as file:
            yield name, json.load(file)["title"]


def page_today():
    """The lines below each heading of the page as it is, by heading."""
    try:
        with open(PAGE, encoding="utf-8") as file:
            _, *parts = re.split("^## ", file.read(), flags=re.MULTILINE)
    except FileNotFoundError:
        return {}
    headed = (part.partition("\n") for part in parts)
    return {heading: text.strip("\n").split("\n") for heading, _, text in headed}


def rows_today(section, today):
    """The rows that the table of bars has of a section: those that its lines tell of, or those that
    no section's lines do."""
    rows = [Row(*line[2:-2].split(" | ")) for line in today.get(BARS, [])[2:]]
    if section.tells_bars:
        told = {line for lines in today.values() for line in lines}
        return [row for row in rows if row.sentence not in told]
    by_sentence = {row.sentence: row for row in rows}
    return [by_sentence[line] for line in today.get(section.title, []) if line in by_sentence]


def origin(found):
    """Where figures come from: command, date, commit, machine."""
    machine = found["machine"]
    return (
        f"`{found['command']}` · {found['date']} · commit {found['revision'] or 'unknown'} · "
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, "
        f"Linux {machine['kernel']}, {machine['file_system']}"
    )


def row(bar):
    """A bar for the page; one that is not held is not to be overlooked."""
    verdict = bar.verdict if bar.holds else f"**{bar.verdict}**"
    return Row(bar.what, bar.bound, f"{bar.found:{bar.form}}", verdict)


def measured(section, found):
    """Lines and rows of a section, from its figures in the store."""
    rows = [row(bar) for bar in section.bars(found["figures"])]
    lines = [origin(found), "", *section.lines(found)]
    if not section.tells_bars:
        lines += [line for each in rows for line in ("", each.sentence)]
    return lines, rows


def unmeasured(section, today, reason):
    """Lines and rows of a section without figures in the store: those of the page, if there are
    any. A reason for having none replaces an earlier reason, and never figures."""
    lines = today.get(section.title, [LEFT_OUT + "not measured yet"])
    has_figures = lines[0].startswith("`")
    if reason and not has_figures:
        return [LEFT_OUT + reason], []
    return lines, rows_today(section, today)


def summary(rows):
    """All bars, for the top of the page."""
    if not rows:
        return []
    return ["", f"## {BARS}", "", *sections.table(["figure", "bar", "found", ""], rows)]


def write(names, left_out):
    """Writes the page: figures from the store, and sections of today where the store has none.
    `names` are what belongs on it; `left_out` has the reasons of what left no figures, by name."""
    kept, today = figures.load(), page_today()
    body, rows = [], []
    for section in all_sections({*kept, *names}, today):
        if section.key in kept:
            lines, its_rows = measured(section, kept[section.key])
        else:
            lines, its_rows = unmeasured(section, today, left_out.get(section.key))
        body += ["", f"## {section.title}", "", *lines]
        rows += its_rows
    head = ["# Results", ""]
    head.append(
        "Written by `loadtests/results`: no figure is typed by hand, and each section names the "
        "command, date, commit and machine of its own."
    )
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write("\n".join([*head, *summary(rows), *body]) + "\n")
    print(f"\nwritten: {os.path.relpath(PAGE)}")
