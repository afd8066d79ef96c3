"""The command `gatewright`."""

import sys


def main() -> None:
    """Run the command line; a server is started without loading what only the other commands need."""
    if sys.argv[1:2] == ["serve"]:
        from gatewright.cli.serve import serve

        serve(sys.argv[2:])
    from gatewright.cli.commands import cli

    cli()


if __name__ == "__main__":
    main()
