/* What each bill calls its columns and its kinds of rows. */
#include "sync/head-office/books/bills.h"

#include <string.h>

#define TEXT(member) #member, OPTION_TEXT_AT(struct bill_row, member), .fallback = ""

/* Which a file must have, its format says. */
const struct option_def bill_columns[] = {
    {TEXT(flow), .help = "the number of the row"},
    {TEXT(order), .help = "the order's number or the waybill"},
    {TEXT(word), .help = "what kind of row it is"},
    {TEXT(item), .help = "the item"},
    {TEXT(batch), .help = "the number of the refund"},
    {TEXT(time), .help = "when"},
    {TEXT(currency), .help = "the currency as three letters"},
    {TEXT(direction), .help = "whether it came in or went out"},
    {TEXT(note), .help = "a note"},
    {TEXT(gain), .help = "what came in, as 12.30"},
    {TEXT(loss), .help = "what went out, as -12.30"},
    {TEXT(amount), .help = "the amount, as 12.30"},
    {TEXT(fee1), .help = "a fee, as -1.20"},
    {TEXT(fee2), .help = "a fee, as -1.20"},
    {TEXT(fee3), .help = "a fee, as -1.20"},
    {TEXT(fee4), .help = "a fee, as -1.20"},
    {TEXT(fee5), .help = "a fee, as -1.20"},
    {TEXT(fee6), .help = "a fee, as -1.20"},
    {0},
};

const struct bill_format bill_formats[] = {
    {.name = "alipay",
     .english = "Alipay account statement",
     .chinese = "支付宝账务明细",
     .names = "flow=账务流水号,order=商户订单号,time=发生时间,gain=收入金额（+元）,loss=支出金额（-元）,word=业务类型",
     .maybe = "note=备注",
     .keys = "flow",
     .words = {{"在线支付", "sale"},
               {"交易付款", "sale"},
               {"交易退款", "refund"},
               {"收费", "fee"},
               {"服务费", "fee"},
               {"提现", "transfer"},
               {"转账", "transfer"}}},
    {.name = "alipay_business",
     .english = "Alipay business statement",
     .chinese = "支付宝业务明细",
     .names = "flow=支付宝交易号,order=商户订单号,word=业务类型,time=完成时间,amount=商家实收（元）",
     .maybe = "batch=退款批次号/请求号,fee1=服务费（元）,note=备注",
     .keys = "flow word batch",
     .words = {{"交易", "sale"}, {"退款", "refund"}, {"收费", "fee"}}},
    {.name = "jd",
     .english = "JD wallet settlement",
     .chinese = "京东钱包结算明细",
     .names = "order=订单编号,flow=单据编号,word=费用项,amount=金额,time=费用发生时间",
     .maybe = "item=商品编号,currency=币种,direction=收支方向,note=备注",
     .keys = "flow word item",
     .words = {{"货款", "sale"},
               {"货款退款", "refund"},
               {"佣金", "fee"},
               {"交易服务费", "fee"},
               {"平台使用费", "fee"},
               {"提现", "transfer"}}},
    {.name = "pdd",
     .english = "Pinduoduo payment details",
     .chinese = "拼多多货款明细",
     .names = "order=商户订单号,time=发生时间,gain=收入金额（+元）,loss=支出金额（-元）,word=账务类型",
     .maybe = "note=备注",
     .keys = "order time word gain loss note",
     .words = {{"交易收入", "sale"},
               {"优惠券结算", "sale"},
               {"退款", "refund"},
               {"技术服务费", "fee"},
               {"扣款", "fee"},
               {"提现", "transfer"}}},
    {.name = "douyin",
     .english = "Douyin account movements",
     .chinese = "抖音动账明细",
     .names = "time=动账时间,flow=动账流水号,direction=动账方向,amount=动账金额,word=动账场景,order=订单号",
     .maybe = "fee1=平台服务费,fee2=佣金,fee3=渠道分成,fee4=招商服务费,fee5=站外推广费,fee6=其他分成,note=备注",
     .keys = "flow",
     .fees_inside = true,
     .words = {{"订单结算", "sale"},
               {"货款结算", "sale"},
               {"结算后退款", "refund"},
               {"平台服务费", "fee"},
               {"提现", "transfer"}}},
    {.name = "carrier",
     .english = "Bill of a carrier",
     .chinese = "快递账单",
     .names = "order=waybill,amount=amount",
     .maybe = "flow=flow,time=time,word=kind,currency=currency,note=note",
     .keys = "flow order word time",
     .pays = true,
     .meaning = "freight"},
    {0},
};

const struct bill_format *bill_format_find(const char *name)
{
    for (const struct bill_format *format = bill_formats; format->name; format++)
        if (strcmp(format->name, name) == 0)
            return format;
    return NULL;
}
