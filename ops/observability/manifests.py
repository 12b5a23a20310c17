"""The manifests of ops/kubernetes by the API's own schemas, the Containerfile by its instructions;
and both by what the gateway needs."""

import io
import os
import re

import yaml
from tools import OPS, ROOT, Failed, read, run

#: The oldest and the newest release that the manifests are held to.
RELEASES = ["1.29", "1.37"]
MANIFEST = os.path.join(OPS, "kubernetes", "portillon.yaml")
CLUSTER = os.path.join(OPS, "kubernetes", "cluster.yaml")
CONTAINERFILE = os.path.join(OPS, "container", "Containerfile")


def check_kubernetes(gateway_settings):
    """Every document is valid, and fits the others and the gateway; how many there are."""
    count = 0
    for path, check in ((MANIFEST, _check_pod), (CLUSTER, _check_cluster)):
        documents = _validated(path)
        by_kind = {}
        for document in documents:
            by_kind.setdefault(document["kind"], []).append(document)
        check(by_kind)
        for name in by_kind["ConfigMap"][0]["data"]:
            # A build without clusters has none of a cluster's settings.
            if name not in gateway_settings and not name.startswith("PORTILLON_CLUSTER"):
                raise Failed(f"{os.path.basename(path)}: the gateway has no setting {name}")
        count += len(documents)
    return count


def _validated(path):
    """The documents of a file, each held to the schemas of both releases."""
    import kubernetes_validate

    documents = list(yaml.safe_load_all(read(path)))
    for release in RELEASES:
        for document in documents:
            try:
                kubernetes_validate.validate(document, release, strict=True)
            except kubernetes_validate.ValidationError as reason:
                where = f"{os.path.basename(path)}, {document['kind']}"
                raise Failed(f"kubernetes {release}: {where}: {reason.message}") from None
    return documents


def _named(by_kind, kind, name):
    (found,) = [one for one in by_kind[kind] if one["metadata"]["name"] == name]
    return found


