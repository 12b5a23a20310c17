"""HAProxy and nginx with the files of ops/proxies in front of a gateway: the client's address,
kept connections, a 503 of the gateway, a restart."""

import concurrent.futures
import contextlib
import glob
import http.client
import json
import os
import signal
import ssl
import threading
import time

from gateway import Gateway
from tools import OPS, Failed, Process, certificate, free_ports, program, read, until, write

FOLDER = os.path.join(OPS, "proxies")
#: The file, the program, whether TLS ends at the gateway and the client comes by a PROXY header.
PROXIES = [
    ("haproxy-http.cfg", "haproxy", False),
    ("haproxy-tcp.cfg", "haproxy", True),
    ("nginx-http.conf", "nginx", False),
    ("nginx-stream.conf", "nginx", True),
]
ALLOWED, OTHER = "127.0.0.2", "127.0.0.3"
ENTRIES = "/v1/operations/proxied/entries"
#: So often a request is made that a proxy may answer by itself.
ATTEMPTS = 10


class Client:
    """A connection through the proxy, from an address of this machine's own."""

    def __init__(self, port, source=ALLOWED):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.connection = http.client.HTTPSConnection(
            "127.0.0.1", port, timeout=60, source_address=(source, 0), context=context
        )

    def post(self, key, participant, **fields):
        """An entry: its status, its header fields, its body."""
        self.connection.request(
            "POST",
            ENTRIES,
            json.dumps({"participant": participant}),
            {
                "Authorization": "Bearer " + key,
                "Content-Type": "application/json",
                **{name.replace("_", "-"): value for name, value in fields.items()},
            },
        )
        answer = self.connection.getresponse()
        return answer.status, answer.headers, answer.read()


