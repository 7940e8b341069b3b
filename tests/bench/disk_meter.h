/* Bytes that have to go to the disk: the blocks of 4 KiB that were written into between two commits, as any file system
 * with such blocks sends them. Counted at the system calls, SQLite's by its own hook: the kernel's counter in
 * /proc/self/io counts a whole folio of many pages where one page of it was touched. Does not count what the file
 * system writes about the file. */
#ifndef TESTS_BENCH_DISK_METER_H
#define TESTS_BENCH_DISK_METER_H

#include <stddef.h>
#include <stdint.h>

void disk_meter_install(void); /* before the first connection */
void disk_meter_wrote(int fd, int64_t offset, size_t length);
void disk_meter_commit(void); /* what is written from here on is written again, though it be the same block */
int64_t disk_meter_bytes(void);

#endif
