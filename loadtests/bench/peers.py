"""The servers that the gateway is compared with, each on one core like it."""

import glob
import os
import shutil
import socket
import subprocess

from .processes import Unusable
from .servers import PEERS, ROOT, Portillon, Server, free_port, listens


class Packaged(Server):
    """A server from Debian's packages, with its configuration in loadtests/peers."""

    configuration = ""
    #: Debian's packages by the program, and by the file, that tells whether they are installed.
    programs = {}
    files = {}

    @classmethod
    def provide(cls):
        """Sees to the packages; raises ``Unusable`` with what to install where it cannot."""
        missing = {p for program, p in cls.programs.items() if not shutil.which(program)}
        missing |= {p for pattern, p in cls.files.items() if not glob.glob(pattern)}
        if not missing:
            return
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *sorted(missing)]
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            raise Unusable(f"packages are missing: run as root: {' '.join(command)}")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        quiet = {"stdout": subprocess.DEVNULL, "env": environment}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        if subprocess.run(command, check=False, **quiet).returncode != 0:
            raise Unusable(f"apt-get could not install {' '.join(sorted(missing))}")

    def replacements(self):
        return {"@PORT@": str(self.port), "@DIR@": self.directory}

    def configure(self):
        """Writes the configuration into the server's own directory; its path."""
        with open(os.path.join(PEERS, self.configuration), encoding="utf-8") as file:
            text = file.read()
        for placeholder, value in self.replacements().items():
            text = text.replace(placeholder, value)
        path = os.path.join(self.directory, self.configuration)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path


class Nginx(Packaged):
    """The least an HTTP server can do: a constant answer."""

    name = "nginx"
    configuration = "nginx.conf"
    programs = {"nginx": "nginx-light"}

    def start(self):
        self.launch(["nginx", "-c", self.configure()], lambda: listens(self.port))


class HAProxy(Packaged):
    """The same from HAProxy: 200 in place of 201, which its `return` does not know."""

    name = "haproxy"
    configuration = "haproxy.cfg"
    programs = {"haproxy": "haproxy"}

    def start(self):
        self.launch(["haproxy", "-db", "-f", self.configure()], lambda: listens(self.port))


class NginxLua(Nginx):
    """What people build: nginx, Lua, and a Redis that syncs every write."""

    name = "nginx-lua"
    configuration = "nginx-lua.conf"
    programs = {"nginx": "nginx-light", "redis-server": "redis-server"}
    files = {
        "/usr/lib/nginx/modules/ngx_http_lua_module.so": "libnginx-mod-http-lua",
        "/usr/share/lua/5.1/nginx/redis.lua": "lua-nginx-redis",
    }

    def replacements(self):
        return {**super().replacements(), "@REDIS@": str(self.redis_port)}

    def start(self):
        self.redis_port = free_port()
        # No rewriting and no snapshot: neither is part of storing an entry.
        self.launch(
            ["redis-server", "--bind", "127.0.0.1", "--port", str(self.redis_port)]
            + ["--dir", self.directory, "--save", "", "--appendonly", "yes"]
            + ["--appendfsync", "always", "--auto-aof-rewrite-percentage", "0"],
            lambda: listens(self.redis_port),
        )
        super().start()

    def stored(self):
        with socket.create_connection(("127.0.0.1", self.redis_port), timeout=5) as redis:
            redis.sendall(b"SCARD bench:participants\r\n")
            answer = redis.makefile("rb").readline()
        if not answer.startswith(b":"):
            raise Unusable(f"Redis does not count: {answer!r}")
        return int(answer[1:])


class Hummingbird(Server):
    """The constant answer from Swift's server framework; built here, when it is first asked for."""

    name = "hummingbird"
    package = os.path.join(PEERS, "hummingbird-peer")
    #: Not below the package: what walks through the sources would walk through it.
    scratch = os.path.join(ROOT, ".build", "hummingbird-peer")
    executable = os.path.join(scratch, "release", "hummingbird-peer")

    @classmethod
    def provide(cls):
        """Builds it where that is still to be done."""
        if cls.is_built():
            return
        if not shutil.which("swift"):
            raise Unusable("the Swift toolchain is missing: run ops/dependencies")
        print("hummingbird: building it, this takes 3 to 5 minutes", flush=True)
        command = ["swift", "build", "-c", "release", "--package-path", cls.package]
        command += ["--scratch-path", cls.scratch]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode != 0:
            errors = [line for line in done.stdout.splitlines() if "error:" in line]
            reason = (errors or done.stdout.splitlines() or ["no message"])[0].strip()
            raise Unusable(f"it does not build: {reason}")

    @classmethod
    def is_built(cls):
        """Whether the program is there and younger than its sources."""
        sources = glob.glob(os.path.join(cls.package, "**", "*.swift"), recursive=True)
        try:
            built = os.path.getmtime(cls.executable)
        except FileNotFoundError:
            return False
        return all(os.path.getmtime(source) <= built for source in sources)

    def start(self):
        self.launch([self.executable, str(self.port)], lambda: listens(self.port))


#: What another build of the gateway is called beside this one.
BASELINE = "baseline"


def baseline(program):
    """The gateway as another build's program has it: the same flags, the same load."""

    class Baseline(Portillon):
        name = BASELINE
        executable = os.path.abspath(program)

        @classmethod
        def provide(cls):
            if not os.access(cls.executable, os.X_OK):
                raise Unusable(f"{cls.executable} is no program")

    return Baseline


#: Those with which the gateway is compared, in the order in which a reader asks.
PEERS_BY_NAME = {peer.name: peer for peer in (Nginx, HAProxy, NginxLua, Hummingbird)}
BY_NAME = {Portillon.name: Portillon, **PEERS_BY_NAME}
