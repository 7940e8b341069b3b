/* What the kernel says of this process: memory, open files, bytes that it made the disk write. Keeps nothing. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stdint.h>

struct process_facts {
    int64_t resident_bytes;
    int64_t descriptors;   /* that are open */
    int64_t written_bytes; /* that it gave to disks since it started (write_bytes of proc_pid_io(5)) */
};

/* What cannot be read is 0. */
void process_read(struct process_facts *ret);

#endif
