"""Header lists that browsers were captured with, and what somebody gets wrong who builds one by hand."""

import copy
import json
import os
import re

from . import servers

FIXTURES = os.path.join(servers.ROOT, "Tests", "RobotsTests", "Fixtures", "browsers.jsonl")
#: Headers that a browser sends by itself: each left out is a change.
OWN = [
    "connection", "accept", "accept-encoding", "accept-language", "origin", "sec-ch-ua",
    "sec-ch-ua-mobile", "sec-ch-ua-platform", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest",
]  # fmt: skip


class Head:
    """The header lines of a request, in their order and spelling."""

    def __init__(self, headers, version="1.1"):
        self.headers, self.version = headers, version

    def __getitem__(self, name):
        """The first value; None without one."""
        for known, value in self.headers:
            if known.lower() == name:
                return value
        return None

    def with_value(self, name, value):
        other = copy.deepcopy(self)
        for header in other.headers:
            if header[0].lower() == name:
                header[1] = value
        return other

    def without(self, name):
        return Head([header for header in self.headers if header[0].lower() != name], self.version)

    def reordered(self, headers):
        return Head(copy.deepcopy(headers), self.version)

    def request(self, path, key, participant):
        """The bytes of an entry with this head: only what an entry of its own needs is replaced."""
        body = json.dumps({"participant": participant})
        lines = [f"POST {path} HTTP/{self.version}"]
        for name, value in self.headers:
            lower = name.lower()
            if lower == "authorization":
                value = "Bearer " + key
            elif lower == "content-length":
                value = str(len(body))
            elif lower == "content-type" and not value.startswith("application/json"):
                value = "application/json"
            elif lower == "idempotency-key":
                value = participant
            lines.append(f"{name}: {value}")
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


class Captured:
    """One line of the fixtures."""

    def __init__(self, line):
        value = json.loads(line)
        self.name, self.transport, self.label = value["name"], value["transport"], value["label"]
        headers = [list(header) for header in value["headers"]]
        if "authorization" not in {name.lower() for name, _ in headers}:
            # Some were captured at another service. Where it stands is looked at by no rule.
            at = next(
                index for index, (name, _) in enumerate(headers) if name.lower() == "content-type")
            headers.insert(at + 1, ["Authorization", ""])
        self.head = Head(headers)


def people():
    """The captured heads of people's browsers."""
    with open(FIXTURES, encoding="utf-8") as file:
        return [one for one in map(Captured, file) if one.label == "person"]


def changes(head):
    """What it is, and the head with that one thing changed: a header forgotten, one of another
    browser, names in lower case, another order, a version or a system that differs."""
    found = [(f"without {name}", head.without(name)) for name in OWN if head[name] is not None]
    headers = head.headers
    found += [
        ("names in lower case", head.reordered([[n.lower(), v] for n, v in headers])),
        ("Host last", head.reordered(headers[1:] + headers[:1])),
        ("turned round", head.reordered(headers[::-1])),
        ("in the alphabet's order", head.reordered(sorted(headers))),
        ("User-Agent last", head.reordered(
            [h for h in headers if h[0] != "User-Agent"]
            + [h for h in headers if h[0] == "User-Agent"])),
        ("HTTP/1.0", Head(copy.deepcopy(headers), "1.0")),
        ("no encodings", head.with_value("accept-encoding", "identity")),
        ("a tool's name", head.with_value("user-agent", "python-requests/2.31.0")),
    ]  # fmt: skip
    if head["sec-fetch-mode"] is not None:
        found.append(("a click's mode", head.with_value("sec-fetch-mode", "navigate")))
        found.append(("a page's destination", head.with_value("sec-fetch-dest", "document")))
    agent, brands = head["user-agent"], head["sec-ch-ua"]
    version = re.search(r"(Chrome|Firefox)/(\d+)", agent)
    if version and (brands is not None or version[1] == "Firefox"):
        other = f"{version[1]}/{int(version[2]) - 7}"
        found.append(("another version", head.with_value(
            "user-agent", agent.replace(version[0], other))))  # fmt: skip
    if brands is not None:
        found.append(("a made-up brand of its own", head.with_value(
            "sec-ch-ua", brands.replace("Not", "Nit"))))  # fmt: skip
        found.append(("brands of another version", head.with_value(
            "sec-ch-ua", re.sub(r'(Chrom[^"]*";v=)"\d+"', r'\1"107"', brands))))  # fmt: skip
    if head["sec-ch-ua-platform"] is not None:
        found.append(("another system", head.with_value("sec-ch-ua-platform", '"Plan 9"')))
        mobile = "?0" if head["sec-ch-ua-mobile"] == "?1" else "?1"
        found.append(("a phone or not", head.with_value("sec-ch-ua-mobile", mobile)))
    return found
