#include "sync/mqtt/tls.h"

#include "base/clock.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

static time_t later(time_t a, time_t b)
{
    return a > b ? a : b;
}

/* No package is installed before it was made. */
static time_t program_time(void)
{
    struct stat program;
    return stat("/proc/self/exe", &program) == 0 ? program.st_mtime : 0;
}

static time_t valid_from(const X509 *certificate)
{
    struct tm from;
    return certificate && ASN1_TIME_to_tm(X509_get0_notBefore(certificate), &from) ? timegm(&from) : 0;
}

/* Whoever holds a certificate lives after the day it was made. */
static time_t earliest_time(X509_STORE *trusted)
{
    time_t earliest = program_time();
    STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(trusted);
    for (int i = 0; i < sk_X509_OBJECT_num(objects); i++)
        earliest = later(earliest, valid_from(X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i))));
    return earliest;
}

int tls_context(const char *ca_file, const char *host, SSL_CTX **ret, struct error *error)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1) {
        SSL_CTX_free(context);
        return error_set(error, -ENOMEM, "no memory for TLS");
    }
    X509_VERIFY_PARAM *rules = SSL_CTX_get0_param(context);
    bool named = X509_VERIFY_PARAM_set1_ip_asc(rules, host) == 1 || X509_VERIFY_PARAM_set1_host(rules, host, 0) == 1;
    bool trusts = SSL_CTX_load_verify_file(context, ca_file) == 1;
    ERR_clear_error();
    if (!named || !trusts) {
        SSL_CTX_free(context);
        return error_set(error, -EINVAL, "%s holds no certificate (PEM) that can be read", ca_file);
    }
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set_time(rules, later(clock_wall_us() / 1000000, earliest_time(SSL_CTX_get_cert_store(context))));
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    *ret = context;
    return 0;
}
