#!/bin/sh
# Where the tests keep their files: in memory, where there is room and programs may be run from there. On a disk
# they wait for it a third of their time, since what is written durably is written durably in tests, too.
elsewhere="${TMPDIR:-/tmp}"
needed=8000000 # kB; a run leaves 6 GB behind, and removes it when all has passed
free=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
memory=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo 2>/dev/null)
[ "${free:-0}" -ge "$needed" ] && [ "${memory:-0}" -ge $((2 * needed)) ] || { echo "$elsewhere"; exit 0; }
probe=$(mktemp /dev/shm/probe.XXXXXX 2>/dev/null) || { echo "$elsewhere"; exit 0; }
printf '#!/bin/sh\n' > "$probe"
chmod +x "$probe"
if "$probe" 2>/dev/null; then echo /dev/shm; else echo "$elsewhere"; fi
rm -f "$probe"
