/* MQTT 5 reason codes as sentences for the person who looks after the broker. Does not decide anything by them. */
#ifndef MQTT_REASON_H
#define MQTT_REASON_H

const char *reason_text(int code);

#endif
