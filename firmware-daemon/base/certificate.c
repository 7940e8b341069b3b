#include "base/certificate.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#define SECOND_US   INT64_C(1000000)
#define SERIAL_SIZE 16 /* bytes, random: RFC 5280, 4.1.2.2 allows 20 */

static void free_x509(X509 **certificate)
{
    X509_free(*certificate);
}
static void free_key(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}
static void free_request(X509_REQ **request)
{
    X509_REQ_free(*request);
}
static void free_bio(BIO **bio)
{
    BIO_free(*bio);
}
#define CLEANUP_X509    CLEANUP(free_x509)
#define CLEANUP_KEY     CLEANUP(free_key)
#define CLEANUP_BIO     CLEANUP(free_bio)
#define CLEANUP_REQUEST CLEANUP(free_request)

/* ---------------------------------------------------------------- PEM */

static X509 *read_certificate(const struct buf *pem)
{
    CLEANUP_BIO BIO *bio = BIO_new_mem_buf(buf_text(pem), (int)pem->length);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    ERR_clear_error();
    return certificate;
}

int certificate_no_passphrase(char *out, int size, int writes, void *user)
{
    (void)out;
    (void)size;
    (void)writes;
    (void)user;
    return -1;
}

static EVP_PKEY *read_key(const struct buf *pem)
{
    CLEANUP_BIO BIO *bio = BIO_new_mem_buf(buf_text(pem), (int)pem->length);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, certificate_no_passphrase, NULL) : NULL;
    ERR_clear_error();
    return key;
}

static void take_text(BIO *bio, struct buf *ret)
{
    char *text = NULL;
    long length = BIO_get_mem_data(bio, &text);
    buf_clear(ret);
    if (length > 0)
        buf_put(ret, text, (size_t)length);
}

static int write_pair(X509 *certificate, EVP_PKEY *key, struct certificate_pair *ret)
{
    CLEANUP_BIO BIO *one = BIO_new(BIO_s_mem());
    CLEANUP_BIO BIO *other = BIO_new(BIO_s_secmem());
    if (!one || !other || PEM_write_bio_X509(one, certificate) != 1 ||
        PEM_write_bio_PrivateKey(other, key, NULL, NULL, 0, NULL, NULL) != 1)
        return -ENOMEM;
    take_text(one, &ret->certificate);
    take_text(other, &ret->key);
    return ret->certificate.failed || ret->key.failed ? -ENOMEM : 0;
}

void certificate_done(struct certificate_pair *pair)
{
    if (pair->key.data)
        OPENSSL_cleanse(pair->key.data, pair->key.length);
    buf_done(&pair->certificate);
    buf_done(&pair->key);
}

/* ---------------------------------------------------------------- names */

static bool is_address(const char *name)
{
    struct in6_addr any;
    return inet_pton(AF_INET, name, &any) == 1 || inet_pton(AF_INET6, name, &any) == 1;
}

/* What OpenSSL's configuration would be told: only letters, digits and what stands in names may come, for ',' and ':'
 * mean something there. */
static bool name_is_plain(const char *name)
{
    bool address = is_address(name) || strchr(name, '/');
    for (const char *c = name; *c; c++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/", *c) &&
            !(address && *c == ':'))
            return false;
    return *name != '\0';
}

/* "permitted;DNS:local,permitted;IP:10.0.0.0/255.0.0.0" */
static int write_names(const char *names, const char *before, struct buf *out)
{
    CLEANUP_BUF struct buf copy = {0};
    char *rest = NULL;
    buf_puts(&copy, names);
    if (copy.failed)
        return -ENOMEM;
    for (char *name = strtok_r(copy.data, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        if (!name_is_plain(name))
            return -EINVAL;
        buf_printf(out, "%s%s%s:%s", out->length ? "," : "", before,
                   is_address(name) || strchr(name, '/') ? "IP" : "DNS", name);
    }
    return out->failed ? -ENOMEM : 0;
}

static int add_extension(X509 *certificate, X509V3_CTX *context, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, context, nid, value);
    int result = extension && X509_add_ext(certificate, extension, -1) == 1 ? 0 : -EINVAL;
    X509_EXTENSION_free(extension);
    ERR_clear_error();
    return result;
}

