# SIGKILL at random moments of a run, seeded by SEED: once inspect has looked, the drive is neither locked nor prevented. Rounds
# alternate between the nodes of the drive: the kernel tidies up behind sr, behind sg it does not.

rounds=50
RANDOM=$SEED
sg=/dev/$(sg_of sr0)
nodes=(/dev/sr0 "$sg")
interrupted=0 inspect_failed="" still_locked="" still_prevented=""

for round in $(seq $rounds); do
    node=${nodes[round % 2]}
    printf -v delay '0.%03d' $((RANDOM % 1000))
    rm -rf /run/report
    "$DISCRIG" test "$node" "${SUITE[@]}" --report-dir /run/report >/run/test.txt 2>&1 &
    pid=$!
    sleep "$delay"
    kill -KILL $pid 2>/dev/null && interrupted=$((interrupted + 1))
    wait $pid 2>/dev/null
    where="round $round on $node, killed after $delay s"
    timeout -k 5 30 "$DISCRIG" inspect "$node" >/run/inspect.txt 2>&1 ||
        inspect_failed="$where: exit $? $(tail_of /run/inspect.txt)"
    why=$(lets_go "$sg") || still_prevented="$where: $why"
    why=$(exclusive "$node" 2>&1) || still_locked="$where: $why"
done 2>/dev/null

[ $interrupted -ge $((rounds * 9 / 10)) ]
verdict kill.interrupts $? "$interrupted of $rounds runs were under way when killed"
[ -z "$inspect_failed" ]
verdict kill.inspect-succeeds $? "${inspect_failed:-inspect succeeded $rounds times}"
[ -z "$still_locked" ]
verdict kill.never-locked $? "${still_locked:-an exclusive open succeeded $rounds times}"
[ -z "$still_prevented" ]
verdict kill.never-prevented $? "${still_prevented:-an eject succeeded $rounds times}"
