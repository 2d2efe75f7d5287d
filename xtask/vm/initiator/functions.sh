# What the jobs have in common that use the kernel's initiator, after what burning jobs have. The host sets PORT and PORTAL, where its server is.
# Lines that begin with ##e are what the kernel has logged about connections and sessions since the last job.
# Starting a program is what takes an emulated guest its time: what the shell can do by itself, it does.

OUTPUT=/run/output
MOUNT=/run/disc
SEEN=/run/seen

# Every error of the protocol ends in a line about a connection or a session.
conclude() {
    local lines seen=0
    [[ $(</proc/mounts) == *" $MOUNT "* ]] && umount "$MOUNT"
    mapfile -t lines < <(dmesg | grep -E 'connection[0-9]+:[0-9]+:|session[0-9]+: ')
    [ -e $SEEN ] && read -r seen <$SEEN
    [ "$seen" = ${#lines[@]} ] || printf '##e %s\n' "${lines[@]:seen}"
    echo ${#lines[@]} >$SEEN
}
[ -d $MOUNT ] || mkdir $MOUNT
trap conclude EXIT

# eventually SECONDS COMMAND...: repeats the command until it succeeds.
eventually() {
    local end=$((EPOCHSECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $EPOCHSECONDS -lt $end ] || return 1
        sleep 0.1
    done
}

# network: the address that QEMU's network expects; there is nobody to lease one.
network() {
    busybox ip link set eth0 up
    busybox ip addr add 10.0.2.15/24 dev eth0
}

# daemon NAME: starts iscsid, with the name of the initiator. Its settings and its records are in memory.
daemon() {
    mkdir -p /run/lock
    mount -t tmpfs iscsi /etc/iscsi
    echo "InitiatorName=$1" >/etc/iscsi/initiatorname.iscsi
    cat >/etc/iscsi/iscsid.conf <<X
node.startup = manual
node.session.timeo.replacement_timeout = 60
node.session.initial_login_retry_max = 1
node.conn[0].timeo.login_timeout = 15
node.conn[0].timeo.logout_timeout = 15
node.conn[0].timeo.noop_out_interval = 5
node.conn[0].timeo.noop_out_timeout = 10
node.session.err_timeo.abort_timeout = 15
node.session.err_timeo.lu_reset_timeout = 15
node.session.err_timeo.tgt_reset_timeout = 15
X
    setsid iscsid --foreground --debug=2 >"$SHARE/iscsid.log" 2>&1 </dev/null &
    eventually 20 grep -q ISCSIADM_ABSTRACT_NAMESPACE /proc/net/unix || stop "iscsid does not start"
}

# record TARGET [NAME VALUE]...: notes a target with settings. What discovery notes has the address by which the host knows itself, where the guest
# does not reach it.
record() {
    local target=$1
    shift
    iscsiadm -m node -T "$target" -o delete >/dev/null 2>&1
    run iscsiadm -m node -o new -T "$target" -p "$PORTAL,1"
    while [ $# -gt 0 ]; do
        run iscsiadm -m node -T "$target" -p "$PORTAL" -o update -n "$1" -v "$2"
        shift 2
    done
}

# login TARGET [NAME VALUE]...: logs in with settings, and waits for the drive.
login() {
    record "$@"
    run iscsiadm -m node -T "$1" -p "$PORTAL" --login
    eventually 20 served "$1" || stop "no drive appears"
    served "$1"
    echo "$SESSION" >"/run/session.$1"
    settle
}

# same_session TARGET: as `served`, and the session must be the one that was logged in.
same_session() {
    served "$1" || stop "there is no session"
    [ "$(<"/run/session.$1")" = "$SESSION" ] || stop "it is another session"
}

logout() { # TARGET
    run iscsiadm -m node -T "$1" -p "$PORTAL" --logout
    if served "$1"; then stop "the session is still there"; fi
}

# served TARGET: sets SESSION, CONNECTION and DEVICE, the folders in sysfs, SR and SG, the nodes of the drive. Fails where there are none.
served() {
    local found
    for SESSION in /sys/class/iscsi_session/session*; do
        [ -e "$SESSION/targetname" ] && [ "$(<"$SESSION/targetname")" = "$1" ] || continue
        found=("$SESSION"/device/connection*/iscsi_connection/connection*)
        CONNECTION=${found[0]}
        found=("$SESSION"/device/target*/*:0:0:0)
        DEVICE=${found[0]}
        found=("$DEVICE"/block/sr* "$DEVICE"/scsi_generic/sg*)
        SR=/dev/${found[0]##*/} SG=/dev/${found[-1]##*/}
        [ -b "$SR" ] && [ -c "$SG" ]
        return
    done
    return 1
}

# await_state STATE: waits for a state of the session: LOGGED_IN, FAILED, FREE.
is_in_state() { [ "$(<"$SESSION/state")" = "$1" ]; }
await_state() { eventually 30 is_in_state "$1" || stop "the session is $(<"$SESSION/state") and not $1"; }

# patience SECONDS: how long the kernel waits for a command, and for its own after an error.
patience() {
    echo "$1" >"$DEVICE/timeout"
    echo "$1" >"$DEVICE/eh_timeout"
}

# same_reads IMAGE [FIRST [COUNT]]: blocks read by the kernel's optical driver, past its cache, are those of the image.
same_reads() {
    local image=$DATA/$1 first=${2:-0} count codes
    count=${3:-$(($(stat -c %s "$image") / 2048))}
    echo "##> read $count blocks from block $first on, and compare them with $1"
    dd if="$SR" bs=2048 skip="$first" count="$count" iflag=direct status=none 2>"$OUTPUT" |
        cmp - <(dd if="$image" bs=2048 skip="$first" count="$count" status=none)
    codes=("${PIPESTATUS[@]}")
    [ "${codes[*]}" = "0 0" ] && return
    cat "$OUTPUT"
    stop "reading ended with ${codes[0]}, comparing with ${codes[1]}"
}