static int add_names(X509 *certificate, X509V3_CTX *context, const struct certificate_order *order)
{
    CLEANUP_BUF struct buf value = {0};
    bool authority = order->use == CERTIFICATE_AUTHORITY;
    if (!order->names || !*order->names)
        return 0;
    int result = write_names(order->names, authority ? "permitted;" : "", &value);
    if (result)
        return result;
    CLEANUP_BUF struct buf critical = {0};
    buf_printf(&critical, "%s%s", authority ? "critical," : "", buf_text(&value));
    return critical.failed
               ? -ENOMEM
               : add_extension(certificate, context, authority ? NID_name_constraints : NID_subject_alt_name,
                               buf_text(&critical));
}

/* ---------------------------------------------------------------- making */

static int add_extensions(X509 *certificate, X509 *issuer, const struct certificate_order *order)
{
    static const struct {
        enum certificate_use use;
        int nid;
        const char *value;
    } all[] = {
        {CERTIFICATE_AUTHORITY, NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
        {CERTIFICATE_AUTHORITY, NID_key_usage, "critical,keyCertSign,cRLSign"},
        {CERTIFICATE_AUTHORITY, NID_subject_key_identifier, "hash"},
        {CERTIFICATE_SERVER, NID_basic_constraints, "critical,CA:FALSE"},
        {CERTIFICATE_SERVER, NID_key_usage, "critical,digitalSignature"},
        {CERTIFICATE_SERVER, NID_ext_key_usage, "serverAuth"},
        {CERTIFICATE_SERVER, NID_authority_key_identifier, "keyid"},
        {CERTIFICATE_CLIENT, NID_basic_constraints, "critical,CA:FALSE"},
        {CERTIFICATE_CLIENT, NID_key_usage, "critical,digitalSignature"},
        {CERTIFICATE_CLIENT, NID_ext_key_usage, "clientAuth"},
        {CERTIFICATE_CLIENT, NID_authority_key_identifier, "keyid"},
    };
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509V3_set_ctx_nodb(&context);
    int result = 0;
    for (size_t i = 0; !result && i < COUNT(all); i++)
        if (all[i].use == order->use)
            result = add_extension(certificate, &context, all[i].nid, all[i].value);
    return result ? result : add_names(certificate, &context, order);
}

static bool set_time(ASN1_TIME *time, int64_t us)
{
    return ASN1_TIME_set(time, (time_t)(us / SECOND_US)) != NULL;
}

static int fill(X509 *certificate, EVP_PKEY *key, const struct certificate_order *order)
{
    unsigned char serial[SERIAL_SIZE];
    X509_NAME *name = X509_get_subject_name(certificate);
    if (RAND_bytes(serial, sizeof(serial)) != 1)
        return -ENOMEM;
    serial[0] &= 0x7f; /* a positive number */
    BIGNUM *number = BN_bin2bn(serial, sizeof(serial), NULL);
    bool done = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) &&
                X509_set_version(certificate, X509_VERSION_3) == 1 && X509_set_pubkey(certificate, key) == 1 &&
                set_time(X509_getm_notBefore(certificate), order->from_us) &&
                set_time(X509_getm_notAfter(certificate), order->until_us);
    BN_free(number);
    if (!done)
        return -ENOMEM;
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)order->common_name, -1, -1,
                                      0) == 1
               ? 0
               : -EINVAL;
}

/* For this key. authority NULL: it signs itself. */
static int issue(const struct certificate_order *order, EVP_PKEY *key, const struct certificate_pair *authority,
                 X509 *certificate, struct error *error)
{
    CLEANUP_X509 X509 *signer = authority ? read_certificate(&authority->certificate) : NULL;
    CLEANUP_KEY EVP_PKEY *signs = authority ? read_key(&authority->key) : NULL;
    if (authority && (!signer || !signs || X509_check_private_key(signer, signs) != 1))
        return error_set(error, -EINVAL,
                         "the authority's certificate and key cannot be read, or do not belong together");
    X509 *issuer = signer ? signer : certificate;
    int result = fill(certificate, key, order);
    if (!result && X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) != 1)
        result = -ENOMEM;
    if (!result)
        result = add_extensions(certificate, issuer, order);
    if (!result && X509_sign(certificate, signs ? signs : key, EVP_sha256()) <= 0)
        result = -ENOMEM;
    ERR_clear_error();
    return result ? error_set(error, result, "no certificate can be made for \"%s\" (%s)", order->common_name,
                              order->names ? order->names : "")
                  : 0;
}

