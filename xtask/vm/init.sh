#!/bin/busybox sh
# First process of the guest, in the initramfs: loads the lane's modules, makes the host's root file system (read-only)
# and the lane's folder (read-write, under its path on the host) the guest's world, runs the lane's script, powers off.
# Without arguments from outside: /lane.conf sets SHARE.

/bin/busybox --install -s /bin
export PATH=/bin HOME=/tmp
. /lane.conf

finish() {
    echo "guest: finished with $1 after $(cut -d' ' -f1 /proc/uptime) s"
    [ -d "/host$SHARE" ] && echo "$1" >"/host$SHARE/done"
    sync
    poweroff -f
}

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev

while read -r module arguments; do
    # Word splitting of the arguments is wanted.
    insmod "/modules/$module" $arguments || echo "guest: module $module does not load"
done </modules/load

options=trans=virtio,version=9p2000.L,msize=512000
mount -t 9p -o "ro,cache=loose,$options" root /host || finish "no root file system"
for folder in proc sys dev; do
    mount --bind "/$folder" "/host/$folder"
done
for folder in tmp run; do
    mount -t tmpfs "$folder" "/host/$folder"
done
mkdir -p /dev/shm && mount -t tmpfs shm /dev/shm
mkdir -p "/host$SHARE"
# Uncached, so that host and guest see each other's files at once.
mount -t 9p -o "rw,cache=none,$options" share "/host$SHARE" || finish "no shared folder"
ip link set lo up

echo "guest: up after $(cut -d' ' -f1 /proc/uptime) s"
chroot /host /bin/bash "$SHARE/guest/run.sh" "$SHARE"
finish $?
