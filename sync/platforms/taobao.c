#include "sync/platforms/connectors.h"
#include "sync/platforms/sign.h"

const struct platform platform_taobao = {
    .name = "taobao",
    .title = "淘宝/天猫 Taobao/Tmall",
    .gateway = "https://gw.api.taobao.com/router/rest",
    .sign = sign_taobao,
};
