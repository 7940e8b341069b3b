#include "drivers/label/fault.h"

#include "base/json.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int label_refuse(struct label_fault *fault, int result, const char *code, const char *field, const char *format, ...)
{
    if (!fault)
        return result;
    text_copy(fault->code, sizeof(fault->code), code);
    text_copy(fault->field, sizeof(fault->field), field ? field : "");
    *fault->section = '\0';
    fault->line = 0;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fault->error.text, sizeof(fault->error.text), format, arguments);
    va_end(arguments);
    fault->error.text[text_whole_utf8(fault->error.text, strlen(fault->error.text))] = '\0';
    return result;
}

static void write_sentence(const struct label_fault *fault, struct buf *json)
{
    json_text(json, "code", fault->code);
    json_text(json, "field", *fault->field ? fault->field : NULL);
    json_text(json, "message", fault->error.text);
}

void label_fault_write(const struct label_fault *fault, struct buf *json)
{
    CLEANUP_BUF struct buf chinese = {0};
    label_fault_chinese(fault->error.text, &chinese);
    write_sentence(fault, json);
    json_text(json, "section", *fault->section ? fault->section : NULL);
    if (fault->line)
        json_int(json, "line", fault->line);
    else
        json_text(json, "line", NULL);
    json_words(json, "text", fault->error.text, buf_text(&chinese));
}

void label_fault_json(const struct label_fault *fault, struct buf *json)
{
    json_open_object(json, NULL);
    json_open_object(json, "error");
    write_sentence(fault, json);
    json_close_object(json);
    json_close_object(json);
}
