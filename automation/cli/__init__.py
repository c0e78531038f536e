"""The command line: parse, call the rooms below, print. One file a group of commands.

Everything heavy is imported inside the command that needs it, so that `--version`, `--help` and
completion stay quick. Results go to stdout, all else to stderr.
"""
