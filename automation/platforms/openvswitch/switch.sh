# Portvakt on a switch with Open vSwitch: POSIX sh, ovsdb-client, ovs-vsctl, ovs-ofctl, tc.
#
# Portvakt sends this text ahead of every change, so nothing has to be installed for one. Run as
# `sh switch.sh boot` after the switch daemon has started, it puts back what OpenFlow forgets,
# and takes back a timed commit that nobody confirmed before the switch went down.

set -fu
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
pv_cookie=0x706f727476616b74
pv_patience=30
pv_pause=5
pv_newline='
'
pv_barred=''

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
# `up swp5`, a line each, is what a port is known not to have: the change leaves it as it is.
pv_change() { # transaction, seconds or nothing, token or nothing, what cannot be, ports to make…
  pv_transaction=$1 pv_seconds=$2 pv_token=$3 pv_barred=$pv_newline$4$pv_newline
  shift 4
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
  if ! pv_stays; then
    pv_names=root
    [ "$pv_me" = root ] || pv_names="root and $pv_me"
    pv_word="systemd-logind would end it with this session: name $pv_names in KillExcludeUsers"
    return 1
  fi
  pv_word=$(setsid sh -c "$pv_library"'
echo ready | gzip -c | base64 | base64 -d | gzip -dc && exec >/dev/null 2>&1 && pv_await "$@"' \
    portvakt "$1" "$2" "$$" </dev/null 2>&1 &)
  [ "$pv_word" = ready ]
}

# Whether what this session leaves behind outlives it (logind.conf(5)). A session has an id where
# logind made it (pam_systemd(8)); root is spared where nobody else is named to be, and where nobody
# answers nobody kills.
pv_stays() {
  [ -n "${XDG_SESSION_ID:-}" ] || return 0
  pv_asked=$(busctl --timeout=5 get-property org.freedesktop.login1 /org/freedesktop/login1 \
    org.freedesktop.login1.Manager KillUserProcesses KillOnlyUsers KillExcludeUsers 2>/dev/null) ||
    return 0
  pv_me=$(id -un)
  pv_spared=${pv_asked##*"$pv_newline"} pv_only=${pv_asked#*"$pv_newline"}
  case "$pv_me $pv_spared" in *"\"$pv_me\""* | 'root as 0') return 0 ;; esac
  case ${pv_only%%"$pv_newline"*} in
    *"\"$pv_me\""*) return 1 ;;
    *'"'*) return 0 ;;
  esac
  case $pv_asked in 'b true'*) return 1 ;; esac
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
# What a port cannot have is no matter of time, and each round more begins every bucket anew.
pv_ring() { # token
  pv_undo "$1" && return
  until pv_undo "$1"; do
    sleep "$pv_pause"
  done
  pv_left=60
  until pv_all || [ $? -eq 3 ] || [ "$pv_left" -eq 0 ]; do
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
# a shell whose session is long gone must not leave behind what they said when it began. What is
# wrong with one port is said, and the others have theirs all the same. Ends with 3 where nothing of
# it is a matter of time.
pv_flows() { # ports…
  [ "$#" -gt 0 ] || return 0
  pv_count=$# pv_made=none pv_missed='' pv_waited=''
  while :; do
    # The last word keeps empty lines before it, which a substitution would cut off.
    pv_known=$(pv_rows "$@" && echo end) || return
    [ "$pv_known" != "$pv_made" ] || break
    pv_bridges=$(ovs-vsctl --timeout="$pv_patience" --real list-br) || return
    pv_missed=''
    for pv_bridge in $pv_bridges; do
      pv_bridge_flows "$pv_bridge" || return
    done
    pv_made=$pv_known
  done
  pv_queues "$@"
  pv_unsettled=$?
  printf '%s' "$pv_missed" >&2
  [ "$pv_unsettled" -eq 0 ] || return 1
  [ -n "$pv_missed" ] || return 0
  [ -z "$pv_waited" ] || return 1
  return 3
}

pv_rows() { # ports…
  for pv_port; do
    shift
    set -- "$@" -- port-to-br "$pv_port" -- --if-exists get Port "$pv_port" name \
      external_ids:portvakt-up external_ids:portvakt-dhcp-guard \
      -- --if-exists get Interface "$pv_port" _uuid ofport -- get Port "$pv_port" interfaces
  done
  ovs-vsctl --timeout="$pv_patience" "$@"
}

# A port's lines of what pv_rows prints. A fake bridge (`add-br vlan10 br0 10`) is no switch of
# OpenFlow's: the one that it is on is asked for. A bond has no interface of its name, or another's:
# its own are in the last line, which begins with a bracket. It has no OpenFlow number.
pv_record() {
  read -r pv_at && read -r pv_port && read -r pv_rate && read -r pv_guard && read -r pv_own ||
    return
  pv_port=${pv_port#\"} pv_rate=${pv_rate#\"} pv_guard=${pv_guard#\"}
  pv_port=${pv_port%\"} pv_rate=${pv_rate%\"} pv_guard=${pv_guard%\"}
  case "$pv_newline$pv_bridges$pv_newline" in
    *"$pv_newline$pv_at$pv_newline"*) ;;
    *) pv_at=$(ovs-vsctl --timeout="$pv_patience" br-to-parent "$pv_at") || return ;;
  esac
  pv_number=''
  case $pv_own in '['*) return 0 ;; esac
  read -r pv_number && read -r pv_faces || return
  [ "[$pv_own]" = "$pv_faces" ] || pv_number=''
}

