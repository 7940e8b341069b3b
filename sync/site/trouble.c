#include "sync/site/trouble.h"

#include "base/certificate.h"
#include "sync/wire/control.h"

#include <string.h>

static bool replaced(const struct site_facts *facts)
{
    return facts->state == SITE_FENCED && facts->fence && strcmp(facts->fence, WIRE_FENCE_REPLACED) == 0;
}

static bool fenced(const struct site_facts *facts)
{
    return facts->state == SITE_FENCED && !replaced(facts);
}

static bool parked(const struct site_facts *facts)
{
    return facts->parked > 0;
}

static bool late(const struct site_facts *facts)
{
    return facts->outbox > 0 && facts->oldest_us >= SITE_LATE_US;
}

static bool link_missing(const struct site_facts *facts)
{
    return !facts->linked;
}

static bool broker_missing(const struct site_facts *facts)
{
    return facts->linked && !facts->up;
}

static bool office_away(const struct site_facts *facts)
{
    return facts->state == SITE_HELLO && facts->presence == SITE_OFFICE_AWAY;
}

/* The first hello may just be on its way. */
static bool office_silent(const struct site_facts *facts)
{
    return facts->state == SITE_HELLO && facts->presence != SITE_OFFICE_AWAY && facts->unanswered > 1;
}

static bool certificate_ends(const struct site_facts *facts)
{
    return facts->certified && facts->certificate_left_us < CERTIFICATE_WARN_DAYS * CERTIFICATE_DAY_US;
}

const struct site_trouble_def *site_trouble_def(enum site_trouble trouble)
{
    static const struct site_trouble_def defs[] = {
        [SITE_TROUBLE_REPLACED] =
            {"replaced", true, replaced,
             "Another box has taken this one's place at head office, which takes nothing from this one any more: stop "
             "working here, go on at the new one, and keep this disk until somebody has looked at what it has not "
             "sent.",
             "总部已由另一台主机接替本机,不再接收本机数据:请停止在本机作业,改用新主机,并保留本机磁盘,"
             "待人核对未上传的记录"},
        [SITE_TROUBLE_FENCED] =
            {"fenced", true, fenced,
             "Head office takes nothing from this box: it may be a copy of another. Work on, nothing is lost, and call "
             "head office: a person there must say that this is the right one (floorhand-hq site claim).",
             "总部拒绝接收本机数据,本机可能是另一台的副本:可继续作业,数据不会丢失,请联系总部确认以本机为准(floorhand-"
             "hq site claim)"},
        [SITE_TROUBLE_PARKED] =
            {"parked", true, parked,
             "Changes from head office could not be applied: tell head office which and why, so that "
             "it puts them right and sends them again.",
             "总部下发的变更有未能执行的:请把编号和原因告诉总部,由总部更正后重发"},
        [SITE_TROUBLE_LATE] = {"late", true, late,
                               "Events have waited for more than ten minutes: work on, nothing is lost, but have the "
                               "link to head office mended.",
                               "有事件等待上传已超过十分钟:可继续作业,数据不会丢失,但请派人修复与总部的连接"},
        [SITE_TROUBLE_LINK] = {"link", false, link_missing,
                               "floorhand-link does not run: start it on the box (systemctl start floorhand-link).",
                               "floorhand-link 未运行:请在主机上启动(systemctl start floorhand-link)"},
        [SITE_TROUBLE_BROKER] = {"broker", false, broker_missing,
                                 "The broker cannot be reached: look at the network, and at host, port and password in "
                                 "the link's configuration.",
                                 "连不上消息服务器:请检查网络,以及连接程序配置中的地址、端口和密码"},
        [SITE_TROUBLE_AWAY] = {"away", false, office_away,
                               "Head office is not there: work on, nothing is lost, and have floorhand-hq serve "
                               "started there.",
                               "总部不在线:可继续作业,数据不会丢失,请总部启动 floorhand-hq serve"},
        [SITE_TROUBLE_SILENT] =
            {"silent", false, office_silent,
             "Head office does not answer: ask there whether this site is registered with this box "
             "(floorhand-hq site list), and whether the broker lets the box write.",
             "总部没有应答:请总部核对本仓与本机是否已登记(floorhand-hq site list),以及消息服务器是否允许本机发送"},
        [SITE_TROUBLE_CERTIFICATE] =
            {"certificate", false, certificate_ends,
             "The certificate for the broker ends within a month: ask head office for a new one (floorhand-hq broker "
             "certificate); work on, nothing is lost when it ends, only the link stands still.",
             "连接消息服务器的证书将在一个月内到期:请向总部申请新证书(floorhand-hq broker "
             "certificate);可继续作业,到期后只是暂停上传,"
             "数据不会丢失"},
    };
    return &defs[trouble];
}

const char *site_alarm(const struct site_facts *facts)
{
    for (enum site_trouble i = 0; i < SITE_TROUBLE_COUNT; i++)
        if (site_trouble_def(i)->alarms && site_trouble_def(i)->stands(facts))
            return site_trouble_def(i)->name;
    return NULL;
}

enum site_presence site_presence_now(const struct site *site)
{
    if (site->state == SITE_SYNC || site->state == SITE_PROBING || site->state == SITE_FENCED)
        return SITE_OFFICE_ONLINE;
    return site->absent && site->state == SITE_HELLO ? SITE_OFFICE_AWAY : site->presence;
}
