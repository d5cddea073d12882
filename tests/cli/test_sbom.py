"""What the product is made of: every package of the lock is on the list, and may be used as we use it."""

import json
import re
from pathlib import Path

from click.testing import CliRunner

from services.cli.sbom import LOCK, command, listed, packages

# Free to use, change and hand on with ours. What is LGPL or MPL stays a package of its own, unchanged: that is all
# that these ask for.
MAY_BE_USED = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "LGPL-2.1-only",
    "LGPL-3.0-only",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",
    "PSF-2.0",
    "Python-2.0",
    "Unlicense",
    "Zlib",
}
# For other systems: not installed here, and looked up by hand.
ELSEWHERE = {"async-timeout": "Apache-2.0", "colorama": "BSD-3-Clause", "tzdata": "Apache-2.0"}


def test_every_package_of_the_lock_may_be_used_as_we_use_it() -> None:
    found = {one.name: one.licence or ELSEWHERE.get(one.name, "") for one in packages(LOCK.read_text("utf-8"))}

    not_allowed = {
        name: licence
        for name, licence in found.items()
        if not set(re.split(r" (?:AND|OR) ", licence.strip("()"))) <= MAY_BE_USED
    }
    assert not_allowed == {}


def test_the_list_names_every_package_with_its_digests(tmp_path: Path) -> None:
    file = tmp_path / "sbom.json"
    done = CliRunner().invoke(command, [str(file)])
    written = json.loads(file.read_text("utf-8"))
    locked = LOCK.read_text("utf-8")

    assert done.exit_code == 0, done.output
    assert written == listed(locked)
    assert (written["bomFormat"], written["specVersion"]) == ("CycloneDX", "1.6")
    components = written["components"]
    assert len(components) == len(re.findall(r"^[a-z0-9][\w.-]*==", locked, re.MULTILINE)) > 80
    assert sum(len(one["hashes"]) for one in components) == locked.count("--hash=sha256:")
    assert all(one["hashes"] and one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}" for one in components)
