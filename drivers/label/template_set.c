/* Templates from the program and from a user's folder. */
#include "drivers/label/template_parts.h"

#include "base/file.h"
#include "base/text.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
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

int template_set_put(struct template_set *set, struct template *template)
{
    assert(template);
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->templates[i]->name, template->name) == 0) {
            template_free(set->templates[i]);
            set->templates[i] = template;
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
    *ret = set;
    set = (struct template_set){0};
    return 0;
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
