/* One call of a platform: build, send, classify, read. The only user of libcurl here. Does not repeat anything and
 * keeps nothing between calls but a connection: when to call again is the caller's to decide, by the fault's class. */
#ifndef PLATFORMS_CALL_H
#define PLATFORMS_CALL_H

#include "sync/platforms/platform.h"

/* What carries a request there and the response back. */
struct platform_transport {
    /* Waits for the whole response. Whatever befalls it is said in the response: status 0 when it did not come whole,
     * with .sent and .trouble. once: it must not be sent a second time, not even when a kept connection turns out to be
     * closed. -ENOMEM alone. */
    int (*exchange)(struct platform_transport *transport, const struct platform_request *request, bool once,
                    struct platform_response *ret);
    void (*free)(struct platform_transport *transport);
};

struct platform_curl_options {
    int64_t connect_ms, whole_ms; /* 0: 5 s, 30 s */
    const char *ca_file;          /* trusted instead of the system's; NULL: the system's */
};

/* Over TLS with a certificate that is checked; http:// only where the host is this machine. No redirect is followed, no
 * proxy asked, gzip is understood, a body of more than TEXT_JSON_MAX is refused. One transport is used by one thread.
 */
int platform_curl_new(const struct platform_curl_options *options, struct platform_transport **ret);
void platform_transport_free(struct platform_transport *transport); /* NULL is fine */

/* Zeroes fault and answer first. 0: fault.class says what came of it, and answer is filled where it is OK or PARTIAL
 * (platform_answer_done()). A write whose answer cannot be read is UNCERTAIN. -ENOTSUP: the platform has no such call;
 * -EINVAL with a sentence: it could not be built; -ENOMEM: nothing was sent. */
int platform_call(const struct platform *platform, const struct platform_shop *shop, const struct platform_want *want,
                  struct platform_transport *transport, struct platform_answer *answer, struct platform_fault *fault,
                  struct error *error);

#endif
