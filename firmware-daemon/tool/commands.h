/* Every command of the tool, for the table in main.c. Says nothing about how they are called: command.h does. */
#ifndef TOOL_COMMANDS_H
#define TOOL_COMMANDS_H

#include "tool/command.h"

enum exit_code command_scan_parse(struct command_call *call);
enum exit_code command_scan_decode(struct command_call *call);
enum exit_code command_scan_send(struct command_call *call);
enum exit_code command_printer_decode(struct command_call *call);
enum exit_code command_scale_decode(struct command_call *call);
enum exit_code command_station_show(struct command_call *call);
enum exit_code command_status(struct command_call *call);
enum exit_code command_sync_status(struct command_call *call);
enum exit_code command_show(struct command_call *call);
enum exit_code command_ask(struct command_call *call);
enum exit_code command_import(struct command_call *call);
enum exit_code command_compare(struct command_call *call);
enum exit_code command_training_start(struct command_call *call);
enum exit_code command_training_stop(struct command_call *call);
enum exit_code command_training_show(struct command_call *call);
enum exit_code command_route(struct command_call *call);
enum exit_code command_slotting(struct command_call *call);
enum exit_code command_forecast(struct command_call *call);
enum exit_code command_device_list(struct command_call *call);
enum exit_code command_device_bind(struct command_call *call);
enum exit_code command_device_watch(struct command_call *call);
enum exit_code command_device_record(struct command_call *call);
enum exit_code command_device_models(struct command_call *call);
enum exit_code command_label_list(struct command_call *call);
enum exit_code command_label_check(struct command_call *call);
enum exit_code command_label_render(struct command_call *call);
enum exit_code command_label_print(struct command_call *call);
enum exit_code command_label_keys(struct command_call *call);
enum exit_code command_audit_verify(struct command_call *call);
enum exit_code command_platform_sign(struct command_call *call);
enum exit_code command_platform_try(struct command_call *call);
enum exit_code command_join(struct command_call *call);
enum exit_code command_trust(struct command_call *call);
enum exit_code command_site_backup(struct command_call *call);
enum exit_code command_site_restore(struct command_call *call);
enum exit_code command_support_bundle(struct command_call *call);
enum exit_code command_doctor(struct command_call *call);

extern const struct option_def scan_parse_options[], scan_decode_options[], scan_send_options[];
extern const struct option_def station_show_options[], show_options[], slotting_options[], forecast_options[];
extern const struct option_def printer_decode_options[], scale_decode_options[];
extern const struct option_def device_watch_options[], device_record_options[];
extern const struct option_def device_list_options[], device_bind_options[], device_models_options[], doctor_options[],
    trust_options[], join_options[];
extern const struct option_def label_list_options[], label_check_options[], label_render_options[],
    label_print_options[];
extern const struct option_def restore_options[], support_options[];
extern const struct option_def compare_options[], training_options[], audit_options[], sync_options[],
    platform_try_options[];

#endif
