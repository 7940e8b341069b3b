#include "label_time.h"

#include "base/clock.h"
#include "drivers/label/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 9

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int time_sample(const struct template_set *set, const char *path)
{
    const struct label_printer printer = {.language = PRINTER_ZPL};
    json_t *sample = json_load_file(path, 0, NULL);
    char *data = json_dumps(json_object_get(sample, "data"), JSON_COMPACT);
    const struct render_job job = {.template_name = json_string_value(json_object_get(sample, "template")),
                                   .json = data,
                                   .length = data ? strlen(data) : 0};
    int64_t took[ROUNDS];
    int result = data && job.template_name ? 0 : -1;
    for (int round = -1; round < ROUNDS && !result; round++) { /* the first warms up */
        CLEANUP(rendered_done) struct rendered rendered = {0};
        struct label_fault fault = {.error.text = ""};
        int64_t began = clock_mono_us();
        result = render_job(set, &job, &printer, &rendered, &fault);
        if (round >= 0)
            took[round] = clock_mono_us() - began;
        if (result)
            fprintf(stderr, "error: %s: %s\n", path, fault.error.text);
    }
    free(data);
    json_decref(sample);
    if (result)
        return result;
    const size_t median = ROUNDS / 2;
    qsort(took, ROUNDS, sizeof(took[0]), by_size);
    printf("%s %.2f\n", path, (double)took[median] / 1000);
    return 0;
}

int label_time_print(char *const *samples)
{
    CLEANUP(template_set_done) struct template_set set = {0};
    int result = template_set_load(NULL, &set, NULL);
    for (; *samples && !result; samples++)
        result = time_sample(&set, *samples);
    return result ? 1 : 0;
}
