#include "figures.h"

#include <stdio.h>
#include <stdlib.h>

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double quantile(double *values, size_t count, double q)
{
    qsort(values, count, sizeof(*values), by_size);
    return values[(size_t)((double)(count - 1) * q)];
}

static void print(struct figure *figure, size_t rounds, FILE *json, const char *before)
{
    double ratios[ROUNDS_MAX];
    for (size_t i = 0; i < rounds; i++)
        ratios[i] = figure->ours[i] / figure->reference[i];
    double ratio = quantile(ratios, rounds, 0.5);
    double ours = quantile(figure->ours, rounds, 0.5), reference = quantile(figure->reference, rounds, 0.5);
    bool met = figure->more_is_better ? ratio >= figure->goal : ratio <= figure->goal;
    printf("%-50s %9.0f %-2s %9.0f %-2s %7.2f   %5.2f - %5.2f %6.2f  %s\n", figure->name, ours, figure->unit, reference,
           figure->unit, ratio, ratios[0], ratios[rounds - 1], figure->goal, met ? "yes" : "no");
    if (json)
        fprintf(json,
                "%s{\"name\": \"%s\", \"ours\": %.1f, \"reference\": %.1f, \"ratio\": %.3f, \"low\": %.3f, \"high\": "
                "%.3f, \"goal\": %.2f, \"met\": %s}",
                before, figure->name, ours, reference, ratio, ratios[0], ratios[rounds - 1], figure->goal,
                met ? "true" : "false");
}

void figures_print(struct figure *figures, size_t count, size_t rounds, const char *path)
{
    FILE *json = path ? fopen(path, "we") : NULL;
    printf("%-50s %12s %12s %7s %15s %6s  %s\n", "name", "ours", "reference", "ratio", "spread", "goal", "met");
    for (size_t i = 0; i < count; i++)
        print(&figures[i], rounds, json, i ? ",\n " : "[");
    if (json) {
        fprintf(json, "]\n");
        fclose(json);
    }
}
