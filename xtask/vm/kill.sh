# SIGKILL at random moments of a run, seeded by SEED: once inspect has looked, the drive is neither locked nor prevented.

rounds=50
RANDOM=$SEED
sg=/dev/$(sg_of sr0)
interrupted=0 inspect_failed="" still_locked="" still_prevented=""

for round in $(seq $rounds); do
    printf -v delay '%d.%03d' $((RANDOM % 1200 / 1000)) $((RANDOM % 1000))
    rm -rf /run/report
    "$DISCRIG" test /dev/sr0 "${SUITE[@]}" --report-dir /run/report >/run/test.txt 2>&1 &
    pid=$!
    sleep "$delay"
    kill -KILL $pid 2>/dev/null && interrupted=$((interrupted + 1))
    wait $pid 2>/dev/null
    where="round $round after $delay s"
    timeout -k 5 30 "$DISCRIG" inspect /dev/sr0 >/run/inspect.txt 2>&1 ||
        inspect_failed="$where: exit $? $(tail_of /run/inspect.txt)"
    why=$(exclusive /dev/sr0 2>&1) || still_locked="$where: $why"
    # Only a closed tray can refuse to open. Through sg: closing the last handle of an sr node would itself allow removal.
    sg_start --load "$sg" >/dev/null 2>&1 || sg_start --load "$sg" >/dev/null 2>&1
    why=$(sg_start --eject "$sg" 2>&1) || still_prevented="$where: $why"
    sg_start --load "$sg" >/dev/null 2>&1
done 2>/dev/null

[ $interrupted -ge $((rounds * 9 / 10)) ]
verdict kill.interrupts $? "$interrupted of $rounds runs were under way when killed"
[ -z "$inspect_failed" ]
verdict kill.inspect-succeeds $? "${inspect_failed:-inspect succeeded $rounds times}"
[ -z "$still_locked" ]
verdict kill.never-locked $? "${still_locked:-an exclusive open succeeded $rounds times}"
[ -z "$still_prevented" ]
verdict kill.never-prevented $? "${still_prevented:-an eject succeeded $rounds times}"
