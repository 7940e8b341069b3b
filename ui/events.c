/* Server-sent events (WHATWG HTML, "Server-sent events"). A stream holds the event that is being sent and at most one
 * more, the newest: memory is bounded however slowly a page reads. */
#include "ui/request.h"

#include <string.h>

struct ui_stream {
    struct list link; /* in the server's .streams */
    struct ui_server *server;
    struct MHD_Connection *connection;
    char station[UI_ID_SIZE];
    struct buf sending, newest;
    bool beat_due, suspended;
};

static const char beat_event[] = "event: alive\ndata:\n\n";

/* A line break inside the value would end the event: each line becomes a data line. */
static void put_view(struct buf *out, const char *json, size_t length)
{
    buf_puts(out, "event: view\ndata: ");
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

static void wake(struct ui_stream *stream)
{
    if (!stream->suspended)
        return;
    stream->suspended = false;
    ui_server_resume(stream->server, stream->connection);
}

/* MHD asks for bytes. With nothing to say the connection sleeps until wake(). */
static ssize_t read_stream(void *user, uint64_t position, char *out, size_t max)
{
    (void)position;
    struct ui_stream *stream = user;
    if (stream->server->closing)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (stream->sending.length == 0) {
        struct buf sent = stream->sending;
        stream->sending = stream->newest;
        stream->newest = sent;
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
    struct ui_stream *stream = user;
    list_remove(&stream->link);
    stream->server->stream_count--;
    buf_done(&stream->sending);
    buf_done(&stream->newest);
    free(stream);
}

static struct ui_stream *new_stream(struct ui_request *request)
{
    struct ui_stream *stream = calloc(1, sizeof(*stream));
    if (!stream)
        return NULL;
    stream->server = request->server;
    stream->connection = request->connection;
    stream->sending.max = stream->newest.max = UI_VIEW_MAX + 1024; /* the framing */
    memcpy(stream->station, request->id, sizeof(stream->station));
    list_append(&request->server->streams, &stream->link);
    request->server->stream_count++;
    return stream;
}

enum MHD_Result ui_events_open(struct ui_request *request)
{
    struct ui_server *server = request->server;
    CLEANUP_BUF struct buf view = {.max = UI_VIEW_MAX};
    int r = server->source->station(server->user, request->id, &view);
    if (r < 0)
        return ui_answer_errno(request, r);
    if (server->stream_count >= server->streams_max)
        return ui_answer_error(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                               "%zu pages are open already: close one, or raise clients_max.", server->stream_count);
    struct ui_stream *stream = new_stream(request);
    if (!stream)
        return MHD_NO;
    buf_puts(&stream->sending, "retry: 1000\n\n");
    put_view(&stream->sending, buf_text(&view), view.length);
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_stream, stream, free_stream);
    if (!response) {
        free_stream(stream);
        return MHD_NO;
    }
    MHD_add_response_header(response, "Content-Type", "text/event-stream");
    return ui_answer_queue(request, MHD_HTTP_OK, response);
}

void ui_server_publish(struct ui_server *server, const char *station, const char *json, size_t length)
{
    struct ui_stream *stream;
    LIST_EACH(stream, &server->streams, struct ui_stream, link)
    {
        if (strcmp(stream->station, station) != 0)
            continue;
        buf_clear(&stream->newest);
        put_view(&stream->newest, json, length);
        if (stream->newest.failed) /* half an event is worse than an old one */
            buf_clear(&stream->newest);
        wake(stream);
    }
}

void ui_events_beat(struct ui_server *server)
{
    struct ui_stream *stream;
    LIST_EACH(stream, &server->streams, struct ui_stream, link)
    {
        stream->beat_due = true;
        wake(stream);
    }
}

void ui_events_resume_all(struct ui_server *server)
{
    struct ui_stream *stream;
    LIST_EACH(stream, &server->streams, struct ui_stream, link)
    wake(stream);
}
