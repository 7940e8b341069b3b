#include "sync/mqtt/tls.h"

#include "base/certificate.h"
#include "base/clock.h"
#include "base/file.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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

static bool given(const char *file)
{
    return file && *file;
}

int tls_files_check(const struct tls_files *files, struct error *error)
{
    const struct {
        const char *option, *file;
    } all[] = {{"ca_file", files->ca_file}, {"cert_file", files->cert_file}, {"key_file", files->key_file}};
    if (given(files->cert_file) != given(files->key_file))
        return error_set(error, -EINVAL, "cert_file and key_file belong together: give both, or neither");
    if (given(files->cert_file) && !given(files->ca_file))
        return error_set(error, -EINVAL, "cert_file needs ca_file: without it there is no TLS to show it in");
    for (size_t i = 0; i < COUNT(all); i++)
        if (given(all[i].file) && access(all[i].file, R_OK) < 0)
            return error_set(error, -errno, "cannot read %s %s: %s", all[i].option, all[i].file, strerror(errno));
    return 0;
}

int64_t tls_own_until_us(const struct tls_files *files)
{
    CLEANUP_BUF struct buf pem = {.max = CERTIFICATE_PEM_MAX};
    struct certificate_facts facts;
    bool known =
        given(files->cert_file) && file_load(files->cert_file, &pem) == 0 && certificate_read(&pem, &facts) == 0;
    return known ? facts.until_us : 0;
}

static int show_own(SSL_CTX *context, const struct tls_files *files, struct error *error)
{
    if (!given(files->cert_file))
        return 0;
    SSL_CTX_set_default_passwd_cb(context, certificate_no_passphrase);
    bool shows = SSL_CTX_use_certificate_chain_file(context, files->cert_file) == 1;
    bool proves = shows && SSL_CTX_use_PrivateKey_file(context, files->key_file, SSL_FILETYPE_PEM) == 1 &&
                  SSL_CTX_check_private_key(context) == 1;
    ERR_clear_error();
    if (!shows)
        return error_set(error, -EINVAL, "cert_file %s holds no certificate (PEM) that can be read", files->cert_file);
    return proves ? 0
                  : error_set(error, -EINVAL,
                              "key_file %s does not hold the key (PEM, no passphrase) of the certificate in cert_file",
                              files->key_file);
}

int tls_context(const struct tls_files *files, const char *host, SSL_CTX **ret, struct error *error)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1) {
        SSL_CTX_free(context);
        return error_set(error, -ENOMEM, "no memory for TLS");
    }
    X509_VERIFY_PARAM *rules = SSL_CTX_get0_param(context);
    bool named = X509_VERIFY_PARAM_set1_ip_asc(rules, host) == 1 || X509_VERIFY_PARAM_set1_host(rules, host, 0) == 1;
    bool trusts = SSL_CTX_load_verify_file(context, files->ca_file) == 1;
    ERR_clear_error();
    if (!named || !trusts) {
        SSL_CTX_free(context);
        return error_set(error, -EINVAL, "%s holds no certificate (PEM) that can be read", files->ca_file);
    }
    int result = show_own(context, files, error);
    if (result) {
        SSL_CTX_free(context);
        return result;
    }
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set_time(rules, later(clock_wall_us() / 1000000, earliest_time(SSL_CTX_get_cert_store(context))));
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    *ret = context;
    return 0;
}
