#include "sync/platforms/connectors.h"
#include "sync/platforms/sign.h"

const struct platform platform_pdd = {
    .name = "pdd",
    .title = "拼多多 Pinduoduo",
    .gateway = "https://gw-api.pinduoduo.com/api/router",
    .sign = sign_pdd,
};
