"""Whether what rules and dashboards ask for is what the gateway writes."""

import re

from tools import Failed

#: Of a cluster's nodes.
OF_A_CLUSTER = {
    "portillon_cluster_leader",
    "portillon_cluster_term",
    "portillon_cluster_clock_error_seconds",
    "portillon_cluster_state",
    "portillon_log_position",
    "portillon_log_lag_records",
    "portillon_log_unknown_total",
    "portillon_log_engine_bytes",
    "portillon_log_engine_quota_bytes",
    "portillon_failovers_total",
}
#: Of the node that leads.
OF_A_LEADER = {"portillon_log_append_seconds_bucket"}
#: The same, once it has asked etcd.
OF_AN_ENGINE = {"portillon_log_engine_voting_members", "portillon_log_engine_unsynced_members"}
#: Where a probe reports.
OF_PROBES = {
    "portillon_probe_last_report_timestamp_seconds",
    "portillon_budget_burn",
    "portillon_clients_burning",
    "portillon_client_burning",
}
#: Not in every scrape: of probes that report, and of a cluster.
AWAITED = OF_PROBES | OF_A_CLUSTER | OF_A_LEADER | OF_AN_ENGINE

NAME = re.compile(r"(?<![\w:])((?:portillon|process)_\w+)(\{[^}]*\})?")
MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"')
SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


class Scrape:
    """The families and series of one scrape."""

    def __init__(self, text):
        self.names, self.series = set(), {}
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                self.names.add(line.split()[2])
            elif not line.startswith("#"):
                found = SAMPLE.match(line)
                labels = dict(LABEL.findall(found[2] or ""))
                self.series.setdefault(found[1], []).append(labels)
        self.names |= set(self.series)
        self.count = sum(map(len, self.series.values()))


def _matches(labels, label, sign, value):
    there = labels.get(label, "")
    if sign in ("=", "!="):
        return (there == value) == (sign == "=")
    return bool(re.fullmatch(value, there)) == (sign == "=~")


def check(expressions, scrape):
    """Every metric that `expressions` (place: PromQL) name exists, and has series that the labels
    ask for; the names that are only awaited."""
    awaited, wrong = set(), []
    for place, expression in expressions.items():
        for name, selector in NAME.findall(expression):
            if name not in scrape.names:
                if name in AWAITED:
                    awaited.add(name)
                else:
                    wrong.append(f"{place}: the gateway has no metric {name}")
                continue
            matchers = [
                (label, sign, value.replace("\\\\", "\\"))
                for label, sign, value in MATCHER.findall(selector or "")
                # Prometheus adds two labels, a dashboard's variables are the reader's choice.
                if label not in ("job", "instance") and "$" not in value
            ]
            series = scrape.series.get(name, [])
            for one in matchers:
                if series and not any(_matches(labels, *one) for labels in series):
                    wrong.append(f"{place}: no series of {name} has {one[0]}{one[1]}{one[2]!r}")
    if wrong:
        raise Failed("\n".join(wrong))
    return sorted(awaited)
