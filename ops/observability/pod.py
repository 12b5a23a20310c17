"""The container of ops/kubernetes run on this machine as Kubernetes would run it: its user and
groups, no capability, its environment, its volumes, a root file system that cannot be written."""

import os
import re
import shutil
import signal
import subprocess
import urllib.error
import urllib.request

import yaml
from manifests import MANIFEST
from tools import Failed, Process, free_ports, read, until, write


def possible():
    """Whether this user may have a mount namespace and give processes to other users."""
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True)
    return os.geteuid() == 0 and tried.returncode == 0 and bool(shutil.which("setpriv"))


class Pod:
    def __init__(self, path, folder):
        # Others than root must come through to what is theirs.
        os.chmod(folder, 0o755)
        self.folder = folder
        self.program = os.path.join(folder, "portillon")
        shutil.copy(path, self.program)
        documents = {}
        for document in yaml.safe_load_all(read(MANIFEST)):
            documents.setdefault(document["kind"], []).append(document)
        self.spec = documents["StatefulSet"][0]["spec"]["template"]["spec"]
        (self.container,) = self.spec["containers"]
        self.settings = dict(documents["ConfigMap"][0]["data"])
        public, admin = free_ports(2)
        self.ports = {"public": public, "admin": admin}
        self.group = self.spec["securityContext"]["fsGroup"]
        self.data = self.volume("data")
        self.settings |= {
            "PORTILLON_LISTEN": f"127.0.0.1:{public}",
            "PORTILLON_ADMIN_LISTEN": f"127.0.0.1:{admin}",
            "PORTILLON_DATA": self.data,
            "PORTILLON_MASTER_KEY": self.secret(),
        }

    def volume(self, name):
        """A folder as the kubelet hands it over with fsGroup."""
        path = os.path.join(self.folder, name)
        os.mkdir(path)
        os.chown(path, 0, self.group)
        os.chmod(path, 0o2775)
        return path

    def secret(self):
        """The master key behind the links that the kubelet makes."""
        path = os.path.join(self.folder, "secrets")
        os.makedirs(os.path.join(path, "..2026_11_29"))
        os.symlink("..2026_11_29", os.path.join(path, "..data"))
        os.symlink("..data/master.key", os.path.join(path, "master.key"))
        file = os.path.join(path, "..2026_11_29", "master.key")
        write(file, os.urandom(32).hex() + "\n")
        os.chown(file, 0, self.group)
        volumes = {volume["name"]: volume for volume in self.spec["volumes"]}
        os.chmod(file, volumes["secrets"]["secret"]["defaultMode"])
        return os.path.join(path, "master.key")

    def start(self, **settings):
        user, group = (self.spec["securityContext"][name] for name in ("runAsUser", "runAsGroup"))
        privileges = ["setpriv", f"--reuid={user}", f"--regid={group}", f"--groups={self.group}"]
        privileges += ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
        environment = [f"{name}={value}" for name, value in (self.settings | settings).items()]
        # The folder of the data is a mount of its own, and so stays as it is.
        mounts = 'mount --bind "$0" "$0" && mount -o remount,bind,ro / && exec "$@"'
        command = ["unshare", "--mount", "sh", "-c", mounts, self.data, *privileges]
        command += ["env", "--ignore-environment", *environment, self.program, "serve"]
        return Process(command, os.path.join(self.folder, "pod.log"))

    def probe(self, name):
        """The status of a probe's path."""
        wanted = self.container[name]["httpGet"]
        url = f"http://127.0.0.1:{self.ports[wanted['port']]}{wanted['path']}"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except OSError:
            return None

    def check(self):
        """A first start, an end by SIGTERM, a start that wants a store, and one without it."""
        for settings in ({}, {"PORTILLON_STORE": "existing"}):
            with self.start(**settings) as process:
                until(
                    lambda: process.alive() and self.probe("startupProbe") == 200,
                    "the pod's start",
                )
                until(lambda: self.probe("readinessProbe") == 200, "the pod is ready")
                if self.probe("livenessProbe") != 200:
                    raise Failed("the pod: the liveness probe fails")
                process.stop(signal.SIGTERM)
                if process.process.returncode != 0:
                    raise Failed(f"the pod ended with {process.process.returncode}")
        for name in os.listdir(self.data):
            path = os.path.join(self.data, name)
            (shutil.rmtree if os.path.isdir(path) else os.remove)(path)
        with self.start(PORTILLON_STORE="existing") as process:
            until(lambda: process.process.poll() is not None, "the pod ends without its store")
            status = process.process.returncode
        if status != 74:
            raise Failed(f"the pod with an empty volume ended with {status}, not 74")
        if re.search(r'"level":"(warning|error|critical)"', process.output().splitlines()[0]):
            raise Failed(f"the pod's first start: {process.output().splitlines()[0]}")


def check(folder, path):
    Pod(path, folder).check()
