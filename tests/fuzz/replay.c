/* Plays the stored inputs of one target, as libFuzzer would, with any compiler: what once was a fault stays mended.
 * Does not look for new faults. replay NAME FOLDER; prints TAP. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdbool.h>

#define INPUT_MAX ((size_t)1 << 16)

/* In a block of its own size: a sanitizer sees one byte too many. */
static bool play(const char *path)
{
    static uint8_t bytes[INPUT_MAX];
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    struct input all = {bytes, fread(bytes, 1, sizeof(bytes), file)};
    bool whole = feof(file) && !ferror(file);
    fclose(file);
    struct input exact CLEANUP_INPUT = input_cut(&all, all.left);
    LLVMFuzzerTestOneInput(exact.at, exact.left);
    return whole;
}

/* The name is said before it is played, so that the last one said is the one that crashed. */
static size_t play_folder(const char *folder, size_t *ret_unreadable)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    size_t played = 0;
    for (int i = 0; i < count; i++) {
        char path[512];
        snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.') {
            printf("# %s\n", path);
            fflush(stdout);
            *ret_unreadable += !play(path);
            played++;
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return played;
}

int main(int argc, char **argv)
{
    size_t unreadable = 0;
    if (argc != 3) {
        fprintf(stderr, "replay NAME FOLDER\n");
        return 2;
    }
    size_t played = play_folder(argv[2], &unreadable);
    bool good = played > 0 && unreadable == 0;
    printf("%s 1 - %s: %zu stored inputs, %zu unreadable\n1..1\n", good ? "ok" : "not ok", argv[1], played, unreadable);
    return good ? 0 : 1;
}
