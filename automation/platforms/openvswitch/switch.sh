# Portvakt on a switch with Open vSwitch: POSIX sh, ovsdb-client, ovs-vsctl, ovs-ofctl.
#
# Portvakt sends this text ahead of every change, so nothing has to be installed for one. Run as
# `sh switch.sh boot` after the switch daemon has started, it puts back what OpenFlow forgets,
# and takes back a timed commit that nobody confirmed before the switch went down.

set -fu
export LC_ALL=C
pv_cookie=0x706f727476616b74
pv_patience=30
pv_pause=5
pv_newline='
'

pv_ofctl() {
  ovs-ofctl --timeout="$pv_patience" -O OpenFlow14 "$@"
}

# Commit a transaction and wait until the daemon has it in force. Prints the database's answer.
pv_transact() { # transaction
  pv_reply=$(ovsdb-client --timeout="$pv_patience" transact "$1") || return
  printf '%s\n' "$pv_reply"
  case $pv_reply in *'"error":'*) return 0 ;; esac
  pv_number=${pv_reply##*'"next_cfg":'}
  if ! ovs-vsctl --timeout="$pv_patience" wait-until Open_vSwitch . \
    "cur_cfg>=${pv_number%%[!0-9]*}"; then
    echo "committed, but the switch daemon did not take it over within $pv_patience s" >&2
    return 1
  fi
}

pv_interfaces() {
  ovsdb-client --timeout="$pv_patience" query \
    '["Open_vSwitch",{"op":"select","table":"Interface","where":[],"columns":["name","error"]}]'
}

# One change: start the clock if there is one, commit, make flows, say how the interfaces are.
# That a clock does not run is said as the database says that it refused: nothing was changed.
pv_change() { # transaction, seconds or nothing, token or nothing, ports whose flows change…
  pv_transaction=$1 pv_seconds=$2 pv_token=$3
  shift 3
  if [ -n "$pv_seconds" ] && ! pv_clock "$pv_seconds" "$pv_token"; then
    pv_why=$(printf %s "$pv_word" | tr '\n' ' ' | tr -cd ' -!#-[]-~')
    printf '[{"error":"the clock does not run","details":"%s"}]\n' "$pv_why"
    return 0
  fi
  pv_transact "$pv_transaction" || return
  case $pv_reply in *'"error":'*) return 0 ;; esac
  pv_flows "$@" && pv_interfaces
}

# The clock outlives the session. Its first word goes through all that unpacks the way back, so who
# cannot say it cannot ring. The token stands in its arguments, by which pv_boot finds it.
pv_clock() { # seconds, token
  pv_word=$(setsid sh -c "$pv_library"'
echo ready | gzip -c | base64 | base64 -d | gzip -dc && exec >/dev/null 2>&1 && pv_await "$@"' \
    portvakt "$1" "$2" "$$" </dev/null 2>&1 &)
  [ "$pv_word" = ready ]
}

# Count from when the commit waits: a database that stalls may come to it late. Once the shell that
# sends it is gone, and the database says for a while that nothing waits, nothing will come.
pv_await() { # seconds, token, the shell that sends the commit
  pv_left=5
  while [ "$pv_left" -gt 0 ]; do
    pv_waits "$2"
    case $? in
      0)
        sleep "$1"
        pv_ring "$2"
        return
        ;;
      1) kill -0 "$3" 2>/dev/null || pv_left=$((pv_left - 1)) ;;
    esac
    sleep 1
  done
}

# Go on until the database says that the commit does not wait any more. What the first attempt did
# not get done of flows and meters is made after it; the daemon may be away for longer than we wait.
pv_ring() { # token
  pv_undo "$1" && return
  until pv_undo "$1"; do
    sleep "$pv_pause"
  done
  pv_left=60
  until pv_all || [ "$pv_left" -eq 0 ]; do
    pv_left=$((pv_left - 1))
    sleep "$pv_pause"
  done
}

pv_note() { # key of Open_vSwitch.external_ids
  pv_noted=$(ovs-vsctl --timeout="$pv_patience" --if-exists get Open_vSwitch . "external_ids:$1") ||
    return
  pv_noted=${pv_noted#\"}
  printf '%s' "${pv_noted%\"}"
}

# Whether a commit waits: 0 it does, 1 it does not, 2 nobody says.
pv_waits() { # token
  pv_waiting=$(pv_note portvakt-commit) || return 2
  [ "$pv_waiting" = "$1" ]
}

# Take a pending commit back. Succeeds only where it does not wait any more.
pv_undo() { # token
  pv_waits "$1"
  case $? in
    1) return 0 ;;
    2) return 1 ;;
  esac
  if ! pv_back=$(pv_note portvakt-undo | base64 -d | gzip -dc); then
    pv_refused "it cannot be read"
    return
  fi
  pv_transact "$pv_back" || return
  case $pv_reply in
    *'"error":'*)
      pv_waits "$1"
      [ $? -eq 1 ] || pv_refused "$pv_reply"
      return
      ;;
  esac
  pv_all
}

