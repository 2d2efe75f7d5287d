# The whole suite on the first drive, which must be free afterwards.

judge_suite sr0 --serial "$(serial_of /dev/sr0)"
node=$(first_node)
why=$(lets_go "/dev/$(sg_of "$node")")
verdict removable-afterwards $? "eject after the suite: ${why:-succeeds}"
why=$(exclusive "/dev/$node" 2>&1)
verdict free-afterwards $? "exclusive open after the suite: ${why:-succeeds}"
