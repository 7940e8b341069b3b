#include "sync/platforms/connectors.h"
#include "sync/platforms/sign.h"

const struct platform platform_douyin = {
    .name = "douyin",
    .title = "抖音 Douyin",
    .gateway = "https://openapi-fxg.jinritemai.com",
    .sign = sign_douyin,
};
