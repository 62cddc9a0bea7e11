"""Rule files really changed, in a copy of project and home: what scenarios are compared with."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from dagster_project.settings import PROJECT_ROOT, Home

# What a project with really changed rule files builds and publishes, in a copy of the home: the
# rules first, as in a run, for conditions in them become part of the models.
REAL = """
import sys
from pathlib import Path
from dagster_project.build import dbt
from dagster_project.build.plan import read_plan
from dagster_project.defs.release import publish_build
from dagster_project.settings import Home, Settings
home, settings = Home(Path(sys.argv[1])), Settings()
plan = read_plan(home.next_database)
for names in sys.argv[2:]:
    dbt.build(home, settings, plan, dbt.Layer(tuple(names.split()), full_refresh=True))
publish_build(home, settings, plan)
"""
# By rule file: the rows of a scenario, and the changes of the file that say the same.
CHANGES = {
    "tier_rules": (
        "tier_rank,valid_from,upgrade_threshold\n2,1900-01-01,900\n",
        {"gold,Gold,金卡会员,net_spend,1200,": "gold,Gold,金卡会员,net_spend,900,"},
    ),
    "activation_rules": (
        "step_number,window_days\n5,25\n4,60\n3,\n",
        {"order,7\n": "order,25\n", "order,30\n": "order,60\n", "benefit,30\n": "benefit,\n"},
    ),
    "audience_rules": (
        "audience_code,condition\nnew_member,member_days <= 120 and not is_buyer\n",
        {"member_days <= 60 and not is_buyer": "member_days <= 120 and not is_buyer"},
    ),
}  # fmt: skip


def files_of(home: Home) -> dict[str, str]:
    """Every file of a home but what scenarios are and came to, and the lock."""
    return {
        path.relative_to(home.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.root.rglob("*"))
        if path.is_file()
        and not path.is_relative_to(home.scenario_results)
        and not path.is_relative_to(home.scenarios)
        and path != home.lock
    }


def really_changed(brand: Home, tmp_path: Path, models: set[str]) -> Home:
    """A copy of the brand after both rule files were changed in a copy of the project."""
    project, home = tmp_path / "project", Home(tmp_path / "home")
    for name in ("dagster_project", "dbt", "dashboards", "expectations"):
        ignored = shutil.ignore_patterns("target", "logs", "__pycache__")
        shutil.copytree(PROJECT_ROOT / name, project / name, ignore=ignored)
    for seed, (_, changes) in CHANGES.items():
        path = project / "dbt" / "seeds" / "rules" / f"{seed}.csv"
        text = path.read_text(encoding="utf-8")
        for old, new in changes.items():
            assert text.count(old) == 1
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    for name in ("releases", "work", "register"):
        shutil.copytree(brand.root / name, home.root / name, symlinks=True)
    shutil.copy(brand.root / "current", home.root / "current", follow_symlinks=False)
    home.state_database.rename(home.next_database)
    steps = " ".join(CHANGES), " ".join(sorted(models))
    done = subprocess.run(
        [sys.executable, "-c", REAL, str(home.root), *steps], cwd=project, capture_output=True,
        text=True, check=False,
        env={"PYTHONPATH": str(project), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return home
