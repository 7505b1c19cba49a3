"""`terraform plan` of as many `terraform_data` with the same inputs, nothing changed.

`strings` is its best case: the text of each offer's file as one string. `fields` gives it the file's keys and values.
Each is a block of its own (`for_each` over the files takes 20 times as long at 1,000), and nothing is refreshed, since
there is nothing behind `terraform_data`. The state is written directly: applying so many takes quadratic time.
"""

import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bench.cost.measured import Figure, measure
from bench.cost.shop import offers_of

LARGEST = {"strings": 10_000, "fields": 1_000}
_PROVIDER = 'provider["terraform.io/builtin/terraform"]'


def version() -> str:
    """Return the version of the binary on PATH, or nothing where there is none."""
    binary = shutil.which("terraform")
    if binary is None:
        return ""
    told = subprocess.run([binary, "version", "-json"], capture_output=True, text=True, check=True, env=_env())
    return str(json.loads(told.stdout)["terraform_version"])


def plan(shop: Path, place: Path, how: str) -> Figure:
    """Measure a plan at rest of all offers of a shop."""
    folder = place / f"terraform-{how}"
    folder.mkdir()
    texts = [each.read_text("utf-8") for each in offers_of(shop)]
    inputs = texts if how == "strings" else [yaml.load(text, Loader=yaml.CBaseLoader) for text in texts]  # noqa: S506
    blocks = (
        f'resource "terraform_data" "o{n}" {{\n  input = {_hcl(each)}\n}}\n' for n, each in enumerate(inputs)
    )
    (folder / "main.tf").write_text("".join(blocks), "utf-8")
    _write_state(folder, inputs)
    log = folder / "log.txt"
    measure(["terraform", "init", "-input=false"], folder=folder, log=log, env=_env())
    command = ["terraform", "plan", "-input=false", "-lock=false", "-refresh=false", "-detailed-exitcode"]
    figure = measure(command, folder=folder, log=log, env=_env())  # 0: no changes
    shutil.rmtree(folder)
    return figure


def _env() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
    return {**kept, "CHECKPOINT_DISABLE": "1"}


def _write_state(folder: Path, inputs: list[Any]) -> None:
    resources = [
        {
            "mode": "managed",
            "type": "terraform_data",
            "name": f"o{number}",
            "provider": _PROVIDER,
            "instances": [{"schema_version": 0, "attributes": _attributes(number, given)}],
        }
        for number, given in enumerate(inputs)
    ]
    state: Mapping[str, Any] = {
        "version": 4,
        "terraform_version": version(),
        "serial": 1,
        "lineage": str(uuid.UUID(int=0)),
        "outputs": {},
        "resources": resources,
        "check_results": None,
    }
    (folder / "terraform.tfstate").write_text(json.dumps(state), "utf-8")


def _attributes(number: int, given: Any) -> dict[str, Any]:
    value = {"value": given, "type": _type(given)}
    return {"id": str(uuid.UUID(int=number)), "input": value, "output": value, "triggers_replace": None}


def _type(value: Any) -> Any:
    """Return the type of a value as the state spells it."""
    if isinstance(value, Mapping):
        return ["object", {key: _type(each) for key, each in value.items()}]
    if isinstance(value, list):
        return ["tuple", [_type(each) for each in value]]
    return "string"


def _hcl(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_hcl(key)} = {_hcl(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_hcl, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
