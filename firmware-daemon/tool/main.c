/* floorhand, the command-line tool: the table of its commands. */
#include "tool/commands.h"

static const char scan_parse_help[] =
    "Tell what a scanned code means.\n"
    "TEXT is the scan as it came, with its AIM prefix (]C1) and raw GS characters (0x1D). Prints one JSON object.\n"
    "Exit code 1 and {\"error\":...} when the scan must be rejected.";
static const char scan_decode_help[] =
    "Decode what a scanner sent, from standard input.\n"
    "hid-keyboard reads reports of 8 bytes in hex, one or several on a line; hid-pos, and hid-keyboard with a\n"
    "descriptor, one report in hex on a line; serial and ssi read bytes as they came (ssi also in hex). A code that "
    "the scanner sends\n"
    "again because nobody answered shows once.\n"
    "Prints one JSON object per scan on a line.";
static const char scan_send_help[] = "Scan on a station as if its scanner had.\n"
                                     "Sends each TEXT in order and prints the daemon's answers; the first refused scan "
                                     "ends it with exit code 1.";
static const char printer_decode_help[] =
    "Tell what a printer said of itself.\n"
    "Reads its answer in hex from standard input, and prints its state as one JSON object. ieee1284 is the device id\n"
    "with or without its two length bytes; tspl takes ESC ! ? and ESC ! S, escpos DLE EOT 1 to 4 and automatic status.";
static const char scale_decode_help[] =
    "Decode what a scale sent, from standard input.\n"
    "Reads bytes in hex; blanks and line ends between them do not matter, except that hid reads one report a line.\n"
    "Prints one JSON object per reading on a line. Exit code 1 when there was no whole reading.";
static const char import_help[] = "Import a CSV file into the site.\n"
                                  "KIND is orders, items, stock, locations or workers. All of the file or nothing.";
static const char route_help[] =
    "Plan the shortest walk of a picker past the places of a tour.\n"
    "FILE.json holds blocks (1 or 2), aisles, aisle_length of one block and aisle_distance, both in mm, and picks, an\n"
    "array of {aisle, block, position}, counted from 0 and in mm from that block's front. The depot is at the front "
    "end\n"
    "of aisle 0. - is standard input. Prints one JSON object.";
static const char forecast_help[] =
    "Forecast how much will be asked for, from what was asked for.\n"
    "FILE.csv (or - for standard input) is UTF-8 with the columns series, period and value, one row a period. For\n"
    "each series one JSON object is printed: the method, chosen by what would have been right before, its mean "
    "absolute\n"
    "scaled error (below 1 it is better than repeating the last value or season), and for each period to come the\n"
    "forecast and what it will hardly be below or above.";
static const char slotting_help[] =
    "Suggest which SKU should lie in which face.\n"
    "Reads faces, stock and the picks of the last days from the daemon, and tells what to move or swap, and what "
    "walking\n"
    "that saves. It moves nothing.";

static const char compare_help[] =
    "Compare another system's file with this site: the variance report of a parallel run.\n"
    "FILE.csv may have further columns. Prints what differs and the totals, or with --json one object; with --station\n"
    "also on that station's printer. Exit code 1 when something differs.";

static const char training_start_help[] = "Let a station practise on a copy of the database.\n"
                                          "The others work on; nothing that is scanned there counts or leaves the "
                                          "site, and its labels are samples. The same\n"
                                          "as scanning TRAIN at its menu.";
static const char station_show_help[] = "Print what a station shows: the scan that is expected, the prompt, the last "
                                        "result.";
static const char sync_status_help[] =
    "Tell how the site stands with head office, and what to do where that is not well.\n"
    "What waits to be sent, what was acknowledged, which changes came, which of them are parked and why.\n"
    "Exit code 0 when the site is in step, 1 otherwise.";
static const char show_help[] =
    "Show what the site knows: orders, stock, tasks, parcels, print-jobs, moves and more.\n"
    "Without a word it lists the kinds, and what each can be asked for by. NAME=VALUE chooses rows, CODE shows one "
    "with\n"
    "its history: floorhand show orders state=parked; floorhand show orders N-4711; floorhand show stock sku=TEA-100.";
