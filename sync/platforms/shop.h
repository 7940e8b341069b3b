/* A shop as JSON gives it: what a tool or a test calls with. Keeps nothing. */
#ifndef PLATFORMS_SHOP_H
#define PLATFORMS_SHOP_H

#include "sync/platforms/platform.h"

/* An object of texts: platform, id, gateway, app_key, app_secret, sign_secret, push_secret, sign_method, access_token,
 * refresh_token, place; those of another name are an error, those that are missing are "". ret_platform may be NULL
 * when no platform is named. -EINVAL with a sentence. */
int shop_of_json(const json_t *object, struct platform_shop *ret, const struct platform **ret_platform,
                 struct error *error);

#endif
