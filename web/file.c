/* Embedded files: sent with a name for their content, compressed where there is such a form of them and it is taken,
 * and the policy that lets nothing else run. */
#include "base/text.h"
#include "web/internal.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define HASH_TEXT_SIZE sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, sodium_base64_VARIANT_ORIGINAL)

static void hash_text(const char *bytes, size_t length, char out[HASH_TEXT_SIZE])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)bytes, length);
    sodium_bin2base64(out, HASH_TEXT_SIZE, hash, sizeof(hash), sodium_base64_VARIANT_ORIGINAL);
}

int web_policy(const struct embedded_file *files, const char *page, char out[WEB_POLICY_SIZE])
{
    static const char opening[] = "<script type=\"importmap\">";
    snprintf(out, WEB_POLICY_SIZE, "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    if (!page)
        return 0;
    const struct embedded_file *file = embed_find(files, page);
    const char *map = file ? strstr(file->data, opening) : NULL;
    const char *end = map ? strstr(map, "</script>") : NULL;
    if (!end)
        return -ENOENT;
    map += strlen(opening);
    char hash[HASH_TEXT_SIZE];
    hash_text(map, (size_t)(end - map), hash);
    snprintf(out, WEB_POLICY_SIZE,
             "default-src 'none'; script-src 'self' 'sha256-%s'; style-src 'self'; img-src 'self'; "
             "manifest-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
             hash);
    return 0;
}

static const char *content_type(const char *name)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".webmanifest", "application/manifest+json"},
    };
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; ending && i < COUNT(types); i++)
        if (strcmp(types[i][0], ending) == 0)
            return types[i][1];
    return "application/octet-stream";
}

/* The compressed form of a file, if there is one and whoever asks takes it; otherwise NULL. */
static const struct embedded_file *find_compressed(struct web_request *request, const struct embedded_file *files,
                                                   const char *name)
{
    char compressed[WEB_SEGMENT_SIZE + 4];
    const char *accepted = web_header(request, "Accept-Encoding");
    if (!accepted || !strstr(accepted, "gzip") || strstr(accepted, "gzip;q=0"))
        return NULL;
    snprintf(compressed, sizeof(compressed), "%s.gz", name);
    return embed_find(files, compressed);
}

static bool send_kept(struct web_request *request, int status, const char *type, const struct embedded_file *file,
                      enum MHD_ResponseMemoryMode mode, bool compressed)
{
    char hash[HASH_TEXT_SIZE], etag[HASH_TEXT_SIZE + 2];
    hash_text(file->data, file->length, hash);
    snprintf(etag, sizeof(etag), "\"%s\"", hash);
    const char *known = MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, "If-None-Match");
    bool unchanged = status == WEB_OK && known && strstr(known, etag);
    union { /* MHD does not write to a persistent buffer */
        const char *given;
        void *wanted;
    } bytes = {.given = file->data};
    struct MHD_Response *response = MHD_create_response_from_buffer(unchanged ? 0 : file->length, bytes.wanted, mode);
    if (!response)
        return false;
    MHD_add_response_header(response, "Content-Type", type);
    MHD_add_response_header(response, "Cache-Control", "no-cache");
    MHD_add_response_header(response, "ETag", etag);
    MHD_add_response_header(response, "Vary", "Accept-Encoding");
    if (compressed && !unchanged)
        MHD_add_response_header(response, "Content-Encoding", "gzip");
    return web_answer_queue(request, unchanged ? MHD_HTTP_NOT_MODIFIED : status, response);
}

bool web_answer_file(struct web_request *request, int status, const struct embedded_file *files, const char *name)
{
    const struct embedded_file *file = embed_find(files, name), *compressed = find_compressed(request, files, name);
    return file ? send_kept(request, status, content_type(name), compressed ? compressed : file, MHD_RESPMEM_PERSISTENT,
                            compressed != NULL)
                : web_answer_errno(request, -ENOENT);
}

bool web_answer_kept(struct web_request *request, const char *type, const char *body, size_t length)
{
    const struct embedded_file file = {.data = body, .length = length};
    return send_kept(request, WEB_OK, type, &file, MHD_RESPMEM_MUST_COPY, false);
}