pv_refused() { # why
  echo "the way back was refused: $1; who wants to keep what stands now enters there:" \
    "ovs-vsctl remove Open_vSwitch . external_ids portvakt-commit" >&2
  return 1
}

pv_all() {
  pv_bridges=$(ovs-vsctl --timeout="$pv_patience" list-br) || return
  set --
  for pv_bridge in $pv_bridges; do
    set -- "$@" -- list-ports "$pv_bridge"
  done
  pv_ports=$(ovs-vsctl --timeout="$pv_patience" "$@") || return
  IFS=$pv_newline
  # shellcheck disable=SC2086  # split at newlines, and only there
  set -- $pv_ports
  unset IFS
  pv_flows "$@"
}

# Make meters and flows of these ports what their rows remember. The rows are read again after it:
# a shell whose session is long gone must not leave behind what they said when it began.
pv_flows() { # ports…
  [ "$#" -gt 0 ] || return 0
  pv_count=$#
  for pv_port; do
    set -- "$@" -- port-to-br "$pv_port" \
      -- --if-exists get Interface "$pv_port" ofport \
      -- --if-exists get Port "$pv_port" external_ids:portvakt-up \
      -- --if-exists get Port "$pv_port" external_ids:portvakt-dhcp-guard
  done
  shift "$pv_count"
  pv_made=none
  while :; do
    # The last word keeps empty lines before it, which a substitution would cut off.
    pv_known=$(ovs-vsctl --timeout="$pv_patience" "$@" && echo end) || return
    [ "$pv_known" != "$pv_made" ] || return 0
    pv_bridges=$(ovs-vsctl --timeout="$pv_patience" list-br) || return
    for pv_bridge in $pv_bridges; do
      pv_bridge_flows "$pv_bridge" || return
    done
    pv_made=$pv_known
  done
}

pv_bridge_flows() { # bridge; reads pv_known: bridge, number, kbit/s, guard, a line each
  pv_meters=$(pv_ofctl dump-meters "$1") || return
  pv_rules='' pv_unused=''
  while read -r pv_at && read -r pv_number && read -r pv_rate && read -r pv_guard; do
    pv_rate=${pv_rate#\"} pv_guard=${pv_guard#\"}
    pv_rate=${pv_rate%\"} pv_guard=${pv_guard%\"}
    if [ "$pv_at" = "$1" ]; then
      pv_port_flows "$1" || return
    fi
  done <<EOF
$pv_known
EOF
  printf '%s' "$pv_rules" | pv_ofctl --bundle add-flows "$1" - || return
  for pv_meter in $pv_unused; do
    pv_ofctl del-meter "$1" "meter=$pv_meter" || return
  done
}

# A port's meter at once; its rules go together with those of the others.
pv_port_flows() { # bridge
  case $pv_number in '' | *[!0-9]*) return 0 ;; esac
  pv_rules="${pv_rules}delete cookie=$pv_cookie/-1,in_port=$pv_number$pv_newline"
  if [ -n "$pv_rate" ]; then
    pv_meter "$1" || return
    pv_rule 100 "in_port=$pv_number,actions=meter:$pv_number,normal"
  else
    case $pv_meters in *"meter=$pv_number "*) pv_unused="$pv_unused $pv_number" ;; esac
  fi
  [ "$pv_guard" = on ] || return 0
  pv_rule 200 "in_port=$pv_number,udp,tp_src=67,actions=drop"
  pv_rule 200 "in_port=$pv_number,udp6,tp_src=547,actions=drop"
  pv_rule 200 "in_port=$pv_number,icmp6,icmp_type=134,actions=drop"
}

pv_rule() { # priority, match and actions
  pv_rules="${pv_rules}add cookie=$pv_cookie,priority=$1,$2$pv_newline"
}

# A quarter of a second of burst: with less a TCP sender gets half of the rate, with more than the
# rate he is ahead for too long (docs/platforms.md has the figures).
pv_meter() { # bridge
  case $pv_meters in *"meter=$pv_number "*) pv_verb=mod-meter ;; *) pv_verb=add-meter ;; esac
  pv_ofctl "$pv_verb" "$1" \
    "meter=$pv_number,kbps,burst,band=type=drop,rate=$pv_rate,burst_size=$((pv_rate / 4))"
}

# The clock of a pending commit died with the switch; if it is alive only the daemon restarted.
pv_boot() {
  pv_token=$(pv_note portvakt-commit) || return
  set +f
  if [ -n "$pv_token" ] && ! printf '%s' "$pv_token" | grep -qsaF -f - /proc/[0-9]*/cmdline; then
    pv_undo "$pv_token" || return
  fi
  set -f
  pv_all || return
  read -r pv_id </proc/sys/kernel/random/boot_id
  ovs-vsctl --timeout="$pv_patience" set Open_vSwitch . "external_ids:portvakt-boot=$pv_id"
}

[ "${1:-}" != boot ] || pv_boot
