# Two processes and one drive: while one of ours holds the exclusive lock, others learn who holds it; its death frees the drive.

name=VM-LANE-42
"$DISCRIG" lock /dev/sr0 --name "$name" --hold 60 >"$SHARE/lock.txt" 2>&1 &
locker=$!
names_owner() { timeout 20 "$DISCRIG" inspect /dev/sr0 >"$SHARE/inspect-locked.txt" 2>&1 && grep -q "$name" "$SHARE/inspect-locked.txt"; }
eventually 15 names_owner
verdict lock.owner-is-named $? "inspect while locked: $(grep -im 1 "$name" "$SHARE/inspect-locked.txt" || tail_of "$SHARE/inspect-locked.txt")"

why=$(exclusive /dev/sr0 2>&1)
[ $? -ne 0 ]
verdict lock.is-genuine $? "exclusive open by a foreign process: ${why:-succeeds}"

timeout -k 5 60 "$DISCRIG" test /dev/sr0 "${SUITE[@]}" --report-dir "$SHARE/locked.report" >"$SHARE/test-locked.txt" 2>&1
code=$?
cat "$SHARE/test-locked.txt" "$SHARE"/locked.report/results.json >"$SHARE/locked-all.txt" 2>/dev/null
[ $code -ne 0 ] && grep -qi LOCKED "$SHARE/locked-all.txt" && grep -q "$name" "$SHARE/locked-all.txt"
verdict lock.suite-reports-it $? "test while locked ends with $code: $(grep -m 1 "$name" "$SHARE/locked-all.txt" || tail_of "$SHARE/test-locked.txt")"

kill -KILL $locker
wait $locker 2>/dev/null
why=$(exclusive /dev/sr0 2>&1)
verdict lock.freed-by-death $? "exclusive open after SIGKILL of the locker: ${why:-succeeds}"
timeout 20 "$DISCRIG" inspect /dev/sr0 >"$SHARE/inspect-freed.txt" 2>&1 && ! grep -q "$name" "$SHARE/inspect-freed.txt"
verdict lock.owner-is-forgotten $? "inspect after SIGKILL of the locker: $(grep -m 1 "$name" "$SHARE/inspect-freed.txt" || echo "the name is gone")"
