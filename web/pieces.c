/* An answer that is made while it is sent: memory holds one piece of it, and the loop goes on between two. */
#include "web/internal.h"

#include <string.h>

#define BLOCK 16384 /* bytes that MHD takes at once */

struct pieces {
    struct web_server *server;
    struct MHD_Connection *connection;
    int (*more)(void *state, struct buf *piece);
    void *state;
    struct buf piece;
    bool over;
};

static ssize_t read_pieces(void *user, uint64_t position, char *out, size_t max)
{
    (void)position;
    struct pieces *pieces = user;
    if (pieces->piece.length == 0 && !pieces->over) {
        int result = pieces->more(pieces->state, &pieces->piece);
        if (result < 0)
            return MHD_CONTENT_READER_END_WITH_ERROR;
        pieces->over = result > 0;
    }
    size_t length = pieces->piece.length < max ? pieces->piece.length : max;
    if (length == 0 && pieces->over)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (length == 0) { /* whatever else waits comes before the next one */
        MHD_suspend_connection(pieces->connection);
        web_server_resume(pieces->server, pieces->connection);
        return 0;
    }
    memcpy(out, pieces->piece.data, length);
    buf_consume(&pieces->piece, length);
    return (ssize_t)length;
}

static void free_pieces(void *user)
{
    struct pieces *pieces = user;
    buf_done(&pieces->piece);
    free(pieces->state);
    free(pieces);
}

bool web_answer_pieces(struct web_request *request, const char *type, int (*more)(void *state, struct buf *piece),
                       void *state)
{
    struct pieces *pieces = calloc(1, sizeof(*pieces));
    if (!pieces) {
        free(state);
        return false;
    }
    *pieces =
        (struct pieces){.server = request->server, .connection = request->connection, .more = more, .state = state};
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_pieces, pieces, free_pieces);
    if (!response) {
        free_pieces(pieces);
        return false;
    }
    MHD_add_response_header(response, "Content-Type", type);
    return web_answer_queue(request, WEB_OK, response);
}
