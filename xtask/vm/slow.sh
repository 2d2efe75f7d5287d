# A drive so slow that commands run into genuine timeouts: sr1, throttled by QEMU to 2048 bytes a second. The throttle lets
# the read pass that exceeds the rate, and holds back the next one: the first read here makes the debt.

slow=/dev/sr1
read_with_timeout() { # SECONDS BLOCKS
    sg_raw -t "$1" -r "$((2048 * $2))" -o /dev/null "$slow" 28 00 00 00 00 40 00 00 "$(printf %02x "$2")" 00 2>&1
}

read_with_timeout 60 10 >/dev/null
started=$(uptime_ms)
answer=$(read_with_timeout 2 1)
code=$?
elapsed=$(($(uptime_ms) - started))
words=$(echo "$answer" | grep -iE 'sense key|additional sense|host_status|transport' | tr '\n' ' ')
fact slow.answer "READ (10) with a timeout of 2000 ms: exit $code of sg_raw after $elapsed ms: ${words:-no details}"
[ "$code" -ne 0 ] && [ "$elapsed" -ge 1900 ]
verdict slow.times-out $? "the read was given up after $elapsed ms"
usable() { sg_turs "$slow" >/dev/null 2>&1; }
eventually 10 usable
verdict slow.usable-after $? "TEST UNIT READY after the error handler"

judge_suite sr1 --serial "$(serial_of /dev/sr1)"
