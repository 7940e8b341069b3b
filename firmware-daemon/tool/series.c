#include "tool/series.h"

#include "base/text.h"
#include "plan/forecast.h"

#include <csv.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELL_MAX 256
#define BLOCK    65536

enum column { SERIES, PERIOD, VALUE, COLUMNS };

static const char *const columns[COLUMNS] = {"series", "period", "value"};

struct row {
    int64_t period;
    double value;
};

struct entry {
    char *name;
    struct row *rows; /* until all are there */
    size_t count, room;
    bool sorted, given; /* given: to the taker */
};

struct series_set {
    struct entry *entries;
    size_t count, room;
    size_t *slots; /* a hash table of entries, 0: none, else their index + 1 */
    size_t slot_count;
};

struct reading {
    struct series_set set;
    const char *path;
    bool grouped;
    series_take *take;
    void *user;
    struct error *error;
    int result;
    int64_t line;
    size_t cell, place[COLUMNS]; /* of each column in the file */
    char text[COLUMNS][CELL_MAX];
    bool header_read;
    size_t last; /* entry: rows of a series mostly stand together */
};

/* ---------------------------------------------------------------- the set */

static size_t hash_of(const char *name)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(1099511628211);
    return (size_t)hash;
}

static size_t *find_slot(const struct series_set *set, const char *name)
{
    size_t at = hash_of(name) & (set->slot_count - 1);
    while (set->slots[at] && strcmp(set->entries[set->slots[at] - 1].name, name) != 0)
        at = (at + 1) & (set->slot_count - 1);
    return &set->slots[at];
}

static int grow(struct series_set *set)
{
    size_t room = set->room > 0 ? set->room * 2 : 64;
    struct entry *entries = realloc(set->entries, room * sizeof(*entries));
    if (!entries)
        return -ENOMEM;
    set->entries = entries;
    set->room = room;
    free(set->slots);
    set->slot_count = room * 2;
    set->slots = calloc(set->slot_count, sizeof(*set->slots));
    for (size_t i = 0; set->slots && i < set->count; i++)
        *find_slot(set, set->entries[i].name) = i + 1;
    return set->slots ? 0 : -ENOMEM;
}

static int find_entry(struct series_set *set, const char *name, size_t *ret)
{
    if (set->count == set->room && grow(set) != 0)
        return -ENOMEM;
    size_t *slot = find_slot(set, name);
    if (!*slot) {
        struct entry *entry = &set->entries[set->count];
        *entry = (struct entry){.name = strdup(name), .sorted = true};
        if (!entry->name)
            return -ENOMEM;
        *slot = ++set->count;
    }
    *ret = *slot - 1;
    return 0;
}

static int add_row(struct entry *entry, int64_t period, double value)
{
    if (entry->count == entry->room) {
        size_t room = entry->room > 0 ? entry->room * 2 : 32;
        struct row *rows = realloc(entry->rows, room * sizeof(*rows));
        if (!rows)
            return -ENOMEM;
        entry->rows = rows;
        entry->room = room;
    }
    size_t count = entry->count;
    entry->sorted &= count == 0 || entry->rows[count - 1].period < period;
    entry->rows[entry->count++] = (struct row){period, value};
    return 0;
}

static void set_done(struct series_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        free(set->entries[i].name);
        free(set->entries[i].rows);
    }
    free(set->entries);
    free(set->slots);
}

/* ---------------------------------------------------------------- a whole series */

static int compare_rows(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    return (left->period > right->period) - (left->period < right->period);
}

static int give(struct reading *reading, struct entry *entry)
{
    if (!entry->sorted)
        qsort(entry->rows, entry->count, sizeof(*entry->rows), compare_rows);
    for (size_t i = 1; i < entry->count; i++)
        if (entry->rows[i].period == entry->rows[i - 1].period)
            return error_set(reading->error, -EEXIST,
                             "%s: series \"%s\" has two rows of one period: leave one of them, or their sum",
                             reading->path, entry->name);
    struct series series = {.name = strdup(entry->name), .count = entry->count};
    series.values = calloc(entry->count, sizeof(*series.values));
    if (!series.name || !series.values) {
        free(series.name);
        free(series.values);
        return error_set(reading->error, -ENOMEM, "there is no memory");
    }
    for (size_t i = 0; i < entry->count; i++)
        series.values[i] = entry->rows[i].value;
    free(entry->rows);
    entry->rows = NULL;
    entry->given = true;
    return reading->take(&series, reading->user, reading->error);
}

static int give_rest(struct reading *reading)
{
    int result = 0;
    for (size_t i = 0; i < reading->set.count && !result; i++)
        if (!reading->set.entries[i].given)
            result = give(reading, &reading->set.entries[i]);
    return result;
}

/* ---------------------------------------------------------------- a row */

/* The numbers in it, one behind the other; INT64_MIN: there is none. */
static int64_t period_of(const char *text)
{
    char *end;
    double number = strtod(text, &end);
    if (*text && *end == '\0' && fabs(number) < 1e12)
        return (int64_t)llround(number * 1e6);
    int64_t key = 0;
    bool any = false;
    for (int groups = 0; groups < 5; groups++) {
        text += strcspn(text, "0123456789");
        if (!*text)
            break;
        size_t length = strspn(text, "0123456789");
        char digits[8];
        int64_t group = 0;
        text_copy_n(digits, sizeof(digits), text, length < 7 ? length : 7);
        text_to_int(digits, 0, INT64_MAX, &group);
        key = key * (any ? 1000 : 1) + group;
        any = true;
        text += length;
    }
    return any ? key : INT64_MIN;
}

