"""A real Prometheus and a real Alertmanager over a gateway, with the files of this repository."""

import http.server
import json
import os
import queue
import threading
import urllib.error
import urllib.parse
import urllib.request

import yaml
from tools import OPS, PATIENCE, Failed, Process, free_ports, program, read, until, write


class Receiver:
    """Takes Alertmanager's notifications, as whoever is on call would."""

    def __init__(self):
        self.notifications = queue.Queue()
        #: The names of all alerts that were told.
        self.told = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                for alert in json.loads(body)["alerts"]:
                    receiver.told.append(alert["labels"]["alertname"])
                    receiver.notifications.put((self.path, alert))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, name, status, patience=PATIENCE):
        """The receiver that was told that this alert is `firing` or `resolved`, and the alert."""
        while True:
            try:
                path, alert = self.notifications.get(timeout=patience)
            except queue.Empty:
                raise Failed(f"no notification that {name} is {status}") from None
            if (alert["labels"]["alertname"], alert["status"]) == (name, status):
                return path.removeprefix("/"), alert

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Alertmanager(Process):
    def __init__(self, folder, receiver):
        (port,) = free_ports(1)
        self.address = f"127.0.0.1:{port}"
        configuration = yaml.safe_load(read(os.path.join(OPS, "alertmanager", "alertmanager.yml")))
        # Routes and inhibitions stay; nobody waits for a group, and this process is told.
        for route in [configuration["route"], *configuration["route"]["routes"]]:
            route |= {"group_wait": "0s", "group_interval": "1s"}
        configuration["receivers"] = [
            {"name": one["name"], "webhook_configs": [{"url": f"{receiver.url}/{one['name']}"}]}
            for one in configuration["receivers"]
        ]
        path = os.path.join(folder, "alertmanager.yml")
        write(path, yaml.safe_dump(configuration))
        command = [program("prometheus-alertmanager"), f"--config.file={path}"]
        command += [f"--storage.path={folder}/alertmanager", "--cluster.listen-address="]
        command += [f"--web.listen-address={self.address}"]
        super().__init__(command, os.path.join(folder, "alertmanager.log"))


class Prometheus(Process):
    """Scrapes one gateway every so many seconds, and evaluates the rules of ops/prometheus."""

    def __init__(self, folder, target, alertmanager=None, seconds=1):
        (port,) = free_ports(1)
        self.address = f"127.0.0.1:{port}"
        source = os.path.join(OPS, "prometheus")
        configuration = yaml.safe_load(read(os.path.join(source, "prometheus.yml")))
        configuration["global"] = {
            f"{what}_interval": f"{seconds}s" for what in ("scrape", "evaluation")
        }
        configuration["rule_files"] = [
            os.path.join(source, name) for name in configuration["rule_files"]
        ]
        (scrape,) = configuration["scrape_configs"]
        # From this machine itself no token is needed.
        del scrape["authorization"]
        scrape |= {"scrape_timeout": f"{seconds}s", "static_configs": [{"targets": [target]}]}
        (told,) = configuration["alerting"]["alertmanagers"]
        told["static_configs"] = [{"targets": [alertmanager] if alertmanager else []}]
        path = os.path.join(folder, "prometheus.yml")
        write(path, yaml.safe_dump(configuration))
        command = [program("prometheus"), f"--config.file={path}"]
        command += [f"--storage.tsdb.path={folder}/prometheus"]
        command += [f"--web.listen-address={self.address}"]
        super().__init__(command, os.path.join(folder, "prometheus.log"))

    def ask(self, path, **parameters):
        """`data` of an answer of the HTTP API."""
        query = urllib.parse.urlencode(parameters)
        try:
            url = f"http://{self.address}/api/v1/{path}?{query}"
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as refusal:
            if refusal.code == http.HTTPStatus.SERVICE_UNAVAILABLE:
                raise  # It listens before it has read its store; whoever waits asks again.
            raise Failed(f"Prometheus: {path} {query}: {refusal.read().decode()}") from None

    def query(self, expression):
        return self.ask("query", query=expression)["result"]

    def value(self, expression):
        """The one value of an expression, once there is one."""
        (series,) = until(lambda: self.query(expression), f"{expression} has a value")
        return float(series["value"][1])

    def wait_for_target(self):
        """The target's state once it was scraped; `Failed` with the reason if it was not."""
        refused = []

        def scraped():
            self.alive()
            try:
                targets = self.ask("targets")["activeTargets"]
            except OSError:
                return None
            if targets and targets[0]["health"] == "down":
                # On a busy machine a scrape may be late once: the next one comes soon.
                refused[:] = [targets[0]["lastError"]]
            return targets[0] if targets and targets[0]["health"] == "up" else None

        try:
            return until(scraped, "Prometheus scrapes the gateway")
        except Failed:
            if not refused:
                raise
            raise Failed(f"Prometheus does not take the scrape: {refused[0]}") from None

    def check_rules(self):
        """Every rule was evaluated without an error; how many there are."""

        def evaluated():
            rules = [rule for group in self.ask("rules")["groups"] for rule in group["rules"]]
            return rules if all(rule["health"] != "unknown" for rule in rules) else None

        rules = until(evaluated, "every rule is evaluated")
        wrong = [f"{rule['name']}: {rule['lastError']}" for rule in rules if rule["health"] != "ok"]
        if wrong:
            raise Failed("\n".join(wrong))
        return len(rules)

    def firing(self):
        return {
            alert["labels"]["alertname"]
            for alert in self.ask("alerts")["alerts"]
            if alert["state"] == "firing"
        }
