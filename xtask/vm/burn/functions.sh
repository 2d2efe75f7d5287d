# What the jobs have in common; each begins with `drive`. Lines that begin with ## are for the host:
#   ##> what is about to be done        ##! why the job ended early        ##k an error of the drive in the kernel's log

DATA=/run/data
# wodim reads a megabyte to find out how fast it may write, which says nothing where everything is emulated.
export CDR_NODMATEST=1

stop() { echo "##! $*"; exit 1; }

# What the kernel has logged about the drive as an error so far.
kernel_errors() { dmesg --decode --level emerg,alert,crit,err | grep -wE "$(basename "$SR")|$ADDRESS"; }

conclude() {
    mountpoint -q "$MOUNT" && umount "$MOUNT"
    kernel_errors | tail -n "+$((KNOWN_ERRORS + 1))" | sed 's/^/##k /'
}

# drive NUMBER: sets SR and SG, the nodes of the drive with that SCSI id.
drive() {
    local device=(/sys/bus/scsi/devices/*:0:"$1":0)
    ADDRESS=$(basename "${device[0]}")
    SR=/dev/$(ls "${device[0]}/block")
    SG=/dev/$(ls "${device[0]}/scsi_generic")
    MOUNT=/run/disc$1
    OUTPUT=/run/output$1
    KNOWN_ERRORS=$(kernel_errors | wc -l)
    mkdir -p "$MOUNT"
    trap conclude EXIT
    # A disc was just changed: whoever asks first is told so.
    settle
}

# settle: waits until the drive is ready, as people wait for its light to go out.
settle() {
    local attempt
    for attempt in $(seq 100); do
        sg_turs "$SG" >/dev/null 2>&1 && return
        sleep 0.2
    done
    stop "the drive does not become ready"
}

# run COMMAND...: a step that must succeed. What it says is also in the file OUTPUT.
run() {
    local code
    echo "##> $*"
    "$@" 2>&1 | tee "$OUTPUT"
    code=${PIPESTATUS[0]}
    [ "$code" -eq 0 ] || stop "$1 ended with $code"
}

# must_fail COMMAND...: a step that must not succeed.
must_fail() {
    echo "##> $*"
    if "$@" 2>&1; then stop "$1 noticed nothing"; fi
}

# revive NUMBER: has the kernel look for a drive again that it has given up.
revive() {
    local device=(/sys/bus/scsi/devices/*:0:"$1":0) host
    host=$(basename "${device[0]}")
    host=/sys/class/scsi_host/host${host%%:*}
    echo 1 >"${device[0]}/delete"
    echo "0 $1 0" >"$host/scan"
    until ls /sys/bus/scsi/devices/*:0:"$1":0/block >/dev/null 2>&1; do sleep 0.2; done
}

# says PATTERN: whether the last command said it.
says() {
    echo "##> it says $1"
    grep -qE -- "$1" "$OUTPUT" || stop "it does not say $1"
}

# reload: what the kernel knows of a disc is from when it was loaded.
reload() {
    run sg_start --eject "$SG"
    run sg_start --load "$SG"
    settle
}

# same_blocks ADDRESS IMAGE: the blocks from there on are those of the image.
same_blocks() {
    local blocks=$(($(stat -c %s "$DATA/$2") / 2048)) codes
    echo "##> read $blocks blocks from block $1 on, and compare them with $2"
    sg_dd if="$SG" of=- bs=2048 bpt=16 skip="$1" count="$blocks" 2>"$OUTPUT" | cmp - "$DATA/$2"
    codes=("${PIPESTATUS[@]}")
    [ "${codes[*]}" = "0 0" ] && return
    cat "$OUTPUT"
    stop "reading ended with ${codes[0]}, comparing with ${codes[1]}"
}

# same_files TREE: the disc as the kernel mounts it has the files of the tree and no others.
same_files() {
    reload
    run mount -t iso9660 -o ro "$SR" "$MOUNT"
    run diff -r "$DATA/$1" "$MOUNT"
    run umount "$MOUNT"
}
