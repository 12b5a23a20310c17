"""Where figures are kept between a measurement and the page that quotes them."""

import datetime
import json
import os
import platform
import shlex
import signal
import statistics
import subprocess
import sys

from .processes import Unusable
from .servers import ROOT, file_system

#: What `spread` gives.
PARTS = ("median", "least", "greatest")
#: What `quartiles` gives.
QUARTILES = ("lower", "median", "upper")

#: LOADTESTS_RESULTS names another file: quick runs do not replace figures for quoting.
STORE = os.environ.get("LOADTESTS_RESULTS") or os.path.join(ROOT, ".build/bench/results.json")


def machine(directory):
    """What a reader needs to know to judge a figure."""
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "system": _pretty_name(),
        "file_system": file_system(directory),
    }


def _pretty_name():
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def revision():
    """The commit that was measured, with a mark if the tree was changed; None outside git."""
    try:
        found = subprocess.run(
            ["git", "-C", ROOT, "describe", "--always", "--dirty", "--abbrev=12"],
            capture_output=True,
            text=True,
            check=True,
        )
        return found.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def load():
    try:
        with open(STORE, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}
    except json.JSONDecodeError as error:
        raise Unusable(f"{STORE} is not JSON ({error}): remove it") from None


def keep(name, figures, directory):
    """Keeps the figures of one measurement, in place of its former ones."""
    kept = load()
    kept[name] = {
        "figures": figures,
        "command": shlex.join([os.path.relpath(sys.argv[0], ROOT), *sys.argv[1:]]),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "revision": revision(),
        "machine": machine(directory),
    }
    os.makedirs(os.path.dirname(os.path.abspath(STORE)), exist_ok=True)
    with open(STORE + ".new", "w", encoding="utf-8") as file:
        json.dump(kept, file, indent=2)
        file.write("\n")
    os.replace(STORE + ".new", STORE)


def spread(values):
    """Median, least and greatest."""
    return {"median": statistics.median(values), "least": min(values), "greatest": max(values)}


def quartiles(values):
    """Median, with what a quarter of the values does not reach, and a quarter exceeds."""
    return dict(zip(QUARTILES, statistics.quantiles(values)))


def table(headings, rows):
    """Columns for a terminal: the first to the left, the others to the right."""
    cells = [headings] + [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
    for row in cells:
        first, *rest = (
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        )
        print("  ".join([first, *rest]))


def show_bars(bars):
    """The last lines of a judge: whether its bars are held."""
    for bar in bars:
        print(bar.sentence)


def warn_of_few(count):
    """A few rounds show that a judge works, and little else."""
    if count < 5:
        print("fewer than 5 rounds: not for quoting")


def judge(main):
    """Runs a judge; what is missing becomes one line and exit status 69."""
    # Ended from outside, it ends what it started: the servers' context managers see to that.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        sys.exit(main())
    except Unusable as reason:
        print(f"{os.path.basename(sys.argv[0])}: {reason}", file=sys.stderr)
        sys.exit(69)
    except KeyboardInterrupt:
        sys.exit(130)
