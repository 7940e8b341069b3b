#include "sync/mqtt/reason.h"

#include "base/cleanup.h"

const char *reason_text(int code)
{
    /* MQTT 5.0, section 2.4 */
    static const struct {
        int code;
        const char *text;
    } reasons[] = {
        {0x81, "it says a packet was malformed"},
        {0x82, "it says the protocol was broken"},
        {0x84, "it does not speak MQTT 5; use mosquitto 2 or another MQTT 5 broker"},
        {0x85, "it does not accept the client id; check the box name and the broker's rules for client ids"},
        {0x86, "user name or password is wrong; check username and password here and in the broker's password file"},
        {0x87, "not authorised; check username and password here, and the broker's password file and access list"},
        {0x88, "it is not available; look at its log"},
        {0x89, "it is busy; it will be tried again"},
        {0x8A, "this client is banned; look at the broker's configuration"},
        {0x8B, "it is shutting down"},
        {0x8D, "it heard nothing from here for too long; look at the network"},
        {0x8E, "another client connected with the same client id; give each box a name of its own"},
        {0x8F, "a topic filter is not valid for it"},
        {0x93, "more messages were in flight than it allows"},
        {0x95, "a message was larger than it allows; raise max_packet_size to 262144"},
        {0x97, "a quota is used up; look at the broker's limits"},
        {0x98, "an administrator closed the connection"},
        {0x9A, "it does not keep retained messages; set retain_available true"},
        {0x9F, "too many connections in a short time; it will be tried again"},
    };
    for (size_t i = 0; i < COUNT(reasons); i++)
        if (reasons[i].code == code)
            return reasons[i].text;
    return "it gave no reason that is known here; look at the broker's log";
}
