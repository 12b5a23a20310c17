"""The project's own load runner on the load's core, and what its report says."""

import json
import math
import os

from . import processes, rounds
from .processes import Unusable
from .servers import LOAD_CORE, ROOT

EXECUTABLE = os.path.join(ROOT, ".build", "release", "portillon-load")
SCENARIOS = os.path.join(ROOT, "loadtests", "scenarios")
#: Exit statuses that come with a report: all expectations hold, or not all of them.
REPORTED = (0, 1)
#: How the report's sentence about a runner that was late begins.
LATENESS = "1 % of the requests left "


def check():
    """Says what is missing before anything is started."""
    if not os.access(EXECUTABLE, os.X_OK):
        raise Unusable(
            "portillon-load is not built: run swift build -c release --product portillon-load"
        )


class Run:
    """One run of a scenario: its first stream's figures; `fault` says why it does not count.

    `scenario`: the name of one of this project's, or another's path without its extension.
    """

    def __init__(self, server, scenario, seconds, *options):
        out = os.path.join(server.directory, "load-" + rounds.run_name())
        command = [EXECUTABLE, "run", os.path.join(SCENARIOS, scenario + ".json")]
        command += ["--target", f"http://127.0.0.1:{server.port}", "--out", out]
        command += ["--duration", str(seconds), "--quiet", *map(str, options)]
        done, cpu = processes.run_on(LOAD_CORE, command)
        if done.returncode not in REPORTED:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["it says nothing"]
            raise Unusable(f"portillon-load ended with status {done.returncode}: {lines[0]}")
        path = os.path.join(out, "report.json")
        if not os.path.exists(path):
            raise Unusable("portillon-load wrote no report.json")
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
        stream = report["streams"][0]
        totals = stream["totals"]
        self.requests = totals["answered"]
        self.per_second = stream["answers_per_second"]
        #: From when a request was due; wrk knows the other one, from when it was sent.
        self.p99_milliseconds = stream["latency"]["p99"]
        #: Until an answer is read, as wrk has it: the report's ends when the kernel has it.
        unread = report["runner"]["unread"]
        self.mean_milliseconds = stream["service"]["mean"] + (
            unread["mean"] * unread["count"] / (self.requests or math.nan)
        )
        self.load_cpu_microseconds = cpu / (self.requests or math.nan) * 1e6
        self.bottlenecks = report["runner"]["bottlenecks"]
        #: How often, how long at most and which share of the time the machine stood still.
        self.standstills = report["runner"].get("standstills")
        #: Those that hold even where only what was due apart from standstills is looked at.
        self.lasting = [text for text in self.bottlenecks if not text.startswith(LATENESS)]
        #: When the traffic began, and what it was second by second.
        self.started, self.seconds = report["started"], stream["seconds"]
        self.fault = self._fault([each["totals"] for each in report["streams"]])

    def _fault(self, streams):
        if self.requests == 0:
            return "no request was answered"
        for totals in streams:
            others = {name: n for name, n in totals["verdicts"].items() if name != "accepted" and n}
            errors = {name: n for name, n in totals["errors"].items() if n}
            if others or errors:
                return f"not all are accepted: {others | errors}"
        # A closed loop is cut at its end, with requests on their way; a schedule is waited for.
        return None
