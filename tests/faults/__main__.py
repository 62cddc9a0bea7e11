"""``python -m tests.faults``: kills and full disks, one logged line each; exit 1 on any damage."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.faults.trial import Outcome, lay_stage


def _say(kind: str, number: int, outcome: Outcome) -> None:
    verdict = "ok" if outcome.good else f"DAMAGE {outcome}"
    print(
        f"{kind} {number:>3}  {outcome.moment:7.2f}  {outcome.reached[:70]:<70}  {verdict}",
        flush=True,
    )


def main() -> int:
    """Run the campaign."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--in-a-row", type=int, default=5, help="kills before a run may end")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--disks", type=int, nargs="*", default=[1, 4, 12, 24])
    options = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory(prefix="member-warehouse-faults-") as name:
        stage = lay_stage(Path(name))
        print(f"an undisturbed run takes {stage.seconds:.1f} s", flush=True)
        chance = random.Random(options.seed)
        for first in range(0, options.kills, options.in_a_row):
            kills = min(options.in_a_row, options.kills - first)
            for number, outcome in enumerate(stage.kill_in_a_row(chance, first, kills), first):
                bad += not outcome.good
                _say("kill", number, outcome)
        for number, megabytes in enumerate(options.disks):
            [outcome] = stage.fill_disk(megabytes, Path(name) / "disk")
            bad += not outcome.good
            _say("disk", number, outcome)
    print(f"{options.kills} kills, {len(options.disks)} full disks: {bad} damaged")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
