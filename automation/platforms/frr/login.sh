#!/bin/sh
# What OpenSSH lets in to on a router with FRR (ForceCommand): vtysh, the router's command line.
#
# vtysh says [OK] also of a configuration that found no room on the disk, and has no command that
# shows what it saved. That one question is answered here; what else is asked for is vtysh.

[ "${SSH_ORIGINAL_COMMAND:-}" = "show startup-config" ] || exec /usr/bin/vtysh
# A login that may not read the file ends here, with the reason and before the mark.
exec </etc/frr/frr.conf
echo "! startup-config"
exec cat
