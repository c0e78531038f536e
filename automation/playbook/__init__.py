"""Select, order, waves, stop: playbooks decide who gets a change, and when."""

from automation.playbook.fleet import Fleet
from automation.playbook.network import Network
from automation.playbook.plan_file import dump, load
from automation.playbook.progress import Progress, Silent
from automation.playbook.rollout import JobReport, Planning, Rollout
from automation.playbook.schema import Known, Playbook, Stop, parse
from automation.playbook.waves import Wave, waves

__all__ = [
    "Fleet",
    "JobReport",
    "Known",
    "Network",
    "Planning",
    "Playbook",
    "Progress",
    "Rollout",
    "Silent",
    "Stop",
    "Wave",
    "dump",
    "load",
    "parse",
    "waves",
]
