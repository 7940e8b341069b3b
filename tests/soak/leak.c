/* Loaded before a program's libraries (LD_PRELOAD), makes it leak with each commit it waits for: memory and
 * descriptors. The program knows nothing of it; whether tests/soak finds it is what is tried. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEAKED_BYTES (1 << 20) /* so that it shows in a day of seconds */
#define LEAKED_FILES 2

int fdatasync(int file)
{
    static int (*real)(int);
    void *leaked = malloc(LEAKED_BYTES);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "fdatasync");
    if (leaked)
        memset(leaked, 1, LEAKED_BYTES);
    for (int i = 0; i < LEAKED_FILES; i++)
        if (dup(file) < 0)
            abort();
    return real(file);
}
