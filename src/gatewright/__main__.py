"""The command `gatewright`."""


def main() -> None:
    """Run the command line."""
    from gatewright.cli.commands import cli

    cli()


if __name__ == "__main__":
    main()
