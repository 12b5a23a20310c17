"""RESULTS.md: which sections it has, in which order, and the bars that they are held to."""

import dataclasses
import os
import typing

from . import bars, edge, figures, micro, sections
from .servers import ROOT

PAGE = os.path.join(ROOT, "loadtests", "RESULTS.md")


@dataclasses.dataclass(frozen=True)
class Section:
    """One measurement on the page."""

    #: The measurement's name in the store.
    key: str
    title: str
    #: From what the store holds of it to lines of Markdown.
    lines: typing.Callable
    #: From its figures to the bars that they are held to.
    bars: typing.Callable = lambda kept: []
    #: Whether the lines tell of the bars already.
    tells_bars: bool = False


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

#: What the names of scenarios begin with in the store; there are as many as were run.
SCENARIO = "scenario "


def all_sections(kept, left_out):
    """The sections of the page: the fixed ones, and one for each scenario that was asked for."""
    names = sorted(name for name in {*kept, *left_out} if name.startswith(SCENARIO))
    return [*SECTIONS, *(scenario_section(name, kept.get(name)) for name in names)]


def scenario_section(name, found):
    title = found["figures"]["title"] if found else name.removeprefix(SCENARIO)
    return Section(name, "Scenario: " + title, sections.scenario, bars.scenario)


def origin(found):
    """Where figures come from: command, date, commit, machine."""
    machine = found["machine"]
    return (
        f"`{found['command']}` · {found['date']} · commit {found['revision'] or 'unknown'} · "
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, "
        f"Linux {machine['kernel']}, {machine['file_system']}"
    )


def verdict(bar):
    """One that is not held is not to be overlooked."""
    return bar.verdict if bar.holds else f"**{bar.verdict}**"


def summary(held):
    """All bars, for the top of the page."""
    if not held:
        return []
    rows = [[bar.what, bar.bound, f"{bar.found:{bar.form}}", verdict(bar)] for bar in held]
    return ["", "## Bars", "", *sections.table(["figure", "bar", "found", ""], rows)]


def write(left_out):
    """Writes the page; `left_out` has the reasons of what could not be measured, by name."""
    kept = figures.load()
    body, held = [], []
    for section in all_sections(kept, left_out):
        body += ["", f"## {section.title}", ""]
        if section.key in left_out or section.key not in kept:
            body.append(f"Left out: {left_out.get(section.key, 'not measured yet')}")
            continue
        found = kept[section.key]
        body += [origin(found), "", *section.lines(found)]
        for bar in section.bars(found["figures"]):
            held.append(bar)
            if not section.tells_bars:
                found_text = f"{bar.found:{bar.form}}, {verdict(bar)}"
                body += ["", f"Bar: {bar.what}, {bar.bound}: {found_text}."]
    head = ["# Results", ""]
    head.append("Written by `loadtests/results`; every figure by the command above it.")
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write("\n".join([*head, *summary(held), *body]) + "\n")
    print(f"\nwritten: {os.path.relpath(PAGE)}")
