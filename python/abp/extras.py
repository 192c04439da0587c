"""How to install the optional packages of the distribution."""

DISTRIBUTION = "asteroid-belt-prospector"
"""Its name on a package index; the import name is ``abp``."""


def install_command(extra: str) -> str:
    """The command that installs ``extra`` (``train`` or ``sweep``)."""
    return f'pip install "{DISTRIBUTION}[{extra}]"'
