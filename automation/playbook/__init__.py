"""Select, order, waves, stop: playbooks decide who gets a change, and when."""

from automation.playbook.engine import Engine, JobReport, Planning
from automation.playbook.fleet import Fleet
from automation.playbook.network import Network
from automation.playbook.plan_file import dump, load
from automation.playbook.progress import Progress, Silent
from automation.playbook.schema import Playbook, Stop, parse
from automation.playbook.waves import Wave, waves

__all__ = [
    "Engine",
    "Fleet",
    "JobReport",
    "Network",
    "Planning",
    "Playbook",
    "Progress",
    "Silent",
    "Stop",
    "Wave",
    "dump",
    "load",
    "parse",
    "waves",
]
