# The whole suite on the first drive, which must be free afterwards.

judge_suite sr0
why=$(exclusive "/dev/$(first_node)" 2>&1)
verdict free-afterwards $? "exclusive open after the suite: ${why:-succeeds}"
