"""`portvakt render`: intended configuration, without touching a device."""

from __future__ import annotations

import typer

from automation.cli import options

_COLUMNS = ("device", "platform", "feature", "config")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("render", epilog="Example: portvakt render -l city-acc-001")(render)


def render(
    limit: options.Limit = options.EVERY_DEVICE,
    output: options.Output = options.Format.TABLE,
    workspace: options.Workspace = None,
    verbose: options.Verbose = False,
) -> None:
    """Render the intended configuration, without touching a device.

    Secrets stand as <secret:NAME>.
    """
    from automation.cli.intended import configs
    from automation.cli.opening import limited, opened
    from automation.cli.output import rows, write

    with opened(workspace) as network:
        devices = limited(network.inventory.devices.values(), limit)
        found = [
            {
                "device": intent.device.name,
                "platform": intent.device.platform,
                "feature": feature,
                "config": text,
            }
            for intent, config in configs(network, devices)
            for feature, text in config.features.items()
        ]
    rendered = {row["device"] for row in found}
    for device in devices:
        if device.name not in rendered:
            typer.echo(f"{device.name}: no rows in the store; import its ports first", err=True)
    if output is not options.Format.TABLE:
        rows(found, _COLUMNS, output)
        return
    before = ""
    for row in found:
        if row["device"] != before:
            write(f"# {row['device']}  {row['platform']}", strong=True)
        before = row["device"]
        if row["config"]:
            write(row["config"].rstrip("\n"))