pv_is_barred() { # word of a port's line, port
  case $pv_barred in *"$pv_newline$1 $2$pv_newline"*) return 0 ;; esac
  return 1
}

pv_miss() { # word of a port's line, port, what is wrong with it
  pv_is_barred "$1" "$2" || pv_missed="$pv_missed$2: $3$pv_newline"
}

pv_bridge_flows() { # bridge; reads pv_known
  pv_meters=$(pv_ofctl dump-meters "$1") || return
  pv_users "$1" || return
  pv_rules='' pv_unused='' pv_records=0
  while pv_record; do
    pv_records=$((pv_records + 1))
    if [ "$pv_at" = "$1" ]; then
      pv_port_flows "$1" || return
    fi
  done <<EOF
$pv_known
EOF
  if [ "$pv_records" != "$pv_count" ]; then
    echo "ovs-vsctl told of $pv_records ports, not of $pv_count" >&2
    return 1
  fi
  printf '%s' "$pv_rules" | pv_ofctl --bundle add-flows "$1" - || return
  for pv_meter in $pv_unused; do
    pv_ofctl del-meter "$1" "meter=$pv_meter" || return
  done
}

# A port's meter at once; its rules go together with those of the others.
pv_port_flows() { # bridge
  [ -z "$pv_rate$pv_guard" ] || pv_numbered || return 0
  case $pv_number in '' | *[!0-9]*) return 0 ;; esac
  pv_rules="${pv_rules}delete cookie=$pv_cookie/-1,in_port=$pv_number$pv_newline"
  if [ -z "$pv_rate" ]; then
    # Who deletes a meter deletes the flows that lead to it, whosever they are.
    case $pv_theirs in
      *" $pv_number "*) ;;
      *) ! pv_exists || ! pv_is_ours || pv_unused="$pv_unused $pv_number" ;;
    esac
  elif pv_exists && ! pv_is_ours; then
    pv_miss up "$pv_port" "meter $pv_number of $1, whose number it needs, is not ours"
  else
    pv_meter "$1" || return
    pv_rule 100 "in_port=$pv_number,actions=meter:$pv_number,normal"
  fi
  [ "$pv_guard" = on ] || return 0
  pv_rule 200 "in_port=$pv_number,udp,tp_src=67,actions=drop"
  pv_rule 200 "in_port=$pv_number,udp6,tp_src=547,actions=drop"
  pv_rule 200 "in_port=$pv_number,icmp6,icmp_type=134,actions=drop"
}