static const char ask_help[] = "Ask for what is no scan, as a supervisor.\n"
                               "Without a word it lists what can be asked for. badge=CODE says who asks; some need it.";

static const char device_list_help[] =
    "List the scanners, printers and scales that are plugged in.\n"
    "Tells the id to bind by, what it is, and who holds it: drivers of the kernel, and programs as name[pid].\n"
    "The station stands there when the daemon answers.";
static const char device_bind_help[] = "Give a device to a station.\n"
                                       "ID is what device list shows.";
static const char device_watch_help[] =
    "Show what is plugged in and pulled out, or what one device says.\n"
    "Without ID one JSON object for each device that is there, comes or goes. With ID (as device list shows it, or an\n"
    "address as in the configuration) each scan, reading or status; scales and printers are asked again and again.\n"
    "A scanner is read from here, and from nowhere else meanwhile; it hears no acknowledgement.";
static const char device_record_help[] =
    "Record what a device says, as a capture that tests/replay can play back.\n"
    "ID as for device watch. Look into it before you send it on: scans may be somebody's data.";
static const char device_models_help[] = "List the makes and models that are known, and how sure that is.";

static const char label_check_help[] = "Tell whether a template can be read.\n"
                                       "TEMPLATE is a name that label list shows, or a path to NAME.label.";
static const char label_render_help[] =
    "Draw a label as a printer gets it, or as a picture.\n"
    "TEMPLATE as for label check. A picture of several pages needs --out FILE.png; the pages after the first are\n"
    "FILE-2.png and so on. Exit code 1, {\"error\":...} on standard error and no output when the label is refused.";

static const char label_print_help[] = "Print a label at a station.\n"
                                       "TEMPLATE is a name that label list shows, or opaque for what was made "
                                       "elsewhere. The daemon keeps it in its ledger\n"
                                       "and sends it when the printer is well.";

static const char doctor_help[] =
    "Say what is wrong with the devices of this machine, and what to do.\n"
    "Looks at what is plugged in, who holds it, who may open it, and asks the daemon; touches no device.\n"
    "Exit code 1 when there is a problem.";

static const char audit_verify_help[] =
    "Tell whether every line of the journal is as it was written.\n"
    "Computes the hash chain again from the first line, names the first one that was changed or is missing, and else "
    "the\n"
    "hash that stands for all of them: head office has the same for this number. Exit code 1 when one was changed.";

static const char backup_help[] = "Make a backup of the site's database while the daemon works.\n"
                                  "It is read whole before it is kept, and again where FILE lies: its pages, the laws "
                                  "of the ledgers, both hash chains. "
                                  "On the\n"
                                  "box itself, by whoever may read the database's folder.";
static const char restore_help[] = "Put a backup in the place of the site's database; stop the daemon first.\n"
                                   "FILE is read whole before anything is changed, and what was there is kept. Says "
                                   "how old it is and what head office "
                                   "will do.";
static const char support_help[] = "Pack how this box is into one file, for those who help.\n"
                                   "Versions, configuration, state, metrics, what happened, logs: without secrets, and "
                                   "without anybody's name, badge,\n"
                                   "address or telephone.";

static const char platform_sign_help[] =
    "Sign a call of a selling platform.\n"
    "PLATFORM is taobao, jd, pdd, douyin or kuaishou. Reads {\"secret\": \"...\", \"sign_method\": \"...\", "
    "\"params\": "
    "{...}}\n"
    "from standard input, values as they are before they are encoded for the wire, and prints the signature alone.\n"
    "Without sign_method it is what params say, and otherwise MD5.";

static const char platform_try_help[] =
    "Ask a selling platform something, as head office would.\n"
    "VERB is orders, order, refunds or carriers: nothing is changed there. The shop's file is a JSON object with "
    "platform,\n"
    "app_key, app_secret, access_token and what else the platform needs. Prints one JSON object; exit code 1 when the\n"
    "platform refused.";

static const char join_help[] =
    "Join this box to a site, by the code that head office shows.\n"
    "The same as scanning it at a station, which is the usual way: the daemon does this then. CODE is its text, or - "
    "for\n"
    "standard input. Tells how it goes, one JSON object a line; the daemon and floorhand-link take up what is kept.";
