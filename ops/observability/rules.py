"""Alert and recording rules: promtool accepts them, each alert has a runbook page, and cases in
which it fires and clears."""

import os
import re
import shutil

import yaml
from tools import OPS, Failed, program, read, run, write

FOLDER = os.path.join(OPS, "prometheus")
RUNBOOK = os.path.join(OPS, "runbook")
FILES = ["recording.yml", "alerts.yml"]
SEVERITIES = {"page", "ticket"}
HEADINGS = ["## What it means", "## What to do", "## How to know that it is over"]


def rules():
    """Every rule of both files."""
    for name in FILES:
        for group in yaml.safe_load(read(os.path.join(FOLDER, name)))["groups"]:
            yield from group["rules"]


def alerts():
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def expressions():
    return {rule.get("alert") or rule["record"]: rule["expr"] for rule in rules()}


def check_configuration(folder):
    """promtool on the configuration as it is, with the token that an operator puts beside it."""
    copy = os.path.join(folder, "prometheus")
    shutil.copytree(FOLDER, copy)
    write(os.path.join(copy, "portillon.token"), "st_example\n")
    run(program("promtool"), "check", "config", os.path.join(copy, "prometheus.yml"))
    paths = [os.path.join(FOLDER, name) for name in FILES]
    said = run(program("promtool"), "check", "rules", "--lint=all", "--lint-fatal", *paths)
    return sum(int(count) for count in re.findall(r"(\d+) rules found", said))


def check_pages():
    """Every alert has a severity, and a page that says what it means, what to do, when it is over;
    no page is without its alert."""
    wrong, known = [], alerts()
    for name, rule in known.items():
        path = f"ops/runbook/{name}.md"
        if rule["labels"].get("severity") not in SEVERITIES:
            wrong.append(f"{name}: severity must be one of {sorted(SEVERITIES)}")
        if rule["annotations"].get("runbook") != path:
            wrong.append(f"{name}: the annotation runbook must be {path}")
        if not os.path.exists(os.path.join(RUNBOOK, name + ".md")):
            wrong.append(f"{name}: there is no {path}")
            continue
        lines = read(os.path.join(RUNBOOK, name + ".md")).splitlines()
        if lines[0] != "# " + name:
            wrong.append(f"{path}: the first line must be '# {name}'")
        if [line for line in lines if line.startswith("## ")] != HEADINGS:
            wrong.append(f"{path}: the headings must be {HEADINGS}")
    for file in sorted(os.listdir(RUNBOOK)):
        if file != "README.md" and file.removesuffix(".md") not in known:
            wrong.append(f"ops/runbook/{file}: there is no such alert")
    contents = read(os.path.join(RUNBOOK, "README.md"))
    for name, rule in known.items():
        line = f"| [{name}]({name}.md) | {rule['labels'].get('severity')} |"
        if line not in contents:
            wrong.append(f"ops/runbook/README.md: there is no line {line}")
    if wrong:
        raise Failed("\n".join(wrong))
    return len(known)


def check_cases(folder):
    """Each alert fires in a case and clears in it, by `promtool test rules`."""
    cases = yaml.safe_load(read(os.path.join(FOLDER, "cases.yml")))
    fired = set()
    tests = []
    for case in cases:
        if "fires" in case:
            fired.add(case["alert"])
            if not any(_minutes(time) > _minutes(case["fires"]) for time in case["quiet"]):
                raise Failed(f"cases.yml: {case['alert']} does not clear")
        tests.append(_test(case, alerts()))
    if fired != set(alerts()):
        raise Failed(f"cases.yml: no case, or no alert: {sorted(fired ^ set(alerts()))}")
    paths = [os.path.join(FOLDER, name) for name in FILES]
    text = {"rule_files": paths, "evaluation_interval": "1m", "tests": tests}
    write(os.path.join(folder, "tests.yml"), yaml.safe_dump(text))
    run(program("promtool"), "test", "rules", os.path.join(folder, "tests.yml"))
    return len(cases)


def _minutes(time):
    return int(time.removesuffix("m"))


def _test(case, known):
    """A case as promtool's test."""
    rule = known.get(case["alert"])
    if rule is None:
        raise Failed(f"cases.yml: there is no alert {case['alert']}")
    bare = case.get("bare", False)
    series = [
        {"series": selector if bare else _complete(selector), "values": _samples(samples)}
        for selector, samples in case["series"].items()
    ]
    expected = [{"eval_time": time, "alertname": case["alert"]} for time in case["quiet"]]
    if "fires" in case:
        labels = {} if bare else {"instance": "gate:8081", "job": "portillon"}
        alert = {
            "exp_labels": labels | rule["labels"] | case.get("labels", {}),
            "exp_annotations": rule["annotations"] | {"summary": case["says"]},
        }
        expected.append(
            {"eval_time": case["fires"], "alertname": case["alert"], "exp_alerts": [alert]}
        )
    return {
        "interval": case.get("every", "1m"),
        "input_series": series,
        "alert_rule_test": expected,
    }


def _complete(selector):
    """A series with the two labels that Prometheus adds."""
    added = 'instance="gate:8081",job="portillon"'
    if selector.endswith("}"):
        return f"{selector[:-1]},{added}}}"
    return f"{selector}{{{added}}}"


def _samples(text):
    """Samples as promtool takes them, each by itself."""
    values = []
    for part in text.split():
        start, count = part.split("*")
        first, *step = start.split("+")
        for number in range(int(count)):
            values.append("_" if first == "_" else str(int(first) + number * int((step or [0])[0])))
    return " ".join(values)