int certificate_make(const struct certificate_order *order, const struct certificate_pair *authority,
                     struct certificate_pair *ret, struct error *error)
{
    CLEANUP_KEY EVP_PKEY *key = EVP_EC_gen("P-256");
    CLEANUP_X509 X509 *certificate = X509_new();
    if (!key || !certificate)
        return error_set(error, -ENOMEM, "no memory for a certificate");
    int result = issue(order, key, authority, certificate, error);
    if (!result && write_pair(certificate, key, ret) != 0)
        result = error_set(error, -ENOMEM, "no memory for a certificate");
    return result;
}

/* ---------------------------------------------------------------- a key that stays where it was made */

int certificate_request(const char *common_name, struct certificate_pair *ret)
{
    CLEANUP_KEY EVP_PKEY *key = EVP_EC_gen("P-256");
    CLEANUP_REQUEST X509_REQ *request = X509_REQ_new();
    CLEANUP_BIO BIO *one = BIO_new(BIO_s_mem());
    CLEANUP_BIO BIO *other = BIO_new(BIO_s_secmem());
    bool made = key && request && one && other && X509_REQ_set_pubkey(request, key) == 1 &&
                X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request), "CN", MBSTRING_UTF8,
                                           (const unsigned char *)common_name, -1, -1, 0) == 1 &&
                X509_REQ_sign(request, key, EVP_sha256()) > 0 && PEM_write_bio_X509_REQ(one, request) == 1 &&
                PEM_write_bio_PrivateKey(other, key, NULL, NULL, 0, NULL, NULL) == 1;
    ERR_clear_error();
    if (!made)
        return -ENOMEM;
    take_text(one, &ret->certificate);
    take_text(other, &ret->key);
    return ret->certificate.failed || ret->key.failed ? -ENOMEM : 0;
}

static bool is_p256(const EVP_PKEY *key)
{
    char group[32] = "";
    return EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) == 1 &&
           strcmp(group, SN_X9_62_prime256v1) == 0;
}

int certificate_grant(const struct certificate_order *order, const struct buf *request,
                      const struct certificate_pair *authority, struct buf *ret, struct error *error)
{
    CLEANUP_BIO BIO *bio = BIO_new_mem_buf(buf_text(request), (int)request->length);
    CLEANUP_REQUEST X509_REQ *asked = bio ? PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL) : NULL;
    EVP_PKEY *key = asked ? X509_REQ_get0_pubkey(asked) : NULL;
    bool good = key && is_p256(key) && X509_REQ_verify(asked, key) == 1;
    ERR_clear_error();
    if (!good)
        return error_set(error, -EBADMSG, "the request for a certificate is none, or not for a key of P-256");
    CLEANUP_X509 X509 *certificate = X509_new();
    CLEANUP_BIO BIO *out = BIO_new(BIO_s_mem());
    if (!certificate || !out)
        return error_set(error, -ENOMEM, "no memory for a certificate");
    int result = issue(order, key, authority, certificate, error);
    if (result)
        return result;
    if (PEM_write_bio_X509(out, certificate) == 1)
        take_text(out, ret);
    return ret->length > 0 && !ret->failed ? 0 : error_set(error, -ENOMEM, "no memory for a certificate");
}

int certificate_pin(const struct buf *pem, uint8_t ret[CERTIFICATE_PIN_BYTES])
{
    CLEANUP_X509 X509 *certificate = read_certificate(pem);
    unsigned char *der = NULL;
    int length = certificate ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der) : -1;
    bool done = length > 0 && EVP_Digest(der, (size_t)length, ret, NULL, EVP_sha256(), NULL) == 1;
    OPENSSL_free(der);
    ERR_clear_error();
    return done ? 0 : -EBADMSG;
}

/* ---------------------------------------------------------------- reading */

