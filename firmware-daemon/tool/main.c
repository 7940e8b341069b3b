/* floorhand, the command-line tool: the table of its commands. */
#include "tool/commands.h"

static const char scan_parse_help[] =
    "Tell what a scanned code means.\n"
    "TEXT is the scan as it came, with its AIM prefix (]C1) and raw GS characters (0x1D). Prints one JSON object.\n"
    "Exit code 1 and {\"error\":...} when the scan must be rejected.";
static const char scan_decode_help[] =
    "Decode what a scanner sent, from standard input.\n"
    "hid-keyboard reads reports of 8 bytes in hex, one or several on a line; serial and ssi read bytes\n"
    "as they came. A code that the scanner sends again because nobody answered shows once.\n"
    "Prints one JSON object per scan on a line.";
static const char scan_send_help[] = "Scan on a station as if its scanner had.\n"
                                     "Sends each TEXT in order and prints the daemon's answers; the first refused scan "
                                     "ends it with exit code 1.";
static const char import_help[] = "Import a CSV file into the site.\n"
                                  "KIND is orders, items, stock, locations or workers. All of the file or nothing.";

static const struct command commands[] = {
    {"scan parse", "TEXT", scan_parse_help, 1, 1, NULL, command_scan_parse},
    {"scan decode", "", scan_decode_help, 0, 0, scan_decode_options, command_scan_decode},
    {"scan send", "--station ID TEXT...", scan_send_help, 1, COMMAND_WORDS_MAX, scan_send_options, command_scan_send},
    {"station show", "ID", "Print what a station shows and does.", 1, 1, daemon_options, command_station_show},
    {"status", "", "Print the daemon's state: stations, printers, link, queue.", 0, 0, daemon_options, command_status},
    {"import", "KIND FILE.csv", import_help, 2, 2, daemon_options, command_import},
    {.name = NULL},
};

int main(int argc, char **argv)
{
    return command_run(commands, argc, argv);
}
