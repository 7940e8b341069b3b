/* Server-sent events (WHATWG HTML, "Server-sent events"). A stream holds what is being sent and what comes behind it,
 * up to WEB_STREAM_MAX: memory is bounded however slowly its reader is. */
#include "base/text.h"
#include "web/internal.h"

#include <assert.h>
#include <string.h>

struct web_stream {
    struct list link; /* in the server's .streams */
    struct web_server *server;
    struct MHD_Connection *connection;
    char channels[WEB_SEGMENT_SIZE]; /* with commas */
    struct buf sending, behind;
    bool beat_due, suspended;
};

static const char beat_event[] = "event: alive\ndata:\n\n", lost_event[] = "event: lost\ndata:\n\n";

/* A line break inside the value would end the event: each line becomes a data line. */
static void put_event(struct buf *out, const char *event, const char *json, size_t length)
{
    buf_printf(out, "event: %s\ndata: ", event);
    for (size_t i = 0; i < length;) {
        size_t plain = i;
        while (i < length && json[i] != '\n' && json[i] != '\r')
            i++;
        buf_put(out, json + plain, i - plain);
        if (i < length)
            buf_puts(out, "\ndata: "), i++;
    }
    buf_puts(out, "\n\n");
}

static void wake(struct web_stream *stream)
{
    if (!stream->suspended)
        return;
    stream->suspended = false;
    web_server_resume(stream->server, stream->connection);
}

/* MHD asks for bytes. With nothing to say the connection sleeps until wake(). */
static ssize_t read_stream(void *user, uint64_t position, char *out, size_t max)
{
    (void)position;
    struct web_stream *stream = user;
    if (stream->server->closing)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (stream->sending.length == 0) {
        struct buf sent = stream->sending;
        stream->sending = stream->behind;
        stream->behind = sent;
    }
    if (stream->sending.length == 0 && stream->beat_due)
        buf_puts(&stream->sending, beat_event);
    stream->beat_due = false;
    size_t length = stream->sending.length < max ? stream->sending.length : max;
    if (length == 0) {
        stream->suspended = true;
        MHD_suspend_connection(stream->connection);
        return 0;
    }
    memcpy(out, stream->sending.data, length);
    buf_consume(&stream->sending, length);
    return (ssize_t)length;
}

static void free_stream(void *user)
{
    struct web_stream *stream = user;
    list_remove(&stream->link);
    stream->server->stream_count--;
    buf_done(&stream->sending);
    buf_done(&stream->behind);
    free(stream);
}

static struct web_stream *new_stream(struct web_request *request, const char *channels)
{
    struct web_stream *stream = calloc(1, sizeof(*stream));
    if (!stream)
        return NULL;
    stream->server = request->server;
    stream->connection = request->connection;
    stream->sending.max = stream->behind.max = WEB_STREAM_MAX;
    text_copy(stream->channels, sizeof(stream->channels), channels);
    list_append(&request->server->streams, &stream->link);
    request->server->stream_count++;
    return stream;
}

bool web_stream_open(struct web_request *request, const char *channels, const char *event, const char *json,
                     size_t length)
{
    struct web_server *server = request->server;
    if (server->stream_count >= server->streams_max)
        return web_answer_error(request, WEB_UNAVAILABLE,
                                "%zu pages are open already: close one, or raise clients_max.", server->stream_count);
    struct web_stream *stream = new_stream(request, channels);
    if (!stream)
        return false;
    buf_puts(&stream->sending, "retry: 1000\n\n");
    put_event(&stream->sending, event, json, length);
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_stream, stream, free_stream);
    if (!response) {
        free_stream(stream);
        return false;
    }
    MHD_add_response_header(response, "Content-Type", "text/event-stream");
    return web_answer_queue(request, WEB_OK, response);
}

/* Half an event is worse than none: what does not fit is not begun. */
static void give(struct web_stream *stream, const char *event, const char *json, size_t length, bool newest)
{
    assert(!newest || !strchr(stream->channels, ',')); /* what others say would be lost */
    if (newest)
        buf_clear(&stream->behind);
    put_event(&stream->behind, event, json, length);
    if (!stream->behind.failed)
        return;
    buf_clear(&stream->behind);
    if (!newest)
        buf_puts(&stream->behind, lost_event);
}

void web_server_publish(struct web_server *server, const char *channel, const char *event, const char *json,
                        size_t length, bool newest)
{
    struct web_stream *stream;
    LIST_EACH(stream, &server->streams, struct web_stream, link)
    {
        if (!text_is_listed(stream->channels, channel))
            continue;
        give(stream, event, json, length, newest);
        wake(stream);
    }
}

size_t web_server_streams(const struct web_server *server)
{
    return server->stream_count;
}

size_t web_server_listeners(const struct web_server *server, const char *channel)
{
    const struct web_stream *stream;
    size_t count = 0;
    LIST_EACH(stream, &server->streams, const struct web_stream, link)
    count += text_is_listed(stream->channels, channel);
    return count;
}

void web_streams_beat(struct web_server *server)
{
    struct web_stream *stream;
    LIST_EACH(stream, &server->streams, struct web_stream, link)
    {
        stream->beat_due = true;
        wake(stream);
    }
}

void web_streams_resume_all(struct web_server *server)
{
    struct web_stream *stream;
    LIST_EACH(stream, &server->streams, struct web_stream, link)
    wake(stream);
}
