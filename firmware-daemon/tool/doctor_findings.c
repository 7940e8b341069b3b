#include "tool/doctor_findings.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *finding_level_name(enum finding_level level)
{
    static const char *const names[] = {"ok", "note", "problem"};
    return names[level];
}

size_t findings_problems(const struct findings *findings)
{
    size_t problems = 0;
    for (size_t i = 0; i < findings->count; i++)
        problems += findings->list[i].level == FINDING_PROBLEM;
    return problems;
}

/* One more, with its sentence; the caller fills in the advice. What is beyond FINDINGS_MAX replaces the last. */
__attribute__((format(printf, 4, 5))) static struct finding *add(struct findings *findings, enum finding_level level,
                                                                 const char *about, const char *format, ...)
{
    struct finding *finding = &findings->list[findings->count < FINDINGS_MAX ? findings->count++ : FINDINGS_MAX - 1];
    *finding = (struct finding){.level = level};
    text_copy(finding->about, sizeof(finding->about), about);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(finding->sentence, sizeof(finding->sentence), format, arguments);
    va_end(arguments);
    finding->sentence[text_whole_utf8(finding->sentence, strlen(finding->sentence))] = '\0';
    return finding;
}

__attribute__((format(printf, 2, 3))) static void advise(struct finding *finding, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(finding->advice, sizeof(finding->advice), format, arguments);
    va_end(arguments);
    finding->advice[text_whole_utf8(finding->advice, strlen(finding->advice))] = '\0';
}

static bool any_device(const struct doctor_facts *facts, unsigned kinds)
{
    for (size_t i = 0; i < facts->look->count; i++)
        if (facts->look->plugged[i].kinds & kinds)
            return true;
    return false;
}

/* ---------------------------------------------------------------- the machine */

#define MACHINE "machine"

static void find_daemon(const struct doctor_facts *facts, struct findings *ret)
{
    if (facts->daemon_answers)
        add(ret, FINDING_OK, MACHINE, "The daemon answers at %s.", facts->daemon_url);
    else
        advise(add(ret, FINDING_PROBLEM, MACHINE, "The daemon does not answer at %s.", facts->daemon_url),
               "Start it (systemctl start floorhandd), or name its address with --url.");
}

/* A box that has serial lines only needs no USB. */
static void find_usb(const struct doctor_facts *facts, struct findings *ret)
{
    if (facts->usb_bus)
        return;
    advise(add(ret, any_device(facts, PLUGGED_SERIAL) ? FINDING_NOTE : FINDING_PROBLEM, MACHINE,
               "The kernel shows no USB: /dev/bus/usb is missing."),
           "In a container or virtual machine, pass USB through; otherwise load the USB host driver (xhci_pci).");
}

static void find_installation(const struct doctor_facts *facts, struct findings *ret)
{
    bool usb = facts->usb_bus && any_device(facts, ~0u);
    if (!facts->rules_installed)
        advise(add(ret, usb ? FINDING_PROBLEM : FINDING_NOTE, MACHINE, "The device rules are not installed."),
               "Run make install, then udevadm control --reload and udevadm trigger.");
    if (!facts->group_exists)
        advise(add(ret, FINDING_NOTE, MACHINE, "There is no group " DEVICE_GROUP " on this machine."),
               "Run make install, then systemd-sysusers. Until then devices are open to root alone.");
}

static void find_sight(const struct doctor_facts *facts, struct findings *ret)
{
    if (!facts->sees_all)
        advise(add(ret, FINDING_NOTE, MACHINE, "Programs of other users that hold a device cannot be seen."),
               "Run it as root to see them.");
}

static const struct {
    unsigned bit, kinds;
    enum finding_level level;
    const char *name, *harm, *advice;
} meddlers[] = {
    {MEDDLER_MODEM_MANAGER, PLUGGED_SERIAL, FINDING_PROBLEM, "ModemManager",
     "may send modem commands into it: no rule keeps it off",
     "Install the device rules and plug it in anew, or remove ModemManager (apt-get remove modemmanager)."},
    {MEDDLER_BRLTTY, PLUGGED_SERIAL, FINDING_NOTE, "brltty", "may take it for a Braille display",
     "If nobody here uses a Braille display, remove it (apt-get remove brltty)."},
    {MEDDLER_CUPS, PLUGGED_PRINTER, FINDING_NOTE, "CUPS", "may print on it between two labels",
     "Remove the printer from CUPS (lpadmin -x NAME), or CUPS from this machine."},
};

static void find_running(const struct doctor_facts *facts, struct findings *ret)
{
    for (size_t i = 0; i < COUNT(meddlers); i++)
        if ((facts->running & meddlers[i].bit) && !any_device(facts, meddlers[i].kinds))
            add(ret, FINDING_OK, MACHINE, "%s is running, and nothing that it could take is plugged in.",
                meddlers[i].name);
}