class World:
    """One proxy, one gateway behind it."""

    def __init__(self, folder, path, file, name, ends_at_gateway):
        self.file, self.ends_at_gateway = file, ends_at_gateway
        chain, key = certificate(folder)
        options = ["--trusted-proxies", "127.0.0.1/32", "--log-format", "json"]
        if ends_at_gateway:
            options += ["--proxy-protocol", "required"]
            options += ["--tls-certificate", chain, "--tls-key", key]
        self.gateway = Gateway(path, folder, *options)
        try:
            self.key = self.gateway.operation("proxied")
            (self.port,) = free_ports(1)
            configuration = self.configure(folder, chain, key)
            if name == "haproxy":
                command = [program(name), "-db", "-f", configuration]
            else:
                own = f"daemon off; pid {folder}/nginx.pid; error_log stderr;"
                command = [program(name), "-e", "stderr", "-c", configuration, "-g", own]
            self.proxy = Process(command, os.path.join(folder, "proxy.log"))
        except BaseException:
            self.gateway.stop()
            raise

    def close(self):
        self.proxy.stop()
        self.gateway.stop()

    def configure(self, folder, chain, key):
        """The file with addresses and a certificate of this machine's own."""
        both = os.path.join(folder, "both.pem")
        write(both, read(chain) + read(key))
        here = f"127.0.0.1:{self.port}"
        text = read(os.path.join(FOLDER, self.file))
        changes = {"10.0.0.5:8080": f"127.0.0.1:{self.gateway.public_port}"}
        if self.file.startswith("haproxy"):
            changes["bind :443"] = f"bind {here}"
            # Each takes two descriptors, of which a test may have fewer than a service.
            changes["maxconn 20000"] = "maxconn 1000"
        else:
            changes["listen 443"] = f"listen {here}"
        if self.file == "haproxy-http.cfg":
            changes["/etc/haproxy/portillon.pem"] = both
        if self.file == "nginx-http.conf":
            changes |= {"/etc/nginx/portillon.pem": chain, "/etc/nginx/portillon.key": key}
            # Debian's folders for these are root's.
            kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            paths = [f"{kind}_temp_path {folder}/{kind};" for kind in kinds]
            changes["http {"] = "http { " + " ".join(paths)
        for old, new in changes.items():
            if old not in text:
                raise Failed(f"{self.file}: has no {old!r}")
            text = text.replace(old, new)
        path = os.path.join(folder, self.file)
        write(path, text)
        return path

    def connections(self):
        """The local ports of connections to the gateway's public listener that are open."""
        found = set()
        for line in read("/proc/net/tcp").splitlines()[1:]:
            fields = line.split()
            if fields[3] == "01" and int(fields[2].split(":")[1], 16) == self.gateway.public_port:
                found.add(fields[1])
        return found

    def check_counts(self):
        """Neither entries nor health checks were malformed."""
        for name in ("proxy_connections_refused_total", "http_rejections_total"):
            for line in self.gateway.scrape().splitlines():
                if line.startswith(f"portillon_{name}{{") and not line.endswith(" 0"):
                    raise Failed(f"{self.file}: {line}")

    # MARK: What must hold

    def wait(self):
        """The proxy lets an entry through."""

        def passes():
            self.proxy.alive()
            try:
                return Client(self.port).post(self.key, "first")[0] in (200, 201)
            except (OSError, http.client.HTTPException):
                return False

        until(passes, f"{self.file}: an entry passes")

    def client_address(self):
        """A permit for one address is good from there alone, whatever the client claims."""
        starts, ends = (
            time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
            for seconds in (-60, 3600)
        )
        body = {"operation": "proxied", "per_second": 100, "addresses": [ALLOWED + "/32"]}
        body |= {"starts": starts, "ends": ends}
        permit = self.gateway.admin("POST", "/v1/permits", body)["permit"]
        claims = {"X_Forwarded_For": ALLOWED, "Forwarded": f"for={ALLOWED}"}
        forged = {"X_Forwarded_For": OTHER, "Forwarded": f"for={OTHER}"}
        for source, more, expected in [
            (ALLOWED, {}, 201),
            (ALLOWED, forged, 201),
            (OTHER, {}, 403),
            (OTHER, claims, 403),
            (OTHER, {"X_Forwarded_For": ALLOWED}, 403),
        ]:
            name = f"{source} {sorted(more)}"
            for attempt in range(ATTEMPTS):
                client = Client(self.port, source)
                participant = f"{name} {attempt}"
                fields = {"Portillon_Permit": permit, **more}
                status, _, body = client.post(self.key, participant, **fields)
                # The proxy takes a gateway that stood still for one that is away.
                if status not in (502, 503, 504):
                    break
                time.sleep(1)
            if status != expected or (status == 403 and b"permit_address" not in body):
                raise Failed(f"{self.file}: from {name}: {status} {body.decode()}")

    def keep_alive(self):
        """Many requests of one client go over one connection to the gateway."""
        # The proxy takes a gateway that stood still for one that is away: then once more.
        for attempt in range(ATTEMPTS):
            wrong = self.not_kept(attempt)
            if not wrong:
                return
            time.sleep(1)
        raise Failed(f"{self.file}: {wrong}")

    def not_kept(self, attempt):
        """What is wrong with many requests of one client; None where they went over one."""
        client = Client(self.port)
        seen = []
        for number in range(30):
            status, _, _ = client.post(self.key, f"kept {attempt} {number}")
            if status != 201:
                return f"entry {number} is answered {status}"
            if number:
                seen.append(self.connections())
        return None if set.intersection(*seen) else "no connection to the gateway is kept"

    def refusal(self):
        """A 503 of the gateway arrives with its own words."""
        self.gateway.suspend("proxied")
        try:
            client = Client(self.port)
            until(
                lambda: client.post(self.key, "late")[0] not in (200, 201),
                f"{self.file}: the operation is suspended",
            )
            status, fields, body = client.post(self.key, "late")
        finally:
            self.gateway.resume("proxied")
        if status not in (503, 410) or json.loads(body).get("verdict") != "suspended":
            raise Failed(f"{self.file}: of a suspended operation: {status} {body.decode()}")
        if "json" not in fields["Content-Type"]:
            raise Failed(f"{self.file}: of a suspended operation: {fields['Content-Type']}")

    def restart(self):
        """The gateway drains, is away, and comes back, while four clients send entries."""
        traffic = [Traffic(self, number) for number in range(4)]
        for one in traffic:
            one.start()
        try:
            until(lambda: all(len(one.answers) > 20 for one in traffic), f"{self.file}: entries")
            self.gateway.stop(signal.SIGTERM)
            if self.gateway.process.returncode != 0:
                raise Failed(
                    f"{self.file}: the gateway ended with {self.gateway.process.returncode}"
                )
            away = [len(one.answers) for one in traffic]
            # Beyond what the proxy holds back: it then answers itself, or ends connections.
            until(
                lambda: all(len(one.answers) > before + 2 for one, before in zip(traffic, away)),
                f"{self.file}: something is answered while the gateway is away",
            )
            self.gateway.start()
            back = [one.accepted for one in traffic]
            until(
                lambda: all(one.accepted > before + 20 for one, before in zip(traffic, back)),
                f"{self.file}: entries are accepted again",
            )
        finally:
            for one in traffic:
                one.finish()
        wrong = {text for one in traffic for text in one.wrong}
        if wrong:
            raise Failed(f"{self.file}: over a restart: " + "\n".join(sorted(wrong)))
        # Every entry that was acknowledged is known.
        client = Client(self.port)
        for one in traffic:
            for participant in one.acknowledged[-30:] + one.before[-30:]:
                status, _, body = client.post(self.key, participant)
                if status != 200:
                    raise Failed(f"{self.file}: {participant} is lost: {status} {body.decode()}")


