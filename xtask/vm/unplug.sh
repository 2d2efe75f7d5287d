# A drive goes away for good while the suite runs on it: by QEMU's monitor where the controller can unplug, and by sysfs.

# suite_is_busy REPORT: whether scenarios have been judged already.
suite_is_busy() { [ -e "$1/events.ndjson" ] && [ "$(wc -l <"$1/events.ndjson")" -ge 6 ]; }
ended() { ! kill -0 "$1" 2>/dev/null; }

# unplug NAME NODE HOW...: the check NAME; HOW is the command that takes the drive away.
unplug() {
    local name=$1 node=$2 report="$SHARE/$1.report" words="$SHARE/$1.txt" pid code
    shift 2
    if [ -z "$node" ]; then
        fail "$name" "there is no such drive"
        return
    fi
    timeout -k 5 100 "$DISCRIG" test "/dev/$node" "${SUITE[@]}" --report-dir "$report" >"$words" 2>&1 &
    pid=$!
    eventually 30 suite_is_busy "$report"
    sleep 0.2
    if ended $pid; then
        wait $pid
        fail "$name" "the suite ended with $? before the drive could go: $(tail_of "$words")"
        return
    fi
    "$@"
    wait $pid
    code=$?
    if [ "$code" -ne 106 ]; then
        fail "$name" "exit code $code instead of 106: $(tail_of "$words")"
    elif [ ! -s "$report/results.json" ]; then
        fail "$name" "exit code 106, and no report"
    elif ! grep -q '"state": *"target-lost"' "$report/results.json"; then
        fail "$name" "the report does not say that the target was lost"
    else
        pass "$name" "$(grep -m 1 '"trouble"' "$report/results.json" | sed 's/^ *//')"
    fi
}

by_monitor() {
    local answer
    answer=$(monitor "{\"execute\":\"device_del\",\"arguments\":{\"id\":\"$1\"}}")
    fact "device_del.$1" "$answer"
}
by_sysfs() { echo 1 >"/sys/block/$1/device/delete"; }

fact "device_del.ide-cd" "$(monitor '{"execute":"device_del","arguments":{"id":"ide-cd"}}')"
unplug unplug.scsi-cd.monitor "$(node_on virtio)" by_monitor scsi-cd
unplug unplug.usb-storage.monitor "$(node_on usb)" by_monitor usb-storage
ide=$(node_on ata)
host=$(readlink -f "/sys/block/$ide/device" | grep -o 'host[0-9]*' | head -n 1)
unplug unplug.ide-cd.sysfs "$ide" by_sysfs "$ide"

# The way back: a bus scan finds the drive again, as a new instance.
echo '- - -' >"/sys/class/scsi_host/$host/scan"
found() { node_on ata >/dev/null; }
eventually 10 found
verdict unplug.ide-cd.returns $? "after a bus scan the drive that was $ide is $(node_on ata)"
