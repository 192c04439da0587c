"""The arguments of ``abp sweep``; light, so that ``abp --help`` is quick."""

import argparse
from pathlib import Path

from abp.runs.arguments import add_config_arguments

OBJECTIVES = ("credits", "return_mean", "survival_rate")
"""What a sweep makes as large as it can, of the evaluation's episodes."""

SEED_BASE = 3_000_000
"""Not where `abp eval` and `abp benchmark` begin: what was chosen on some seeds must be measured on others."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What every trial starts from, what to vary, and who trains."""
    parser.add_argument("--dir", type=Path, required=True, metavar="DIR", help="where the sweep lives, or lived before")
    add_config_arguments(parser)
    parser.add_argument("--space", type=Path, metavar="FILE.json", help="fields to vary (default: see docs/sweep.md)")
    parser.add_argument("--trials", type=int, default=20, metavar="N", help="in all, with earlier ones (default 20)")
    parser.add_argument("--objective", choices=OBJECTIVES, default="credits", help="default credits")
    parser.add_argument("--episodes", type=int, default=200, metavar="N", help="that a trial plays (default 200)")
    parser.add_argument(
        "--seed-base", type=int, default=SEED_BASE, metavar="B", help=f"of those episodes (default {SEED_BASE})"
    )
    parser.add_argument("--no-prune", dest="prune", action="store_false", help="train bad trials to their end too")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="trials at a time (default 1)")
    parser.add_argument(
        "--broker", metavar="URL", help="redis://... of Celery workers (default $REDIS_URL, else workers of our own)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a finished trial")