class Traffic(threading.Thread):
    """One client: an entry after another, over a connection that it keeps as long as it may."""

    def __init__(self, world, number):
        super().__init__(daemon=True)
        self.world, self.number = world, number
        #: One line an answer, or an attempt to connect.
        self.answers, self.wrong, self.acknowledged = [], [], []
        self.accepted = 0
        #: Acknowledged before the gateway stopped.
        self.before = []
        self.ended = threading.Event()

    def run(self):
        count, client = 0, None
        while not self.ended.is_set():
            count += 1
            try:
                if client is None:
                    client = Client(self.world.port)
                    client.connection.connect()
            except OSError as reason:
                client = None
                self.answers.append(f"not connected: {reason}")
                if not self.world.ends_at_gateway:
                    self.wrong.append(f"the proxy takes no connection: {reason}")
                time.sleep(0.05)
                continue
            participant = f"traffic {self.number} {count}"
            time.sleep(0.005)
            try:
                status, fields, body = client.post(self.world.key, participant)
            except (OSError, http.client.HTTPException) as reason:
                client = None
                self.answers.append(f"cut: {reason!r}")
                # A connection may end between its handshake and its first request.
                if not self.world.ends_at_gateway or self.world.gateway.process.poll() is None:
                    self.wrong.append(f"a request is cut: {reason!r}")
                continue
            self.answers.append(str(status))
            if client.connection.sock is None:
                # The answer said that the connection closes.
                client = None
            if status in (200, 201):
                self.accepted += 1
                self.acknowledged.append(participant)
                if len(self.before) < 20:
                    self.before.append(participant)
            elif status != 503 or not fields["Retry-After"] or "json" not in fields["Content-Type"]:
                self.wrong.append(f"{status} {fields.as_string()!r} {body[:200]!r}")
            else:
                time.sleep(0.05)

    def finish(self):
        self.ended.set()
        self.join(150)


def check(folder, path, only=""):
    """Every proxy, side by side; how many were tested."""
    if not glob.glob("/usr/lib/nginx/modules/ngx_stream_module.so"):
        program("libnginx-mod-stream")
    chosen = [one for one in PROXIES if only in one[0]]
    with concurrent.futures.ThreadPoolExecutor(len(PROXIES)) as threads:
        for done in [threads.submit(_check_one, folder, path, *one) for one in chosen]:
            done.result()
    return len(chosen)


def _check_one(folder, path, file, name, ends_at_gateway):
    own = os.path.join(folder, file)
    os.mkdir(own)
    with contextlib.closing(World(own, path, file, name, ends_at_gateway)) as world:
        world.wait()
        world.client_address()
        world.keep_alive()
        world.refusal()
        world.check_counts()
        world.restart()
        world.check_counts()
