"""The chart: lint and schema, what its pods may do, and that each setting reaches something."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.config import ROOT
from tests.helm.conftest import CHART, Objects, Refused, Rendering, Values

# The chart is rendered once for each setting: with ./jifen test --all.
pytestmark = pytest.mark.long

DEFAULTS: Values = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
# Read from the environment by this repository's scripts or by the commands of an operator, never by a container.
NOT_IN_A_CONTAINER = {"PYTHON"}
PODS = {"Deployment", "Job"}
KUBERNETES = "1.37.0"


def pods(objects: Objects) -> dict[str, dict[str, Any]]:
    """The pods' specifications by component."""
    found = (one for one in objects if one["kind"] in PODS)
    return {
        one["metadata"]["labels"]["app.kubernetes.io/component"]: one["spec"]["template"]["spec"] for one in found
    }


def container(pod: dict[str, Any]) -> dict[str, Any]:
    """A pod's only container."""
    (only,) = pod["containers"]
    return dict(only)


def leaves(values: Any, *path: str) -> Iterator[tuple[str, ...]]:
    """Every setting that is not a group of others."""
    if isinstance(values, dict) and values and path[-1:] not in (("resources",), ("labels",)):
        for name, value in values.items():
            yield from leaves(value, *path, name)
    else:
        yield path


def given(values: Any, path: tuple[str, ...]) -> Any:
    """What stands at a place, None where nothing does."""
    for name in path:
        values = values.get(name) if isinstance(values, dict) else None
    return values


