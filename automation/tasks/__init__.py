"""One nornir task a file, each a verb; a task returns how a device ended, it does not raise."""
