/* The parameters of one call while it is built: collected as decoded text, signed, written as a form or a query. Does
 * not know which a platform wants. */
#ifndef PLATFORMS_FORM_H
#define PLATFORMS_FORM_H

#include "sync/platforms/platform.h"

#define FORM_VALUES_MAX 48

/* Zero-initialised it is ready. Names are lent, values are copied. */
struct form {
    struct platform_value values[FORM_VALUES_MAX];
    char *owned[FORM_VALUES_MAX];
    size_t count;
    bool failed; /* no memory, or too many: seen by form_write() */
};

/* An empty value is not put: platforms do not agree on whether it is signed. */
void form_put(struct form *form, const char *name, const char *value);
void form_put_int(struct form *form, const char *name, int64_t value);
void form_put_buf(struct form *form, const char *name, const struct buf *value); /* fails where it failed */

/* name=value&… as application/x-www-form-urlencoded, percent-encoded but for letters, digits and -._~ : a blank is %20,
 * which every reader of forms takes. -ENOMEM: something did not fit. */
int form_write(const struct form *form, struct buf *out);

/* Signs what was put and puts "sign"; the error of sign(), or -ENOMEM. */
int form_sign(struct form *form, const struct platform *platform, const char *secret, const char *method,
              struct error *error);

/* A POST of the form to this address. -ENOMEM. */
int form_post(const struct form *form, const char *url, struct platform_request *out);

void form_escape(struct buf *out, const char *text);
void form_done(struct form *form);
#define CLEANUP_FORM CLEANUP(form_done)

#endif
