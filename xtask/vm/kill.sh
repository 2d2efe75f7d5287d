# A run that ends before its time, at random moments seeded by SEED, leaves the drive neither locked nor prevented: after SIGKILL once inspect
# has looked, after a second Ctrl-C at once. Rounds alternate between runs that lock in two processes and runs that prevent removal, and between
# the nodes of the drive, because the kernel tidies up behind sr and behind sg it does not. The locks need sr.

kills=50 interrupts=10
RANDOM=$SEED
sg=/dev/$(sg_of sr0)
nodes=(/dev/sr0 "$sg" /dev/sr0)
parts=('recorder.property.c*' 'tray.property.[lp]*' 'tray.property.[lp]*')

# begin ROUND: starts a run and lets it go on for up to 1.2 s. Sets node, pid, where.
begin() {
    local milliseconds=$((RANDOM % 1200)) delay
    node=${nodes[$1 % ${#nodes[@]}]}
    printf -v delay '%d.%03d' $((milliseconds / 1000)) $((milliseconds % 1000))
    rm -rf /run/report
    "$DISCRIG" test "$node" "${SUITE[@]}" --only "${parts[$1 % ${#parts[@]}]}" --report-dir /run/report >/run/test.txt 2>&1 &
    pid=$!
    where="round $1 on $node, ended after $delay s"
    sleep "$delay"
}

# free NAME: notes in NAME_prevented and NAME_locked where the drive is not free.
free() {
    local why
    why=$(lets_go "$sg") || declare -g "$1_prevented=$where: $why"
    why=$(exclusive "$node" 2>&1) || declare -g "$1_locked=$where: $why"
}

killed=0 inspect_failed="" kill_locked="" kill_prevented=""
for round in $(seq $kills); do
    begin "$round"
    kill -KILL $pid 2>/dev/null && killed=$((killed + 1))
    wait $pid 2>/dev/null
    timeout -k 5 30 "$DISCRIG" inspect "$node" >/run/inspect.txt 2>&1 ||
        inspect_failed="$where: exit $? $(tail_of /run/inspect.txt)"
    free kill
done 2>/dev/null

[ $killed -ge $((kills * 9 / 10)) ]
verdict kill.interrupts $? "$killed of $kills runs were under way when killed"
[ -z "$inspect_failed" ]
verdict kill.inspect-succeeds $? "${inspect_failed:-inspect succeeded $kills times}"
[ -z "$kill_locked" ]
verdict kill.never-locked $? "${kill_locked:-an exclusive open succeeded $kills times}"
[ -z "$kill_prevented" ]
verdict kill.never-prevented $? "${kill_prevented:-an eject succeeded $kills times}"

# The two signals come so fast that the run has not ended for the first one.
at_once=0 orphans="" interrupt_locked="" interrupt_prevented=""
for round in $(seq $interrupts); do
    begin "$round"
    kill -INT $pid 2>/dev/null && kill -TERM $pid 2>/dev/null
    wait $pid 2>/dev/null
    [ $? = 130 ] && at_once=$((at_once + 1))
    pgrep -x discrig >/dev/null && orphans="$where: $(pgrep -ax discrig)"
    free interrupt
done 2>/dev/null

[ $at_once -ge $((interrupts / 2)) ]
verdict interrupt.ends-at-once $? "$at_once of $interrupts runs ended at once"
[ -z "$orphans" ]
verdict interrupt.no-orphans $? "${orphans:-no process was left $interrupts times}"
[ -z "$interrupt_locked$interrupt_prevented" ]
verdict interrupt.never-locked $? "${interrupt_locked}${interrupt_prevented:-exclusive open and eject succeeded $interrupts times}"
