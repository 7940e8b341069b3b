/* Loaded before a program's libraries (LD_PRELOAD), makes it leak with each commit it waits for: some memory, and now
 * and then a descriptor. The program knows nothing of it; whether tests/soak finds it is what is tried. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEAKED_BYTES         (1 << 20) /* so that it shows in a day of seconds */
#define COMMITS_A_DESCRIPTOR 5

int fdatasync(int file)
{
    static int (*real)(int);
    static unsigned long count;
    void *leaked = malloc(LEAKED_BYTES);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "fdatasync");
    if (leaked)
        memset(leaked, 1, LEAKED_BYTES);
    if (++count % COMMITS_A_DESCRIPTOR == 0 && dup(file) < 0)
        abort();
    return real(file);
}
