# The first answer of a drive that was just switched on. QEMU notes every command that a drive is sent, so that it
# is seen, not believed, that nothing took the unit attention before.

# sent: the operation codes that the drive was sent so far, in hexadecimal, one a line.
sent() {
    sed -n -e 's/^.*ide_atapi_cmd_packet .*packet: \([0-9a-f][0-9a-f]\) .*$/0x\1/p' \
        -e 's/^.*scsi_req_parsed .* command \([0-9]*\) .*$/\1/p' "$SHARE/trace.log" | xargs -r printf '%02x\n'
}
# asking: of operation codes, those that report or take unit attentions. INQUIRY, GET CONFIGURATION, GET EVENT STATUS NOTIFICATION and
# REPORT LUNS do neither.
asking() { grep -vxE '12|46|4a|a0'; }

before=$(sent | wc -l)
fact fresh.sent-before "$(sent | tr '\n' ' ')"
asked=$(sent | asking | tr '\n' ' ')
[ "$before" -gt 0 ] && [ -z "$asked" ]
verdict fresh.nothing-asked-before $? "of $before commands since power on these report unit attentions: ${asked:-none}"

judge_suite sg0
first=$(sent | tail -n "+$((before + 1))" | asking | head -n 1)
[ "$first" = 00 ]
verdict fresh.asked-first $? "the suite's first command that reports unit attentions: ${first:-none} (TEST UNIT READY is 00)"

# The way from drive to program is free: an attention that the drive does have arrives.
drive=$(basename "$SHARE" -fresh)
fact fresh.change "$(monitor "{\"execute\":\"blockdev-change-medium\",\"arguments\":{\"id\":\"$drive\",\"filename\":\"$SHARE/disc.iso\",\"format\":\"raw\",\"force\":true,\"read-only-mode\":\"read-only\"}}")"
answers=$(for _ in 1 2 3; do sg_turs -v /dev/sg0 2>&1; done)
grep -qi 'unit attention' <<<"$answers"
verdict fresh.attentions-arrive $? "after a change of the disc: $(grep -ioE 'sense key[^;]*|add[a-z]* sense:.*' <<<"$answers" | tr '\n' ';')"
