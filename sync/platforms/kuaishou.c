#include "sync/platforms/connectors.h"
#include "sync/platforms/sign.h"

const struct platform platform_kuaishou = {
    .name = "kuaishou",
    .title = "快手 Kuaishou",
    .gateway = "https://openapi.kwaixiaodian.com",
    .sign = sign_kuaishou,
};