/* ---------------------------------------------------------------- a device */

struct patient {
    const struct doctor_facts *facts;
    const struct plugged *plugged;
    const struct device_facts *device;
};

static bool is_known(const struct patient *patient)
{
    return patient->device->model && !model_is_generic(patient->device->model);
}

static bool is_bound(const struct patient *patient)
{
    return *patient->device->station;
}

/* Held by the kernel's driver of that name. */
static bool is_held_by(const struct patient *patient, const char *driver)
{
    for (size_t i = 0; i < patient->plugged->interface_count; i++)
        if (strcmp(patient->plugged->interfaces[i].driver, driver) == 0)
            return true;
    return false;
}

static bool is_usable(const struct patient *patient)
{
    return !patient->device->model || strcmp(patient->device->model->driver, "none") != 0;
}

static void find_mode(const struct patient *patient, struct findings *ret)
{
    const struct model *model = patient->device->model;
    const struct plugged *plugged = patient->plugged;
    if (!is_usable(patient))
        advise(add(ret, FINDING_PROBLEM, plugged->id, "It is in a mode that cannot be used."), "%s", model->note);
    else if (is_known(patient) && strcmp(model->kind, "scanner") == 0 && !*model_driver(model, plugged))
        advise(add(ret, FINDING_PROBLEM, plugged->id, "It has no interface that scans could come through."),
               "Set it to keyboard, HID POS or serial (CDC) mode with a code from its guide.");
}

static void find_identity(const struct patient *patient, struct findings *ret)
{
    const struct plugged *plugged = patient->plugged;
    if (plugged->serial_doubled)
        advise(add(ret, FINDING_NOTE, plugged->id, "Another device has the same serial number (%s).", plugged->serial),
               "Both are known by their ports: leave it in port %s, or bind it anew after moving it.", plugged->port);
    else if (*plugged->port && !plugged->serial_plausible && (is_known(patient) || is_bound(patient)))
        advise(add(ret, FINDING_NOTE, plugged->id, "It has no serial number of its own."),
               "It is known by its port: leave it in port %s, or bind it anew after moving it.", plugged->port);
}

static void find_permission(const struct patient *patient, struct findings *ret)
{
    const struct plugged *plugged = patient->plugged;
    const char *node = device_node(plugged);
    bool wanted = is_known(patient) || is_bound(patient);
    if (patient->device->permission == PERMISSION_NO_NODE)
        advise(add(ret, FINDING_PROBLEM, plugged->id, "Its device node %s is missing.", *node ? node : "(none)"),
               "Is udev running, and may this program see /dev?");
    else if (patient->device->permission == PERMISSION_REFUSED && wanted)
        advise(add(ret, FINDING_PROBLEM, plugged->id, "The daemon may not open it: %s is not for the group %s.", node,
                   DEVICE_GROUP),
               "Install the device rules and plug it in anew; for another make add a rule of your own.");
}

static void find_missing_tty(const struct patient *patient, struct findings *ret)
{
    const struct plugged *plugged = patient->plugged;
    if ((plugged->kinds & PLUGGED_SERIAL) && !*plugged->tty)
        advise(add(ret, FINDING_PROBLEM, plugged->id, "It has a serial line, and no driver of the kernel serves it."),
               "Load the kernel's cdc_acm (modprobe cdc_acm), and see dmesg.");
}

static void find_console(const struct patient *patient, struct findings *ret)
{
    const char *tty = patient->plugged->tty;
    if (*tty && model_lists(patient->facts->console, tty + strlen("/dev/")))
        advise(add(ret, is_bound(patient) ? FINDING_PROBLEM : FINDING_NOTE, patient->plugged->id,
                   "The kernel writes its console to it."),
               "Take console=%s off the kernel's command line before a device is connected there.",
               tty + strlen("/dev/"));
}

static void find_kernel_drivers(const struct patient *patient, struct findings *ret)
{
    const struct plugged *plugged = patient->plugged;
    bool typed = (plugged->kinds & PLUGGED_KEYBOARD) && is_held_by(patient, "usbhid") && is_usable(patient);
    if (typed && (is_known(patient) || is_bound(patient)))
        advise(add(ret, is_bound(patient) ? FINDING_PROBLEM : FINDING_NOTE, plugged->id,
                   "The kernel's usbhid holds it: what it scans is typed into this machine's console."),
               is_bound(patient) ? "The daemon should have taken it: see its log (journalctl -u floorhandd)."
                                 : "Bind it to a station (floorhand device bind); the daemon then takes it.");
    else if (typed)
        advise(add(ret, FINDING_NOTE, plugged->id, "It is a keyboard: a person's, or a scanner that types."),
               "If it is a scanner, bind it to a station (floorhand device bind).");
    if (is_held_by(patient, "usblp"))
        add(ret, FINDING_OK, plugged->id,
            "The kernel's usblp holds it until the daemon opens it, which is as it should be.");
}

