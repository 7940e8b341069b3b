#include "sync/platforms/form.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void form_put(struct form *form, const char *name, const char *value)
{
    if (!*value)
        return;
    char *copy = form->count < FORM_VALUES_MAX ? strdup(value) : NULL;
    if (!copy) {
        form->failed = true;
        return;
    }
    form->owned[form->count] = copy;
    form->values[form->count++] = (struct platform_value){name, copy};
}

void form_put_int(struct form *form, const char *name, int64_t value)
{
    char text[24];
    snprintf(text, sizeof(text), "%" PRId64, value);
    form_put(form, name, text);
}

void form_put_buf(struct form *form, const char *name, const struct buf *value)
{
    if (value->failed)
        form->failed = true;
    else
        form_put(form, name, buf_text(value));
}

void form_escape(struct buf *out, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *text; text++) {
        if (strchr(plain, *text))
            buf_putc(out, *text);
        else
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
    }
}

int form_write(const struct form *form, struct buf *out)
{
    for (size_t i = 0; i < form->count; i++) {
        buf_puts(out, i ? "&" : "");
        form_escape(out, form->values[i].name);
        buf_putc(out, '=');
        form_escape(out, form->values[i].value);
    }
    return form->failed || out->failed ? -ENOMEM : 0;
}

int form_sign(struct form *form, const struct platform *platform, const char *secret, const char *method,
              struct error *error)
{
    CLEANUP_BUF struct buf sign = {0};
    if (form->failed)
        return -ENOMEM;
    int result = platform->sign(secret, method, form->values, form->count, &sign, error);
    form_put_buf(form, "sign", &sign);
    return result ? result : form->failed ? -ENOMEM : 0;
}

int form_post(const struct form *form, const char *url, struct platform_request *out)
{
    out->method = "POST";
    buf_puts(&out->url, url);
    buf_puts(&out->headers, "Content-Type: application/x-www-form-urlencoded; charset=utf-8\n");
    int result = form_write(form, &out->body);
    return result || out->url.failed || out->headers.failed ? -ENOMEM : 0;
}

void form_done(struct form *form)
{
    for (size_t i = 0; i < form->count; i++)
        free(form->owned[i]);
    *form = (struct form){0};
}