# The daemon, when it has just been started, may not have come to a port yet.
pv_numbered() {
  if [ "$pv_number" = '[]' ] && [ -z "$pv_waited" ]; then
    pv_number=$(ovs-vsctl --timeout="$pv_patience" wait-until Interface "$pv_port" 'ofport!=[]' \
      -- get Interface "$pv_port" ofport 2>/dev/null) || pv_waited=yes
  fi
  case $pv_number in
    '' | *[!0-9]*)
      pv_miss dhcp_guard "$pv_port" \
        "it has no OpenFlow number, so it is neither metered nor guarded"
      return 1
      ;;
  esac
}

# The daemon believes in a queue that it once made, whatever became of it in the kernel. One that is
# not there is taken from its port and given again. Its row says which it was meanwhile: who is cut
# in between leaves that behind, and whoever makes queues next gives it back. A daemon that does not
# follow at two of them is not waited for at the others: they are named.
pv_queues() { # ports…; adds to pv_missed
  pv_failed=0
  pv_lacking "$@" || return
  [ -n "$pv_without" ] || return 0
  while [ "$pv_failed" -lt 2 ] && read -r pv_row pv_queue pv_port; do
    pv_again "$pv_row" "$pv_queue" "$pv_port" || pv_failed=$((pv_failed + 1))
  done <<EOF
$pv_without
EOF
  pv_lacking "$@" || return
  [ -n "$pv_without" ] || return "$pv_failed"
  while read -r pv_row pv_queue pv_port; do
    pv_miss down "$pv_port" "the kernel has no queue for it, so nothing limits what it receives"
  done <<EOF
$pv_without
EOF
  return "$pv_failed"
}

# What was taken is given back whatever was said of it: a commit is one also where the daemon lags.
pv_again() { # row, queue, port; adds to pv_missed
  pv_none='["set",[]]' pv_one="[\"uuid\",\"$2\"]" pv_key='["set",["portvakt-queue"]]'
  pv_forget="[\"external_ids\",\"delete\",$pv_key]"
  pv_keep="[\"external_ids\",\"insert\",[\"map\",[[\"portvakt-queue\",\"$2\"]]]]"
  pv_said=$(pv_swap "$1" "$pv_one" "$pv_none" "$pv_forget,$pv_keep" 2>&1)
  pv_first=$?
  pv_then=$(pv_swap "$1" "$pv_none" "$pv_one" "$pv_forget" 2>&1) &&
    [ "$pv_first" -eq 0 ] && return
  pv_miss down "$3" "its queue was to be made anew: ${pv_said:-$pv_then}"
  return 1
}

# Which ports have a queue of ours in the database and none in the kernel, or one that was taken and
# not given back: row, queue, port.
pv_lacking() { # ports…; sets pv_without
  pv_without=''
  pv_htb=$(ovs-vsctl --timeout="$pv_patience" --bare --columns=_uuid find QoS type=linux-htb \
    'external_ids:portvakt!=""') || return
  [ -n "$pv_htb" ] || return 0
  for pv_port; do
    shift
    set -- "$@" -- --if-exists get Port "$pv_port" _uuid qos external_ids:portvakt-queue name
  done
  pv_queued=$(ovs-vsctl --timeout="$pv_patience" "$@") || return
  pv_kernel=$(tc qdisc show) || return
  while read -r pv_row && read -r pv_queue && read -r pv_taken && read -r pv_port; do
    pv_port=${pv_port#\"} pv_port=${pv_port%\"} pv_taken=${pv_taken#\"} pv_taken=${pv_taken%\"}
    ! pv_is_barred down "$pv_port" || continue
    case $pv_queue in
      '[]') pv_queue=${pv_taken:-none} ;;
      *) case $pv_kernel in *"qdisc htb 1: dev $pv_port root "*) continue ;; esac ;;
    esac
    case $pv_htb in *"$pv_queue"*)
      pv_without="$pv_without${pv_without:+$pv_newline}$pv_row $pv_queue $pv_port" ;;
    esac
  done <<EOF
$pv_queued
EOF
}