static int64_t time_of(const ASN1_TIME *time)
{
    struct tm parts;
    return ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) * SECOND_US : 0;
}

int certificate_read(const struct buf *pem, struct certificate_facts *ret)
{
    CLEANUP_X509 X509 *certificate = read_certificate(pem);
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (!certificate || X509_digest(certificate, EVP_sha256(), hash, &length) != 1)
        return -EBADMSG;
    *ret = (struct certificate_facts){.from_us = time_of(X509_get0_notBefore(certificate)),
                                      .until_us = time_of(X509_get0_notAfter(certificate))};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, ret->common_name,
                              sizeof(ret->common_name));
    for (unsigned i = 0; i < length; i++)
        snprintf(ret->fingerprint + (size_t)3 * i, 4, "%02X%s", hash[i], i + 1 < length ? ":" : "");
    return 0;
}

bool certificate_fits(const struct certificate_pair *pair)
{
    CLEANUP_X509 X509 *certificate = read_certificate(&pair->certificate);
    CLEANUP_KEY EVP_PKEY *key = read_key(&pair->key);
    bool fits = certificate && key && X509_check_private_key(certificate, key) == 1;
    ERR_clear_error();
    return fits;
}

static int load(const char *path, struct buf *ret, struct error *error)
{
    ret->max = CERTIFICATE_PEM_MAX;
    int result = file_load(path, ret);
    return result ? error_set(error, result, "%s cannot be read: %s", path, strerror(-result)) : 0;
}

int certificate_load(const char *certificate, const char *key, struct certificate_pair *ret, struct error *error)
{
    int result = load(certificate, &ret->certificate, error);
    if (!result)
        result = load(key, &ret->key, error);
    if (!result && !certificate_fits(ret))
        result = error_set(error, -EBADMSG,
                           "%s is no certificate, or %s not its key: both must be PEM, without a passphrase",
                           certificate, key);
    return result;
}

bool certificate_comes_from(const struct buf *pem, const struct buf *authority)
{
    CLEANUP_X509 X509 *certificate = read_certificate(pem);
    CLEANUP_X509 X509 *signer = read_certificate(authority);
    X509_STORE *trusted = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    bool good = certificate && signer && trusted && context && X509_STORE_add_cert(trusted, signer) == 1 &&
                X509_STORE_set_flags(trusted, X509_V_FLAG_NO_CHECK_TIME) == 1 &&
                X509_STORE_CTX_init(context, trusted, certificate, NULL) == 1 && X509_verify_cert(context) == 1;
    X509_STORE_CTX_free(context);
    X509_STORE_free(trusted);
    ERR_clear_error();
    return good;
}

static bool names_it(X509 *certificate, const char *name)
{
    return is_address(name) ? X509_check_ip_asc(certificate, name, 0) == 1
                            : X509_check_host(certificate, name, 0, 0, NULL) == 1;
}

bool certificate_names(const struct buf *pem, const char *name)
{
    CLEANUP_X509 X509 *certificate = read_certificate(pem);
    return certificate && names_it(certificate, name);
}

bool certificate_may_name(const struct buf *authority, const char *name)
{
    CLEANUP_X509 X509 *signer = read_certificate(authority);
    CLEANUP_X509 X509 *wished = X509_new();
    const struct certificate_order order = {.use = CERTIFICATE_SERVER, .names = name};
    if (!signer || !wished || add_names(wished, NULL, &order) != 0)
        return false;
    X509_check_purpose(wished, -1, 0); /* only what this has read is looked at below */
    NAME_CONSTRAINTS *limits = X509_get_ext_d2i(signer, NID_name_constraints, NULL, NULL);
    bool may = !limits || NAME_CONSTRAINTS_check(wished, limits) == X509_V_OK;
    NAME_CONSTRAINTS_free(limits);
    ERR_clear_error();
    return may;
}

int64_t certificate_days_left(const struct certificate_facts *facts, int64_t now_us)
{
    int64_t left_us = facts->until_us - now_us;
    return left_us >= 0 ? left_us / CERTIFICATE_DAY_US : -1 - (-left_us - 1) / CERTIFICATE_DAY_US;
}
