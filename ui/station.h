/* The stations' web server, as the files of this room share it. Not for use outside ui/: ui/server.h is what the daemon
 * sees. */
#ifndef UI_STATION_H
#define UI_STATION_H

#include "ui/server.h"
#include "web/request.h"

struct ui_server {
    struct web_server *web;
    struct web_site site;
    const struct ui_source *source;
    void *user;         /* the source's */
    size_t changes_max; /* streams of changes: the other half of the pages is the stations' */
    char policy[WEB_POLICY_SIZE];
};

#define UI_COOKIE     "floorhand-box" /* head office on the same machine has another */
#define UI_KEY_HEADER "X-Floorhand-Key"
#define UI_CHANGES    "*changes" /* their channel: no station is called so */

extern const struct phrase ui_phrases[];

static inline const struct ui_asker *asker_of(struct web_request *request)
{
    return request->asker;
}

static inline struct ui_server *ui_of(struct web_request *request)
{
    return request->user;
}

extern const struct web_route ui_routes[];

int ui_pages_open(struct ui_server *server, struct error *error);
bool ui_pages_supervisor(struct web_request *request);
bool ui_pages_list(struct web_request *request);
bool ui_pages_station(struct web_request *request);
bool ui_pages_asset(struct web_request *request);
bool ui_pages_manifest(struct web_request *request);
bool ui_pages_keeper(struct web_request *request);
bool ui_pages_item(struct web_request *request);
bool ui_trust_page(struct web_request *request);
bool ui_trust_certificate(struct web_request *request);
bool ui_trust_style(struct web_request *request);
bool ui_trust_json(struct web_request *request);

#endif
