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
CONTAINERFILE = os.path.join(OPS, "container", "Containerfile")


def check_kubernetes(gateway_settings):
    """Every document is valid, and fits the others and the gateway; how many there are."""
    import kubernetes_validate

    documents = list(yaml.safe_load_all(read(MANIFEST)))
    for release in RELEASES:
        for document in documents:
            try:
                kubernetes_validate.validate(document, release, strict=True)
            except kubernetes_validate.ValidationError as reason:
                kind = document["kind"]
                raise Failed(f"kubernetes {release}: {kind}: {reason.message}") from None
    by_kind = {}
    for document in documents:
        by_kind.setdefault(document["kind"], []).append(document)
    _check_pod(by_kind)
    for name in by_kind["ConfigMap"][0]["data"]:
        if name not in gateway_settings:
            raise Failed(f"kubernetes: the gateway has no setting {name}")
    return len(documents)


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
    wrong = [text for text, holds in facts.items() if not holds]
    if wrong:
        raise Failed("kubernetes: does not hold: " + "; ".join(wrong))


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