def at(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Values with this one setting."""
    for name in reversed(path):
        value = {name: value}
    return dict(value)


# Another value for a setting whose form is bound.
OTHERS: dict[str, Any] = {
    "accessMode": "ReadWriteOnce",
    "address": "https://other.example",
    "affinity": {"podAntiAffinity": {}},
    "annotations": {"example.org/other": "two"},
    "cpuPercent": 55,
    "digest": f"sha256:{'a' * 64}",
    "endpoint": "https://other.example",
    "env": [{"name": "OTHER", "value": "1"}],
    "host": "other.example",
    "hours": "9-18",
    "imagePullSecrets": ["other"],
    "interval": "77s",
    "issuer": "https://other.example",
    "labels": {"other": "label"},
    "logs": "text",
    "nodeSelector": {"other": "node"},
    "peers": [{"ipBlock": {"cidr": "192.0.2.0/24"}}],
    "ports": [4430],
    "pullPolicy": "Always",
    "resources": {"limits": {"memory": "7777Mi"}},
    "size": "777Gi",
    "temporary": "7Gi",
    "tolerations": [{"key": "other", "operator": "Exists"}],
    "type": "NodePort",
    "url": "https://other.example",
}
# What shows only while something else is not switched on.
UNLESS: dict[tuple[str, ...], dict[str, Any]] = {
    ("api", "replicas"): {"api": {"autoscaling": {"enabled": False}}},
    ("worker", "replicas"): {"worker": {"autoscaling": {"enabled": False}}},
    ("evidence", "volume"): {"evidence": {"bucket": ""}},
}


def other(path: tuple[str, ...], now: Any) -> Any:
    """A value that is allowed and not the present one."""
    if path == ("api", "host"):
        return "::"
    if path == ("scanner", "address"):
        return "other.example:3310"
    if path[-1] in OTHERS:
        return OTHERS[path[-1]]
    if isinstance(now, bool):
        return not now
    return now + 7 if isinstance(now, int) else "other"


@pytest.mark.parametrize("path", list(leaves(DEFAULTS)), ids=".".join)
def test_every_setting_reaches_something(path: tuple[str, ...], rendered: Rendering, everything: Values) -> None:
    unless = next((values for start, values in UNLESS.items() if path[: len(start)] == start), {})
    now = given(everything, path)
    changed = at(path, other(path, given(DEFAULTS, path) if now is None else now))

    assert rendered(everything, unless, changed) != rendered(everything, unless)


def test_lint_finds_nothing(helm: Path) -> None:
    done = subprocess.run([str(helm), "lint", "--strict", str(CHART)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("on", [False, True], ids=["as it is", "everything"])
def test_kubernetes_would_take_every_object(
    on: bool, rendered: Rendering, everything: Values, tmp_path: Path
) -> None:
    validate = pytest.importorskip("kubernetes_validate", reason="没有 kubernetes-validate")
    own = [one for one in rendered(everything if on else {}) if "coreos" not in one["apiVersion"]]

    assert len(own) > 12
    for one in own:
        validate.validate(one, KUBERNETES, strict=True)


@pytest.mark.parametrize(
    "values",
    [
        {"address": "jifen.example"},
        {"api": {"replicas": "two"}},
        {"api": {"port": 70000}},
        {"api": {"replica": 2}},
        {"database": {"existingSecret": ""}},
        {"evidence": {"volume": {"accessMode": "ReadOnlyMany"}}},
        {"hours": "morning"},
        {"image": {"digest": "latest"}},
        {"network": {"outside": {"ports": ["https"]}}},
        {"pods": {"user": 0}},
        {"logs": "xml"},
        {"tracing": {"endpoint": "collector:4318"}},
        {"worker": {"concurrency": 0}},
    ],
    ids=json.dumps,
)
def test_the_schema_refuses_what_is_wrong(values: Values, rendered: Rendering) -> None:
    with pytest.raises(Refused, match="values don't meet the specifications"):
        rendered(values)


def test_the_schema_knows_each_setting_and_no_other() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text("utf-8"))

    for path in leaves(DEFAULTS):
        found = schema
        for name in path:
            found = found["properties"][name] if "properties" in found else found["additionalProperties"]
    assert schema["additionalProperties"] is False


def test_a_pod_may_write_to_its_temporary_space_and_do_nothing_else(rendered: Rendering) -> None:
    for name, pod in pods(rendered()).items():
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["runAsUser"] > 0, name
        may = container(pod)["securityContext"]
        assert may["readOnlyRootFilesystem"] is True, name
        assert may["allowPrivilegeEscalation"] is False, name
        assert may["capabilities"] == {"drop": ["ALL"]}, name
        assert container(pod)["resources"]["limits"]["memory"], name
        assert {"name": "temporary", "mountPath": "/tmp"} in container(pod)["volumeMounts"], name


def test_each_component_has_its_own_login_and_the_migrations_alone_the_owners(rendered: Rendering) -> None:
    logins = {
        name: {
            variable["valueFrom"]["secretKeyRef"]["key"]
            for variable in container(pod)["env"]
            if variable["name"].endswith("DATABASE_URL")
        }
        for name, pod in pods(rendered()).items()
    }

    assert logins == {
        "api": {"app"},
        "worker": {"worker"},
        "beat": {"worker"},
        "admin": {"app", "admin"},
        "migration": {"migrator", "app", "worker", "admin", "verifier", "backup"},
    }


def test_every_setting_of_the_product_has_its_place_in_the_chart_and_no_other_is_there(
    rendered: Rendering, everything: Values
) -> None:
    settings = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    found = {
        variable["name"]
        for pod in pods(rendered(everything, {"pods": {"env": []}})).values()
        for variable in container(pod)["env"]
    }
    one_by_one = {name for name in found if re.fullmatch("JIFEN_[A-Z]+_DATABASE_URL", name)}

    assert len(one_by_one) == 6
    assert found - one_by_one == settings - NOT_IN_A_CONTAINER


def test_no_secret_stands_in_the_open(rendered: Rendering, everything: Values) -> None:
    hidden = {
        "JIFEN_SECRET",
        "JIFEN_WEBHOOKS_SECRET",
        "JIFEN_S3_KEY",
        "JIFEN_S3_SECRET",
        "JIFEN_SMS_TOKEN",
        "JIFEN_OIDC_CLIENT_SECRET",
    }
    hidden |= {"JIFEN_CHANNELS", "REDIS_URL", "BROKER_URL", "DATABASE_REPLICA_URL"}
    for pod in pods(rendered(everything)).values():
        for variable in container(pod)["env"]:
            if variable["name"] in hidden or variable["name"].endswith("DATABASE_URL"):
                assert "value" not in variable, variable["name"]


def test_nobody_s_word_on_a_visitor_s_address_is_believed_unless_they_are_named(rendered: Rendering) -> None:
    for name in ("api", "admin"):
        args = container(pods(rendered())[name])["args"]
        assert args[args.index("--forwarded-allow-ips") + 1] == "127.0.0.1", name


def test_nothing_passes_that_no_policy_lets_through(rendered: Rendering) -> None:
    policies = {one["metadata"]["name"]: one["spec"] for one in rendered() if one["kind"] == "NetworkPolicy"}

    assert policies["jifen-nothing"]["policyTypes"] == ["Ingress", "Egress"]
    assert not {"ingress", "egress"} & policies["jifen-nothing"].keys()
    entered = {name for name, policy in policies.items() if policy.get("ingress")}
    assert entered == {"jifen-api", "jifen-admin"}
    assert all(rule.get("ports") for policy in policies.values() for rule in policy.get("egress", []))


def test_a_closed_network_takes_its_images_from_its_own_registry(rendered: Rendering, everything: Values) -> None:
    for pod in pods(rendered(everything)).values():
        assert container(pod)["image"].startswith("registry.example/jifen:")
        assert pod["imagePullSecrets"] == [{"name": "registry"}]


def test_the_pages_are_asked_whether_they_live_and_whether_they_are_ready(rendered: Rendering) -> None:
    api = container(pods(rendered())["api"])

    assert api["livenessProbe"]["httpGet"]["path"] == "/health/live"
    assert api["readinessProbe"]["httpGet"]["path"] == "/health/ready"


def test_the_migrations_run_before_the_rest_and_stop_it_when_they_fail(rendered: Rendering) -> None:
    (job,) = (one for one in rendered() if one["kind"] == "Job")

    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert job["spec"]["template"]["spec"]["restartPolicy"] == "Never"
    assert container(job["spec"]["template"]["spec"])["args"] == ["migrate"]


def test_the_chart_and_the_code_are_of_one_version() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))

    assert f'version = "{chart["appVersion"]}"' in (ROOT / "pyproject.toml").read_text("utf-8")
