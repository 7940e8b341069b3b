#include "base/json.h"
#include "base/text.h"
#include "tool/commands.h"
#include "tool/daemon_client.h"
#include "tool/doctor_findings.h"

#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct option_def doctor_options[] = {
    {"json", OPTION_FLAG_AT(struct tool_options, json), NULL, 0, 0, NULL, "one JSON object a line, for programs"},
    DAEMON_URL_OPTION,
    {.name = NULL},
};

/* ---------------------------------------------------------------- facts of the machine */

static bool rules_are_installed(void)
{
    static const char *const folders[] = {"/etc/udev/rules.d", "/run/udev/rules.d", "/usr/local/lib/udev/rules.d",
                                          "/usr/lib/udev/rules.d", "/lib/udev/rules.d"};
    for (size_t i = 0; i < COUNT(folders); i++) {
        char path[128];
        snprintf(path, sizeof(path), "%s/60-floorhand.rules", folders[i]);
        if (access(path, F_OK) == 0)
            return true;
    }
    return false;
}

static unsigned running_meddlers(void)
{
    static const struct {
        const char *program; /* as /proc/PID/comm has it: at most 15 bytes */
        unsigned bit;
    } programs[] = {{"ModemManager", MEDDLER_MODEM_MANAGER}, {"brltty", MEDDLER_BRLTTY}, {"cupsd", MEDDLER_CUPS}};
    unsigned running = 0;
    glob_t processes;
    if (glob("/proc/[0-9]*/comm", GLOB_NOSORT, NULL, &processes) != 0)
        return 0;
    for (size_t i = 0; i < processes.gl_pathc; i++) {
        char name[32];
        device_read_line(processes.gl_pathv[i], name, sizeof(name));
        for (size_t j = 0; j < COUNT(programs); j++)
            running |= strcmp(name, programs[j].program) == 0 ? programs[j].bit : 0;
    }
    globfree(&processes);
    return running;
}

/* ---------------------------------------------------------------- facts that the daemon knows */

static void add_station(struct doctor_facts *facts, const json_t *station)
{
    json_t *printer = json_object_get(station, "printer");
    const char *id = json_string_value(json_object_get(station, "id"));
    const char *state = json_string_value(json_object_get(printer, "state"));
    const char *trouble = json_string_value(json_object_get(json_object_get(printer, "text"), "en"));
    if (!id || !state || facts->station_count == DOCTOR_STATIONS_MAX)
        return;
    struct doctor_station *to = &facts->stations[facts->station_count++];
    text_copy(to->id, sizeof(to->id), id);
    text_copy(to->printer, sizeof(to->printer), state);
    const char prefix[] = "Printer: "; /* as the station's screen says it */
    if (trouble && strncmp(trouble, prefix, strlen(prefix)) == 0)
        trouble += strlen(prefix);
    text_copy(to->troubles, sizeof(to->troubles), trouble ? trouble : "");
}

static void take_sentence(char out[320], const json_t *words)
{
    const char *sentence = json_string_value(json_object_get(words, "en"));
    if (sentence)
        text_copy(out, 320, sentence);
}

static void add_certificates(struct doctor_facts *facts, const json_t *status)
{
    const json_t *troubles = json_object_get(json_object_get(status, "sync"), "troubles");
    take_sentence(facts->certificates[0], json_object_get(json_object_get(status, "tls"), "trouble"));
    for (size_t i = 0; i < json_array_size(troubles); i++) {
        const json_t *trouble = json_array_get(troubles, i);
        const char *name = json_string_value(json_object_get(trouble, "trouble"));
        if (name && strcmp(name, "certificate") == 0)
            take_sentence(facts->certificates[1], json_object_get(trouble, "text"));
    }
}

static void ask_daemon(struct doctor_facts *facts, struct device_look *look, const char *url)
{
    CLEANUP_BUF struct buf status = {0};
    CLEANUP_BUF struct buf devices = {0};
    text_copy(facts->daemon_url, sizeof(facts->daemon_url), daemon_address(url));
    facts->daemon_answers = daemon_look(url, (const char *const[]){"status", NULL}, &status) == 0;
    if (!facts->daemon_answers)
        return;
    json_t *root = json_loadb(buf_text(&status), status.length, 0, NULL);
    const json_t *stations = json_object_get(root, "stations");
    for (size_t i = 0; i < json_array_size(stations); i++)
        add_station(facts, json_array_get(stations, i));
    add_certificates(facts, root);
    json_decref(root);
    if (daemon_look(url, (const char *const[]){"devices", NULL}, &devices) == 0)
        device_look_add_stations(look, &devices);
}

/* ---------------------------------------------------------------- printing */

static void print_json(const struct finding *finding)
{
    CLEANUP_BUF struct buf line = {0};
    json_open_object(&line, NULL);
    json_text(&line, "level", finding_level_name(finding->level));
    json_text(&line, "about", finding->about);
    json_text(&line, "sentence", finding->sentence);
    json_text(&line, "advice", *finding->advice ? finding->advice : NULL);
    json_close_object(&line);
    puts(buf_text(&line));
}

static void print_heading(const struct device_look *look, const char *about)
{
    const struct plugged *plugged = inventory_find(look->plugged, look->count, about);
    char what[256] = "";
    if (plugged)
        device_what(plugged, look->facts[plugged - look->plugged].model, what, sizeof(what));
    printf("%s%s%s\n", about, *what ? " - " : "", what);
}

static void print_findings(const struct device_look *look, const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->list[i];
        if (i == 0 || strcmp(finding->about, finding[-1].about) != 0)
            print_heading(look, finding->about);
        printf("  %-8s %s\n", finding_level_name(finding->level), finding->sentence);
        if (*finding->advice)
            printf("  %-8s %s\n", "", finding->advice);
    }
    size_t problems = findings_problems(findings);
    printf("\n%zu problem%s\n", problems, problems == 1 ? "" : "s");
}

enum exit_code command_doctor(struct command_call *call)
{
    CLEANUP(device_look_free_p) struct device_look *look = NULL;
    CLEANUP(cleanup_free) struct doctor_facts *facts = calloc(1, sizeof(*facts));
    CLEANUP(cleanup_free) struct findings *findings = calloc(1, sizeof(*findings));
    struct error error = {"There is no memory left to examine anything."};
    if (!facts || !findings || device_look_new(&look, &error) < 0)
        return command_fail(EXIT_FAILED, "%s", error.text);
    gid_t group;
    facts->look = look;
    facts->usb_bus = access("/dev/bus/usb", F_OK) == 0;
    facts->rules_installed = rules_are_installed();
    facts->group_exists = device_group(&group);
    facts->sees_all = geteuid() == 0;
    facts->running = running_meddlers();
    device_read_line("/sys/class/tty/console/active", facts->console, sizeof(facts->console));
    ask_daemon(facts, look, call->options.url);
    doctor_find(facts, findings);
    for (size_t i = 0; call->options.json && i < findings->count; i++)
        print_json(&findings->list[i]);
    if (!call->options.json)
        print_findings(look, findings);
    return findings_problems(findings) > 0 ? EXIT_FAILED : EXIT_GOOD;
}
