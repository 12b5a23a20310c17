"""The Grafana dashboard: its file is what the script makes, and its queries are PromQL."""

import json
import os
import re
import sys

import yaml
from tools import OPS, ROOT, Failed, program, read, run, write

FILE = os.path.join(OPS, "grafana", "portillon.json")
#: What the alerts on the promise count: who is paged by one finds its course on the dashboard.
PROMISE = [
    "portillon_availability_ratio",
    "portillon_error_budget_seconds",
    "portillon_budget_burn",
    "portillon_clients_burning",
    "portillon_client_burning",
]


def make():
    """The text that ops/grafana/make writes."""
    return run(sys.executable, "-B", os.path.join(OPS, "grafana", "make"), "--print")


def panels():
    """Every panel, those in collapsed rows too."""
    for panel in json.loads(read(FILE))["panels"]:
        yield panel
        yield from panel.get("panels") or []


def expressions():
    """The queries of every panel, by place, with values in place of Grafana's variables."""
    found = {}
    for panel in panels():
        for number, target in enumerate(panel.get("targets") or []):
            found[f"dashboard, {panel['title']} {number + 1}"] = _without_variables(target["expr"])
    return found


def _without_variables(expression):
    for name, value in {"$__rate_interval": "1m", "$__range": "1h", "$instance": ".*"}.items():
        expression = expression.replace(name, value)
    return expression.replace("$operation", ".*")


def _read_by_grafana(text):
    """The dashboard once read and written by the SDK's types: they drop what they do not know."""
    from grafana_foundation_sdk.cog.encoder import JSONEncoder
    from grafana_foundation_sdk.cog.plugins import register_default_plugins
    from grafana_foundation_sdk.models.dashboard import Dashboard

    register_default_plugins()
    board = Dashboard.from_json(json.loads(text))
    return JSONEncoder(sort_keys=True, indent=2).encode(board) + "\n"


def check(folder):
    """The file is up to date, Grafana's types read all of it, no panel is without a description,
    what is promised is on one, promtool reads each query."""
    if make() != read(FILE):
        name = os.path.relpath(FILE, ROOT)
        raise Failed(f"{name} is not what ops/grafana/make makes: run it, and commit the file")
    if _read_by_grafana(read(FILE)) != read(FILE):
        raise Failed(f"{os.path.relpath(FILE, ROOT)}: Grafana's types do not know all of it")
    for panel in panels():
        if panel["type"] != "row" and not panel.get("description"):
            raise Failed(f"dashboard: {panel['title']} has no description")
    queries = expressions()
    for name in PROMISE:
        if not any(re.search(rf"\b{name}\b", text) for text in queries.values()):
            raise Failed(f"dashboard: no panel shows {name}")
    rules = [{"record": f"query:{n}", "expr": text} for n, text in enumerate(queries.values())]
    path = os.path.join(folder, "dashboard.yml")
    write(path, yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    run(program("promtool"), "check", "rules", "--lint=none", path)
    return len(queries)
