"""The command line: a guest of the product, which speaks to it over the wire.

Only `serve` starts it. Each other command works as well against a Gatewright on another machine.
"""
