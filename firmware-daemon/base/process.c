#include "base/process.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int64_t read_resident(void)
{
    int64_t all = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    int read = fscanf(file, "%" SCNd64 " %" SCNd64, &all, &resident);
    fclose(file);
    return read == 2 ? resident * sysconf(_SC_PAGESIZE) : 0;
}

static int64_t count_descriptors(void)
{
    int64_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    if (!folder)
        return 0;
    while (readdir(folder))
        count++;
    closedir(folder);
    return count > 3 ? count - 3 : 0; /* ".", ".." and the folder itself */
}

static int64_t read_written(void)
{
    static const char name[] = "write_bytes: ";
    int64_t written = 0;
    char line[64];
    FILE *file = fopen("/proc/self/io", "re");
    if (!file)
        return 0;
    while (fgets(line, sizeof(line), file))
        if (strncmp(line, name, sizeof(name) - 1) == 0)
            sscanf(line + sizeof(name) - 1, "%" SCNd64, &written);
    fclose(file);
    return written;
}

void process_read(struct process_facts *ret)
{
    *ret = (struct process_facts){read_resident(), count_descriptors(), read_written()};
}
