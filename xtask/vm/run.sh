# Runs one lane inside of the guest, in the host's root file system: run.sh SHARE
# SHARE/lane.conf sets SCRIPT, NODES (sr, or sg where nothing but the script may ask the drives), DRIVES (how many nodes to wait for), SUITE (further arguments of `discrig test`), EXPECTED
# (not empty where these name the expected failures), SUITE_LIMIT (in seconds) and SEED.
#
# Results are lines of SHARE/checks.tsv: PASS, FAIL, SKIPPED or FACT, a name, and words, separated by tabs.

set -u
SHARE=$1
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8
. "$SHARE/lane.conf"

# A copy in memory: programs start faster from there than over 9p.
# Not in /run itself, where a folder of the same name is the program's own.
mkdir -p /run/program && cp "$SHARE/discrig" /run/program/ && chmod 755 /run/program/discrig
DISCRIG=/run/program/discrig

. "$SHARE/guest/functions.sh"

if ! eventually 20 nodes_present; then
    fail drives "$DRIVES optical drives expected, found: $(echo "/dev/$NODES"[0-9]*)"
    dmesg | tail -n 30
    exit 1
fi
if [ "$NODES" = sr ]; then
    nodes_open
    # scsi_debug is a drive of memory: the disc is written into it.
    if memory=$(node_on adapter); then
        sg_dd if="$SHARE/disc.iso" of="/dev/$(sg_of "$memory")" bs=2048 >/dev/null 2>&1 || fail drives "no disc in scsi_debug"
    fi
    describe_drives
fi

. "$SHARE/guest/$SCRIPT"