static const char trust_help[] = "Tell how phones, tablets and computers come to trust this box's pages.\n"
                                 "Prints a QR code that leads to the page with the certificate, and the fingerprint to "
                                 "compare; with --station as a\n"
                                 "label there.";

static const struct command commands[] = {
    {"scan parse", "TEXT", scan_parse_help, 1, 1, scan_parse_options, command_scan_parse},
    {"scan decode", "", scan_decode_help, 0, 0, scan_decode_options, command_scan_decode},
    {"scan send", "--station ID TEXT...", scan_send_help, 1, COMMAND_WORDS_MAX, scan_send_options, command_scan_send},
    {"printer decode", "", printer_decode_help, 0, 0, printer_decode_options, command_printer_decode},
    {"scale decode", "", scale_decode_help, 0, 0, scale_decode_options, command_scale_decode},
    {"station show", "ID", station_show_help, 1, 1, station_show_options, command_station_show},
    {"status", "", "Print the daemon's state: stations, printers, link, queue.", 0, 0, daemon_options, command_status},
    {"sync status", "", sync_status_help, 0, 0, sync_options, command_sync_status},
    {"show", "[KIND [CODE] [NAME=VALUE...]]", show_help, 0, COMMAND_WORDS_MAX, show_options, command_show},
    {"ask", "[VERB [NAME=VALUE...]]", ask_help, 0, COMMAND_WORDS_MAX, daemon_options, command_ask},
    {"import", "KIND FILE.csv", import_help, 2, 2, daemon_options, command_import},
    {"compare", "FILE.csv --kind KIND", compare_help, 1, 1, compare_options, command_compare},
    {"route", "FILE.json", route_help, 1, 1, NULL, command_route},
    {"slotting", "", slotting_help, 0, 0, slotting_options, command_slotting},
    {"forecast", "FILE.csv", forecast_help, 1, 1, forecast_options, command_forecast},
    {"audit verify", "", audit_verify_help, 0, 0, audit_options, command_audit_verify},
    {"training start", "--station ID", training_start_help, 0, 0, training_options, command_training_start},
    {"training stop", "--station ID", "Let a station work again, as scanning LIVE there does.", 0, 0, training_options,
     command_training_stop},
    {"training show", "", "Print which stations practise, and whether their copy is ready.", 0, 0, daemon_options,
     command_training_show},
    {"device list", "", device_list_help, 0, 0, device_list_options, command_device_list},
    {"device bind", "ID --station ID", device_bind_help, 1, 1, device_bind_options, command_device_bind},
    {"device watch", "[ID]", device_watch_help, 0, 1, device_watch_options, command_device_watch},
    {"device record", "ID --out FILE", device_record_help, 1, 1, device_record_options, command_device_record},
    {"device models", "", device_models_help, 0, 0, device_models_options, command_device_models},
    {"label list", "", "List the labels that can be printed.", 0, 0, label_list_options, command_label_list},
    {"label check", "TEMPLATE", label_check_help, 1, 1, label_check_options, command_label_check},
    {"label render", "TEMPLATE --data FILE.json --to LANGUAGE", label_render_help, 1, 1, label_render_options,
     command_label_render},
    {"label print", "TEMPLATE --data FILE.json --station ID", label_print_help, 1, 1, label_print_options,
     command_label_print},
    {"label keys", "", "Print the reference of a template's keys, as docs/labels.md holds it.", 0, 0, NULL,
     command_label_keys},
    {"platform sign", "PLATFORM", platform_sign_help, 1, 1, NULL, command_platform_sign},
    {"platform try", "VERB --shop FILE.json", platform_try_help, 1, 1, platform_try_options, command_platform_try},
    {"join", "CODE", join_help, 1, 1, join_options, command_join},
    {"trust", "[--station ID]", trust_help, 0, 0, trust_options, command_trust},
    {"backup", "FILE", backup_help, 1, 1, daemon_options, command_site_backup},
    {"restore", "FILE", restore_help, 1, 1, restore_options, command_site_restore},
    {"support-bundle", "FILE.tar.gz", support_help, 1, 1, support_options, command_support_bundle},
    {"doctor", "", doctor_help, 0, 0, doctor_options, command_doctor},
    {.name = NULL},
};

int main(int argc, char **argv)
{
    return command_run(commands, argc, argv);
}
