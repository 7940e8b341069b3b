#include "sync/head-office/customers/service_intents.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "sync/head-office/customers/service_answers.h"

#include <ctype.h>
#include <string.h>

#define TEXT_MAX 4001

#define WORDS(...)                                                                                                     \
    (const char *const[])                                                                                              \
    {                                                                                                                  \
        __VA_ARGS__, NULL                                                                                              \
    }

/* A new intent is a line; its place says what it gives way to. */
static const struct service_intent intents[] = {
    {"complaint",
     WORDS("complain", "lawyer", "sue you", "police", "scam", "fraud", "fake", "counterfeit", "injur", "allerg",
           "hospital", "投诉", "举报", "12315", "律师", "起诉", "报警", "骗子", "假货", "受伤", "过敏", "医院", "曝光"),
     true, NULL},
    {"privacy",
     WORDS("delete my data", "my personal data", "personal information", "gdpr", "phone number of", "whose order",
           "删除我的", "个人信息", "隐私", "注销", "谁的订单", "收件人电话"),
     true, NULL},
    {"human",
     WORDS("human", "real person", "representative", "speak to", "talk to someone", "人工", "真人", "转客服", "找客服",
           "活人"),
     true, NULL},
    {"refund", WORDS("refund", "money back", "return my money", "退款", "退钱", "钱退", "退货", "返款", "售后进度"),
     false, service_answer_refund},
    {"address",
     WORDS("change address", "change the address", "change my address", "wrong address", "new address",
           "different address", "change the phone", "改地址", "地址写错", "地址错", "换地址", "修改地址", "地址填错",
           "改电话", "改收货", "换个地址"),
     false, service_answer_address},
    {"cancel",
     WORDS("cancel", "don't want it", "do not want it", "no longer want", "取消", "不想要了", "不要了", "撤单", "退单",
           "不买了"),
     false, service_answer_cancel},
    {"invoice", WORDS("invoice", "receipt", "发票", "开票"), false, service_answer_invoice},
    {"when",
     WORDS("when will it ship", "when will you ship", "when do you ship", "shipped yet", "not shipped", "ship date",
           "when will my order ship", "dispatch", "什么时候发货", "啥时候发", "何时发货", "几时发货", "多久发货",
           "没发货", "发货了吗", "发货没", "催发货", "几天发货", "什么时候发", "能发货"),
     false, service_answer_where},
    {"where",
     WORDS("where is", "where's", "track", "waybill", "delivery status", "order status", "status of my order", "arrive",
           "parcel", "package", "when will i get", "到哪", "物流", "快递", "运单", "单号", "什么时候到", "几天到",
           "多久到", "包裹", "查件", "订单状态", "没收到", "派送"),
     false, service_answer_where},
    {"unknown", WORDS("\n"), false, NULL},
};

static bool has_word(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strstr(text, *words))
            return true;
    return false;
}

const struct service_intent *service_intent_of(const char *text)
{
    char small[TEXT_MAX];
    size_t i = 0;
    text_copy(small, sizeof(small), text);
    for (char *at = small; *at; at++)
        *at = (char)(isspace((unsigned char)*at) ? ' ' : tolower((unsigned char)*at));
    while (i + 1 < COUNT(intents) && !has_word(small, intents[i].words))
        i++;
    return &intents[i];
}

/* A character of the CJK block. */
bool service_is_chinese(const char *text)
{
    size_t left = strlen(text), length;
    for (uint32_t character; (length = text_next_utf8(text, left, &character)) > 0; text += length, left -= length)
        if (character >= 0x4E00 && character <= 0x9FFF)
            return true;
    return false;
}