__attribute__((format(printf, 2, 3))) static int row_error(struct reading *reading, const char *format, ...)
{
    char why[200];
    va_list values;
    va_start(values, format);
    vsnprintf(why, sizeof(why), format, values);
    va_end(values);
    return error_set(reading->error, -EINVAL, "%s, line %" PRId64 ": %s", reading->path, reading->line, why);
}

/* The entry of a row: the one of the row before, or another one. */
static int turn_to_entry(struct reading *reading)
{
    struct series_set *set = &reading->set;
    const char *name = reading->text[SERIES];
    if (set->count > 0 && strcmp(set->entries[reading->last].name, name) == 0)
        return 0;
    int result = reading->grouped && set->count > 0 ? give(reading, &set->entries[reading->last]) : 0;
    if (result)
        return result;
    if (find_entry(set, name, &reading->last) != 0)
        return error_set(reading->error, -ENOMEM, "there is no memory");
    if (set->entries[reading->last].given)
        return row_error(reading, "series \"%.40s\" begins again: sort the rows by series, or leave --grouped away",
                         name);
    return 0;
}

static int take_row(struct reading *reading)
{
    char *end;
    double value = strtod(reading->text[VALUE], &end);
    if (!*reading->text[SERIES])
        return row_error(reading, "the series has no name");
    if (end == reading->text[VALUE] || *end || !isfinite(value))
        return row_error(reading, "\"%.40s\" is no number", reading->text[VALUE]);
    if (fabs(value) > FORECAST_VALUE_MAX)
        return row_error(reading, "%.40s is too much: %g at most", reading->text[VALUE], FORECAST_VALUE_MAX);
    int result = turn_to_entry(reading);
    if (result)
        return result;
    struct entry *entry = &reading->set.entries[reading->last];
    int64_t period = period_of(reading->text[PERIOD]);
    if (period == INT64_MIN)
        period = (int64_t)entry->count;
    return add_row(entry, period, value) == 0 ? 0 : error_set(reading->error, -ENOMEM, "there is no memory");
}

static int take_header(struct reading *reading)
{
    for (size_t i = 0; i < COLUMNS; i++)
        if (reading->place[i] == 0)
            return row_error(reading, "there is no column \"%s\": the first row names series,period,value", columns[i]);
    reading->header_read = true;
    return 0;
}

/* ---------------------------------------------------------------- libcsv */

static void on_cell(void *bytes, size_t length, void *user)
{
    struct reading *reading = user;
    const char *text = bytes ? bytes : "";
    reading->cell++;
    for (size_t i = 0; i < COLUMNS && !reading->result; i++) {
        if (!reading->header_read && strcmp(text, columns[i]) == 0)
            reading->place[i] = reading->cell;
        if (!reading->header_read || reading->place[i] != reading->cell)
            continue;
        if (strpbrk(text, "\r\n"))
            reading->result =
                row_error(reading, "the %s goes over several lines: is a quotation mark missing?", columns[i]);
        else if (!text_copy_n(reading->text[i], CELL_MAX, text, length))
            reading->result = row_error(reading, "\"%.40s...\" is too long", text);
    }
}

static void on_row(int terminator, void *user)
{
    (void)terminator;
    struct reading *reading = user;
    if (!reading->result)
        reading->result = reading->header_read ? take_row(reading) : take_header(reading);
    for (size_t i = 0; i < COLUMNS; i++)
        reading->text[i][0] = '\0';
    reading->cell = 0;
    reading->line++;
}

static int parse(struct reading *reading, FILE *file)
{
    struct csv_parser parser;
    char block[BLOCK];
    size_t got;
    bool first = true;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0)
        return error_set(reading->error, -ENOMEM, "there is no memory");
    while (!reading->result && (got = fread(block, 1, sizeof(block), file)) > 0) {
        size_t mark = first && got >= 3 && memcmp(block, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
        if (csv_parse(&parser, block + mark, got - mark, on_cell, on_row, reading) != got - mark && !reading->result)
            reading->result = row_error(reading, "a quotation mark stands inside a cell");
        first = false;
    }
    if (!reading->result && csv_fini(&parser, on_cell, on_row, reading) != 0)
        reading->result = row_error(reading, "a quotation mark is not closed");
    csv_free(&parser);
    if (!reading->result && ferror(file))
        reading->result = error_set(reading->error, -EIO, "cannot read %s", reading->path);
    return reading->result;
}

/* ---------------------------------------------------------------- the whole file */

int series_read(const char *path, bool grouped, series_take *take, void *user, struct error *error)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (!file)
        return error_set(error, -errno, "cannot read %s: %s", path, strerror(errno));
    struct reading reading = {.path = path, .grouped = grouped, .take = take, .user = user, .error = error, .line = 1};
    int result = parse(&reading, file);
    if (file != stdin)
        fclose(file);
    if (!result && !reading.header_read)
        result = error_set(error, -EINVAL, "%s is empty: the first row names series,period,value", path);
    if (!result && reading.set.count == 0)
        result = error_set(error, -EINVAL, "%s holds no series", path);
    if (!result)
        result = give_rest(&reading);
    set_done(&reading.set);
    return result;
}
