/* The connectors, for the table in platform.c. Says nothing about what a connector does: platform.h does. */
#ifndef PLATFORMS_CONNECTORS_H
#define PLATFORMS_CONNECTORS_H

#include "sync/platforms/platform.h"

extern const struct platform platform_taobao, platform_jd, platform_pdd, platform_douyin, platform_kuaishou,
    platform_shopify, platform_woocommerce;

#endif
