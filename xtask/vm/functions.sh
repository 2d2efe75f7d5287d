# What the scripts of the lanes have in common. Sourced by run.sh.

line() {
    printf '%s\t%s\t%s\n' "$1" "$2" "$(printf '%s' "$3" | tr '\t\n' '  ')" >>"$SHARE/checks.tsv"
    echo "guest: $1 $2: $3"
}
pass() { line PASS "$@"; }
fail() { line FAIL "$@"; }
skip() { line SKIPPED "$@"; }
fact() { line FACT "$@"; }

# verdict NAME CONDITION-STATUS WORDS
verdict() { if [ "$2" -eq 0 ]; then pass "$1" "$3"; else fail "$1" "$3"; fi; }

uptime_ms() { local up rest; read -r up rest </proc/uptime; echo "${up/./}0"; }

# eventually SECONDS COMMAND...: repeats the command until it succeeds or time is up.
eventually() {
    local end=$(($(uptime_ms) + $1 * 1000))
    shift
    until "$@"; do
        [ "$(uptime_ms)" -lt $end ] || return 1
        sleep 0.05
    done
}

# The last words of a file, as one line.
tail_of() { tail -n "${2:-3}" "$1" 2>/dev/null | tr '\n' ' '; }

# monitor JSON: has the host say it to QEMU's monitor; prints the answer.
monitor() {
    local name
    name=$(mktemp -u "$SHARE/monitor/XXXXXXXX")
    printf '%s\n' "$1" >"$name.new"
    mv "$name.new" "$name.request"
    eventually 20 test -e "$name.reply" || { echo '{"error":"no answer from the host"}'; return 1; }
    cat "$name.reply"
}

# first_node: the sr node with the lowest number. A drive that was away may have another than before.
first_node() { basename "$(printf '%s\n' /sys/block/sr* | sort -V | head -n 1)"; }

# node_on BUS: the sr node of the drive whose path in sysfs passes through BUS.
node_on() {
    local node
    for node in /sys/block/sr*; do
        case "$(readlink -f "$node/device")" in *"/$1"*) basename "$node" && return 0 ;; esac
    done
    return 1
}

# sg_of NODE: the sg node of the same drive.
sg_of() { ls "/sys/block/$1/device/scsi_generic" 2>/dev/null; }

# lets_go SG: whether the drive opens its tray when told to; the answer on standard output where it does not. Only a closed tray
# can refuse, so it is closed first, which a pending unit attention may refuse once. Through sg, see exclusive.
lets_go() {
    local code
    sg_start --load "$1" >/dev/null 2>&1 || sg_start --load "$1" >/dev/null 2>&1
    sg_start --eject "$1" 2>&1
    code=$?
    sg_start --load "$1" >/dev/null 2>&1
    return $code
}

# exclusive NODE: whether an exclusive open succeeds; errno's text on standard error where it does not. Closing the last handle
# of an sr node makes the kernel allow removal, so ask lets_go before.
exclusive() {
    # O_RDWR, O_EXCL and O_NONBLOCK as numbers: loading their names takes the emulated guest longer than the rest.
    perl -e 'sysopen(my $f, $ARGV[0], 02 | 0200 | 04000) or do { print STDERR "$!\n"; exit 1 }' "$1"
}

nodes_present() { local nodes=("/dev/$NODES"[0-9]*); [ -e "${nodes[0]}" ] && [ "${#nodes[@]}" -ge "$DRIVES" ]; }

# A module that registers late may have its node late: the nodes count once they open.
nodes_open() { local node; for node in /dev/sr*; do sg_turs "$node" >/dev/null 2>&1; done; }

describe_drives() {
    local node device polling
    for node in /sys/block/sr*; do
        device="$node/device"
        polling=$(cat "$node/events_poll_msecs")
        [ "$polling" = -1 ] && polling=$(cat /sys/module/block/parameters/events_dfl_poll_msecs)
        if [ "$polling" = 0 ]; then polling=never; else polling="every $polling ms"; fi
        fact "$(basename "$node")" "$(cat "$device/vendor" "$device/model" "$device/rev" | tr -s ' \n' ' ')"\
"on $(readlink -f "$device" | sed 's|.*/devices/||'), sg node $(sg_of "$(basename "$node")"), "\
"polled by the kernel: $polling"
    done
}

# The serial number by which the suite is told that this is the drive that may be wedged; `none` for one without.
serial_of() {
    local serial
    serial=$(timeout 20 "$DISCRIG" inspect "$1" --json 2>/dev/null | sed -n 's/^ *"serial": "\(.*\)",$/\1/p')
    echo "${serial:-none}"
}

# judge_suite NODE ARGUMENT...: runs the suite on a drive and says whether it came to its end.
judge_suite() {
    local node=$1 code started
    shift
    started=$(uptime_ms)
    timeout -k 5 "$SUITE_LIMIT" "$DISCRIG" test "/dev/$node" "${SUITE[@]}" "$@" --report-dir "$SHARE/report" >"$SHARE/suite.txt" 2>&1
    code=$?
    echo "$code" >"$SHARE/suite.exit"
    fact suite.seconds "$((($(uptime_ms) - started) / 1000))"
    case "$code" in
    0) pass suite "all as expected" ;;
    100) if [ -n "$EXPECTED" ]; then
            fail suite "not as expected; see the scenarios"
        else
            pass suite "ran to its end and found deviations"
        fi ;;
    4) skip suite "nothing ran: $(tail_of "$SHARE/suite.txt")" ;;
    124 | 137) fail suite "did not end within $SUITE_LIMIT s" ;;
    *) fail suite "exit code $code: $(tail_of "$SHARE/suite.txt")" ;;
    esac
}
