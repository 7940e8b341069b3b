"""A program of somebody else's that listens to the broker: libmosquitto alone, nothing of ours."""

import ctypes
import threading

MQTT_V5 = 5
PROTOCOL_VERSION = 1  # MOSQ_OPT_PROTOCOL_VERSION


class Message(ctypes.Structure):
    _fields_ = [("mid", ctypes.c_int), ("topic", ctypes.c_char_p), ("payload", ctypes.c_void_p),
                ("payloadlen", ctypes.c_int), ("qos", ctypes.c_int), ("retain", ctypes.c_bool)]


ON_MESSAGE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(Message))


class Listener:
    """heard: (topic, bytes), in the order they came."""

    def __init__(self, port, topics):
        self.heard, self.lock = [], threading.Lock()
        self.library = ctypes.CDLL("libmosquitto.so.1")
        self.library.mosquitto_new.restype = ctypes.c_void_p
        self.library.mosquitto_lib_init()
        self.client = ctypes.c_void_p(self.library.mosquitto_new(None, True, None))
        self.library.mosquitto_int_option(self.client, PROTOCOL_VERSION, MQTT_V5)
        self.callback = ON_MESSAGE(self._on_message)
        self.library.mosquitto_message_callback_set(self.client, self.callback)
        if self.library.mosquitto_connect(self.client, b"127.0.0.1", port, 30) != 0:
            raise OSError("the broker cannot be reached")
        self.library.mosquitto_subscribe(self.client, None, topics.encode(), 1)
        self.library.mosquitto_loop_start(self.client)

    def _on_message(self, _client, _user, message):
        with self.lock:
            self.heard.append((message.contents.topic.decode(),
                               ctypes.string_at(message.contents.payload, message.contents.payloadlen)))

    def publish(self, topic, payload):
        if self.library.mosquitto_publish(self.client, None, topic.encode(), len(payload), payload, 1, False) != 0:
            raise OSError("the broker took no message")

    def close(self):
        self.library.mosquitto_disconnect(self.client)
        self.library.mosquitto_loop_stop(self.client, True)
        self.library.mosquitto_destroy(self.client)
