/* A private mosquitto for one test, on a free loopback port. Does not outlive the test program. */
#ifndef TESTS_BROKER_H
#define TESTS_BROKER_H

#include <assert.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct broker {
    int port;
    pid_t pid; /* 0 when stopped */
    char folder[64], config[96];
};

/* Below the ports that the kernel gives to whoever connects: one that is free stays so until a broker has it. Tests
 * that run side by side look at others (tests/rig/process.py). */
#define BROKER_PORT_FIRST 10240
#define BROKER_PORTS      (32768 - BROKER_PORT_FIRST)

static inline int broker_listen(int *ret_port)
{
    static unsigned tried;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert(fd >= 0);
    if (tried == 0)
        tried = (unsigned)getpid() * 61;
    do {
        *ret_port = BROKER_PORT_FIRST + (int)(tried++ % BROKER_PORTS);
        address.sin_port = htons((uint16_t)*ret_port);
    } while (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0);
    assert(listen(fd, 8) == 0);
    return fd;
}

/* The clients under test wait for it to be ready: they try again by themselves. */
static inline void broker_start(struct broker *broker)
{
    broker->pid = fork();
    assert(broker->pid >= 0);
    if (broker->pid > 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execl("/usr/sbin/mosquitto", "mosquitto", "-c", broker->config, (char *)NULL);
    _exit(127);
}

static inline void broker_stop(struct broker *broker)
{
    if (broker->pid <= 0)
        return;
    kill(broker->pid, SIGKILL);
    waitpid(broker->pid, NULL, 0);
    broker->pid = 0;
}

/* options: more lines for mosquitto.conf. */
static inline void broker_open(struct broker *broker, const char *options)
{
    *broker = (struct broker){.folder = "/tmp/floorhand-broker-XXXXXX"};
    close(broker_listen(&broker->port));
    assert(mkdtemp(broker->folder));
    snprintf(broker->config, sizeof(broker->config), "%s/mosquitto.conf", broker->folder);
    FILE *file = fopen(broker->config, "we");
    assert(file);
    fprintf(file, "listener %d 127.0.0.1\npersistence false\nlog_type error\n%s\n", broker->port, options);
    fclose(file);
    broker_start(broker);
}

static inline void broker_close(struct broker *broker)
{
    broker_stop(broker);
    unlink(broker->config);
    rmdir(broker->folder);
}

#endif
