#include "sync/platforms/connectors.h"
#include "sync/platforms/sign.h"

const struct platform platform_jd = {
    .name = "jd",
    .title = "京东 JD",
    .gateway = "https://api.jd.com/routerjson",
    .sign = sign_jd,
};