def _check_cluster(by_kind):
    """What a cluster needs beside what Kubernetes itself demands."""
    gateways, engine = (
        _named(by_kind, "StatefulSet", name) for name in ("portillon", "portillon-etcd")
    )
    settings = by_kind["ConfigMap"][0]["data"]
    (gateway,) = gateways["spec"]["template"]["spec"]["containers"]
    (etcd,) = engine["spec"]["template"]["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in gateway["ports"]}
    own = {one["name"]: one for one in gateway["env"]}
    flags = dict(flag.removeprefix("--").partition("=")[::2] for flag in etcd["args"])
    members = [
        f"portillon-etcd-{number}.{engine['spec']['serviceName']}"
        for number in range(engine["spec"]["replicas"])
    ]
    unit = read(os.path.join(OPS, "systemd", "portillon-etcd.service"))
    shared = [
        "quota-backend-bytes", "max-request-bytes", "snapshot-count", "heartbeat-interval",
        "election-timeout",
    ]  # fmt: skip
    facts = {
        "three of each": gateways["spec"]["replicas"] == engine["spec"]["replicas"] == 3,
        "every gateway knows every member of etcd": (
            settings["PORTILLON_CLUSTER"].strip().split(",")
            == [f"https://{member}:2379" for member in members]
        ),
        "every member knows every other": (
            flags["initial-cluster"]
            == ",".join(f"{name.split('.')[0]}=https://{name}:2380" for name in members)
        ),
        "a node's name is its pod's": (
            own["PORTILLON_NODE"]["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"
        ),
        "a node is known by a name that its certificate can have": (
            settings["PORTILLON_CLUSTER_NAME"] == gateways["spec"]["serviceName"]
        ),
        "while no node is ready, none is evicted": all(
            one["spec"].get("unhealthyPodEvictionPolicy") != "AlwaysAllow"
            for one in by_kind["PodDisruptionBudget"]
        ),
        "a node's address is the port that others reach": (
            own["PORTILLON_CLUSTER_LISTEN"]["value"] == f"$(POD_IP):{ports['cluster']}"
            and list(own).index("POD_IP") < list(own).index("PORTILLON_CLUSTER_LISTEN")
        ),
        "front ends and operators are sent to nodes that are ready": not any(
            _named(by_kind, "Service", name)["spec"].get("publishNotReadyAddresses")
            for name in ("portillon", "portillon-admin")
        ),
        "nodes and members find each other before they are ready": all(
            _named(by_kind, "Service", name)["spec"]["publishNotReadyAddresses"]
            for name in ("portillon-nodes", "portillon-etcd")
        ),
        "no rollout waits for a node that follows": (
            gateways["spec"]["podManagementPolicy"] == "Parallel"
            and gateways["spec"]["updateStrategy"]["type"] == "OnDelete"
        ),
        "each on a machine of its own": all(
            one["spec"]["template"]["spec"]["affinity"]["podAntiAffinity"][
                "requiredDuringSchedulingIgnoredDuringExecution"
            ][0]["topologyKey"]
            == "kubernetes.io/hostname"
            for one in (gateways, engine)
        ),
        "a majority of etcd stays": (
            _named(by_kind, "PodDisruptionBudget", "portillon-etcd")["spec"]["maxUnavailable"] == 1
        ),
        "a drain takes one node at a time": (
            _named(by_kind, "PodDisruptionBudget", "portillon")["spec"]["maxUnavailable"] == 1
        ),
        "etcd has the settings of the systemd unit": all(
            f"--{name} {flags[name]}" in unit for name in shared
        ),
        "a member that was cut off disturbs nobody when it is back": (
            flags["pre-vote"] == "true" and "--pre-vote=true" in unit
        ),
        "etcd asks for certificates": {"client-cert-auth", "peer-client-cert-auth"} <= set(flags),
        "etcd syncs": "unsafe-no-fsync" not in flags,
        "the secret's mode is one that the gateway takes": all(
            volume["secret"]["defaultMode"] in (0o400, 0o440)
            for one in (gateways, engine)
            for volume in one["spec"]["template"]["spec"]["volumes"]
            if "secret" in volume
        ),
    }
    _must_hold("cluster.yaml", facts)


def _must_hold(name, facts):
    wrong = [text for text, holds in facts.items() if not holds]
    if wrong:
        raise Failed(f"{name}: does not hold: " + "; ".join(wrong))


def _check_pod(by_kind):
    (workload,) = by_kind["StatefulSet"]
    template = workload["spec"]["template"]
    pod, labels = template["spec"], template["metadata"]["labels"]
    (container,) = pod["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    settings = by_kind["ConfigMap"][0]["data"]
    secret = next(volume["secret"] for volume in pod["volumes"] if "secret" in volume)
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    claims = [claim["metadata"]["name"] for claim in workload["spec"]["volumeClaimTemplates"]]
    probes = [container[name]["httpGet"] for name in ("startupProbe", "livenessProbe")]
    wait = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    facts = {
        "one replica": workload["spec"]["replicas"] == 1,
        "the Service's names are the pod's": all(
            service["spec"]["selector"].items() <= labels.items() for service in by_kind["Service"]
        ),
        "services lead to ports that there are": all(
            port["targetPort"] in ports
            for service in by_kind["Service"]
            for port in service["spec"]["ports"]
        ),
        "the listeners have the container's ports": (
            settings["PORTILLON_LISTEN"].endswith(f":{ports['public']}")
            and settings["PORTILLON_ADMIN_LISTEN"].endswith(f":{ports['admin']}")
        ),
        "data lies on a claim": mounts[claims[0]] == settings["PORTILLON_DATA"],
        "the master key lies in the secret": settings["PORTILLON_MASTER_KEY"].startswith(
            mounts["secrets"] + "/"
        ),
        "the secret's mode is one that the gateway takes": secret["defaultMode"] in (0o400, 0o440),
        "/healthz for start and life": all(probe["path"] == "/healthz" for probe in probes),
        "/readyz for readiness": container["readinessProbe"]["httpGet"]["path"] == "/readyz",
        "probes ask the admin listener": all(
            container[name]["httpGet"]["port"] == "admin"
            for name in ("startupProbe", "readinessProbe", "livenessProbe")
        ),
        "time for the wait and the drain": pod["terminationGracePeriodSeconds"] >= wait + 10 + 5,
        "no root, no capability": (
            pod["securityContext"]["runAsNonRoot"]
            and container["securityContext"]["capabilities"]["drop"] == ["ALL"]
            and container["securityContext"]["readOnlyRootFilesystem"]
        ),
    }
    _must_hold("portillon.yaml", facts)


def containerfile():
    """The steps of each stage, and the environment of the last one."""
    import dockerfile_parse

    # A copy in memory: the parser may write into the file that it is given.
    with open(CONTAINERFILE, "rb") as file:
        parser = dockerfile_parse.DockerfileParser(fileobj=io.BytesIO(file.read()))
    stages = []
    for step in parser.structure:
        if step["instruction"] == "FROM":
            stages.append([])
        if step["instruction"] != "COMMENT":
            stages[-1].append(step)
    return stages, parser.envs


def check_container(gateway, gateway_settings):
    """The Containerfile's instructions, its settings and its libraries."""
    stages, environment = containerfile()
    steps = [step for stage in stages for step in stage]
    known = set("FROM RUN WORKDIR COPY ENV USER VOLUME EXPOSE STOPSIGNAL ENTRYPOINT CMD".split())
    unknown = {step["instruction"] for step in steps} - known
    if unknown or len(stages) != 2:
        raise Failed(f"Containerfile: {len(stages)} stages, unknown: {sorted(unknown)}")
    values = {step["instruction"]: step["value"] for step in stages[-1]}
    if values["USER"].split(":")[0] in ("0", "root"):
        raise Failed("Containerfile: must not run as root")
    for name in environment:
        if name not in gateway_settings:
            raise Failed(f"Containerfile: the gateway has no setting {name}")
    for step in steps:
        if step["instruction"] == "COPY" and "--from" not in step["value"]:
            for name in step["value"].split()[:-1]:
                if not os.path.exists(os.path.join(ROOT, name)):
                    raise Failed(f"Containerfile: COPY {name}: there is no such file")
    _check_libraries(gateway, values["RUN"])


def _check_libraries(gateway, installation):
    """What the program loads, but for Swift's, is in a package that the image has."""
    installed = set(re.findall(r"[\w.+-]+", installation))
    # Of every Debian.
    installed |= {"libc6", "libgcc-s1", "libstdc++6"}
    missing = set()
    for line in run("ldd", gateway).splitlines():
        found = re.match(r"\s*(\S+) => (/\S+)", line)
        if not found or "/swift/" in found[2] or "swift" in found[1]:
            continue
        packages = {
            one.split(":")[0]
            for path in (found[2], os.path.realpath(found[2]), "/usr" + found[2])
            for one in _owner(path).splitlines()
        }
        if not packages & installed:
            missing.add(f"{found[1]} ({', '.join(sorted(packages))})")
    if missing:
        raise Failed(f"Containerfile: libraries that the image lacks: {sorted(missing)}")


def _owner(path):
    try:
        return run("dpkg-query", "--search", path)
    except Failed:
        return ""
