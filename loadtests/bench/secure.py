"""The gateway and nginx over TLS: the same certificate, the same OpenSSL, the same profile."""

import os
import re
import shutil
import subprocess

from .peers import Nginx
from .processes import Unusable, run_on
from .servers import LOAD_CORE, Portillon

#: What openssl makes a key of each kind with.
KINDS = {"ecdsa": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["rsa:2048"]}


def certificate(directory, kind):
    """The paths of a certificate for this machine and its key, made where they are missing."""
    if not shutil.which("openssl"):
        raise Unusable("openssl is missing: apt-get install openssl")
    paths = [os.path.join(directory, f"{kind}-{part}.pem") for part in ("certificate", "key")]
    current = ["openssl", "x509", "-checkend", "86400", "-noout", "-in", paths[0]]
    if subprocess.run(current, capture_output=True, check=False).returncode != 0:
        command = ["openssl", "req", "-x509", "-newkey", *KINDS[kind], "-nodes", "-days", "30"]
        command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
        command += ["-out", paths[0], "-keyout", paths[1]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Unusable(f"openssl makes no certificate: {done.stderr.strip()}")
    return paths


class SecurePortillon(Portillon):
    """The gateway, its public listener over TLS."""

    scheme = "https"

    def __init__(self, directory, kind="ecdsa"):
        super().__init__(directory)
        paths = certificate(directory, kind)
        self.flags = ["--tls-certificate", paths[0], "--tls-key", paths[1]]


class SecureNginx(Nginx):
    """nginx with a constant answer, over TLS."""

    configuration = "nginx-tls.conf"
    scheme = "https"

    def __init__(self, directory, kind="ecdsa"):
        super().__init__(directory)
        self.paths = certificate(directory, kind)

    def replacements(self):
        paths = dict(zip(("@CERTIFICATE@", "@KEY@"), self.paths))
        return super().replacements() | paths


class Handshakes:
    """One run of `openssl s_time`: handshakes by second of the server's CPU time.

    One client is slower than the server: what the server could do with its whole core is told by
    the time that it needed. Each connection asks for a page and reads it, since the tickets of TLS
    1.3 come behind the handshake.
    """

    def __init__(self, server, seconds, version, is_resumed):
        command = ["openssl", "s_time", "-connect", f"127.0.0.1:{server.port}", "-www", "/healthz"]
        command += ["-time", str(seconds), "-" + version, "-reuse" if is_resumed else "-new"]
        cpu = server.cpu_seconds()
        done, _ = run_on(LOAD_CORE, command)
        used = server.cpu_seconds() - cpu
        total = re.search(r"(\d+) connections in \d+ real seconds", done.stdout)
        # It writes a letter for each connection: r where a session was gone on with.
        letters = "".join(re.findall(r"^[r*tu]+", done.stdout, re.MULTILINE))
        if done.returncode != 0 or not total or used <= 0:
            raise Unusable(f"openssl s_time: {(done.stderr or done.stdout).strip()[-200:]}")
        self.handshakes = int(total.group(1))
        self.per_cpu_second = self.handshakes / used
        self.cpu_microseconds = used / max(self.handshakes, 1) * 1e6
        resumed = letters.count("r")
        wanted = self.handshakes if is_resumed else 0
        self.fault = None
        if abs(resumed - wanted) > 1:
            self.fault = f"{resumed} of {self.handshakes} handshakes were resumed"