# Change a port's queue if it still has that one; a row that has moved meanwhile is left alone.
pv_swap() { # row, queue now, queue then, mutations
  pv_where="\"table\":\"Port\",\"where\":[[\"_uuid\",\"==\",[\"uuid\",\"$1\"]]]"
  pv_wait="{\"op\":\"wait\",\"timeout\":0,$pv_where,\"columns\":[\"qos\"],\"until\":\"==\""
  pv_transact "[\"Open_vSwitch\",$pv_wait,\"rows\":[{\"qos\":$2}]},\
{\"op\":\"update\",$pv_where,\"row\":{\"qos\":$3}},\
{\"op\":\"mutate\",$pv_where,\"mutations\":[$4]},\
{\"op\":\"mutate\",\"table\":\"Open_vSwitch\",\"where\":[],\
\"mutations\":[[\"next_cfg\",\"+=\",1]]},\
{\"op\":\"select\",\"table\":\"Open_vSwitch\",\"where\":[],\"columns\":[\"next_cfg\"]}]" >/dev/null
}

pv_rule() { # priority, match and actions
  pv_rules="${pv_rules}add cookie=$pv_cookie,priority=$1,$2$pv_newline"
}

# Which meters our flows lead to, and which those of others: " 5 7 ".
pv_users() { # bridge
  pv_ours=' ' pv_theirs=' '
  pv_shown=$(pv_ofctl --no-names --no-stats dump-flows "$1") || return
  while read -r pv_flow; do
    case $pv_flow in *[,=]meter:*) ;; *) continue ;; esac
    pv_used=${pv_flow#*[,=]meter:}
    pv_used=${pv_used%%[!0-9]*}
    case $pv_flow in
      "cookie=$pv_cookie, "*) pv_ours="$pv_ours$pv_used " ;;
      *) pv_theirs="$pv_theirs$pv_used " ;;
    esac
  done <<EOF
$pv_shown
EOF
}

pv_exists() {
  case $pv_meters in *"meter=$pv_number "*) return 0 ;; esac
  return 1
}

# A meter is ours if a flow of ours leads to it; or if no flow does and it is as we make them, since
# a shell may have been cut between the two.
pv_is_ours() {
  case $pv_ours in *" $pv_number "*) return 0 ;; esac
  case $pv_theirs in *" $pv_number "*) return 1 ;; esac
  pv_head="meter=$pv_number kbps burst bands=${pv_newline}type=drop rate="
  case $pv_meters in *"$pv_head"*) ;; *) return 1 ;; esac
  pv_tail=${pv_meters#*"$pv_head"}
  pv_had=${pv_tail%% *}
  case $pv_tail$pv_newline$pv_newline in
    "$pv_had burst_size=$((pv_had / 4))$pv_newline$pv_newline"*) return 0 ;;
  esac
  return 1
}

# A quarter of a second of burst: with less a TCP sender gets half of the rate, with more than the
# rate he is ahead for too long (docs/platforms.md has the figures).
pv_meter() { # bridge
  if pv_exists; then pv_verb=mod-meter; else pv_verb=add-meter; fi
  pv_ofctl "$pv_verb" "$1" \
    "meter=$pv_number,kbps,burst,band=type=drop,rate=$pv_rate,burst_size=$((pv_rate / 4))"
}

# The clock of a pending commit died with the switch; if it is alive only the daemon restarted. The
# note says that a commit nobody confirmed is taken back here, whatever a port lacks after that.
pv_boot() {
  pv_token=$(pv_note portvakt-commit) || return
  set +f
  if [ -n "$pv_token" ] && ! printf '%s' "$pv_token" | grep -qsaF -f - /proc/[0-9]*/cmdline; then
    pv_undo "$pv_token" || pv_is_over "$pv_token" || return
  fi
  set -f
  pv_ended=0
  pv_all || pv_ended=$?
  read -r pv_id </proc/sys/kernel/random/boot_id
  ovs-vsctl --timeout="$pv_patience" set Open_vSwitch . "external_ids:portvakt-boot=$pv_id" &&
    return "$pv_ended"
}

# Whether a commit surely waits no more.
pv_is_over() { # token
  pv_waits "$1"
  [ $? -eq 1 ]
}

[ "${1:-}" != boot ] || pv_boot
