/* Templates from the program and from a user's folder. */
#include "drivers/label/template_parts.h"

#include "base/file.h"
#include "base/text.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ENDING ".label"

static bool is_template(const char *path)
{
    size_t length = strlen(path), ending = strlen(ENDING);
    return length > ending && strcmp(path + length - ending, ENDING) == 0;
}

/* The name inside "folder/name.label"; false when the file is called otherwise. */
static bool name_of(const char *path, char *out, size_t capacity)
{
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    return is_template(name) && text_copy_n(out, capacity, name, strlen(name) - strlen(ENDING));
}

static int load(const char *path, const char *name, struct template **ret, struct label_fault *fault)
{
    CLEANUP_BUF struct buf text = {.max = TEMPLATE_FILE_MAX + 1};
    int result = file_load(path, &text);
    if (result)
        return label_refuse(fault, result == -EFBIG ? -EINVAL : -ENOENT, LABEL_TEMPLATE, NULL,
                            "The template %s cannot be read: %s", path, strerror(-result));
    return template_parse(name, buf_text(&text), text.length, ret, fault);
}

int template_load(const char *path, struct template **ret, struct label_fault *fault)
{
    char name[TEMPLATE_NAME_MAX];
    CLEANUP(template_free_p) struct template *template = NULL;
    if (!name_of(path, name, sizeof(name)))
        return label_refuse(fault, -EINVAL, LABEL_TEMPLATE, NULL,
                            "The template %s must be called NAME" ENDING ", with a name of at most %d bytes", path,
                            TEMPLATE_NAME_MAX - 1);
    int result = load(path, name, &template, fault);
    if (result)
        return result;
    const char *slash = strrchr(path, '/');
    if (slash && !text_copy_n(template->folder, sizeof(template->folder), path, (size_t)(slash - path)))
        return label_refuse(fault, -EINVAL, LABEL_TEMPLATE, NULL, "The path of the template %s is too long", path);
    *ret = template;
    template = NULL;
    return 0;
}

/* A shipped one stays behind what takes its place. */
static void take_place(struct template **place, struct template *template)
{
    struct template *before = *place;
    if (!before->shipped) {
        template->shipped_one = before->shipped_one;
        before->shipped_one = NULL;
        template_free(before);
    } else {
        template->shipped_one = before;
    }
    *place = template;
}

int template_set_put(struct template_set *set, struct template *template)
{
    assert(template);
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->templates[i]->name, template->name) == 0) {
            take_place(&set->templates[i], template);
            return 0;
        }
    }
    struct template **grown = realloc(set->templates, (set->count + 1) * sizeof(struct template *));
    if (!grown) {
        template_free(template);
        return -ENOMEM;
    }
    set->templates = grown;
    set->templates[set->count++] = template;
    return 0;
}

static int no_memory(struct label_fault *fault)
{
    return label_refuse(fault, -ENOMEM, LABEL_MEMORY, NULL, "There is no memory for the templates; try again");
}

static int load_shipped(struct template_set *set, struct label_fault *fault)
{
    for (const struct embedded_file *file = label_templates; file->name; file++) {
        char name[TEMPLATE_NAME_MAX] = "";
        struct template *template = NULL;
        name_of(file->name, name, sizeof(name));
        int result = template_parse(name, file->data, file->length, &template, fault);
        if (result)
            return result;
        template->shipped = true;
        if (template_set_put(set, template) != 0)
            return no_memory(fault);
    }
    return 0;
}

static int load_folder(const char *folder, struct template_set *set, struct label_fault *fault)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort), result = 0;
    if (count < 0)
        return errno == ENOMEM ? no_memory(fault) : 0;
    for (int i = 0; i < count; i++) {
        CLEANUP_BUF struct buf path = {0};
        struct template *template = NULL;
        if (!result && *entries[i]->d_name != '.' && is_template(entries[i]->d_name)) {
            buf_printf(&path, "%s/%s", folder, entries[i]->d_name);
            result = template_load(buf_text(&path), &template, fault);
            if (!result && template_set_put(set, template) != 0)
                result = no_memory(fault);
        }
        free(entries[i]);
    }
    free(entries);
    return result;
}

static int by_name(const void *left, const void *right)
{
    const struct template *const *a = left, *const *b = right;
    return strcmp((*a)->name, (*b)->name);
}

int template_set_load(const char *folder, struct template_set *ret, struct label_fault *fault)
{
    CLEANUP(template_set_done) struct template_set set = {0};
    int result = load_shipped(&set, fault);
    if (!result && folder && *folder)
        result = load_folder(folder, &set, fault);
    if (result)
        return result;
    if (set.count)
        qsort(set.templates, set.count, sizeof(struct template *), by_name);
    text_copy(set.folder, sizeof(set.folder), folder ? folder : "");
    *ret = set;
    set = (struct template_set){0};
    return 0;
}

int template_set_try(const struct template_set *set, const char *name, const char *text, size_t length,
                     struct template **ret, struct label_fault *fault)
{
    CLEANUP(template_free_p) struct template *own = NULL;
    const struct template *now = template_set_find(set, name), *shipped = now && !now->shipped ? now->shipped_one : now;
    int result = template_parse(name, text, length, &own, fault);
    if (!result && shipped)
        result = template_keeps(own, shipped, fault);
    if (result)
        return result;
    text_copy(own->folder, sizeof(own->folder), set->folder);
    own->kept = true;
    *ret = own;
    own = NULL;
    return 0;
}

int template_set_keep(struct template_set *set, const char *name, const char *text, size_t length,
                      struct label_fault *fault)
{
    struct template *own = NULL;
    int result = template_set_try(set, name, text, length, &own, fault);
    if (!result && template_set_put(set, own) != 0)
        result = no_memory(fault);
    if (!result)
        qsort(set->templates, set->count, sizeof(struct template *), by_name);
    return result;
}

const struct template *template_shipped_behind(const struct template *template)
{
    return template->shipped_one;
}

static const struct embedded_file *find_named(const struct embedded_file *files, const char *name, const char *ending)
{
    char file[TEMPLATE_NAME_MAX + 8];
    snprintf(file, sizeof(file), "%.*s%s", TEMPLATE_NAME_MAX, name, ending);
    return embed_find(files, file);
}

const struct embedded_file *template_shipped_text(const char *name)
{
    return find_named(label_templates, name, ENDING);
}

const struct embedded_file *template_sample(const char *name)
{
    return find_named(label_samples, name, ".json");
}

void template_set_done(struct template_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        template_free(set->templates[i]);
    free(set->templates);
    *set = (struct template_set){0};
}

const struct template *template_set_find(const struct template_set *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->templates[i]->name, name) == 0)
            return set->templates[i];
    return NULL;
}