static void find_holders(const struct patient *patient, struct findings *ret)
{
    for (size_t i = 0; i < patient->device->holder_count; i++) {
        const struct holder *holder = &patient->device->holders[i];
        if (strcmp(holder->program, "floorhandd") == 0)
            add(ret, FINDING_OK, patient->plugged->id, "The daemon has it.");
        else
            advise(add(ret, FINDING_PROBLEM, patient->plugged->id, "The program %s (process %d) has it open.",
                       holder->program, holder->pid),
                   "Stop that program, or keep it off this device: two readers lose scans.");
    }
}

static void find_meddlers(const struct patient *patient, struct findings *ret)
{
    for (size_t i = 0; i < COUNT(meddlers); i++) {
        bool kept_off = meddlers[i].bit == MEDDLER_MODEM_MANAGER && patient->plugged->modems_kept_off;
        if ((patient->facts->running & meddlers[i].bit) && (patient->plugged->kinds & meddlers[i].kinds) && !kept_off)
            advise(add(ret, meddlers[i].level, patient->plugged->id, "%s is running and %s.", meddlers[i].name,
                       meddlers[i].harm),
                   "%s", meddlers[i].advice);
    }
}

static void find_state(const struct patient *patient, struct findings *ret)
{
    const struct device_facts *device = patient->device;
    if (is_bound(patient))
        add(ret, FINDING_OK, patient->plugged->id, "It belongs to station %s%s%s.", device->station,
            *device->state ? ": " : "", device->state);
}

static void find_device(const struct patient *patient, struct findings *ret)
{
    static void (*const examinations[])(const struct patient *patient, struct findings *ret) = {
        find_mode,    find_missing_tty,    find_permission, find_holders, find_meddlers,
        find_console, find_kernel_drivers, find_identity,   find_state};
    size_t before = ret->count;
    for (size_t i = 0; i < COUNT(examinations); i++)
        examinations[i](patient, ret);
    if (ret->count == before)
        add(ret, FINDING_OK, patient->plugged->id, "Nothing stands in its way.");
}

/* ---------------------------------------------------------------- what printers say */

static const struct {
    const char *state;
    enum finding_level level;
    const char *sentence, *advice;
} printer_words[] = {
    {"ready", FINDING_OK, "Its printer is ready", ""},
    {"busy", FINDING_OK, "Its printer is printing", ""},
    {"paused", FINDING_PROBLEM, "Its printer is paused", "Press its pause or feed button."},
    {"error", FINDING_PROBLEM, "Its printer reports a fault", "Look at the printer and clear the fault."},
    {"offline", FINDING_PROBLEM, "Its printer is off or unplugged", "Switch it on and check its cable."},
    {"unknown", FINDING_NOTE, "Its printer has not said how it is", "Printers that never answer print all the same."},
};

static void find_printer(const struct doctor_station *station, struct findings *ret)
{
    char about[80];
    snprintf(about, sizeof(about), "station %s", station->id);
    for (size_t i = 0; i < COUNT(printer_words); i++) {
        if (strcmp(station->printer, printer_words[i].state) != 0)
            continue;
        struct finding *finding = add(ret, printer_words[i].level, about, "%s%s%s.", printer_words[i].sentence,
                                      *station->troubles ? ": " : "", station->troubles);
        advise(finding, "%s", printer_words[i].advice);
    }
}

static void find_printers(const struct doctor_facts *facts, struct findings *ret)
{
    if (!facts->daemon_answers)
        add(ret, FINDING_NOTE, "printers", "The printers were not asked: only the daemon speaks to them.");
    for (size_t i = 0; i < facts->station_count; i++)
        find_printer(&facts->stations[i], ret);
}

static void find_certificates(const struct doctor_facts *facts, struct findings *ret)
{
    for (size_t i = 0; i < COUNT(facts->certificates); i++)
        if (*facts->certificates[i])
            add(ret, FINDING_PROBLEM, "links", "%s", facts->certificates[i]);
}

void doctor_find(const struct doctor_facts *facts, struct findings *ret)
{
    ret->count = 0;
    find_daemon(facts, ret);
    find_usb(facts, ret);
    find_installation(facts, ret);
    find_running(facts, ret);
    find_sight(facts, ret);
    for (size_t i = 0; i < facts->look->count; i++) {
        const struct patient patient = {facts, &facts->look->plugged[i], &facts->look->facts[i]};
        if (device_is_of_interest(facts->look, i))
            find_device(&patient, ret);
    }
    find_printers(facts, ret);
    find_certificates(facts, ret);
}
