"""What the rig puts in the place of programs, and runs beside the switch: shell, as text."""

from __future__ import annotations

NETWORK = """\
set -e
sysctl -q net.ipv6.conf.default.disable_ipv6=1
for port; do
  echo "link add $port type veth peer name $port.far"
  echo "link set $port up"
done | ip -batch -
echo up
exec sleep infinity
"""
"""The switch's network, for as long as it sleeps: a port's far end is down, and nobody is there."""
INSIDE = """\
#!/bin/sh
exec nsenter --target {pid} --user --net --preserve-credentials {program} "$@"
"""
"""What is found in a program's place that looks at the switch's network."""
HELD = """\
#!/bin/sh
PATH={folder}/sbin:{path}
case "$*" in *"{word}"*)
  mkdir {folder}/held && while [ -e {folder}/held ]; do sleep 0.02; done
esac
exec {program} "$@"
"""
"""What the SSH server finds in a program's place: it is held back once, before its work."""
NOBODY = """\
#!/bin/sh
PATH={folder}/sbin:{path}
exec setpriv --reuid=65534 --regid=65534 --clear-groups {program} "$@"
"""
"""What it finds there as root, whom no socket keeps out: the program without its rights."""
LACKING = "#!/bin/sh\necho {program}: not found >&2\nexit 127\n"
"""What it finds in place of a program that is not installed."""
ONCE = """\
#!/bin/sh
PATH={folder}/sbin:{path}
case "$*" in *'{word}'*)
  rm {folder}/bin/{program}
  {instead}
esac
exec {program} "$@"
"""
"""What it finds in place of a program that fails once, and is itself again after that."""
ALWAYS = """\
#!/bin/sh
PATH={folder}/sbin:{path}
case "$*" in *'{word}'*)
  echo {program} >>{folder}/failed
  {instead}
esac
exec {program} "$@"
"""
"""What it finds in place of a program that fails until it is mended; each failure leaves a line."""
FULL = """echo '[{"details":"no space left on device","error":"I/O error"}]'; exit"""
BROKEN = "echo 'talking to br0 failed' >&2; exit 1"
WATCHED = (
    '#!/bin/sh\nPATH={folder}/sbin:{path}\n{program} "$@" || {{ touch {folder}/failed; exit 1; }}\n'
)
"""What it finds in place of a program whose failure somebody waits for."""
