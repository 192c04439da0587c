"""``python -m abp.train``: a training run in its own process, as a supervisor starts it."""

import argparse
import sys

from abp.train.arguments import add_arguments
from abp.train.command import main

parser = argparse.ArgumentParser(prog="python -m abp.train", description="Train a policy with PPO.", add_help=False)
add_arguments(parser)
sys.exit(main(parser.parse_args()))
