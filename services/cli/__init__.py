"""The command line, `claimstream`."""


def main() -> None:
    """Entry point of the console script."""
    from services.cli import commands

    commands.app()
