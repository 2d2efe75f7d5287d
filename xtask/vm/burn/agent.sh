# Carries out jobs inside of the guest, in the host's root file system: agent.sh SHARE
# The host leaves SHARE/jobs/NAME.job, a script whose first line is `# SECONDS`, its limit; jobs run side by side. What a job says
# goes to NAME.out, and NAME.done gets its exit code once it has ended. The job `quit` ends the guest.
# SHARE/lane.conf sets DRIVES, the number of optical drives to wait for; 0 where jobs bring them.

set -u
SHARE=$1
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8
. "$SHARE/lane.conf"
# What udev would make; growisofs needs it.
ln -s /proc/self/fd /dev/fd
# A pipe that is never written, to wait without starting a program.
mkfifo /run/never
exec {never}<>/run/never

work() { # NAME
    local name=$1 limit
    read -r _ limit <"$name.running"
    SHARE=$SHARE timeout -k 5 "$limit" bash "$name.running" >"$name.out" 2>&1 </dev/null
    echo $? >"$name.code"
    mv "$name.code" "$name.done"
}

cd "$SHARE/jobs" || exit 1
shopt -s nullglob
for _ in $(seq 400); do
    drives=(/sys/block/sr*)
    [ "${#drives[@]}" -ge "$DRIVES" ] && break
    read -rt 0.05 -u "$never"
done
if [ "${#drives[@]}" -lt "$DRIVES" ]; then
    echo "guest: $DRIVES optical drives expected, found: ${drives[*]}"
    exit 1
fi
# In memory, so that the tools read it as fast as they write.
cp -r "$SHARE/data" /run/data
: >ready

while :; do
    for job in *.job; do
        name=${job%.job}
        [ "$name" = quit ] && exit 0
        mv "$job" "$name.running"
        work "$name" &
    done
    read -rt 0.05 -u "$never"
done
